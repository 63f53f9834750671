package domain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"temper/model/dataset"
	"temper/model/library/jsonkind"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/code"
)

// codeDomain asks for a Python program and runs it with the problem's tests.
var codeDomain = Domain{
	Name: recipe.DomainCode,
	Text: func(p recipe.Prompt) string { return p.Code },
	Check: func(p dataset.Problem) error {
		_, err := testsOf(p)
		return err
	},
	Version: codeVersion,
	Part: func(by Means, p dataset.Problem, response string) (program, none string) {
		tests, err := testsOf(p)
		if err != nil {
			return "", err.Error() // Check has said so of the problem
		}
		if program = by.extraction().Extract(response, tests); program == "" {
			return "", noProgram
		}
		return program, ""
	},
	Judge: func(ctx context.Context, by Means, p dataset.Problem, program string) (reward.Result, error) {
		tests, err := testsOf(p)
		if err != nil {
			return reward.Result{}, err
		}
		result, err := by.Sandbox.Grade(ctx, program, by.graded(tests))
		return result.Scored(), err
	},
	Longest: func(by Means, p dataset.Problem) time.Duration {
		tests, err := testsOf(p)
		if err != nil {
			return 0 // nothing will run
		}
		return by.Sandbox.Longest(by.graded(tests))
	},
	Alive: func(ctx context.Context, by Means) error {
		result, err := by.Sandbox.Grade(ctx, canary, canaryTests)
		if err == nil && result.Verdict != reward.Correct {
			err = fmt.Errorf("a right program is %s: %s", result.Verdict, result.Reason)
		}
		return err
	},
}

// codeVersion is the sandbox's, and what the recipe has changed of how programs are judged.
func codeVersion(by Means) string {
	version := by.Sandbox.Version()
	if by.Grading != "" {
		version += " grading=" + string(by.Grading)
	} else if rule := by.Programs.Extract; rule != "" && rule != recipe.ExtractLast {
		version += " extract=" + string(rule)
	}
	if by.Programs.WithoutReasoning {
		version += " without-reasoning"
	}
	if f := by.Programs.TimeFactor; f != 0 {
		version += fmt.Sprintf(" time=%g", f)
	}
	if f := by.Programs.MemoryFactor; f != 0 {
		version += fmt.Sprintf(" memory=%g", f)
	}
	return version
}

// extraction is how programs are found.
func (m Means) extraction() code.Extraction {
	return code.Extraction{Rule: m.Programs.Extract, WithoutReasoning: m.Programs.WithoutReasoning, Toolkit: m.Grading == recipe.GradingToolkit}
}

// graded are tests by the rules of a grading, with their own limits as the recipe wants them.
func (m Means) graded(tests code.Tests) code.Tests {
	if m.Grading == recipe.GradingToolkit {
		tests = tests.Toolkit()
	}
	return tests.Limited(m.Programs.TimeFactor, m.Programs.MemoryFactor)
}

// noProgram is why a response is incorrect in which there is nothing to judge.
const noProgram = "no program after </think>"

// canary is a program that is right, with its tests.
const canary = "def f(x):return 2*x+3"

var canaryTests = code.Tests{Type: code.Function, Name: "f", Cases: []code.Case{{Args: json.RawMessage("[4]"), Expect: json.RawMessage("11")}}}

// testsOf reads a problem's tests.
func testsOf(p dataset.Problem) (code.Tests, error) {
	var tests code.Tests
	switch {
	case p.Answer != "":
		return tests, errors.New(`field "answer" is of domain math; a problem of domain code is judged by field "tests"`)
	case p.Tests == nil:
		return tests, errors.New(`field "tests" is missing, which a problem of domain code is judged by`)
	}
	if err := jsonkind.DecodeKnown(p.Tests, &tests); err != nil {
		return tests, jsonkind.In("tests", err)
	}
	return tests, tests.Validate()
}
