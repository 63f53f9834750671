package source

import (
	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/tokenizer"
)

// examples is {prompt, response} with an optional id. The prompt is taken as it is, chat
// tokens included; the response has no closing <eos>.
var examples = Source{
	Name: recipe.FormatExamples, Rows: jsonLines,
	Map: func(recipe.Dataset, Frame) Mapping { return exampleOf },
}

func exampleOf(id string, row jsonl.Object) ([]dataset.Problem, []dataset.Example, error) {
	if err := row.Only("id", "prompt", "response"); err != nil {
		return nil, nil, err
	}
	id, err := row.TextOr("id", id)
	if err != nil {
		return nil, nil, err
	}
	values, err := row.Texts("prompt", "response")
	if err != nil {
		return nil, nil, err
	}
	e := dataset.Example{ID: id, Question: values[0], Prompt: values[0], Response: values[1]}
	if err := refuse("prompt", e.Prompt, tokenizer.PadToken); err != nil {
		return nil, nil, err
	}
	return nil, []dataset.Example{e}, refuse("response", e.Response, tokenizer.PadToken, tokenizer.EOSToken)
}
