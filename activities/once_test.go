package activities_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/recipe"
)

func initInput(seed uint64) activities.InitModelInput {
	return activities.InitModelInput{Run: testRun, Model: recipe.Model{HiddenSize: 8}, Tokenizer: "synthetic", Seed: seed}
}

func TestSecondCallFindsTheManifest(t *testing.T) {
	p := newPlace(t, nil)
	first := must(p, p.acts.InitModel, initInput(1))
	second := must(p, p.acts.InitModel, initInput(1))
	if first.Policy.Name() != second.Policy.Name() || first.Vocabulary != second.Vocabulary {
		t.Errorf("policies %s and %s differ", first.Policy.Name(), second.Policy.Name())
	}
	if n := p.learner.Calls(learnertest.OpInitial); n != 1 {
		t.Errorf("the work was done %d times", n)
	}
	for key, m := range p.manifests(testRun) {
		if m.Work.Worker != "test-worker" || m.Work.CodeVersion != "test-version" || m.Work.Attempt != 1 || m.Work.Ended.Before(m.Work.Started) {
			t.Errorf("%s: work is %+v", key, m.Work)
		}
	}
}

func TestAnotherInputHasAnotherKey(t *testing.T) {
	p := newPlace(t, nil)
	a, b := must(p, p.acts.InitModel, initInput(1)), must(p, p.acts.InitModel, initInput(2))
	if a.Policy.Name() == b.Policy.Name() {
		t.Error("two seeds have one policy")
	}
	other := initInput(1)
	other.Run.ID = "0002"
	must(p, p.acts.InitModel, other)
	if n := p.learner.Calls(learnertest.OpInitial); n != 3 {
		t.Errorf("the work was done %d times, want 3", n)
	}
	if n := len(p.manifests(testRun)); n != 2 {
		t.Errorf("%d manifests, want 2", n)
	}
}

// TestConcurrentDuplicates lets several workers do the same work at the same time.
func TestConcurrentDuplicates(t *testing.T) {
	const workers = 8
	store := objectstore.NewMemory()
	var all sync.WaitGroup // nobody finishes before everybody has begun
	all.Add(workers)
	results := make([]activities.InitModelResult, workers)
	var done sync.WaitGroup
	for i := range workers {
		p := newPlace(t, store)
		p.acts.Worker = string(rune('a' + i))
		p.learner.Use(func(context.Context, learnertest.Op, int) error { all.Done(); all.Wait(); return nil })
		done.Add(1)
		go func() {
			defer done.Done()
			var err error
			if results[i], err = do(p, p.acts.InitModel, initInput(1)); err != nil {
				t.Error(err)
			}
		}()
	}
	done.Wait()
	for _, r := range results {
		if r.Policy.Checkpoint != results[0].Policy.Checkpoint || r.Policy.Checkpoint.IsZero() {
			t.Errorf("policies are %v", results)
		}
	}
	if n := len(newPlace(t, store).manifests(testRun)); n != 1 {
		t.Errorf("%d manifests, want 1", n)
	}
}

// overtaken is a learner whose initial checkpoint is another one, and takes so long that somebody else is done first.
type overtaken struct {
	otherwise
	by func()
}

func (o overtaken) Initial(ctx context.Context, m activities.InitialModel) (artifact.Ref, error) {
	o.by()
	return o.otherwise.Initial(ctx, m)
}

// TestDuplicateTakesTheWinnersResult: work that is not reproducible still has one result, that of who was done first.
func TestDuplicateTakesTheWinnersResult(t *testing.T) {
	store := objectstore.NewMemory()
	late := newPlace(t, store)
	var winner activities.InitModelResult
	late.acts.Learner = overtaken{otherwise{late.learner, late.put([]byte("another checkpoint"))}, func() {
		early := newPlace(t, store)
		early.acts.Worker = "early"
		winner = must(early, early.acts.InitModel, initInput(1))
	}}
	if got := must(late, late.acts.InitModel, initInput(1)); got.Policy.Checkpoint != winner.Policy.Checkpoint || got.Policy.Checkpoint.IsZero() {
		t.Errorf("got %v, want %v", got, winner)
	}
	if n := len(late.manifests(testRun)); n != 1 {
		t.Errorf("%d manifests, want 1", n)
	}
	for _, m := range late.manifests(testRun) {
		if m.Work.Worker != "early" {
			t.Errorf("the manifest is %s's", m.Work.Worker)
		}
	}
}

