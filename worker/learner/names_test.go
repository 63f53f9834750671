package learner

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/worker/machine"
)

// oneLearner does the work of several runs with one learner, and every piece of
// it also with a learner that has no memory.
type oneLearner struct {
	lineage
	store *breakingStore
	// policies are the runs' policies, every one that any run ever had.
	policies []artifact.Policy
	// updates by the policy that they follow.
	updates map[string][]artifact.Ref
}

// breakingStore refuses what is put into it while it is broken.
type breakingStore struct {
	objectstore.Store
	broken bool
}

func (s *breakingStore) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	if s.broken {
		return artifact.Ref{}, errors.New("the store is broken")
	}
	return s.Store.Put(ctx, data)
}

func newOneLearner(t *testing.T, runs int) *oneLearner {
	t.Helper()
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	store := &breakingStore{Store: objectstore.NewMemory()}
	x := &oneLearner{
		lineage: lineage{t: t, l: New(store, machine.Machine{Cores: 2}), store: store},
		store:   store, updates: map[string][]artifact.Ref{},
	}
	x.l.CheckMemory = true
	for seed := range runs { // the last has another architecture
		rec.Model.IntermediateSize += 8 * (seed / (runs - 1))
		initial, err := x.l.Initial(t.Context(), activities.InitialModel{Model: rec.Model, VocabSize: 53, Seed: uint64(seed)})
		if err != nil {
			t.Fatal(err)
		}
		x.policies = append(x.policies, artifact.Policy{Checkpoint: initial})
	}
	return x
}

// stranger is a learner that holds nothing.
func (x *oneLearner) stranger() *Learner { return New(x.store, machine.Machine{Cores: 1}) }

// compare fails if the learner that remembers and the one that does not disagree.
func (x *oneLearner) compare(what string, do func(*Learner) (string, error)) string {
	x.t.Helper()
	got, err := do(x.l)
	if err != nil {
		x.t.Fatalf("%s: %v", what, err)
	}
	want, err := do(x.stranger())
	if err != nil {
		x.t.Fatalf("%s without memory: %v", what, err)
	}
	if got != want {
		x.t.Fatalf("%s gives %s; without memory %s", what, got, want)
	}
	return got
}

func (x *oneLearner) sampled(p artifact.Policy, step int) {
	x.t.Helper()
	x.compare("sampling", func(l *Learner) (string, error) {
		y := x.lineage
		y.policy = p
		return string(rollout.Encode(y.sample(l, step))), nil
	})
}

func segmentOf(x *oneLearner, first int) activities.SFTSegment {
	return activities.SFTSegment{
		Optimizer: smokeOptimizer, ResetOptimizer: first == 0, FirstUpdate: first, Updates: 6, Numerics: recipe.Numerics{MicroBatchTokens: 256},
		Batches: learnertest.Batches(x.examples(first), x.examples(first+1)),
	}
}

func (x *oneLearner) trained(p artifact.Policy, first int) artifact.Policy {
	x.t.Helper()
	var ref artifact.Ref
	x.compare("a segment", func(l *Learner) (string, error) {
		var stats activities.SFTStats
		var err error
		ref, stats, err = l.TrainSFT(x.t.Context(), p, segmentOf(x, first), nil)
		return fmt.Sprint(ref, stats), err
	})
	return artifact.Policy{Checkpoint: ref}
}

// trainingFails breaks a segment off after its first update, or at its checkpoint.
func (x *oneLearner) trainingFails(p artifact.Policy, first int, atSave bool) {
	x.t.Helper()
	ctx, cancel := context.WithCancel(x.t.Context())
	defer cancel()
	x.store.broken = atSave
	defer func() { x.store.broken = false }()
	if _, _, err := x.l.TrainSFT(ctx, p, segmentOf(x, first), func(activities.SFTStats, activities.SaveFunc) error {
		if !atSave {
			cancel()
		}
		return nil
	}); err == nil {
		x.t.Fatal("the segment did not fail")
	}
}

