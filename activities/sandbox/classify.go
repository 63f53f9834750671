//go:build linux

package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"time"

	"temper/model/reward/code"
)

// exit is how the interpreter saw a process end.
type exit struct {
	code   int
	signal syscall.Signal // 0 if it exited
	cpu    time.Duration
	peak   int64 // bytes of memory
}

func (e exit) String() string {
	if e.signal != 0 {
		return "signal: " + e.signal.String()
	}
	return fmt.Sprintf("exit code %d", e.code)
}

// ending is how one process ended, taken as a program's.
type ending struct {
	status code.Status
	reason string
	cpu    time.Duration // without the interpreter's fork and set-up
}

// classify tells a program that failed from a fault that is not the program's. Only the
// latter is an error. cpuLimit is that of the whole process.
func (p *process) classify(cpuLimit float64) (ending, error) {
	if len(p.results.all) == 0 || p.results.all[0].kind != "ready" {
		if p.stopped { // the other half of an assert job was at its end before this one began
			return ending{status: code.Finished}, nil
		}
		return ending{}, fmt.Errorf("process ended before its program began (%s): %s", p.end, lastLine(string(p.stderr.kept)))
	}
	e := ending{cpu: max(0, p.end.cpu-p.results.all[0].cpu)}
	switch x := p.end; {
	case p.stdout.over.Load() || p.stderr.over.Load() || p.results.over.Load():
		e.status, e.reason = code.OutputLimit, fmt.Sprintf("wrote more than %d bytes", p.limits.OutputBytes)
	case p.late:
		e.status, e.reason = code.CPULimit, cpuReason(p.limits, p.limits.CPUSeconds)
	case e.cpu.Seconds() > cpuLimit:
		e.status, e.reason = code.CPULimit, cpuReason(p.limits, cpuLimit)
	case p.expired && p.starved:
		return ending{}, fmt.Errorf("the machine is overloaded: a program that did not idle waited %v for a CPU", starvation)
	case p.expired:
		e.status, e.reason = code.WallLimit, fmt.Sprintf("idled for %v s", p.limits.WallSeconds)
	case p.stopped:
		e.status = code.Finished
	case x.signal == syscall.SIGKILL:
		// No program does this to itself (in a pid namespace it is the first process, elsewhere
		// the filter forbids it; timers that send signals, limits of its own there are none),
		// and no limit but that of CPU time: it came from the machine.
		if x.peak > p.limits.MemoryBytes/2 {
			return ending{}, memoryError{fmt.Errorf("killed while it held %d MiB, more than this machine has left", x.peak>>20)}
		}
		return ending{}, fmt.Errorf("killed from outside")
	case x.signal != 0:
		e.status, e.reason = code.Crashed, "crashed: "+x.signal.String()
	case x.code != 0:
		e.status, e.reason = code.Exception, lastLine(string(p.stderr.kept))
		if e.reason == "" {
			e.reason = x.String()
		}
	default:
		e.status = code.Finished
	}
	return e, nil
}

func cpuReason(l Limits, seconds float64) string {
	if seconds == l.TotalCPUSeconds && seconds != l.CPUSeconds {
		return fmt.Sprintf("used more than %v s of CPU time for all tests", seconds)
	}
	return fmt.Sprintf("used more than %v s of CPU time", seconds)
}

// answers are the tests' outcomes in the results of a process that runs calls, with the
// record that cut them short, if any.
func (p *process) answers(calls int) (tests []code.TestOutcome, cut *record) {
	all := p.results.all
	before := all[0].cpu
	for i, r := range all[1:] {
		test := code.TestOutcome{CPU: max(0, r.cpu-before)}
		before = r.cpu
		late := test.CPU.Seconds() > p.limits.CPUSeconds
		switch {
		case late:
			r.text = cpuReason(p.limits, p.limits.CPUSeconds)
			test.Error = r.text
			if r.kind != "loaded" {
				tests = append(tests, test)
			}
			return tests, &record{kind: "late", text: r.text}
		case r.kind == "loaded" && i == 0:
		case r.isValue() && len(tests) < calls && json.Valid([]byte(r.text)):
			test.Value, test.Changed = r.value()
			tests = append(tests, test)
		case r.kind == "error" && len(tests) < calls:
			test.Error = r.text
			return append(tests, test), &r
		default: // a failure of the whole program, or its own invention: nothing after it counts
			return tests, &r
		}
	}
	return tests, nil
}

// functionOutcome makes the outcome of a process that ran calls.
func (p *process) functionOutcome(e ending, calls int) Outcome {
	out := Outcome{Status: e.status, Reason: e.reason, CPU: e.cpu}
	var cut *record
	out.Tests, cut = p.answers(calls)
	switch {
	case cut != nil && cut.kind == "late":
		out.Status, out.Reason = code.CPULimit, cut.text
	case cut != nil && e.status == code.Exception:
		out.Reason = cut.text
	case cut == nil && !p.stopped && len(out.Tests) < calls && (e.status == code.Finished || e.status == code.Exception):
		out.Status = code.EndedEarly
		out.Reason = fmt.Sprintf("the program ended after %d of %d calls", len(out.Tests), calls)
	}
	return out
}

// lastLine is the last line of a traceback, shortened.
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	s = s[strings.LastIndexByte(s, '\n')+1:]
	if len(s) > 300 {
		s = s[:300]
	}
	return strings.ToValidUTF8(s, "")
}