// TestFaultsOfTheStore: whatever the store does once, the work succeeds, at the latest when it is tried again.
func TestFaultsOfTheStore(t *testing.T) {
	reference := newPlace(t, nil).dataset("math")
	for _, test := range []struct {
		name  string
		fault objectstore.Fault
		class string // of the first attempt's error, "" if it succeeds
	}{
		{"lost answer of the manifest", objectstore.Fault{Op: objectstore.OpCreate, Nth: 1, Kind: objectstore.LoseAnswer}, ""},
		{"manifest refused once", objectstore.Fault{Op: objectstore.OpCreate, Nth: 1, Kind: objectstore.Fail}, ""},
		{"look for the manifest", objectstore.Fault{Op: objectstore.OpRead, Nth: 1, Kind: objectstore.Fail}, activities.TransientType},
		{"put", objectstore.Fault{Op: objectstore.OpPut, Nth: 1, Kind: objectstore.Fail}, activities.TransientType},
		{"full", objectstore.Fault{Op: objectstore.OpPut, Nth: 1, Kind: objectstore.Full}, activities.StoreRefusedType},
		{"expired keys at the look", objectstore.Fault{Op: objectstore.OpRead, Nth: 1, Kind: objectstore.Refuse}, activities.StoreRefusedType},
		{"expired keys at the manifest", objectstore.Fault{Op: objectstore.OpCreate, Nth: 1, Kind: objectstore.Refuse}, activities.StoreRefusedType},
		{"lost answer of put", objectstore.Fault{Op: objectstore.OpPut, Nth: 1, Kind: objectstore.LoseAnswer}, activities.TransientType},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			memory := objectstore.NewMemory()
			in := newPlace(t, memory).prepareInput(smoke(t), "math") // the vocabulary is there already
			p := newPlace(t, objectstore.NewFaults(memory, test.fault))
			got, err := do(p, p.acts.PrepareData, in)
			if test.class != "" {
				checkFailure(t, err, test.class, true)
				got = must(p, p.acts.PrepareData, in)
			} else if err != nil {
				t.Fatal(err)
			}
			if got.Dataset != reference {
				t.Errorf("got %+v, want %+v", got, reference)
			}
			if n := len(p.manifests(testRun)); n != 1 {
				t.Errorf("%d manifests, want 1", n)
			}
		})
	}
}

func TestFaultsOfReading(t *testing.T) {
	for _, test := range []struct {
		name  string
		kind  objectstore.FaultKind
		class string
	}{
		{"away", objectstore.Fail, activities.TransientType},
		{"cut short", objectstore.Truncate, activities.DamagedType},
		{"corrupt", objectstore.Corrupt, activities.DamagedType},
		{"not there yet", objectstore.Hide, activities.DamagedType},
		{"expired keys", objectstore.Refuse, activities.StoreRefusedType},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			in := generateInput(p, []int{0}, 2)
			store := objectstore.NewFaults(p.store, objectstore.Fault{Op: objectstore.OpGet, Nth: 1, Kind: test.kind})
			p.acts.Store = store
			_, err := do(p, p.acts.GenerateRollouts, in)
			checkFailure(t, err, test.class, true)
			if got := must(p, p.acts.GenerateRollouts, in); got.Number != 2 {
				t.Errorf("then got %+v", got)
			}
		})
	}
}

// rot damages a document, behind the back of the store's checksum.
type rot struct {
	objectstore.Store
	damaged map[string][]byte
}

