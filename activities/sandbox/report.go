//go:build linux

package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"temper/model/reward"
	"temper/model/reward/code"
)

// Report is a verdict with what each test did, up to the first that failed.
type Report struct {
	reward.Result
	Tests []code.TestOutcome
}

// LimitsOf are the limits of tests that state their own, and the defaults beside them.
func LimitsOf(tests code.Tests) Limits {
	return Limits{CPUSeconds: tests.TimeSeconds, MemoryBytes: tests.MemoryBytes}.filled()
}

// Grade runs a program on all tests and judges what came out. With an error the verdict
// is ungradable. Where l leaves a limit to the default, the tests' own holds.
func (s *Sandbox) Grade(ctx context.Context, program string, tests code.Tests, l Limits) (reward.Result, error) {
	r, err := s.Report(ctx, program, tests, l)
	return r.Result, err
}

// Report is Grade with the tests' outcomes.
func (s *Sandbox) Report(ctx context.Context, program string, tests code.Tests, l Limits) (Report, error) {
	in := code.Inputs(tests)
	own := LimitsOf(tests)
	l.CPUSeconds, l.MemoryBytes = cmp.Or(l.CPUSeconds, own.CPUSeconds), cmp.Or(l.MemoryBytes, own.MemoryBytes)
	out, err := s.Run(ctx, Job{Program: tests.Program(program), Function: in.Function, Calls: in.Calls, IntKeys: tests.IntKeys, Nodes: tests.Nodes,
		Stdin: in.Stdin, Setup: tests.Setup, Asserts: tests.Asserts, Pace: tests.Pace, Limits: l, Continue: tests.Passes})
	if err == nil && tests.Checker != "" {
		err = s.check(ctx, tests, &out)
	}
	if err != nil {
		return Report{Result: reward.Result{Verdict: reward.Ungradable, Extracted: program, Reason: err.Error()}}, err
	}
	r := code.Judge(tests, out)
	r.Extracted = program
	return Report{r, out.Tests}, nil
}

// check asks the tests' checker about every output, and makes those that it does not say
// True of failed tests: an output can make a checker fail, and must not have no verdict for
// it. A checker that cannot be run whatever the output is a fault of the tests.
func (s *Sandbox) check(ctx context.Context, tests code.Tests, out *Outcome) error {
	calls, err := checkerCalls(tests, out.Tests)
	if err != nil || len(calls) == 0 {
		return err
	}
	for first := 0; first < len(calls); {
		n, size := 1, len(calls[first]) // of one job
		for first+n < len(calls) && size+len(calls[first+n]) <= mostChecked {
			size += len(calls[first+n])
			n++
		}
		refused, err := s.checkSome(ctx, tests.Checker, calls[first:first+n], out.Tests[first:first+n])
		if err != nil {
			return err
		}
		if refused {
			return s.checkerLoads(ctx, tests.Checker)
		}
		first += n
	}
	return nil
}

// mostChecked bounds what one process of a checker is told, in bytes.
const mostChecked = 16 << 20

// checkSome asks about some outputs, and says whether one is refused.
func (s *Sandbox) checkSome(ctx context.Context, checker string, calls []json.RawMessage, tests []code.TestOutcome) (refused bool, err error) {
	said, err := s.Run(ctx, Job{Program: checker, Function: "check", Calls: calls})
	if err != nil {
		return false, err
	}
	for i := range calls {
		why := ""
		switch {
		case i >= len(said.Tests):
			why = "fails on the output: " + cmp.Or(said.Reason, string(said.Status))
		case said.Tests[i].Error != "":
			why = "fails on the output: " + said.Tests[i].Error
		case string(said.Tests[i].Value) == "false":
			why = "refuses the output"
		case string(said.Tests[i].Value) != "true":
			why = fmt.Sprintf("says %.60s of the output, want True or False", said.Tests[i].Value)
		default:
			continue
		}
		tests[i].Error = "the checker " + why
		return true, nil
	}
	return false, nil
}

// checkerCalls are a call of the checker for each test that did not fail, in order.
func checkerCalls(tests code.Tests, done []code.TestOutcome) (calls []json.RawMessage, err error) {
	for i, test := range done {
		if test.Error != "" {
			break
		}
		call := []any{}
		if tests.Type == code.Stdin {
			call = append(call, tests.Inputs[i], strings.ToValidUTF8(test.Stdout, "\uFFFD"), tests.Outputs[i])
		} else {
			call = append(call, tests.Cases[i].Args, test.Given(), tests.Cases[i].Expect)
		}
		text, err := json.Marshal(call)
		if err != nil {
			return nil, fmt.Errorf("sandbox: test %d for the checker: %w", i+1, err)
		}
		calls = append(calls, text)
	}
	return calls, nil
}

// checkerLoads says whether a checker can be run at all.
func (s *Sandbox) checkerLoads(ctx context.Context, checker string) error {
	const probe = "\n\ndef temper_loads(): return callable(check)"
	said, err := s.Run(ctx, Job{Program: checker + probe, Function: "temper_loads", Calls: []json.RawMessage{json.RawMessage("[]")}})
	if err != nil {
		return err
	}
	if len(said.Tests) == 0 || string(said.Tests[0].Value) != "true" {
		return fmt.Errorf("sandbox: the checker does not define check(input, output, expected): %s", cmp.Or(said.Reason, "it is no function"))
	}
	return nil
}
