package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"temper/activities"
	"temper/activities/records"
	"temper/deploy/endpoints"
	"temper/model/artifact"
	"temper/model/recipe"
)

// resolveMade says which datasets of other runs a recipe takes over: the newest of a name where the recipe does not say so itself.
func resolveMade(ctx context.Context, data string, r *recipe.Recipe) error {
	for _, name := range slices.Sorted(maps.Keys(r.Data)) {
		made := r.Data[name].Made
		if made == nil || made.SHA256 != "" || recipe.CheckName("run", made.Run) != nil { // the recipe's check says so
			continue
		}
		store, err := endpoints.OpenReader(ctx, data)
		if err != nil {
			return err
		}
		s, err := readRun(ctx, store, made.Run)
		if errors.Is(err, errNoRun) {
			err = noRun(ctx, store, data, made.Run)
		}
		if err != nil {
			return fmt.Errorf("data.%s.made: %w", name, err)
		}
		if made.ID != "" && made.ID != s.id.ID {
			return fmt.Errorf("data.%s.made.id is %q, and sha256 is missing, which is filled in of the newest run of a name alone; valid: %s, or both", name, made.ID, s.id.ID)
		}
		resolved := recipe.Made{Run: made.Run, ID: s.id.ID, Data: cmp.Or(made.Data, name)}
		if resolved.SHA256, err = activities.NewestMade(s.records, resolved.Data); err != nil {
			return fmt.Errorf("data.%s.made: run %s has made no dataset %q; %w", name, made.Run, resolved.Data, err)
		}
		of := r.Data[name]
		of.Made = &resolved
		r.Data[name] = of
	}
	return nil
}

// resolveParent says which checkpoint a recipe's parent is, the newest of the stage where the
// recipe does not say so itself, and takes over from the parent's recipe what this one leaves out.
func resolveParent(ctx context.Context, data string, r *recipe.Recipe) error {
	if r.Parent == nil || recipe.CheckName("parent.run", r.Parent.Run) != nil { // the recipe's check says so
		return nil
	}
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	p := r.Parent
	found, err := findCheckpoint(ctx, store, p.Run, p.ID, p.Stage)
	if errors.Is(err, errNoRun) {
		err = noRun(ctx, store, data, p.Run)
	}
	if err != nil {
		return fmt.Errorf("parent: %w", err)
	}
	resolved := recipe.Parent{Run: p.Run, ID: found.run.ID, Stage: found.stage, Checkpoint: found.ref.SHA256}
	if p.Checkpoint != "" { // an earlier one of the stage: the worker looks whether it is there
		resolved.Checkpoint = p.Checkpoint
	}
	keys, err := store.List(ctx, found.run.Prefix())
	if err != nil {
		return fmt.Errorf("parent: %w", err)
	}
	recorded, err := newestRecipe(ctx, store, keys, p.Run, found.run.ID)
	if err != nil {
		return fmt.Errorf("parent: %w", err)
	}
	text, err := store.Get(ctx, recorded.Outputs[artifact.OutputRecipe])
	if err != nil {
		return fmt.Errorf("parent: read the recipe of run %s: %w", p.Run, err)
	}
	r.Parent = &resolved
	if err := r.Inherit(text); err != nil {
		return fmt.Errorf("parent: %w", err)
	}
	differences, err := r.Inherited().Disagreements(text)
	if err == nil && len(differences) > 0 {
		err = fmt.Errorf("%s has another model or tokenizer: %s; valid: the parent's, or model and tokenizer left out", resolved, records.Few(differences))
	}
	if err != nil {
		return fmt.Errorf("parent: %w", err)
	}
	return nil
}
