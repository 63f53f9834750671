package activities

import (
	"temper/model/dataset"
	"temper/model/source"
	"temper/model/tokenizer"
)

// Measured is what a dataset holds, before limits of length.
type Measured struct {
	Problems, Examples int
	// PromptTokens and ExampleTokens are the mean lengths of prompts and of whole examples, of the first some hundreds.
	PromptTokens, ExampleTokens float64
}

// measuredRows is how many records are looked at for their length, or drawn.
const measuredRows = 500

// Measure reads a dataset as PrepareData does, without a store: the text of a file, or what
// its generator draws, of which it draws no more than it measures.
func Measure(in PrepareDataInput, tok tokenizer.Tokenizer, text []byte) (Measured, error) {
	from, err := source.Of(in.Dataset)
	if err != nil {
		return Measured{}, err
	}
	frame, err := promptFrame(in.Prompt, in.Domain, tok)
	if err != nil {
		return Measured{}, err
	}
	d := in.Dataset
	var problems []dataset.Problem
	var examples []dataset.Example
	if from.IsFile() {
		problems, examples, err = source.Load("data."+in.Name, d, text, frame)
	} else {
		problems, examples, err = from.Generate(in.Name, d.First(measuredRows), frame, in.Seed)
	}
	if err != nil {
		return Measured{}, err
	}
	m := Measured{Problems: len(problems), Examples: len(examples)}
	m.PromptTokens, m.ExampleTokens = meanLengths(tok, problems, examples)
	return m, nil
}

// meanLengths are those of what the vocabulary can write.
func meanLengths(tok tokenizer.Tokenizer, problems []dataset.Problem, examples []dataset.Example) (prompt, example float64) {
	var prompts, wholes []float64
	for _, p := range problems[:min(len(problems), measuredRows)] {
		if ids, err := dataset.PromptTokens(tok, p); err == nil {
			prompts = append(prompts, float64(len(ids)))
		}
	}
	for _, e := range examples[:min(len(examples), measuredRows)] {
		t, err := dataset.Tokenize(tok, 0, e)
		if err != nil {
			continue
		}
		wholes = append(wholes, float64(t.Len()))
		if len(problems) == 0 {
			prompts = append(prompts, float64(len(t.Prompt)))
		}
	}
	return mean(prompts), mean(wholes)
}
