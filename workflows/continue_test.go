package workflows

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"go.temporal.io/sdk/client"

	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
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

// losing is a store that has lost some blobs, until they are put again.
type losing struct {
	objectstore.Store
	mu   sync.Mutex
	lost map[artifact.Ref]bool
}

func (l *losing) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost[ref] {
		return nil, fmt.Errorf("get %s: %w", ref.Key, artifact.ErrCorrupt)
	}
	return l.Store.Get(ctx, ref)
}

func (l *losing) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.lost, artifact.RefOf(data))
	return l.Store.Put(ctx, data)
}

// TestContinuedRunRepairs: a run meets what the store has lost and ends. When it
// goes on, what made the lost blob is done again, and nothing else.
func TestContinuedRunRepairs(t *testing.T) {
	undisturbed := newPlace(t, nil)
	want := undisturbed.mustRun(smoke(t))
	for _, test := range []struct {
		kind   artifact.Kind
		output string
		when   string // after which activity the blob is lost
		nth    int
		again  learnertest.Op // what has to be done again
	}{
		{artifact.KindCheckpoint, "checkpoint", "InitModel", 1, learnertest.OpInitial},
		{artifact.KindSFT, "checkpoint", "TrainSFT", 1, learnertest.OpTrain},
		{artifact.KindRollouts, "rollouts", "GenerateRollouts", 12, learnertest.OpSample},
		{artifact.KindVerdicts, "verdicts", "ScoreRollouts", 3, ""},
		{artifact.KindDataset, "problems", "PrepareData", 6, ""},
	} {
		t.Run(string(test.kind), func(t *testing.T) {
			store := &losing{Store: objectstore.NewMemory(), lost: map[artifact.Ref]bool{}}
			first := newPlace(t, objectstore.NoteDamage(store))
			first.after(test.when, test.nth, func() { store.lose(t, test.kind, test.output) })
			if _, err := first.run(smoke(t)); err == nil { // the test's server gives up after ten attempts
				t.Fatal("what was lost was not missed")
			}
			p := newPlace(t, objectstore.NoteDamage(store))
			p.firstRunID = "another-run-id"
			r := smoke(t)
			r.ContinueFrom = "first-run-id"
			if got := p.mustRun(r); got.Checkpoint != want.Checkpoint || len(got.Scores) != len(want.Scores) {
				t.Errorf("ended with checkpoint %s, want %s", got.Checkpoint.SHA256, want.Checkpoint.SHA256)
			}
			for op, activity := range map[learnertest.Op]string{
				learnertest.OpInitial: "InitModel", learnertest.OpTrain: "TrainSFT", learnertest.OpSample: "GenerateRollouts",
			} {
				left := undisturbed.completed[activity] - first.completed[activity]
				if op == test.again {
					left++
				}
				if n := p.learner.Calls(op); n != left {
					t.Errorf("%s was done %d times by the run that went on, want %d", op, n, left)
				}
			}
			if len(store.lost) > 0 {
				t.Errorf("still lost: %v", store.lost)
			}
		})
	}
}

