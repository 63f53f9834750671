package plan

import (
	"fmt"
	"slices"

	"temper/model/recipe"
)

// tokenBytes is what a token takes in stored text, rollouts hold for each its ID and its
// log-probability as text.
const (
	tokenBytes        = 4.0
	rolloutTokenBytes = 17.0
	verdictBytes      = 250.0
	// recordBytes is a manifest and the document of its input.
	recordBytes = 2500.0
)

// datasets plans what precedes the first stage: the recipe's record, the model and its data.
func (b *builder) datasets() {
	b.act(Activity{Name: "RecordRecipe", Count: 1, Bytes: recordBytes})
	names := b.names()
	files := 0
	for _, name := range names {
		if _, drawn := b.recipe.Data[name].Drawn(); !drawn {
			files++
		}
	}
	if files > 0 {
		b.act(Activity{Name: "CheckData", Count: 1})
	}
	b.act(Activity{Name: "InitModel", Count: 1, Bytes: weightBytes*b.in.Shape.Parameters() + recordBytes})
	stored := 0.0
	for _, name := range names {
		d := b.known(name)
		b.data[name] = d
		b.plan.Data = append(b.plan.Data, d)
		stored += tokenBytes*(d.Problems*d.PromptTokens+d.Examples*d.ExampleTokens) + recordBytes
	}
	b.act(Activity{Name: "PrepareData", Count: float64(len(names)), Bytes: stored})
}

// names are the recipe's datasets that are prepared, sorted.
func (b *builder) names() []string {
	var names []string
	for name := range b.recipe.Data {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// known is what is known of a dataset, or assumed.
func (b *builder) known(name string) Data {
	d, ok := b.in.Data[name]
	d.Name = name
	if drawn, isDrawn := b.recipe.Data[name].Drawn(); isDrawn {
		d.From = "generator"
		if drawn.Kind == recipe.Problems {
			d.Problems = float64(drawn.Count)
		} else {
			d.Examples = float64(drawn.Count) * b.perPrompt(name)
		}
	} else if !ok {
		d = b.assumed(name)
	}
	if d.PromptTokens == 0 && d.Problems > 0 {
		d.PromptTokens = min(b.in.Assume.Prompt, b.in.Assume.Share*float64(b.recipe.Model.MaxPositionEmbeddings))
	}
	if d.ExampleTokens == 0 && d.Examples > 0 {
		d.ExampleTokens = b.in.Assume.Share * b.longestExample(name)
	}
	return d
}

// assumed is a dataset of which nothing is known: it has as many problems as the benchmark of the table that it is of, or as
// many rows as the subsets take that are made of it, or else those of the assumption.
func (b *builder) assumed(name string) Data {
	d := Data{Name: name, From: "assumed"}
	for _, bench := range b.recipe.Evaluation.Benchmarks {
		if n := recipe.BenchmarkProblems(bench.Named); bench.Data == name && n > 0 {
			d.Problems, d.From = float64(n), "benchmark "+bench.Named
			return d
		}
	}
	rows := 0.0
	for i, s := range b.recipe.Stages {
		if s.Curate == nil || b.recipe.Origin(s.Curate.Data) != name {
			continue
		}
		for _, rule := range b.recipe.Stages[i].Curate.Rules {
			if rule.Subset != nil {
				rows = max(rows, float64(rule.Subset.Prompts))
			}
		}
	}
	if rows == 0 {
		rows = b.in.Assume.Rows
	}
	if limit := b.recipe.Data[name].Limit; limit > 0 {
		rows = min(rows, float64(limit))
	}
	d.Problems, d.Examples = rows, rows
	b.plan.Assumptions = append(b.plan.Assumptions, fmt.Sprintf("data.%s has %.0f rows: its file is not here (--rows %s=N says how many)", name, rows, name))
	return d
}

// perPrompt is the number of demonstrations that a generator draws for a prompt.
func (b *builder) perPrompt(name string) float64 {
	if s := b.recipe.Data[name].Synthetic; s != nil {
		return float64(max(1, s.ResponsesPerPrompt))
	}
	return 1
}

// longestExample is the longest that the stages take which train on the dataset.
func (b *builder) longestExample(name string) float64 {
	longest := 0
	for _, s := range b.recipe.Stages {
		if s.SFT != nil && b.recipe.Origin(s.SFT.Data) == name && (longest == 0 || s.SFT.MaxTokens < longest) {
			longest = s.SFT.MaxTokens
		}
	}
	if longest == 0 {
		longest = b.recipe.Model.MaxPositionEmbeddings
	}
	return float64(longest)
}
