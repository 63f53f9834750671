package learnertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"temper/model/reward"
	"temper/model/reward/code"
)

// Sandbox is a domain.Sandbox that runs only the linear functions of the
// synthetic task, and the functions that package curation tries; every other program fails. Hooks see OpGrade.
type Sandbox struct{ hooks }

// NewSandbox returns a sandbox that works.
func NewSandbox() *Sandbox { return &Sandbox{hooks{calls: map[Op]int{}}} }

// Version names this stand-in.
func (s *Sandbox) Version() string { return "learnertest" }

// Longest is what the limits of programs allow.
func (s *Sandbox) Longest(code.Tests) time.Duration { return 6 * time.Minute }

var linearProgram = regexp.MustCompile(`^def f\(x\):return (?:(\d+)\*x([-+])(\d+)|(\d+)-(\d+)\*x)$`)

// Grade evaluates the program on the tests' arguments and judges what came out.
func (s *Sandbox) Grade(ctx context.Context, program string, tests code.Tests) (reward.Result, error) {
	if err := s.begin(ctx, OpGrade); err != nil {
		return reward.Result{Verdict: reward.Ungradable}, err
	}
	if trivial := trivialProgram.FindStringSubmatch(program); trivial != nil {
		return judged(program, tests, returned(trivial[1], tests)), nil
	}
	parts := linearProgram.FindStringSubmatch(program)
	if parts == nil {
		return judged(program, tests, code.Outcome{Status: code.Exception, Reason: "not a linear function"}), nil
	}
	out := code.Outcome{Status: code.Finished}
	for _, c := range tests.Cases {
		var arguments []int
		if err := json.Unmarshal(c.Args, &arguments); err != nil || len(arguments) != 1 {
			return reward.Result{Verdict: reward.Ungradable}, fmt.Errorf("arguments %s are not one number", c.Args)
		}
		out.Tests = append(out.Tests, code.TestOutcome{Value: fmt.Appendf(nil, "%d", at(parts, arguments[0]))})
	}
	return judged(program, tests, out), nil
}

// judged is the verdict on what came out, with the program that it is about.
func judged(program string, tests code.Tests, out code.Outcome) reward.Result {
	r := code.Judge(tests, out)
	r.Extracted = program
	return r
}

// at is the value at x of a program that linearProgram matched.
func at(parts []string, x int) int {
	switch {
	case parts[1] == "":
		return number(parts[4]) - number(parts[5])*x
	case parts[2] == "-":
		return number(parts[1])*x - number(parts[3])
	}
	return number(parts[1])*x + number(parts[3])
}

// trivialProgram is a function that returns a constant, or its argument.
var trivialProgram = regexp.MustCompile(`^def f\(\*args, \*\*kwargs\):\n    return (?:__import__\("json"\)\.loads\("(.*)"\)|.*args.*)$`)

// returned is what a trivial function gives, "" standing for the argument.
func returned(constant string, tests code.Tests) code.Outcome {
	out := code.Outcome{Status: code.Finished}
	for _, c := range tests.Cases {
		value := []byte(constant)
		if constant == "" {
			value = bytes.Trim(c.Args, "[]")
		}
		out.Tests = append(out.Tests, code.TestOutcome{Value: value})
	}
	return out
}
