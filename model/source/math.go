package source

import (
	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// worked is {problem, solution, answer}, as MATH-500 and other cuts of MATH have it, with an
// optional unique_id, subject and level. It gives a problem per row, and an example where
// there is a solution: the response is the solution, then the answer in the form that the
// verifier reads.
var worked = Source{
	Name: recipe.FormatMATH, Rows: jsonLines,
	Map: func(_ recipe.Dataset, frame Frame) Mapping {
		return func(id string, row jsonl.Object) ([]dataset.Problem, []dataset.Example, error) {
			return workedOf(id, row, frame)
		}
	},
}

func workedOf(id string, row jsonl.Object, frame Frame) ([]dataset.Problem, []dataset.Example, error) {
	known := []string{"unique_id", "problem", "solution", "answer"}
	if !frame.external() { // a reward of the user's gets what is not read here
		known = append(known, "subject", "level")
	}
	fields, err := frame.rest(row, known...)
	if err != nil {
		return nil, nil, err
	}
	if id, err = row.TextOr("unique_id", id); err != nil {
		return nil, nil, err
	}
	texts := map[string]string{}
	for _, name := range []string{"problem", "answer", "solution"} {
		if _, given := row[name]; name == "solution" && !given {
			continue
		}
		if texts[name], err = row.Text(name); err != nil {
			return nil, nil, err
		}
		if err := frame.refuse(name, texts[name]); err != nil {
			return nil, nil, err
		}
	}
	p, err := frame.ask(dataset.Problem{ID: id, Question: texts["problem"], Answer: texts["answer"], Fields: fields})
	if err != nil || texts["solution"] == "" {
		return []dataset.Problem{p}, nil, err
	}
	e := dataset.Example{ID: id, Question: p.Question, Prompt: p.Prompt, Response: frame.Response(texts["solution"], p.Answer)}
	return []dataset.Problem{p}, []dataset.Example{e}, nil
}
