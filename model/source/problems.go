package source

import (
	"errors"

	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// problems is {problem, answer} for math, {problem, tests} for code, with the header that a
// program has to begin with as starter if there is one, or {problem} with any
// other fields for a reward of the user's, each with an optional id, and the first two with what rules of
// curation read: golden, released and url. The problem's text
// becomes a prompt.
var problems = Source{
	Name: recipe.FormatProblems, Rows: jsonLines,
	Map: func(_ recipe.Dataset, frame Frame) Mapping {
		return func(id string, row jsonl.Object) ([]dataset.Problem, []dataset.Example, error) {
			p, err := problemOf(id, row, frame)
			return []dataset.Problem{p}, nil, err
		}
	},
}

func problemOf(id string, row jsonl.Object, frame Frame) (p dataset.Problem, err error) {
	if p.ID, err = row.TextOr("id", id); err != nil {
		return p, err
	}
	if p.Question, err = row.Text("problem"); err != nil {
		return p, err
	}
	if err := frame.refuse("problem", p.Question); err != nil {
		return p, err
	}
	if frame.external() {
		p.Fields, err = frame.rest(row, "id", "problem")
	} else {
		err = errors.Join(gold(&p, row), frame.saidOf(&p, row))
	}
	if err != nil {
		return p, err
	}
	p.Question, p.Starter = recipe.WithHeader(p.Question, p.Starter), frame.starter(p.Starter)
	if p.Answer == "" && p.Tests == nil && frame.Domain == "" {
		return p, errors.New(`neither field "answer" (math) nor field "tests" (code) is there`)
	}
	return frame.ask(p)
}

// gold reads what a math or code problem is judged by.
func gold(p *dataset.Problem, row jsonl.Object) (err error) {
	if err := row.Only(append([]string{"id", "problem", "answer", "tests", "starter"}, saidFields...)...); err != nil {
		return err
	}
	if p.Answer, err = row.TextOr("answer", ""); err != nil {
		return err
	}
	if p.Starter, err = text(row, "starter"); err != nil {
		return err
	}
	p.Tests, err = row.Record("tests")
	return err
}
