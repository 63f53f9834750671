//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"temper/model/reward"
	"temper/model/reward/code"
)

// Version names the way of running in a verdict's lineage. It changes when a verdict may.
const Version = "sandbox/1"

// Options say where things are. The zero value is right for an installed worker.
type Options struct {
	// Cell is the helper binary; by default "sandbox-cell" beside this executable.
	Cell string
	// Python is the interpreter, a file under /usr; by default /usr/bin/python3.
	Python string
	// Slots is how many programs run at once; by default two per CPU, since making and
	// unmaking namespaces is mostly waiting. Together they may use Slots times the memory limit.
	Slots int
}

// Sandbox runs untrusted programs. It is safe for concurrent use.
type Sandbox struct {
	cell, python string
	baseUID      int // first of the slots' uids on the host, or -1: the judge's own
	slots        chan int
	version      string // of Python
}

// New finds the helper and the interpreter and runs the self-test. Its error says what is
// missing and what to install, or which attack was not stopped.
func New(ctx context.Context, o Options) (*Sandbox, error) {
	s := &Sandbox{cell: o.Cell, python: o.Python}
	if s.cell == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("sandbox: find own executable: %w", err)
		}
		s.cell = filepath.Join(filepath.Dir(self), "sandbox-cell")
	}
	if s.python == "" {
		s.python = "/usr/bin/python3"
	}
	if err := s.locate(); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if o.Slots == 0 {
		o.Slots = 2 * runtime.NumCPU()
	}
	s.baseUID = freeUIDs(o.Slots)
	s.slots = make(chan int, o.Slots)
	for i := range o.Slots {
		s.slots <- i
	}
	if err := s.selfTest(ctx); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return s, nil
}

func (s *Sandbox) locate() error {
	if _, err := exec.LookPath(s.cell); err != nil {
		return fmt.Errorf("helper binary sandbox-cell not found at %s (make build puts it beside the worker): %w", s.cell, err)
	}
	if !strings.HasPrefix(s.python, "/usr/") {
		return fmt.Errorf("python is %q, want a path under /usr: nothing else of the host is visible inside", s.python)
	}
	if _, err := exec.LookPath(s.python); err != nil {
		return fmt.Errorf("python3 not found at %s: install it (Debian: apt install python3): %w", s.python, err)
	}
	return nil
}

// Run runs a program on its inputs. What the program does, fails or leaves undone is in
// the Outcome; an error is a fault of the set-up, the machine or the caller (or ctx's),
// for which there is no verdict. Run waits for a free slot.
func (s *Sandbox) Run(ctx context.Context, j Job) (Outcome, error) {
	if err := j.validate(); err != nil {
		return Outcome{}, fmt.Errorf("sandbox: %w", err)
	}
	j.Limits = j.Limits.filled()
	select {
	case slot := <-s.slots:
		defer func() { s.slots <- slot }()
		out, err := s.runOn(ctx, slot, j)
		if err != nil {
			return Outcome{}, fmt.Errorf("sandbox: %w", explain(err))
		}
		return out, nil
	case <-ctx.Done():
		return Outcome{}, fmt.Errorf("sandbox: wait for a slot: %w", ctx.Err())
	}
}

// Grade runs a program on all tests and judges what came out. With an error the verdict
// is ungradable.
func (s *Sandbox) Grade(ctx context.Context, program string, tests code.Tests, l Limits) (reward.Result, error) {
	in := code.Inputs(tests)
	out, err := s.Run(ctx, Job{Program: program, Function: in.Function, Calls: in.Calls, Stdin: in.Stdin, Limits: l, Continue: tests.Passes})
	if err != nil {
		return reward.Result{Verdict: reward.Ungradable, Extracted: program, Reason: err.Error()}, err
	}
	r := code.Judge(tests, out)
	r.Extracted = program
	return r, nil
}

func (s *Sandbox) runOn(ctx context.Context, slot int, j Job) (Outcome, error) {
	if j.Function != "" {
		return s.runCalls(ctx, slot, j)
	}
	out := Outcome{Status: code.Finished}
	for i, stdin := range j.Stdin {
		p, e, _, err := s.runOnce(ctx, slot, j, nil, stdin)
		if err != nil {
			return Outcome{}, err
		}
		test := code.TestOutcome{Stdout: string(p.stdout.kept), CPU: e.cpu}
		out.CPU += e.cpu
		if e.status != code.Finished {
			out.Status, out.Reason, test.Error = e.status, e.reason, e.reason
		}
		out.Tests = append(out.Tests, test)
		if test.Error != "" || j.Continue != nil && !j.Continue(i, test) {
			break
		}
	}
	return out, nil
}

func (s *Sandbox) runCalls(ctx context.Context, slot int, j Job) (Outcome, error) {
	calls := make([]any, len(j.Calls))
	for i, raw := range j.Calls {
		v, err := decodeJSON(raw)
		if _, list := v.([]any); err != nil || !list {
			return Outcome{}, fmt.Errorf("job: calls[%d] is not a JSON array of arguments", i)
		}
		calls[i] = v
	}
	_, e, rs, err := s.runOnce(ctx, slot, j, calls, "")
	if err != nil {
		return Outcome{}, err
	}
	return functionOutcome(rs, e, len(calls)), nil
}

// runOnce runs one cell to its end.
func (s *Sandbox) runOnce(ctx context.Context, slot int, j Job, calls []any, stdin string) (*process, ending, []record, error) {
	if err := ctx.Err(); err != nil {
		return nil, ending{}, nil, err
	}
	p, err := s.start(slot, j.Limits, j.Program, j.Function, calls, stdin)
	if err != nil {
		return nil, ending{}, nil, err
	}
	if err := p.wait(ctx); err != nil {
		return nil, ending{}, nil, err
	}
	rs := p.records()
	e, err := p.classify(rs)
	return p, e, rs, err
}
