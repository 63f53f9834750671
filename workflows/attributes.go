package workflows

import (
	"cmp"
	"math"
	"strings"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/model/recipe"
)

// The search attributes of a run and of its stages. A worker makes sure at its start that the namespace has them.
// What has not been measured is unset, so that a filter such as Entropy < 0.1 finds no run that has none. A namespace on a
// SQL database has room for 3 doubles, 3 integers and 10 keywords in all, hence the thousandths.
var (
	AttributeState       = temporal.NewSearchAttributeKeyKeyword("RunState")
	AttributeStage       = temporal.NewSearchAttributeKeyKeyword("RecipeStage")
	AttributeRecipe      = temporal.NewSearchAttributeKeyKeyword("RecipeName")
	AttributeModel       = temporal.NewSearchAttributeKeyKeyword("BaseModel")
	AttributeStep        = temporal.NewSearchAttributeKeyInt64("PolicyStep")
	AttributeAccuracy    = temporal.NewSearchAttributeKeyInt64("AccuracyPerMille")
	AttributeTrained     = temporal.NewSearchAttributeKeyInt64("TrainedTokens")
	AttributeReward      = temporal.NewSearchAttributeKeyFloat64("MeanReward")
	AttributeEntropy     = temporal.NewSearchAttributeKeyFloat64("Entropy")
	AttributeTemperature = temporal.NewSearchAttributeKeyFloat64("Temperature")
)

// SearchAttributes are the names and types that the namespace must have.
func SearchAttributes() map[string]enums.IndexedValueType {
	types := map[string]enums.IndexedValueType{}
	for _, key := range []temporal.SearchAttributeKey{
		AttributeState, AttributeStage, AttributeRecipe, AttributeModel, AttributeStep, AttributeAccuracy, AttributeTrained,
		AttributeReward, AttributeEntropy, AttributeTemperature,
	} {
		types[key.GetName()] = key.GetValueType()
	}
	return types
}

// stageAttributes are a stage's figures.
func stageAttributes(state RunState, p StageProgress) []temporal.SearchAttributeUpdate {
	updates := []temporal.SearchAttributeUpdate{AttributeState.ValueSet(string(state)), AttributeStage.ValueSet(p.Name)}
	if p.Kind == recipe.KindSFT || p.Kind == recipe.KindRL {
		updates = append(updates, AttributeStep.ValueSet(int64(p.Step)))
	} else {
		updates = append(updates, AttributeStep.ValueUnset())
	}
	stepped := p.Kind == recipe.KindRL && p.Step > 0
	return append(updates,
		setIf(AttributeReward, stepped, p.Reward), setIf(AttributeEntropy, stepped, p.Entropy), setIf(AttributeTemperature, p.Temperature > 0, p.Temperature))
}

func setIf(key temporal.SearchAttributeKeyFloat64, known bool, value float64) temporal.SearchAttributeUpdate {
	if !known {
		return key.ValueUnset()
	}
	return key.ValueSet(value)
}

// upsertStage sets the search attributes to a stage's figures.
func upsertStage(ctx workflow.Context, state RunState, p StageProgress) error {
	return workflow.UpsertTypedSearchAttributes(ctx, stageAttributes(state, p)...)
}

// upsertRun sets those of a run: its current stage's, and what is of the whole run. The accuracy is the newest on the
// recipe's first benchmark.
func (r *run) upsertRun(ctx workflow.Context) error {
	updates := append(stageAttributes(r.state.State, r.current()), AttributeRecipe.ValueSet(keyword(cmp.Or(r.recipe.Name, "unnamed"))), AttributeModel.ValueSet(keyword(r.model())))
	var trained int64
	for _, s := range r.state.Stages {
		trained += s.TrainedTokens
	}
	if trained > 0 {
		updates = append(updates, AttributeTrained.ValueSet(trained))
	}
	for _, s := range r.state.Scores {
		if s.Benchmark == r.state.Scores[0].Benchmark {
			updates = append(updates, AttributeAccuracy.ValueSet(int64(math.Round(1000*s.Avg))))
		}
	}
	return workflow.UpsertTypedSearchAttributes(ctx, updates...)
}

// keyword is the end of a text that is too long for a column.
func keyword(text string) string {
	const longest = 200
	if len(text) > longest {
		return strings.ToValidUTF8(text[len(text)-longest:], "")
	}
	return text
}

// model is what the run begins with, for people.
func (r *run) model() string {
	m := r.recipe.Model
	switch {
	case r.recipe.Parent != nil:
		return r.recipe.Parent.Run
	case m.Served != nil:
		return m.Served.Model
	}
	return cmp.Or(m.Base, "random weights")
}
