//go:build linux

package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"temper/model/reward/code"
)

// record is one line of the result pipe.
type record struct {
	kind string        // ready, value, error or fail
	cpu  time.Duration // CPU time of the process when it was written
	text string
}

// records reads the result pipe. Lines that do not begin with the run's nonce are not
// the driver's; an unfinished line at the end is of a process that was killed.
func (p *process) records() []record {
	var rs []record
	for line := range bytes.Lines(p.results.kept) {
		f := strings.SplitN(string(line), " ", 4)
		if len(f) != 4 || f[0] != p.nonce || !strings.HasSuffix(f[3], "\n") {
			continue
		}
		ns, err := strconv.ParseInt(f[2], 10, 64)
		if err != nil {
			continue
		}
		rs = append(rs, record{f[1], time.Duration(ns), strings.TrimSuffix(f[3], "\n")})
	}
	return rs
}

// ending is how one run ended.
type ending struct {
	status code.Status
	reason string
	cpu    time.Duration // without the interpreter's start
}

// exit is how the launcher saw the cell end.
type exit struct {
	code   int
	signal syscall.Signal // 0 if it exited
	cpu    time.Duration
}

// exit reads the status lines: "R" from the cell when its walls stood, the end from the
// launcher when it was gone. Anything else, and a line that is missing, is a fault.
func (p *process) exit() (exit, error) {
	walls, end := false, exit{code: -1}
	ended := false
	for _, line := range p.status {
		var number int
		var ns int64
		if line == "R" {
			walls = true
		} else if _, err := fmt.Sscanf(line, "exit %d %d", &number, &ns); err == nil {
			ended, end = true, exit{code: number, cpu: time.Duration(ns)}
		} else if _, err := fmt.Sscanf(line, "signal %d %d", &number, &ns); err == nil {
			ended, end = true, exit{signal: syscall.Signal(number), cpu: time.Duration(ns)}
		} else {
			return exit{}, fmt.Errorf("set up cell: %s", line)
		}
	}
	switch {
	case !walls && ended:
		return exit{}, fmt.Errorf("set up cell: ended before its walls stood (%s)", end)
	case !walls:
		return exit{}, fmt.Errorf("set up cell: ended before its walls stood (%s)", p.cmd.ProcessState)
	case !ended:
		return exit{}, fmt.Errorf("launcher of the cell was killed from outside (%s)", p.cmd.ProcessState)
	}
	return end, nil
}

func (e exit) String() string {
	if e.signal != 0 {
		return "signal: " + e.signal.String()
	}
	return fmt.Sprintf("exit code %d", e.code)
}

// classify tells a program that failed from a fault that is not the program's. Only the
// latter is an error.
func (p *process) classify(rs []record) (ending, error) {
	x, err := p.exit()
	if err != nil {
		return ending{}, err
	}
	if len(rs) == 0 || rs[0].kind != "ready" {
		return ending{}, fmt.Errorf("python did not start (%s): %s", x, lastLine(string(p.stderr.kept)))
	}
	e := ending{cpu: max(0, x.cpu-rs[0].cpu)}
	switch cpuLimit := time.Duration(p.limits.CPUSeconds * float64(time.Second)); {
	case p.overflow.Load():
		e.status, e.reason = code.OutputLimit, fmt.Sprintf("wrote more than %d bytes", p.limits.OutputBytes)
	case e.cpu > cpuLimit:
		e.status, e.reason = code.CPULimit, fmt.Sprintf("used more than %v s of CPU time", p.limits.CPUSeconds)
	case p.expired.Load() && p.starved.Load():
		return ending{}, fmt.Errorf("wall limit of %v s reached while the program waited for a CPU: the machine is overloaded", p.limits.WallSeconds)
	case p.expired.Load():
		e.status, e.reason = code.WallLimit, fmt.Sprintf("idled until the wall limit of %v s", p.limits.WallSeconds)
	case x.signal == syscall.SIGKILL:
		// A process cannot do this to itself as the first of its pid namespace, and no limit
		// does it but that of CPU time: it came from the machine.
		return ending{}, fmt.Errorf("killed from outside, possibly for lack of memory on this machine")
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

// functionOutcome makes the outcome of a run of calls.
func functionOutcome(rs []record, e ending, calls int) Outcome {
	out := Outcome{Status: e.status, Reason: e.reason, CPU: e.cpu}
	before := rs[0].cpu
	for _, r := range rs[1:] {
		test := code.TestOutcome{CPU: max(0, r.cpu-before)}
		before = r.cpu
		switch {
		case r.kind == "value" && len(out.Tests) < calls && json.Valid([]byte(r.text)):
			test.Value = json.RawMessage(r.text)
			out.Tests = append(out.Tests, test)
			continue
		case r.kind == "error" && len(out.Tests) < calls:
			test.Error = r.text
			out.Tests = append(out.Tests, test)
		}
		// an error or a failure of the whole program: nothing after it counts
		if e.status == code.Exception {
			out.Reason = r.text
		}
		return out
	}
	if len(out.Tests) < calls && (e.status == code.Finished || e.status == code.Exception) {
		out.Status = code.EndedEarly
		out.Reason = fmt.Sprintf("the program ended after %d of %d calls", len(out.Tests), calls)
	}
	return out
}

// starved says whether a process spent most of a stretch of wall time running or waiting
// for a CPU, rather than idling; before is busy at its beginning. Where the kernel does
// not say, the answer is yes: a limit that may be the machine's fault is no verdict.
func starved(pid int, before, wall time.Duration) bool {
	now := busy(pid)
	return now < 0 || before < 0 || now-before > wall/2
}

// busy is the time that a process's threads were on a CPU or in a run queue, or -1.
func busy(pid int) time.Duration {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(files) == 0 {
		return -1
	}
	var sum int64
	for _, f := range files {
		text, err := os.ReadFile(f)
		fields := strings.Fields(string(text))
		if err != nil || len(fields) < 2 {
			return -1
		}
		for _, v := range fields[:2] {
			ns, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return -1
			}
			sum += ns
		}
	}
	return time.Duration(sum)
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
