package main

import (
	"context"
	"errors"
	"fmt"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/recipe"
	"temper/workflows"
)

// opener opens the store, where a command needs it.
type opener func(context.Context) (objectstore.Reader, error)

// errOtherRecipe says that what a name has in the store is of another recipe.
type errOtherRecipe struct{ differences []string }

func (e errOtherRecipe) Error() string {
	return "what it has in the store is of another recipe: " + records.Few(e.differences)
}

// continueNewest makes a recipe go on from the newest run of a name in the store,
// whether Temporal knows that run or not, and says how far it is. Where there is
// nothing to go on from, the recipe begins anew and the text is empty. The error
// is an errOtherRecipe where the newest run has trained another recipe.
func continueNewest(ctx context.Context, open opener, name string, r *recipe.Recipe) (said string, err error) {
	store, newest, err := newestRun(ctx, open, name)
	if err != nil || newest.ID == "" {
		return "", err
	}
	differences, err := newest.Differences(ctx, store, *r)
	if err != nil {
		return "", err
	}
	stage, step := newest.Furthest(r.StageNames())
	if len(differences) > 0 {
		if !newest.Trained() { // a mistake was mended before anything was lost
			return "", nil
		}
		return "", errOtherRecipe{differences}
	}
	r.ContinueFrom = newest.ID
	return fmt.Sprintf("Run ID %s: %s", newest.ID, activities.ContinueRunResult{Records: len(newest.Keys), Stage: stage, Step: step}), nil
}

// newestRun is the newest run of a name in the store; one without an ID if there is none.
func newestRun(ctx context.Context, open opener, name string) (objectstore.Reader, records.Run, error) {
	store, err := open(ctx)
	if err != nil {
		return nil, records.Run{}, err
	}
	found, err := records.Runs(ctx, store, name)
	if err != nil || len(found) == 0 {
		return store, records.Run{}, err
	}
	return store, found[0], nil
}

// differing says, as far as the store can tell, in what the newest run of a name
// differs from a recipe.
func differing(ctx context.Context, open opener, name string, r recipe.Recipe) string {
	_, err := continueNewest(ctx, open, name, &r)
	var other errOtherRecipe
	if errors.As(err, &other) {
		return ": " + records.Few(other.differences)
	}
	return ""
}

// wasStopped reports whether a run that has ended well was stopped before its end.
func wasStopped(ctx context.Context, rs runs, name string) (bool, error) {
	result, err := rs.result(ctx, name)
	return result.State == workflows.StateStopped, err
}
