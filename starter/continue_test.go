package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/workflows"
)

func nothingStored(context.Context) (objectstore.Reader, error) { return objectstore.NewMemory(), nil }

// recordRun makes a run of the name x in a store, which began in a given minute.
func recordRun(t *testing.T, store objectstore.Store, id string, minute int, r recipe.Recipe, steps ...artifact.Manifest) {
	t.Helper()
	data, err := recipe.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := store.Put(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	steps = append(steps, artifact.Manifest{Kind: artifact.KindRecipe, Outputs: map[string]artifact.Ref{artifact.OutputRecipe: ref}})
	for _, m := range steps {
		m.Run = artifact.RunID{Name: "x", ID: id}
		m.Work.Started = time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC)
		data, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Create(t.Context(), artifact.Key(m, "0123456789abcdef"), data); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStartRunGoesOn(t *testing.T) {
	r := namedRecipe(t, "smoke")
	digest, err := r.Digest()
	if err != nil {
		t.Fatal(err)
	}
	other := namedRecipe(t, "smoke")
	other.Stages[2].RL.Steps, other.Seed = 99, 5
	store := objectstore.NewMemory()
	update := artifact.Manifest{Kind: artifact.KindUpdate, Stage: "math", Step: 2}
	recordRun(t, store, "old", 1, other, update)
	recordRun(t, store, "new", 3, r, update, artifact.Manifest{Kind: artifact.KindSFT, Stage: "base-text", Step: 8}, artifact.Manifest{Kind: artifact.KindUpdate, Stage: "math", Step: 1})
	recordRun(t, store, "between", 2, r)
	foreign := objectstore.NewMemory()
	recordRun(t, foreign, "foreign", 1, other, update)
	untrained := objectstore.NewMemory()
	recordRun(t, untrained, "untrained", 1, other)
	const from = "(Run ID new: 4 records, the furthest of stage math, step 2); --fresh starts over"
	for _, test := range []struct {
		name   string
		store  objectstore.Store
		d      description
		result workflows.RunState
		fresh  bool
		want   string
		call   *startCall
	}{
		{"failed", store, description{status: statusFailed}, "", false, "run x had failed and goes on from what it has in the store " + from, &startCall{"x", false, "new"}},
		{"terminated", store, description{status: statusTerminated, digest: digest}, "", false, "run x had been terminated and goes on from what it has in the store " + from, &startCall{"x", false, "new"}},
		{"canceled", store, description{status: statusCanceled}, "", false, "run x had been canceled and goes on ", &startCall{"x", false, "new"}},
		{"stopped", store, description{status: statusCompleted, digest: digest}, workflows.StateStopped, false, "run x had been stopped and goes on ", &startCall{"x", false, "new"}},
		{"finished", store, description{status: statusCompleted, digest: digest}, workflows.StateCompleted, false, "run x is finished; --fresh starts over", nil},
		{"history is gone", store, description{}, "", false, "run x is in the store, though not in Temporal, and goes on from there " + from, &startCall{"x", false, "new"}},
		{"fresh", store, description{status: statusFailed}, "", true, "run x started over: ", &startCall{"x", true, ""}},
		{"fresh, history is gone", store, description{}, "", true, "run x started: ", &startCall{"x", true, ""}},
		{"another recipe", foreign, description{status: statusFailed}, "", false,
			"run x cannot go on: what it has in the store is of another recipe: seed is 1, was 5, stages[2].steps is 3, was 99; choose another --name, or --fresh to start over", nil},
		{"another recipe, history is gone", foreign, description{}, "", false, "run x cannot go on: ", nil},
		{"another recipe runs", foreign, description{status: statusRunning, digest: "0123456789abcdef"}, "", false,
			"run x is running with another recipe (digest 0123456789ab, asked for " + digest[:12] + "): seed is 1, was 5, stages[2].steps is 3, was 99; choose another --name, or --fresh to start over", nil},
		{"another recipe that trained nothing", untrained, description{status: statusFailed}, "", false, "run x had failed and was started again: ", &startCall{"x", false, ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &fakeRuns{descriptions: []description{test.d}, outcome: workflows.Result{State: test.result}}
			open := func(context.Context) (objectstore.Reader, error) { return test.store, nil }
			note, err := startRun(t.Context(), f, open, "x", r, test.fresh)
			if err != nil {
				note = err.Error()
			}
			if !strings.HasPrefix(note, test.want) || strings.Contains(note, "\n") {
				t.Errorf("got %q, want %q", note, test.want)
			}
			if started := len(f.started) > 0; started != (test.call != nil) || started && f.started[0] != *test.call {
				t.Errorf("started %+v, want %+v", f.started, test.call)
			}
		})
	}
}

// A recipe may say itself what it goes on from; a fresh run does not.
func TestStartRunWithContinueFrom(t *testing.T) {
	r := namedRecipe(t, "smoke")
	r.ContinueFrom = "mine"
	f := &fakeRuns{descriptions: []description{{status: statusFailed}}}
	note, err := startRun(t.Context(), f, nothingStored, "x", r, false)
	if err != nil || !strings.Contains(note, "goes on from what it has in the store (Run ID mine, as the recipe says)") || f.started[0].from != "mine" {
		t.Errorf("%q, started %+v, error %v", note, f.started, err)
	}
	if _, err := startRun(t.Context(), f, nothingStored, "x", r, true); err == nil || len(f.started) != 1 {
		t.Errorf("started %+v, error %v", f.started, err)
	}
}
