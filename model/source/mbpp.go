package source

import (
	"errors"
	"strings"

	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// mbpp is {text or prompt, code, test_list, test_setup_code or test_imports}, as MBPP, its
// sanitized part and MBPP+ (evalplus/mbppplus, whose tests are in test; EvalPlus's own file
// has inputs, canonical_solution and entry_point instead) have it. The question ends with the tests, as MBPP's own prompt does: they say what the function is called.
var mbpp = ofPrograms(recipe.FormatMBPP, mbppOf)

// mbppPlus is mbpp with EvalPlus's further tests, without which a row is refused.
var mbppPlus = ofPrograms(recipe.FormatMBPPPlus, withPlus(mbppOf))

func mbppOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "task_id")
	if p.Question, err = question(row, "prompt", "text"); err != nil {
		return p, err
	}
	if row["base_input"] != nil {
		return mbppInputs(row, p)
	}
	if p.Reference, err = text(row, "code"); err != nil {
		return p, err
	}
	setup, err := text(row, "test_setup_code")
	if err != nil {
		return p, err
	}
	var imports, asserts []string
	for field, list := range map[string]*[]string{"test_imports": &imports, "test_list": &asserts} {
		if err = structure(row, field, list); err != nil && !errors.Is(err, errAbsent) {
			return p, err
		}
	}
	plus, err := text(row, "test")
	if err != nil {
		return p, err
	}
	if len(asserts) == 0 && plus == "" {
		return p, Unjudged{noTests}
	}
	p.Question = strings.TrimSpace(p.Question) + "\n\nYour code should pass these tests:\n\n" + strings.Join(asserts, "\n")
	if plus != "" { // its tests are one piece
		if plus, err = numpy.put(plus); err != nil {
			return p, err
		}
		asserts = []string{plus}
	}
	setup = strings.Join(append(imports, setup), "\n")
	p.Tests = code.Tests{Type: code.Assert, Setup: strings.TrimSpace(setup), Asserts: asserts}
	return p, nil
}

// mbppInputs reads a row of EvalPlus's own file, whose question has an assert in it.
func mbppInputs(row jsonl.Object, p Program) (_ Program, err error) {
	entry, err := question(row, "entry_point")
	if err != nil {
		return p, err
	}
	if p.Reference, err = text(row, "canonical_solution"); err != nil {
		return p, err
	}
	return p, againstReference(&p, row, entry)
}
