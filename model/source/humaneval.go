package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// humanEval is {prompt, entry_point, canonical_solution, test}, as HumanEval and HumanEval+
// (evalplus/humanevalplus) have it, or base_input and plus_input in place of test, as
// EvalPlus's own file has it. The question is the prompt; what stands in it before the
// function that it asks for, imports and other functions, comes before every program, and
// before the tests, which thus use none of the program's.
var humanEval = ofPrograms(recipe.FormatHumanEval, humanEvalOf)

func humanEvalOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "task_id")
	if p.Opening, err = question(row, "prompt"); err != nil {
		return p, err
	}
	entry, err := question(row, "entry_point")
	if err != nil {
		return p, err
	}
	solution, err := text(row, "canonical_solution")
	if err != nil {
		return p, err
	}
	if solution != "" {
		p.Reference = p.Opening + solution
	}
	p.Question = "Complete the following Python function.\n\n```python\n" + p.Opening + "\n```"
	before := beforeFunction(p.Opening, entry)
	tests, err := text(row, "test")
	if err != nil {
		return p, err
	}
	p.Tests = code.Tests{Type: code.Assert, Before: before, Asserts: []string{"check(" + entry + ")"}}
	switch {
	case tests != "":
		tests, err = numpy.put(tests)
		p.Tests.Setup = before + tests
	case row["base_input"] != nil:
		p.Tests.Setup, p.Tests.Asserts, err = againstReference(row, entry, p.Reference)
	default:
		err = Unjudged{noTests}
	}
	return p, err
}

// beforeFunction is what stands before a function in a text of Python.
func beforeFunction(source, name string) string {
	at := regexp.MustCompile(`(?m)^(?:async )?def ` + regexp.QuoteMeta(name) + `\b`).FindStringIndex(source)
	if at == nil {
		return ""
	}
	return source[:at[0]]
}

// againstReference are tests that compare with what the data set's own solution returns, by
// EvalPlus's rule: the same value, or for floats one within atol, by default 1e-6. What
// find_zero returns is put into its polynomial.
func againstReference(row jsonl.Object, entry, reference string) (setup string, asserts []string, err error) {
	var all []json.RawMessage
	for _, field := range []string{"base_input", "plus_input"} {
		var inputs []json.RawMessage
		if err = structure(row, field, &inputs); err != nil && !errors.Is(err, errAbsent) {
			return "", nil, err
		}
		all = append(all, inputs...)
	}
	if len(all) == 0 || reference == "" {
		return "", nil, Unjudged{noTests}
	}
	inputs, err := json.Marshal(all)
	if err != nil {
		return "", nil, fmt.Errorf("inputs: %w", err)
	}
	tolerance := name(row, "atol")
	if tolerance == "" {
		tolerance = "0"
	}
	for i := range all {
		asserts = append(asserts, fmt.Sprintf("compare(%s, %d)", entry, i))
	}
	values := fmt.Sprintf("SOURCE, INPUTS, ENTRY, ATOL = %s, %s, %q, %s\n",
		strconv.QuoteToASCII(reference), strconv.QuoteToASCII(string(inputs)), entry, tolerance)
	return values + evalPlusPython, asserts, nil
}
