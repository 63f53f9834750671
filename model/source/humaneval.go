package source

import (
	"regexp"

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

// humanEvalPlus is humanEval with EvalPlus's further tests, without which a row is refused.
var humanEvalPlus = ofPrograms(recipe.FormatHumanEvalPlus, withPlus(humanEvalOf))

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
		err = againstReference(&p, row, entry)
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
