package source

import (
	"regexp"

	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// humanEval is {prompt, entry_point, canonical_solution, test}, as HumanEval and HumanEval+
// (evalplus/humanevalplus) have it. The question is the prompt; what stands in it before the
// function that it asks for, imports and other functions, comes before every program.
var humanEval = ofPrograms(recipe.FormatHumanEval, humanEvalOf)

func humanEvalOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "task_id")
	texts := map[string]string{}
	for _, field := range []string{"prompt", "entry_point", "test"} {
		if texts[field], err = question(row, field); err != nil {
			return p, err
		}
	}
	solution, err := text(row, "canonical_solution")
	if err != nil {
		return p, err
	}
	p.Opening = texts["prompt"]
	if solution != "" {
		p.Reference = p.Opening + solution
	}
	p.Question = "Complete the following Python function.\n\n```python\n" + p.Opening + "\n```"
	setup, err := numpy.put(texts["test"])
	p.Tests = code.Tests{
		Type: code.Assert, Before: beforeFunction(p.Opening, texts["entry_point"]),
		Setup: setup, Asserts: []string{"check(" + texts["entry_point"] + ")"},
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
