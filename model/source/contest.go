package source

import (
	"cmp"
	"fmt"
	"strings"

	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// contest is a competition's problems (AIME, AMC, HMMT, BRUMO), whose files have the same under
// different names: the text as problem, Problem or question, the answer as answer, Answer or
// expected_answer, a text or a number, and perhaps a name as id, ID, unique_id or problem_idx.
// What else a row has is not read. It takes, among others, the files of AceReason's evaluation
// toolkit, NeMo-Skills, MathArena and Qwen2.5-Math.
var contest = Source{
	Name: recipe.FormatContest, Rows: linesOrArray,
	Map: func(_ recipe.Dataset, frame Frame) Mapping {
		return func(id string, row jsonl.Object) ([]dataset.Problem, []dataset.Example, error) {
			p, err := contestOf(id, row, frame)
			return []dataset.Problem{p}, nil, err
		}
	},
}

func contestOf(id string, row jsonl.Object, frame Frame) (p dataset.Problem, err error) {
	p.ID = cmp.Or(name(row, "id", "ID", "unique_id", "problem_idx"), id)
	if p.Question, err = question(row, "problem", "Problem", "question"); err != nil {
		return p, err
	}
	if err := frame.refuse("problem", p.Question); err != nil {
		return p, err
	}
	if frame.external() {
		p.Fields, err = frame.rest(row)
	} else if p.Answer = strings.TrimSpace(name(row, "answer", "Answer", "expected_answer")); p.Answer == "" {
		err = fmt.Errorf("field %q is missing or empty (or Answer, expected_answer)", "answer")
	}
	if err != nil {
		return p, err
	}
	return frame.ask(p)
}