func (r rot) Read(ctx context.Context, key string) ([]byte, error) {
	if data, ok := r.damaged[key]; ok {
		return data, nil
	}
	return r.Store.Read(ctx, key)
}

// TestDamagedManifest: work whose manifest is damaged, however, is done again
// with the same result and recorded beside it; everybody finds that.
func TestDamagedManifest(t *testing.T) {
	memory := objectstore.NewMemory()
	first := newPlace(t, memory)
	want := must(first, first.acts.InitModel, initInput(1))
	var key string
	var whole []byte
	for k := range first.manifests(testRun) {
		key = k
	}
	whole, err := memory.Read(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(whole, []byte(want.Policy.Checkpoint.SHA256))] ^= 1
	for name, damaged := range map[string][]byte{"empty": {}, "cut": whole[:len(whole)/2], "flipped": flipped} {
		t.Run(name, func(t *testing.T) {
			store := rot{objectstore.NewMemory(), map[string][]byte{}}
			p := newPlace(t, store)
			must(p, p.acts.InitModel, initInput(1))
			store.damaged[key] = damaged
			for range 2 {
				if got := must(p, p.acts.InitModel, initInput(1)); got.Policy.Name() != want.Policy.Name() || got.Vocabulary != want.Vocabulary {
					t.Errorf("got %+v, want %+v", got, want)
				}
			}
			if n := p.learner.Calls(learnertest.OpInitial); n != 2 {
				t.Errorf("the work was done %d times, want 2", n)
			}
			manifests, lost, err := records.All(t.Context(), store, testRun)
			if err != nil || len(manifests) != 1 || len(lost) != 1 || lost[0].Key != key {
				t.Errorf("found %d manifests and %v damaged, error %v", len(manifests), lost, err)
			}
			delete(store.damaged, key) // a copy is put back: the second record counts for nothing
			if manifests, lost, err := records.All(t.Context(), store, testRun); err != nil || len(manifests) != 1 || len(lost) != 0 {
				t.Errorf("afterwards %d manifests and %v damaged, error %v", len(manifests), lost, err)
			}
		})
	}
}

// TestStoreThatDamagesEveryManifest: it needs a person, and the message names the key.
func TestStoreThatDamagesEveryManifest(t *testing.T) {
	p := newPlace(t, objectstore.NewFaults(objectstore.NewMemory(), objectstore.Fault{Op: objectstore.OpRead, Kind: objectstore.Corrupt}))
	for range 4 {
		must(p, p.acts.InitModel, initInput(1))
	}
	_, err := do(p, p.acts.InitModel, initInput(1))
	if app := checkFailure(t, err, activities.DamagedType, true); !strings.Contains(app.Message(), "runs/test/0001/run/checkpoint-initial-000000-00-") {
		t.Errorf("message is %q", app.Message())
	}
	if n := p.learner.Calls(learnertest.OpInitial); n != 4 {
		t.Errorf("the work was done %d times", n)
	}
}

// TestStoreThatStaysAway: the manifest cannot be written for longer than once itself waits.
func TestStoreThatStaysAway(t *testing.T) {
	t.Parallel()
	p := newPlace(t, objectstore.NewFaults(objectstore.NewMemory(), objectstore.Fault{Op: objectstore.OpCreate, Kind: objectstore.Fail}))
	_, err := do(p, p.acts.InitModel, initInput(1))
	checkFailure(t, err, activities.TransientType, true)
}

// TestRunNamesThatCannotBeKeys: a run name that would leave its folder, or break a page, is refused by the store's rules.
func TestRunNamesThatCannotBeKeys(t *testing.T) {
	for _, name := range []string{"../other", "<script>alert(1)</script>", "", "a b"} {
		p := newPlace(t, nil)
		in := initInput(1)
		in.Run.Name = name
		_, err := do(p, p.acts.InitModel, in)
		checkFailure(t, err, activities.PermanentType, false)
	}
}