// updated applies a new update, or one that the policy had before.
func (x *oneLearner) updated(p artifact.Policy, step int) artifact.Policy {
	x.t.Helper()
	known := x.updates[p.Name()]
	if len(known) == 0 || step%2 == 0 {
		y := x.lineage
		y.policy = p
		known = append(known, y.update(step))
		x.updates[p.Name()] = known
	}
	update := known[step%len(known)]
	x.compare("an update", func(l *Learner) (string, error) {
		stats, err := l.Advance(x.t.Context(), p, update)
		return fmt.Sprint(stats), err
	})
	return p.Then(update)
}

// updateFails asks for an update whose rollouts are not in the store, or breaks one off.
func (x *oneLearner) updateFails(p artifact.Policy, step int) {
	x.t.Helper()
	missing := x.put([]byte(fmt.Sprintf(`{"stage":"math","step":%d,"steps":2,"shards":[{"rollouts":{"key":"blobs/none"}}]}`, step)))
	if _, err := x.l.Advance(x.t.Context(), p, missing); err == nil {
		x.t.Fatal("the update did not fail")
	}
}

func (x *oneLearner) saved(p artifact.Policy) artifact.Policy {
	x.t.Helper()
	var ref artifact.Ref
	x.compare("saving", func(l *Learner) (string, error) {
		var err error
		ref, err = l.Save(x.t.Context(), p)
		return ref.SHA256, err
	})
	return artifact.Policy{Checkpoint: ref}
}

// A name means one thing: whatever one learner did before, for whom, and however
// it failed, it gives what a learner without memory gives.
func TestMemoryChangesNothing(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			x := newOneLearner(t, 3)
			rng := rand.New(rand.NewPCG(seed, 1))
			for range 40 {
				// Mostly what runs are at, sometimes what one had long ago.
				p := x.policies[max(0, len(x.policies)-1-rng.IntN(6))]
				if rng.IntN(4) == 0 {
					p = x.policies[rng.IntN(len(x.policies))]
				}
				switch n := rng.IntN(6); rng.IntN(8) {
				case 0, 1:
					x.sampled(p, n)
				case 2:
					x.policies = append(x.policies, x.trained(p, 2*(n/2)))
				case 3:
					x.trainingFails(p, n, n%2 == 0)
				case 4, 5:
					if len(p.Updates) < 3 {
						x.policies = append(x.policies, x.updated(p, n))
					}
				case 6:
					x.updateFails(p, n)
				case 7:
					x.policies = append(x.policies, x.saved(p))
				}
				if len(x.l.shelf.policies) > maxHeld {
					t.Fatalf("%d policies are held", len(x.l.shelf.policies))
				}
			}
			for _, p := range slices.Backward(x.policies) {
				x.saved(p)
			}
		})
	}
}

// A segment that fails, is tried again on the same worker, or is done for another
// run of the same recipe ends with one checkpoint.
func TestSegmentsOfOneRecipeEndAlike(t *testing.T) {
	x := newOneLearner(t, 2)
	start := x.policies[0]
	want := x.trained(x.trained(start, 0), 2)
	for _, atSave := range []bool{false, true} {
		x.trainingFails(start, 0, atSave)
		second := x.trained(start, 0)
		x.trainingFails(second, 2, atSave)
		if got := x.trained(second, 2); got.Checkpoint != want.Checkpoint {
			t.Errorf("a run whose segments failed (at the checkpoint: %v) ends with %s, not %s", atSave, got.Checkpoint.Short(), want.Checkpoint.Short())
		}
	}
}

// -check-memory finds weights in memory that are not what their name says.
func TestCheckedMemory(t *testing.T) {
	x := newOneLearner(t, 2)
	p := x.trained(x.policies[0], 0)
	x.l.shelf.find(p.Name()).weights.Tensors[1][3] += 1e-7
	if _, err := x.l.Save(t.Context(), p); !errors.Is(err, errMemoryDiffers) {
		t.Errorf("weights that were changed in memory are saved: %v", err)
	}
}
