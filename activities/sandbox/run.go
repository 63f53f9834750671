//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"strings"

	"temper/model/reward/code"
)

// text makes a program's source fit to be sent: a model may write bytes that are no text;
// Python then says what it thinks of them. A mark of the byte order is none of it.
func text(source string) string {
	return strings.ToValidUTF8(strings.TrimPrefix(source, "\uFEFF"), "\uFFFD")
}

// runScripts runs a program once for each standard input until a test fails.
func (s *Sandbox) runScripts(ctx context.Context, sl *slot, j Job) (Outcome, error) {
	out := Outcome{Status: code.Finished}
	for i, stdin := range j.Stdin {
		w, err := s.forPrograms(ctx, sl)
		if err != nil {
			return Outcome{}, err
		}
		p, err := w.start(request{cpu: kernelCPU(j.Limits.CPUSeconds), limits: j.Limits, job: []any{"script", text(j.Program)}, stdin: stdin})
		if err != nil {
			return Outcome{}, err
		}
		if err := p.wait(ctx); err != nil {
			return Outcome{}, err
		}
		e, err := p.classify(j.Limits.CPUSeconds)
		if err != nil {
			return Outcome{}, err
		}
		test := code.TestOutcome{Stdout: string(p.stdout.kept), CPU: e.cpu}
		out.CPU += e.cpu
		if e.status == code.Finished && out.CPU.Seconds() > j.Limits.TotalCPUSeconds {
			e.status, e.reason = code.CPULimit, cpuReason(j.Limits, j.Limits.TotalCPUSeconds)
		}
		if e.status != code.Finished {
			out.Status, out.Reason, test.Error = e.status, e.reason, e.reason
		}
		out.Tests = append(out.Tests, test)
		if !j.continues(i, test) {
			break
		}
	}
	return out, nil
}

// runCalls runs all calls of a function in one process, which ends with the first that
// fails its test.
func (s *Sandbox) runCalls(ctx context.Context, sl *slot, j Job) (Outcome, error) {
	calls := make([]any, len(j.Calls))
	for i, raw := range j.Calls {
		v, err := decodeJSON(raw)
		if _, list := v.([]any); err != nil || !list {
			return Outcome{}, requestError{fmt.Errorf("job: calls[%d] is not a JSON array of arguments", i)}
		}
		if j.IntKeys {
			v = withIntKeys(v)
		}
		calls[i] = v
	}
	w, err := s.forPrograms(ctx, sl)
	if err != nil {
		return Outcome{}, err
	}
	var p *process
	begun := make(chan struct{}) // p is set
	seen := 0
	p, err = w.start(request{
		ahead: int64(len(j.Calls) - 1), // their output is read together
		cpu:   kernelCPU(j.Limits.TotalCPUSeconds), limits: j.Limits, open: true,
		job: []any{"calls", text(j.Program), j.Function, calls, j.nodes()},
		record: func(r record) {
			if !r.isValue() || j.Continue == nil || seen >= len(calls) {
				return
			}
			<-begun
			var test code.TestOutcome
			if test.Value, test.Changed = r.value(); !j.Continue(seen, test) {
				p.stop()
			}
			seen++
		}})
	if err != nil {
		return Outcome{}, err
	}
	close(begun)
	if err := p.wait(ctx); err != nil {
		return Outcome{}, err
	}
	e, err := p.classify(j.Limits.TotalCPUSeconds)
	if err != nil {
		return Outcome{}, err
	}
	out := p.functionOutcome(e, len(calls))
	for i, test := range out.Tests { // what it did after a failed test, before it was stopped, does not count
		if p.stopped && !j.continues(i, test) {
			out.Tests = out.Tests[:i+1]
			break
		}
	}
	return out, nil
}
