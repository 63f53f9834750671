package activities_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/checkpoint"
)

// rotten is a store that has lost blobs, until somebody puts them again.
type rotten struct {
	objectstore.Store
	lost map[artifact.Ref]bool
}

func (r rotten) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	if r.lost[ref] {
		return nil, objectstore.ErrNotFound
	}
	return r.Store.Get(ctx, ref)
}

func (r rotten) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	ref, err := r.Store.Put(ctx, data)
	delete(r.lost, ref)
	return ref, err
}

// newRotten is a place whose store notes what it has lost.
func newRotten(t *testing.T) (*place, rotten) {
	store := rotten{objectstore.NewMemory(), map[artifact.Ref]bool{}}
	return newPlace(t, objectstore.NoteDamage(store)), store
}

// lose takes a blob away, which somebody notices who reads it.
func (r rotten) lose(p *place, ref artifact.Ref) {
	p.t.Helper()
	r.lost[ref] = true
	if _, err := p.store.Get(context.Background(), ref); !objectstore.IsDamage(err) {
		p.t.Fatalf("got %v", err)
	}
}

// TestLostOutputIsMadeAgain: work whose output is gone is done again, which puts the same blob back; its record stays the only one.
func TestLostOutputIsMadeAgain(t *testing.T) {
	p, store := newRotten(t)
	first := must(p, p.acts.InitModel, initInput(1))
	must(p, p.acts.InitModel, initInput(2))
	for _, ref := range []artifact.Ref{first.Policy.Checkpoint, first.Vocabulary} {
		calls := p.learner.Calls(learnertest.OpInitial)
		store.lose(p, ref)
		must(p, p.acts.InitModel, initInput(2)) // another's output: nothing is done for it
		for range 2 {                           // the second finds all in order
			if got := must(p, p.acts.InitModel, initInput(1)); got.Policy.Name() != first.Policy.Name() || got.Vocabulary != first.Vocabulary {
				t.Errorf("got %+v, want %+v", got, first)
			}
		}
		if n := p.learner.Calls(learnertest.OpInitial) - calls; ref == first.Policy.Checkpoint && n != 1 || n > 2 {
			t.Errorf("the work was done %d times again", n)
		}
		if store.lost[ref] {
			t.Error("the blob is not there again")
		}
	}
	if n := len(p.manifests(testRun)); n != 2 {
		t.Errorf("%d manifests, want 2", n)
	}
}

// otherwise is a learner whose initial checkpoint is another one.
type otherwise struct {
	*learnertest.Learner
	checkpoint artifact.Ref
}

func (o otherwise) Initial(context.Context, activities.InitialModel) (artifact.Ref, error) {
	return o.checkpoint, nil
}

// otherCheckpoint is the document of an initial model that is none of the learner's.
func otherCheckpoint(t *testing.T, n int) []byte {
	t.Helper()
	ref := artifact.RefOf([]byte{byte(n)})
	data, err := checkpoint.Checkpoint{Config: []byte("{}"), Weights: []artifact.Ref{ref}, Optimizer: []artifact.Ref{ref}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestLostOutputIsMadeOtherwise: what comes out otherwise is recorded beside the old record, and found from then on.
func TestLostOutputIsMadeOtherwise(t *testing.T) {
	p, store := newRotten(t)
	first := must(p, p.acts.InitModel, initInput(1))
	store.lose(p, first.Policy.Checkpoint)
	other := p.put(otherCheckpoint(t, 1))
	p.acts.Learner = otherwise{p.learner, other}
	for range 3 {
		if got := must(p, p.acts.InitModel, initInput(1)); got.Policy.Checkpoint != other {
			t.Errorf("got %+v", got)
		}
		p.acts.Learner = nil // from now on nobody computes
	}
	all := p.manifests(testRun)
	var again int
	for key, m := range all {
		if strings.Contains(key, ".again-1.json") && m.Outputs[artifact.OutputCheckpoint] == other {
			again++
		}
	}
	if len(all) != 2 || again != 1 {
		t.Errorf("manifests are %v", all)
	}
}

// TestLostForGood: a store that loses whatever is made needs a person after some tries.
func TestLostForGood(t *testing.T) {
	p, store := newRotten(t)
	must(p, p.acts.InitModel, initInput(1))
	for i := range 6 {
		keys := 0
		for _, m := range p.manifests(testRun) {
			store.lose(p, m.Outputs[artifact.OutputCheckpoint])
			keys++
		}
		p.acts.Learner = otherwise{p.learner, p.put(otherCheckpoint(t, i))}
		got, err := do(p, p.acts.InitModel, initInput(1))
		if after := len(p.manifests(testRun)); keys <= 3 && (err != nil || after != keys+1) || keys > 3 && after != 4 {
			t.Errorf("with %d records: %d records, %+v, %v", keys, after, got, err)
		}
		if keys > 3 {
			checkFailure(t, err, activities.DamagedType, true)
		}
	}
}

// TestManifest: a record has its form, the whole input by the digest in its key, and who did the work when.
func TestManifest(t *testing.T) {
	p := newPlace(t, nil)
	p.attempt = 3
	p.learner.Use(func(context.Context, learnertest.Op, int) error {
		for began := time.Now(); time.Since(began) < 30*time.Millisecond; {
		}
		return nil
	})
	before, in := time.Now(), initInput(1)
	must(p, p.acts.InitModel, in)
	input, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for key, m := range p.manifests(testRun) {
		if string(p.get(m.Input)) != string(input) || !strings.HasSuffix(key, "-"+m.Input.SHA256[:12]+".json") {
			t.Errorf("%s names the input %s", key, p.get(m.Input))
		}
		w := m.Work
		if m.Schema != artifact.Schema || w.Attempt != 3 || w.Worker != "test-worker" || w.CPUSeconds <= 0 || w.EarlierSeconds != 0 {
			t.Errorf("schema %d, work %+v", m.Schema, w)
		}
		if w.Started.Before(before.Add(-time.Second)) || w.Ended.Sub(w.Started) < 30*time.Millisecond || w.Ended.After(time.Now()) || w.Started.Location() != time.UTC {
			t.Errorf("from %v to %v", w.Started, w.Ended)
		}
		if got, err := records.Read(t.Context(), p.store, key); err != nil || got.Input != m.Input {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// TestFailedWorkLeavesNoRecord: work that fails is recorded nowhere, and done again.
func TestFailedWorkLeavesNoRecord(t *testing.T) {
	p := newPlace(t, nil)
	fail := true
	p.learner.Use(func(ctx context.Context, _ learnertest.Op, _ int) error {
		if fail {
			return objectstore.ErrTooLarge
		}
		return ctx.Err()
	})
	if _, err := do(p, p.acts.InitModel, initInput(1)); err == nil || len(p.manifests(testRun)) != 0 {
		t.Errorf("%v, and %v is recorded", err, p.manifests(testRun))
	}
	fail = false
	must(p, p.acts.InitModel, initInput(1))
	if n := len(p.manifests(testRun)); n != 1 {
		t.Errorf("%d manifests", n)
	}
}