// lose loses an output of the newest record of a kind.
func (l *losing) lose(t *testing.T, kind artifact.Kind, output string) {
	all, _, err := records.All(t.Context(), l.Store, artifact.RunID{Name: testRunName, ID: "first-run-id"})
	if err != nil {
		t.Error(err)
		return
	}
	var newest artifact.Manifest
	for _, m := range all {
		if _, has := m.Outputs[output]; has && m.Kind == kind && !m.Work.Ended.Before(newest.Work.Ended) {
			newest = m
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost[newest.Outputs[output]] = true
}

// TestTwoRunsUnderOneID: two executions go on from the same results at once. Each
// finds what the other has done, and both end with the same.
func TestTwoRunsUnderOneID(t *testing.T) {
	undisturbed := newPlace(t, nil)
	want := undisturbed.mustRun(smoke(t))
	store := objectstore.NewMemory()
	failing := newPlace(t, store)
	failing.learner.Use(learnertest.Fail(learnertest.OpTrain, 2, errors.Join(objectstore.ErrBadKey, errors.New("injected"))))
	if _, err := failing.run(smoke(t)); err == nil {
		t.Fatal("the run did not fail")
	}
	r := smoke(t)
	r.ContinueFrom = "first-run-id"
	var both sync.WaitGroup
	for _, id := range []string{"second", "third"} {
		p := newPlace(t, store)
		p.firstRunID = id
		both.Go(func() {
			if got, err := p.run(r); err != nil || got.Checkpoint != want.Checkpoint || got.Run.ID != "first-run-id" {
				t.Errorf("%s ended as %v with %s, want %s (error %v)", id, got.Run, got.Checkpoint.SHA256, want.Checkpoint.SHA256, err)
			}
		})
	}
	both.Wait()
	found, damaged, err := records.All(t.Context(), store, want.Run)
	if err != nil || len(damaged) != 0 {
		t.Fatalf("damaged: %v, error %v", damaged, err)
	}
	once, _, err := records.All(t.Context(), undisturbed.store, want.Run)
	if err != nil || len(found) != len(once) {
		t.Errorf("%d records, of an undisturbed run %d (error %v)", len(found), len(once), err)
	}
}

// ending is a store that refuses a run's records from one on, as if the run's machines, server and all were lost then.
type ending struct {
	objectstore.Store
	mu   sync.Mutex
	left int
}

func (e *ending) Create(ctx context.Context, key string, data []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if strings.HasPrefix(key, artifact.Root) {
		if e.left--; e.left < 0 {
			return errors.Join(objectstore.ErrBadKey, errors.New("injected"))
		}
	}
	return e.Store.Create(ctx, key, data)
}

// TestBegunAgainAfterEveryRecord: wherever a run ends, in the middle of a stage, at its last step, at an epoch's end or between two
// stages, it goes on from there: it does all that is left and nothing else, and records what a run does that was left alone.
func TestBegunAgainAfterEveryRecord(t *testing.T) {
	alone := newPlace(t, nil)
	want := alone.mustRun(smoke(t))
	all, _, err := records.All(t.Context(), alone.store, want.Run)
	if err != nil {
		t.Fatal(err)
	}
	outputs := func(manifests []artifact.Manifest) map[string]string {
		found := map[string]string{}
		for _, m := range manifests {
			if m.Kind != artifact.KindReport && m.Kind != artifact.KindLedger { // these show times
				found[fmt.Sprint(m.Stage, m.Kind, m.Name, m.Step, m.Shard)] = fmt.Sprint(m.Inputs, m.Outputs)
			}
		}
		return found
	}
	for kept := 1; kept < len(all); kept++ { // the first is the recipe's, without which there is no run
		store := objectstore.NewMemory()
		first := newPlace(t, &ending{Store: store, left: kept})
		if _, err := first.run(smoke(t)); err == nil {
			t.Fatalf("a run of %d records ended well after %d", len(all), kept)
		}
		p := newPlace(t, store)
		p.firstRunID = "another-run-id"
		r := smoke(t)
		r.ContinueFrom = "first-run-id"
		got := p.mustRun(r)
		found, _, err := records.All(t.Context(), store, got.Run)
		if err != nil {
			t.Fatal(err)
		}
		if got.Checkpoint != want.Checkpoint || len(got.Scores) != len(want.Scores) || !maps.Equal(outputs(found), outputs(all)) {
			t.Errorf("ended after %d records and begun again, it has %d records and checkpoint %s, want %d and %s", kept, len(found), got.Checkpoint.Short(), len(all), want.Checkpoint.Short())
		}
		for _, op := range []learnertest.Op{learnertest.OpInitial, learnertest.OpTrain, learnertest.OpSample, learnertest.OpAdvance} {
			// What could not be recorded was done in vain, once.
			if did, once := first.learner.Calls(op)+p.learner.Calls(op), alone.learner.Calls(op); did < once || did > once+2 {
				t.Errorf("ended after %d records: %s was done %d times, of a run that was left alone %d", kept, op, did, once)
			}
		}
	}
}
