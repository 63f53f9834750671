package workflows

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/sdk/workflow"

	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
)

// computing notes on the task queues of which numerics work with weights is put: "" is the first version.
func (p *place) computing() map[string]int {
	queues := map[string]int{}
	p.options = func(name string, o workflow.ActivityOptions) {
		if slices.Contains([]string{"InitModel", "TrainSFT", "GenerateRollouts", "UpdatePolicy", "SaveCheckpoint"}, name) {
			queues[strings.TrimPrefix(strings.TrimPrefix(o.TaskQueue, "temper-gpu"), "temper-sampling")]++
		} else if o.TaskQueue != ControlQueue && o.TaskQueue != GraderQueue {
			p.t.Errorf("%s is on %s", name, o.TaskQueue)
		}
	}
	return queues
}

// TestNumericsPinned: all work with weights of a run, in every stage, search and evaluation, is for workers of the version of the
// numerics that it began with, or that its recipe names, and the checkpoint does not depend on what that version is called.
func TestNumericsPinned(t *testing.T) {
	want := newPlace(t, nil).mustRun(smoke(t)).Checkpoint
	for _, test := range []struct {
		worker      int // the version of the worker that takes up the run
		set         string
		queue, says string
	}{
		{0, "", "", ""},
		{1, "", "", "computed with numerics 1: work with weights is for workers of that version (task queue temper-gpu)"},
		{2, "", "-n2", "computed with numerics 2: work with weights is for workers of that version (task queue temper-gpu-n2)"},
		{2, "numerics.version=1", "", "computed with numerics 1"},
		{1, "numerics.version=12", "-n12", "computed with numerics 12"},
		{2, "numerics.any_version=true", "-any", "computed by workers of any version of the numerics"},
	} {
		p, r := newPlace(t, nil), smoke(t)
		p.acts.Numerics = test.worker
		if test.set != "" {
			if err := recipe.Set(&r, test.set); err != nil {
				t.Fatal(err)
			}
		}
		queues, details := p.computing(), ""
		p.after("UpdatePolicy", 1, func() { details, _ = p.details() })
		got := p.mustRun(r)
		if len(queues) != 1 || queues[test.queue] == 0 {
			t.Errorf("%+v: the work is on %v", test, queues)
		}
		if !strings.Contains(details, test.says) || test.says == "" && strings.Contains(details, "computed") {
			t.Errorf("%+v: the details are %s", test, details)
		}
		if got.Checkpoint != want {
			t.Errorf("%+v: it ends with %s, want %s", test, got.Checkpoint.Short(), want.Short())
		}
	}
}

// TestNumericsOfContinuedRuns: a run goes on with the numerics that it began with, in the next execution and where another run
// continues it; one that begins with its checkpoint has numerics of its own, and says so.
func TestNumericsOfContinuedRuns(t *testing.T) {
	store, earlier := objectstore.NewMemory(), artifact.RunID{Name: testRunName, ID: "first-run-id"}
	failing := newPlace(t, store)
	failing.acts.Numerics = 2
	failing.learner.Use(learnertest.Fail(learnertest.OpAdvance, 2, objectstore.ErrBadKey))
	if _, err := failing.run(smoke(t)); err == nil {
		t.Fatal("it ended well")
	}
	r := smoke(t)
	r.ContinueFrom = earlier.ID
	p := newPlace(t, store)
	p.acts.Numerics, p.firstRunID = 3, "another-id"
	queues := p.computing()
	made := p.mustRun(r)
	if want := []string{"-n2"}; !slices.Equal(slices.Collect(maps.Keys(queues)), want) {
		t.Errorf("the work of a continued run is on %v, want %s", queues, want)
	}
	child := smoke(t)
	child.Stages = child.Stages[len(child.Stages)-1:]
	child.Parent = &recipe.Parent{Run: earlier.Name, ID: earlier.ID, Stage: child.Stages[0].Name, Checkpoint: made.Checkpoint.SHA256}
	p = newPlace(t, store)
	p.acts.Numerics, p.firstRunID = 4, "child-id"
	queues = p.computing()
	got := p.mustRun(child)
	if queues["-n4"] == 0 || len(queues) != 1 {
		t.Errorf("the work of a run with a parent is on %v", queues)
	}
	if len(got.Remarks) == 0 || !strings.Contains(got.Remarks[0].Text, "its parent was computed with numerics 3, and it goes on with 4") {
		t.Errorf("remarks: %v", got.Remarks)
	}
}

// TestNumericsCarried: the next execution of a run has the numerics of the one before, whichever worker takes it up.
func TestNumericsCarried(t *testing.T) {
	store := objectstore.NewMemory()
	p := newPlace(t, store)
	p.acts.Numerics = 2
	p.after("TrainSFT", 1, func() { p.env.SetContinueAsNewSuggested(true) })
	data, err := recipe.Encode(smoke(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.runJSON(data, nil)
	var again *workflow.ContinueAsNewError
	if !errors.As(err, &again) {
		t.Fatalf("it ended with %v", err)
	}
	var rec json.RawMessage
	var state State
	if !decodeInput(t, err, &rec, &state) {
		t.Fatal(err)
	}
	next := newPlace(t, store)
	next.acts.Numerics = 3
	queues := next.computing()
	if _, err := next.runJSON(rec, &state); err != nil {
		t.Fatal(err)
	}
	if queues["-n2"] == 0 || len(queues) != 1 || state.Run != "first-run-id" {
		t.Errorf("the work is on %v, the state is of %q", queues, state.Run)
	}
}

// TestQueuesOfNumerics: a task queue says whose work waits on it.
func TestQueuesOfNumerics(t *testing.T) {
	for _, kind := range []string{GPUQueue, SamplingQueue} {
		for _, version := range []int{1, 2, 30, AnyNumerics} {
			if k, v, ok := NumericsOf(QueueOf(kind, version)); k != kind || v != version || !ok {
				t.Errorf("%s for %d: %s, %d, %v", QueueOf(kind, version), version, k, v, ok)
			}
		}
	}
	for _, queue := range []string{ControlQueue, GraderQueue, HomeQueue("here/1"), "temper-gpu-n1", "temper-gpu-n02", "temper-gpux", "mine"} {
		if _, _, ok := NumericsOf(queue); ok {
			t.Errorf("%s is taken for one of the numerics", queue)
		}
	}
}
