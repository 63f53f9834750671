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

// RecordedRecipe is the recipe's document, and the version of the numerics that the run began with: that of the worker
// that recorded it. It is 0 where an earlier version of temper recorded it, which computed with 1.
type RecordedRecipe struct {
	RecordedRef
	Numerics int `json:"numerics,omitempty"`
}

// RecordRecipe stores the recipe, so that the report and an audit need nothing
// but the store. The recipe itself is put each time: should the store have lost it,
// a run that is continued puts it back.
func (a *Activities) RecordRecipe(ctx context.Context, in RecordRecipeInput) (RecordedRecipe, error) {
	t := task{artifact.Manifest{Kind: artifact.KindRecipe, Run: in.Run}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		ref, err := a.putRecipe(ctx, in.Recipe)
		m.Outputs = map[string]artifact.Ref{artifact.OutputRecipe: ref}
		return err
	})
	if err != nil {
		return RecordedRecipe{}, classify(ctx, "record recipe", err)
	}
	return RecordedRecipe{recordedRef(m, artifact.OutputRecipe), m.Work.Numerics}, nil
}

func (a *Activities) putRecipe(ctx context.Context, r recipe.Recipe) (artifact.Ref, error) {
	data, err := recipe.Encode(r)
	if err != nil {
		return artifact.Ref{}, err
	}
	return a.Store.Put(ctx, data)
}
