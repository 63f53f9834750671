package workflows

import (
	"errors"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"

	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/recipe"
)

// TestContinueFrom: a run that failed goes on, in an execution of its own, from
// what it has in the store: nothing is done twice, and it ends as if it had not failed.
func TestContinueFrom(t *testing.T) {
	undisturbed := newPlace(t, nil)
	want := undisturbed.mustRun(smoke(t))
	store := objectstore.NewMemory()
	failing := newPlace(t, store)
	failing.learner.Use(learnertest.Fail(learnertest.OpAdvance, 2, errors.Join(objectstore.ErrBadKey, errors.New("injected"))))
	if _, err := failing.run(smoke(t)); err == nil {
		t.Fatal("the run did not fail")
	}

	p := newPlace(t, store)
	p.firstRunID = "another-run-id"
	r := smoke(t)
	r.ContinueFrom = "first-run-id"
	got := p.mustRun(r)
	if got.Run.ID != "first-run-id" || got.State != StateCompleted || got.Checkpoint != want.Checkpoint {
		t.Errorf("ended %s as %v with checkpoint %s, want %s", got.State, got.Run, got.Checkpoint.SHA256, want.Checkpoint.SHA256)
	}
	if len(got.Scores) != len(want.Scores) {
		t.Errorf("%d scores, want %d", len(got.Scores), len(want.Scores))
	}
	for _, op := range []learnertest.Op{learnertest.OpInitial, learnertest.OpTrain, learnertest.OpSample, learnertest.OpAdvance} {
		all, once := failing.learner.Calls(op)+p.learner.Calls(op), undisturbed.learner.Calls(op)
		if op == learnertest.OpAdvance {
			once++ // the one that failed
		}
		if all != once {
			t.Errorf("%s was done %d times, of an undisturbed run %d", op, all, once)
		}
	}
	progress := p.progress()
	if progress.Run.ID != "first-run-id" || !strings.HasPrefix(progress.Continued, "goes on from run first-run-id: ") {
		t.Errorf("progress is of %v and says %q", progress.Run, progress.Continued)
	}
	keys, err := store.List(t.Context(), "runs/"+testRunName+"/another-run-id/")
	if err != nil || len(keys) != 0 {
		t.Errorf("recorded beside it: %v, error %v", keys, err)
	}
}

func TestContinueFromThatIsRefused(t *testing.T) {
	store := objectstore.NewMemory()
	newPlace(t, store).mustRun(smoke(t))
	for name, test := range map[string]struct {
		run    string
		change func(*recipe.Recipe)
		says   string
	}{
		"unknown":        {testRunName, func(r *recipe.Recipe) { r.ContinueFrom = "nobody" }, `continue_from is "nobody", which no run "test-run" has; valid: first-run-id (begun `},
		"another name":   {"other", func(r *recipe.Recipe) { r.ContinueFrom = "first-run-id" }, `no run "other" has recorded anything`},
		"another recipe": {testRunName, func(r *recipe.Recipe) { r.ContinueFrom, r.Seed = "first-run-id", 9 }, "that run has another recipe: seed is 9, was 1; choose another run name"},
		"no run ID":      {testRunName, func(r *recipe.Recipe) { r.ContinueFrom = "../x" }, `continue_from is "../x"; valid: the Run ID`},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, store)
			p.firstRunID = "another-run-id"
			p.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: test.run, TaskQueue: ControlQueue})
			r := smoke(t)
			test.change(&r)
			_, err := p.run(r)
			checkUserError(t, err, test.says)
			if len(p.completed) != 0 {
				t.Errorf("work was done: %v", p.completed)
			}
		})
	}
}
