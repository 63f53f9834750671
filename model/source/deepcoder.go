package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// deepCoder is {problem, tests, starter_code, solutions, metadata}, as
// DeepCoder-Preview-Dataset has it. What tests is differs with the part of the data set:
//
//	primeintellect  [{"type": "stdin_stdout" or "function_call", "fn_name", "input", "output"}]
//	taco            {"inputs", "outputs", "fn_name"}
//	lcbv5           [{"testtype": "stdin" or "functional", "input", "output", "metadata"}]
//	codeforces      [{"input", "output"}]
var deepCoder = ofPrograms(recipe.FormatDeepCoder, deepCoderOf)

func deepCoderOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "id", "problem_id")
	if p.Question, err = question(row, "problem"); err != nil {
		return p, err
	}
	if err = checkText(p.Question, true); err != nil {
		return p, err
	}
	header, err := text(row, "starter_code")
	if err != nil {
		return p, err
	}
	p.Header = header
	var solutions []string
	if structure(row, "solutions", &solutions) == nil && len(solutions) > 0 { // some parts have none
		p.Reference = inFences(solutions[0])
	}
	var tests json.RawMessage
	if err = structure(row, "tests", &tests); errors.Is(err, errAbsent) {
		return p, Unjudged{noTests}
	} else if err != nil {
		return p, err
	}
	var metadata struct {
		Function string `json:"func_name"`
	}
	if err = structure(row, "metadata", &metadata); err != nil && !errors.Is(err, errAbsent) {
		return p, err
	}
	p.Tests, err = deepCoderTests(tests, metadata.Function)
	return p, err
}

func deepCoderTests(raw json.RawMessage, function string) (t code.Tests, err error) {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		var c columns
		if err := json.Unmarshal(raw, &c); err != nil {
			return t, fmt.Errorf(`field "tests": %w`, err)
		}
		return c.tests()
	}
	var all []struct {
		liveCodeTest
		Kind string `json:"type"`
		Name string `json:"fn_name"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		return t, fmt.Errorf(`field "tests": %w`, err)
	}
	var pairs []pair
	var live []liveCodeTest
	for _, test := range all {
		if test.Kind != all[0].Kind || test.Name != all[0].Name {
			return t, Unjudged{"tests of several types"}
		}
		pairs, live = append(pairs, pair{test.Input, test.Output}), append(live, test.liveCodeTest)
	}
	switch {
	case len(all) == 0:
		return t, Unjudged{noTests}
	case all[0].Type != "":
		return liveCode(live, function)
	case all[0].Kind == "function_call":
		t, err = functionTests(all[0].Name, pairs)
		t.IntKeys = true
		return t, err
	case all[0].Kind == "" || all[0].Kind == "stdin_stdout":
		return stdinTests(pairs)
	}
	return t, fmt.Errorf(`field "tests": type is %q, want stdin_stdout or function_call`, all[0].Kind)
}

// inFences is the program of a solution that is written as an answer.
func inFences(solution string) string {
	if program := (code.Extraction{WithoutReasoning: true}).Extract(solution, code.Tests{}); program != "" {
		return program
	}
	return solution
}
