package learner

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/worker/machine"
)

// commitAt trains a segment up to a commit, and returns that with its figures.
func commitAt(t *testing.T, l *Learner, from artifact.Policy, segment activities.SFTSegment, after int, stop bool) (commit artifact.Ref, done activities.SFTStats) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	enough := errors.New("enough")
	_, _, err := l.TrainSFT(ctx, from, segment, func(stats activities.SFTStats, save activities.SaveFunc) error {
		if stop && len(stats.Loss) == after && ctx.Err() == nil {
			cancel() // what is committed is committed when the end of the context is seen
			return nil
		}
		if len(stats.Loss) != after || !commit.IsZero() {
			return nil
		}
		var err error
		if commit, err = save(context.WithoutCancel(ctx)); err == nil && !stop {
			err = enough
		}
		done = stats
		return err
	})
	if !errors.Is(err, enough) && !errors.Is(err, context.Canceled) || commit.IsZero() {
		t.Fatalf("commit after %d updates: %v", after, err)
	}
	return commit, done
}

// TestSegmentGoesOnFromItsCommit: wherever a segment is interrupted, and whoever
// goes on with it, its checkpoint and its figures are those of an unbroken one.
func TestSegmentGoesOnFromItsCommit(t *testing.T) {
	x := newLineage(t, 2)
	segment := activities.SFTSegment{
		Optimizer: smokeOptimizer, ResetOptimizer: true, FirstUpdate: 4, Updates: 8, Numerics: recipe.Numerics{MicroBatchTokens: 64},
	}
	segment.Batches = learnertest.Batches(x.examples(0), x.examples(1), x.examples(2), x.examples(3))
	want, wantStats, err := New(x.store, machine.Machine{Cores: 2}).TrainSFT(t.Context(), x.policy, segment, nil)
	if err != nil {
		t.Fatal(err)
	}
	for after := 1; after < 4; after++ {
		for _, stop := range []bool{false, true} {
			interrupted := New(x.store, machine.Machine{Cores: 2})
			commit, done := commitAt(t, interrupted, x.policy, segment, after, stop)
			rest := segment
			rest.Start, rest.ResetOptimizer = x.policy, false
			rest.FirstUpdate, rest.Batches = segment.FirstUpdate+after, segment.Batches.From(after)
			for _, l := range []*Learner{interrupted, New(x.store, machine.Machine{Cores: 1})} {
				got, stats, err := l.TrainSFT(t.Context(), artifact.Policy{Checkpoint: commit}, rest, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("interrupted after %d updates (stop %v): checkpoint %s, unbroken %s", after, stop, got.Short(), want.Short())
				}
				if loss := append(done.Loss[:after:after], stats.Loss...); !reflect.DeepEqual(loss, wantStats.Loss) {
					t.Errorf("interrupted after %d updates: losses %v, unbroken %v", after, loss, wantStats.Loss)
				}
			}
		}
	}
}

// TestAnySubsetIsSampledAlike: the rest of a shard, sampled alone, has the rollouts that the whole shard has.
func TestAnySubsetIsSampledAlike(t *testing.T) {
	x := newLineage(t, 2)
	var requests []rollout.Request
	for i, e := range x.examples(1)[:3] {
		for sample := range 5 {
			requests = append(requests, rollout.Request{Problem: i, Sample: sample, Seed: rollout.Seed(7, "math", 3, i, sample), Prompt: e.Prompt})
		}
	}
	sampling := activities.Decoding{Sampling: rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: 24, EOS: []int32{1}}, Rows: 12}
	var told []rollout.Rollout
	whole, err := x.l.Sample(t.Context(), x.policy, requests, sampling, func(r rollout.Rollout) { told = append(told, r) })
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != len(whole) {
		t.Errorf("%d of %d rollouts were told to be finished", len(told), len(whole))
	}
	for _, left := range [][]int{{14}, {0, 1, 2}, {4, 5, 9, 11}, {1, 3, 5, 7, 9, 11, 13}} {
		var rest []rollout.Request
		var want []rollout.Rollout
		for _, i := range left {
			rest, want = append(rest, requests[i]), append(want, whole[i])
		}
		got, err := New(x.store, machine.Machine{Cores: 1}).Sample(t.Context(), x.policy, rest, sampling, nil)
		if err != nil {
			t.Fatal(err)
		}
		if string(rollout.Encode(got)) != string(rollout.Encode(want)) {
			t.Errorf("requests %v sampled alone have other rollouts than with the others", left)
		}
	}
}
