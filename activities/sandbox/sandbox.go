//go:build linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"temper/model/reward/code"
)

// Version names the way of running in a verdict's lineage. It changes when a verdict may.
const Version = "sandbox/5"

// The walls, in the order in which New tries them.
const (
	Namespaces = "namespaces"
	Landlock   = "landlock"
)

// Options say where things are. The zero value is right for an installed worker.
type Options struct {
	// Cell is the helper binary; by default "sandbox-cell" beside this executable.
	Cell string
	// Python is the interpreter, a file under /usr; by default /usr/bin/python3.
	Python string
	// Packages is a folder under /usr with packages beside the standard library, of which
	// programs find numpy and sortedcontainers; by default those of the interpreter.
	Packages string
	// Slots is how many programs run at once; by default two per CPU, since making and
	// unmaking namespaces is partly waiting. Together they may use Slots times the memory limit.
	Slots int
	// Wall is Namespaces or Landlock; by default the first that this machine allows.
	Wall string
	// ControlGroup, if set, is an existing control group that the operator gives to the
	// sandbox, such as "temper": a path below /sys/fs/cgroup, or below memory and pids there
	// (version 1). Each cell gets a group of its own in it, with limits on memory and tasks.
	ControlGroup string
	// RecycleAfter is how many jobs an interpreter forks before another takes its place; by default 1000.
	RecycleAfter int
	// Progress, if set, is told every few seconds how far New is, in a line.
	Progress func(string)
}

// Sandbox runs untrusted programs. It is safe for concurrent use.
type Sandbox struct {
	cell, python string
	packages     string // see Options
	inside       string // the Python that runs in the cells
	wall         string
	cgroup       string // parent of the cells' control groups, or ""
	recycle      int
	credit       time.Duration // for a page fault, see charged
	baseUID      int           // first of the cells' uids on the host, or -1: the judge's own
	tickets      chan struct{}
	mu           sync.Mutex
	free         []*slot // as many as there are tickets; the last used comes first, for it is warm
	version      string  // of Python
}

// New finds the helper and the interpreter, chooses a wall and runs the self-test behind
// it. Its error says what is missing and what to install, or which attack was not stopped.
func New(ctx context.Context, o Options) (*Sandbox, error) {
	walls := []string{Namespaces, Landlock}
	if o.Wall != "" {
		walls = []string{o.Wall}
	}
	var refused []error
	for _, wall := range walls {
		s, err := open(ctx, o, wall)
		if err == nil {
			return s, nil
		}
		refused = append(refused, fmt.Errorf("sandbox: %w", explain(wall, err)))
		if !errors.As(err, new(setupError)) {
			break // not a wall that is refused: no other one helps
		}
	}
	return nil, errors.Join(refused...)
}

// open makes a sandbox behind one wall.
func open(ctx context.Context, o Options, wall string) (*Sandbox, error) {
	if wall != Namespaces && wall != Landlock {
		return nil, fmt.Errorf("wall is %q, want %q or %q", wall, Namespaces, Landlock)
	}
	s := &Sandbox{cell: o.Cell, python: o.Python, packages: o.Packages, inside: insideWith(o.Packages), wall: wall, cgroup: o.ControlGroup, recycle: o.RecycleAfter}
	if s.cell == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find own executable: %w", err)
		}
		s.cell = filepath.Join(filepath.Dir(self), "sandbox-cell")
	}
	if s.python == "" {
		s.python = "/usr/bin/python3"
	}
	if err := s.locate(); err != nil {
		return nil, err
	}
	if o.Slots == 0 {
		o.Slots = 2 * runtime.NumCPU()
	}
	if s.recycle == 0 {
		s.recycle = 1000
	}
	removeOldGroups(o.ControlGroup)
	s.baseUID = freeUIDs(cellsPerSlot * o.Slots)
	s.credit = max(0, faultTime()-ordinaryFault)
	s.tickets = make(chan struct{}, o.Slots)
	for i := range o.Slots {
		s.free = append(s.free, &slot{number: i})
		s.tickets <- struct{}{}
	}
	if err := s.selfTest(ctx, o.Progress); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Sandbox) locate() error {
	if os.Getuid() == 0 && !hasCapabilities(unix.CAP_SETUID, unix.CAP_SETGID) {
		return fmt.Errorf("%w: %s", errPowerlessRoot, ordinaryUser)
	}
	if _, err := exec.LookPath(s.cell); err != nil {
		return fmt.Errorf("%w at %s (make build puts it beside the worker): %w", errNoCell, s.cell, err)
	}
	if !strings.HasPrefix(s.python, "/usr/") {
		return fmt.Errorf("python is %q, want a path under /usr: nothing else of the host is visible inside", s.python)
	}
	if s.packages != "" && !strings.HasPrefix(s.packages, "/usr/") {
		return fmt.Errorf("packages is %q, want a folder under /usr: nothing else of the host is visible inside", s.packages)
	}
	if _, err := exec.LookPath(s.python); err != nil {
		return fmt.Errorf("%w at %s: install it (Debian: apt install python3): %w", errNoPython, s.python, err)
	}
	return nil
}

// Version names everything that a verdict depends on beside the program and its tests:
// the rules, the way of running, the wall and the interpreter. It belongs into a
// verdict's lineage.
func (s *Sandbox) Version() string {
	return fmt.Sprintf("%s %s %s python/%s", code.Version, Version, s.wall, s.version)
}

// Close ends the interpreters. It waits for runs that are going on.
func (s *Sandbox) Close() {
	for range cap(s.tickets) {
		<-s.tickets
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sl := range s.free {
		sl.discard()
	}
}

// tries is how often a job is begun before a fault of the sandbox is reported.
const tries = 2

// Run runs a program on its inputs. What the program does, fails or leaves undone is in
// the Outcome; an error is a fault of the set-up, the machine or the caller (or ctx's),
// for which there is no verdict. Run waits for a free slot; after a fault it begins once
// more with a new interpreter.
func (s *Sandbox) Run(ctx context.Context, j Job) (Outcome, error) {
	out, err := s.run(ctx, j)
	if err != nil {
		return Outcome{}, fmt.Errorf("sandbox: %w", err)
	}
	return out, nil
}

func (s *Sandbox) run(ctx context.Context, j Job) (Outcome, error) {
	if err := j.validate(); err != nil {
		return Outcome{}, err
	}
	j.Limits = j.Limits.filled()
	select {
	case <-s.tickets:
	case <-ctx.Done():
		return Outcome{}, fmt.Errorf("wait for a slot: %w", ctx.Err())
	}
	sl := s.take()
	defer s.put(sl)
	for try := 1; ; try++ {
		out, err := s.runOn(ctx, sl, j)
		if err == nil {
			return out, nil
		}
		sl.discard()
		if try == tries && errors.As(err, new(memoryError)) { // else a program would have no verdict for the asking
			return Outcome{Status: code.Crashed, Reason: err.Error()}, nil
		}
		if ctx.Err() != nil || try == tries || errors.As(err, new(requestError)) {
			return Outcome{}, err
		}
	}
}

func (s *Sandbox) runOn(ctx context.Context, sl *slot, j Job) (Outcome, error) {
	switch {
	case j.Function != "":
		return s.runCalls(ctx, sl, j)
	case len(j.Asserts) > 0:
		return s.runAsserts(ctx, sl, j)
	}
	return s.runScripts(ctx, sl, j)
}
