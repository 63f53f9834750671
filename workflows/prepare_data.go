package workflows

import (
	"fmt"
	"math"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
)

// PrepareDataInput is a recipe whose datasets are wanted.
type PrepareDataInput struct {
	Run        artifact.RunID `json:"run"`
	Recipe     recipe.Recipe  `json:"recipe"`
	Vocabulary artifact.Ref   `json:"vocabulary"`
	// Chain is that of the workflow's records.
	Chain Chain `json:"chain,omitzero"`
}

// PrepareDataResult holds the recipe's datasets by name.
type PrepareDataResult struct {
	Datasets map[string]activities.Dataset `json:"datasets"`
	Sealed
}

// PrepareData prepares all datasets side by side.
func PrepareData(ctx workflow.Context, in PrepareDataInput) (PrepareDataResult, error) {
	return keep(ctx, in.Run, in.Chain, in.prepare)
}

func (in PrepareDataInput) prepare(ctx workflow.Context) (PrepareDataResult, error) {
	names := workflow.DeterministicKeys(in.Recipe.Data)
	futures := make([]workflow.Future, len(names))
	for i, name := range names {
		futures[i] = workflow.ExecuteActivity(onControl(ctx, "dataset "+name), acts.PrepareData, activities.PrepareDataInput{
			Run: in.Run, Name: name, Dataset: in.Recipe.Dataset(name), Seed: in.Recipe.Seed, Vocabulary: in.Vocabulary, Prompt: in.Recipe.PromptOf(name),
			Domain: in.Recipe.DomainOf(name), Asked: in.Recipe.OnlyAsked(name), Label: in.Recipe.LongestLabel(name), Said: in.Recipe.SaidOf(name),
			MaxExampleTokens: maxExampleTokens(in.Recipe, name), MaxPromptTokens: maxPromptTokens(in.Recipe, name),
		})
	}
	result := PrepareDataResult{Datasets: map[string]activities.Dataset{}}
	for i, name := range names {
		d, err := get[activities.PreparedDataset](ctx, futures[i])
		if err != nil {
			return PrepareDataResult{}, fmt.Errorf("prepare data: %w", err)
		}
		result.Datasets[name] = d.Dataset
	}
	return result, nil
}

// maxExampleTokens is the longest example that every stage using the dataset takes; 0 if none uses it.
func maxExampleTokens(r recipe.Recipe, name string) int {
	longest := 0
	for _, stage := range r.Stages {
		if s := stage.SFT; s != nil && r.Origin(s.Data) == name && (longest == 0 || s.MaxTokens < longest) {
			longest = s.MaxTokens
		}
		if s := stage.RL; s != nil && r.Origin(s.Demonstrations) == name && longest == 0 {
			longest = r.Model.MaxPositionEmbeddings
		}
		if s := stage.Collect; s != nil && r.Origin(s.Demonstrations) == name && longest == 0 { // what is too long is left out when it is collected
			longest = r.Model.MaxPositionEmbeddings
		}
	}
	if longest == 0 && r.Read(name) {
		longest = r.Model.MaxPositionEmbeddings
	}
	return longest
}

// maxPromptTokens is the longest prompt that leaves room for the response budgets of all that use the dataset.
func maxPromptTokens(r recipe.Recipe, name string) int {
	if r.Model.Served != nil {
		return math.MaxInt32 // the server knows
	}
	budget := 0
	for _, stage := range r.Stages {
		if s := stage.RL; s != nil && r.Origin(s.Data) == name {
			budget = max(budget, s.MaxResponseTokens, s.Solved.MaxResponseTokens)
			if s.Searches() {
				budget = max(budget, r.TemperatureSearch.MaxResponseTokens)
			}
		}
	}
	for _, stage := range r.Stages {
		if s := stage.Curate; s != nil && r.Origin(s.Data) == name {
			for _, p := range s.PassRates() {
				budget = max(budget, p.MaxResponseTokens)
			}
		}
		if s := stage.Collect; s != nil && r.Origin(s.Data) == name {
			budget = max(budget, s.MaxResponseTokens)
		}
	}
	for _, b := range r.Evaluation.Benchmarks {
		if b.Data == name {
			budget = max(budget, b.MaxResponseTokens)
		}
	}
	return r.Model.MaxPositionEmbeddings - budget
}
