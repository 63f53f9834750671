package main

import (
	"context"
	"testing"

	"temper/model/recipe"
	"temper/workflows"
)

// fakeRuns answers from scripts.
type fakeRuns struct {
	descriptions []description // one per call; the last one stays
	progresses   []workflows.Progress
	progressErr  error
	outcome      workflows.Result
	outcomeErr   error
	listed       []description
	delayed      []delay
	missing      string // what absence says
	controlled   workflows.RunState
	controlErr   error

	started []startCall
}

type startCall struct {
	name  string
	fresh bool
	from  string // what it goes on from
}

func next[T any](list *[]T) T {
	var zero T
	if len(*list) == 0 {
		return zero
	}
	first := (*list)[0]
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return first
}

func (f *fakeRuns) describe(context.Context, string) (description, error) {
	return next(&f.descriptions), nil
}

func (f *fakeRuns) start(_ context.Context, name string, r recipe.Recipe, fresh bool) error {
	f.started = append(f.started, startCall{name, fresh, r.ContinueFrom})
	return nil
}

func (f *fakeRuns) delays(context.Context, string) ([]delay, error) { return f.delayed, nil }

func (f *fakeRuns) progress(context.Context, string) (workflows.Progress, error) {
	return next(&f.progresses), f.progressErr
}

func (f *fakeRuns) result(context.Context, string) (workflows.Result, error) {
	return f.outcome, f.outcomeErr
}

func (f *fakeRuns) control(_ context.Context, _, _ string, _, into any) error {
	*into.(*workflows.RunState) = f.controlled
	return f.controlErr
}

func (f *fakeRuns) absence(context.Context, string) string { return f.missing }

func (f *fakeRuns) list(context.Context) ([]description, error) { return f.listed, nil }

func namedRecipe(t *testing.T, name string) recipe.Recipe {
	t.Helper()
	r, err := recipe.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
