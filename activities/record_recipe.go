package activities

import (
	"context"

	"temper/model/artifact"
	"temper/model/recipe"
)

// RecordRecipeInput is the run's whole input.
type RecordRecipeInput struct {
	Run    artifact.RunID `json:"run"`
	Recipe recipe.Recipe  `json:"recipe"`
}

const outputRecipe = "recipe"

// RecordRecipe stores the recipe, so that the report and an audit need nothing but the store.
func (a *Activities) RecordRecipe(ctx context.Context, in RecordRecipeInput) (artifact.Ref, error) {
	t := task{artifact.Manifest{Kind: artifact.KindRecipe, Run: in.Run}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		data, err := recipe.Encode(in.Recipe)
		if err != nil {
			return err
		}
		m.Outputs = map[string]artifact.Ref{}
		return a.putOutput(ctx, m, outputRecipe, data)
	})
	if err != nil {
		return artifact.Ref{}, classify(ctx, "record recipe", err)
	}
	return m.Outputs[outputRecipe], nil
}
