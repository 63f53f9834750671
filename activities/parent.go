package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/library/jsonkind"
	"temper/model/library/spelling"
	"temper/model/recipe"
)

// The names under which the record of a run's first policy lists what a parent gave.
const (
	inputParent       = "parent"
	inputParentRecipe = "parent_recipe"
)

// beginWithParent takes over another run's checkpoint and vocabulary, if they are what the recipe says.
func (a *Activities) beginWithParent(ctx context.Context, in InitModelInput, m *artifact.Manifest) error {
	parent, err := a.findParent(ctx, *in.Parent)
	if err != nil {
		return err
	}
	differences, err := recipe.Inherited{Model: in.Model, Tokenizer: in.Tokenizer, End: in.End}.Disagreements(parent.recipe)
	if err != nil {
		return err
	}
	if len(differences) > 0 {
		return UserErrorf("parent is %s, which has another model or tokenizer: %s; valid: the parent's", in.Parent, records.Few(differences))
	}
	m.Inputs = map[string]artifact.Ref{inputParent: parent.checkpoint, inputParentRecipe: parent.recipeRef}
	checkpoint, err := a.Learner.Initial(ctx, InitialModel{Parent: parent.checkpoint, Sizes: in.Sizes})
	if err != nil {
		return err
	}
	m.Outputs = map[string]artifact.Ref{artifact.OutputCheckpoint: checkpoint, artifact.OutputVocabulary: parent.vocabulary}
	if was, is := max(1, parent.numerics), max(1, a.Numerics); was != is {
		m.Remarks = append(m.Remarks, fmt.Sprintf("its parent was computed with numerics %d, and it goes on with %d: the two in one run might end with other weights", was, is))
	}
	return a.shapeMetrics(ctx, m, checkpoint)
}

// parent is what a run has recorded that another begins with.
type parent struct {
	recipe                            []byte
	recipeRef, checkpoint, vocabulary artifact.Ref
	// numerics is the version with which the checkpoint was computed, 0 where it is not recorded.
	numerics int
	// made are the digests of the stage's checkpoints.
	made []string
}

// findParent looks for what a recipe's parent names. What is not there is a user's mistake.
func (a *Activities) findParent(ctx context.Context, p recipe.Parent) (parent, error) {
	run := artifact.RunID{Name: p.Run, ID: p.ID}
	book, err := records.Open(ctx, a.Store, run)
	if err != nil {
		return parent{}, fmt.Errorf("find the parent's records: %w", err)
	}
	if len(book.Keys()) == 0 {
		return parent{}, a.noParent(ctx, p)
	}
	var found parent
	for _, key := range book.Keys() {
		if err := lookAtParent(ctx, book, key, p, &found); err != nil {
			return parent{}, err
		}
	}
	if found.recipeRef.IsZero() || found.vocabulary.IsZero() {
		return parent{}, UserErrorf("parent is %s, Run ID %s, which has not recorded its recipe and its first model yet; valid: a run that has trained", p, p.ID)
	}
	if found.recipe, err = a.Store.Get(ctx, found.recipeRef); err != nil {
		return parent{}, err
	}
	if !found.checkpoint.IsZero() {
		return found, nil
	}
	return parent{}, found.lacks(p)
}

// lookAtParent takes from one of a run's records what a recipe's parent names.
func lookAtParent(ctx context.Context, book *records.Book, key string, p recipe.Parent, found *parent) error {
	at, ok := artifact.ParseKey(key)
	first := at.Stage == "" && at.Kind == artifact.KindCheckpoint
	trained := at.Stage == p.Stage && (at.Kind == artifact.KindSFT || at.Kind == artifact.KindUpdate || at.Kind == artifact.KindCheckpoint || at.Kind == artifact.KindDecision)
	if !ok || at.Kind != artifact.KindRecipe && !first && !trained {
		return nil
	}
	m, err := book.Get(ctx, key)
	if errors.Is(err, artifact.ErrCorrupt) { // what it said may be recorded again beside it
		return nil
	}
	if err != nil {
		return err
	}
	checkpoint, made := m.Outputs[artifact.OutputCheckpoint]
	switch {
	case at.Kind == artifact.KindRecipe:
		found.recipeRef = m.Outputs[artifact.OutputRecipe]
	case first:
		found.vocabulary = m.Outputs[artifact.OutputVocabulary]
	case made && checkpoint.SHA256 == p.Checkpoint:
		found.checkpoint, found.numerics = checkpoint, m.Work.Numerics
	case made:
		found.made = append(found.made, checkpoint.SHA256)
	}
	return nil
}

// lacks says that the run has no such checkpoint: the stage is another, or the checkpoint.
func (f parent) lacks(p recipe.Parent) error {
	var r struct {
		Stages []struct {
			Name string `json:"name"`
		} `json:"stages"`
	}
	if err := jsonkind.Decode(f.recipe, &r); err != nil {
		return fmt.Errorf("read the recipe of run %s: %w", p.Run, err)
	}
	var stages []string
	for _, s := range r.Stages {
		stages = append(stages, s.Name)
	}
	switch {
	case !slices.Contains(stages, p.Stage):
		return UserErrorf("parent.stage is %q, which run %s has not; %svalid: %s", p.Stage, p.Run, spelling.DidYouMean(p.Stage, stages), strings.Join(stages, ", "))
	case len(f.made) == 0:
		return UserErrorf("parent.stage is %q, and that stage of run %s has no checkpoint; valid: a stage that trains and has begun, of %s", p.Stage, p.Run, strings.Join(stages, ", "))
	}
	return UserErrorf("parent.checkpoint is %q, which stage %s of run %s has not made; valid: %s", p.Checkpoint, p.Stage, p.Run, records.Few(f.made))
}

// noParent says that there is no such run, and which there are of its name.
func (a *Activities) noParent(ctx context.Context, p recipe.Parent) error {
	runs, err := records.Runs(ctx, a.Store, p.Run)
	if err != nil {
		return err
	}
	if len(runs) == 0 {
		return UserErrorf("parent.run is %q, and no run of that name has recorded anything in the store; valid: the name of a run", p.Run)
	}
	var valid []string
	for _, r := range runs {
		valid = append(valid, r.String())
	}
	return UserErrorf("parent.id is %q, which no run %q has; valid: %s", p.ID, p.Run, records.Few(valid))
}
