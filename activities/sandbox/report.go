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
		Stdin: in.Stdin, Setup: tests.Setup, Asserts: tests.Asserts, Limits: l, Continue: tests.Passes})
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

// check asks the tests' checker about every output, and makes those that it refuses failed
// tests. A checker that fails is a fault of the tests.
func (s *Sandbox) check(ctx context.Context, tests code.Tests, out *Outcome) error {
	var calls []json.RawMessage
	for i, test := range out.Tests {
		if test.Error != "" {
			break
		}
		call := []any{}
		if tests.Type == code.Stdin {
			call = append(call, tests.Inputs[i], strings.ToValidUTF8(test.Stdout, "\uFFFD"), tests.Outputs[i])
		} else {
			call = append(call, tests.Cases[i].Args, test.Value, tests.Cases[i].Expect)
		}
		text, err := json.Marshal(call)
		if err != nil {
			return fmt.Errorf("sandbox: test %d for the checker: %w", i+1, err)
		}
		calls = append(calls, text)
	}
	if len(calls) == 0 {
		return nil
	}
	said, err := s.Run(ctx, Job{Program: tests.Checker, Function: "check", Calls: calls})
	if err != nil {
		return err
	}
	for i := range calls {
		switch {
		case i >= len(said.Tests):
			return fmt.Errorf("sandbox: the checker failed at test %d: %s", i+1, cmp.Or(said.Reason, string(said.Status)))
		case said.Tests[i].Error != "":
			return fmt.Errorf("sandbox: the checker failed at test %d: %s", i+1, said.Tests[i].Error)
		case string(said.Tests[i].Value) == "false":
			out.Tests[i].Error = "the checker refuses the output"
		case string(said.Tests[i].Value) != "true":
			return fmt.Errorf("sandbox: the checker said %s of test %d, want True or False", said.Tests[i].Value, i+1)
		}
	}
	return nil
}
