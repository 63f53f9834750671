package activities_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/liveness"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/rollout"
)

// broken is a learner that breaks off in the middle of what it does.
type broken struct {
	activities.Learner
	// after so many rollouts or updates, each of which takes so long, at does what breaks it.
	after int
	each  time.Duration
	at    func()
	// requests and updates are what it was asked for.
	requests []int
	updates  []int
}

func (b *broken) Sample(ctx context.Context, p artifact.Policy, requests []rollout.Request, s activities.Decoding, finished func(rollout.Rollout)) ([]rollout.Rollout, error) {
	b.requests = append(b.requests, len(requests))
	n := 0
	return b.Learner.Sample(ctx, p, requests, s, func(r rollout.Rollout) {
		time.Sleep(b.each)
		liveness.Done(ctx)
		finished(r)
		synctest.Wait() // what is recorded beside the sampling comes to its end
		if n++; n == b.after {
			b.at()
		}
	})
}

func (b *broken) TrainSFT(ctx context.Context, from artifact.Policy, s activities.SFTSegment, between func(activities.SFTStats, activities.SaveFunc) error) (artifact.Ref, activities.SFTStats, error) {
	b.updates = append(b.updates, s.Batches.Len)
	n := 0
	return b.Learner.TrainSFT(ctx, from, s, func(stats activities.SFTStats, save activities.SaveFunc) error {
		time.Sleep(b.each)
		liveness.Done(ctx)
		if err := between(stats, save); err != nil {
			return err
		}
		if n++; n == b.after {
			b.at()
		}
		return nil
	})
}

// kill ends an attempt as the loss of its worker does: at once.
func kill() { panic("killed") }

// result is all of a manifest that must not depend on how often its work was begun.
func result(m artifact.Manifest) string {
	m.Work = artifact.Work{}
	data, err := m.Encode()
	if err != nil {
		panic(err)
	}
	return string(data)
}

// way is how an attempt may end early; lost is how many rollouts, or updates, that
// had ended are done again.
type way struct {
	name string
	at   func(p *place) func()
	lost int
}

func ways(lostWhenKilled int) []way {
	return []way{
		{"killed", func(*place) func() { return kill }, lostWhenKilled},
		{"told to stop", func(p *place) func() { return func() { close(p.stop); synctest.Wait() } }, 0},
	}
}

// TestRolloutsOfABrokenAttempt: finished rollouts are sampled once, and the shard
// is that of an unbroken attempt to the last bit.
func TestRolloutsOfABrokenAttempt(t *testing.T) {
	problems := []int{5, 2, 7}
	for _, way := range ways(3) { // a part after 4 rollouts
		t.Run(way.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reference := newPlace(t, nil)
				want := must(reference, reference.acts.GenerateRollouts, generateInput(reference, problems, 4))
				p := newPlace(t, nil)
				in := generateInput(p, problems, 4)
				learner := &broken{Learner: p.learner, after: 7, each: 70 * time.Second, at: way.at(p)}
				p.acts.Learner = learner
				if _, err := do(p, p.acts.GenerateRollouts, in); err == nil {
					t.Fatal("the broken attempt succeeded")
				}
				p.acts.Learner, learner.after = learner, -1
				fresh := newPlace(t, p.store)
				fresh.acts.Learner = &broken{Learner: fresh.learner, at: kill}
				got := must(fresh, fresh.acts.GenerateRollouts, in)
				again := fresh.acts.Learner.(*broken).requests
				if left := 12 - 7 + way.lost; !slices.Equal(learner.requests, []int{12}) || !slices.Equal(again, []int{left}) {
					t.Errorf("asked for %v and then %v rollouts, want 12 and then %d", learner.requests, again, left)
				}
				if got.Rollouts != want.Rollouts {
					t.Errorf("the shard is %s, unbroken %s", got.Rollouts.Short(), want.Rollouts.Short())
				}
				m := fresh.manifestOf(artifact.KindRollouts, in.Step)
				if a, b := result(m), result(reference.manifestOf(artifact.KindRollouts, in.Step)); a != b {
					t.Errorf("manifest is\n%s\nunbroken\n%s", a, b)
				}
				if want := 490 - 190*float64(min(way.lost, 1)); m.Work.EarlierSeconds != want {
					t.Errorf("earlier attempts are said to have taken %v s, want %v", m.Work.EarlierSeconds, want)
				}
			})
		})
	}
}

// stopped is an attempt that was told to stop after so many rollouts, one in two minutes.
func stopped(p *place, in activities.GenerateRolloutsInput, after int) {
	p.t.Helper()
	p.env.SetTestTimeout(time.Hour)
	p.acts.Learner = &broken{Learner: p.learner, after: after, each: 2 * time.Minute, at: func() { close(p.stop); synctest.Wait() }}
	_, err := do(p, p.acts.GenerateRollouts, in)
	checkFailure(p.t, err, activities.PreemptedType, true)
}

// TestEverythingWasSampled: an attempt that finds all rollouts samples none.
func TestEverythingWasSampled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil)
		in := generateInput(p, []int{5}, 4)
		stopped(p, in, 4)
		fresh := newPlace(t, p.store)
		if got := must(fresh, fresh.acts.GenerateRollouts, in); got.Number != 4 || got.TokensPerSecond > 1 {
			t.Errorf("got %+v", got)
		}
		if n := fresh.learner.Calls(learnertest.OpSample); n != 0 {
			t.Errorf("it sampled %d times", n)
		}
	})
}

// TestDamagedParts: what is damaged is done again, and no more than that.
func TestDamagedParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil)
		in := generateInput(p, []int{5, 2}, 2)
		want := must(p, p.acts.GenerateRollouts, in)
		in.Run.ID = "0002"
		stopped(p, in, 3) // after a part of two and one of one
		p = newPlace(t, p.store)
		p.acts.Learner = &broken{Learner: p.learner, at: kill}
		// After the vocabulary, its tokenizer and the dataset.
		p.acts.Store = objectstore.NewFaults(p.store, objectstore.Fault{Op: objectstore.OpGet, Nth: 4, Kind: objectstore.Truncate})
		got := must(p, p.acts.GenerateRollouts, in)
		if asked := p.acts.Learner.(*broken).requests; !slices.Equal(asked, []int{3}) || got.Rollouts != want.Rollouts {
			t.Errorf("asked for %v rollouts of 4, of which 3 were there and one of them damaged; the shard is %s, want %s", asked, got.Rollouts.Short(), want.Rollouts.Short())
		}
	})
}

// TestSegmentOfABrokenAttempt: what is trained is committed, and the segment's
// checkpoint, with its parent, is that of an unbroken attempt.
func TestSegmentOfABrokenAttempt(t *testing.T) {
	defer activities.SetCommitEvery(150 * time.Second)()
	for _, way := range ways(2) { // a commit after 3 of 5 updates
		t.Run(way.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reference := newPlace(t, nil)
				longer := func(p *place) activities.TrainSFTInput {
					in := sftInput(p)
					in.FirstUpdate, in.EndUpdate = 0, 8
					in.Stage.SFT.Optimizer.State = "reset"
					return in
				}
				want := must(reference, reference.acts.TrainSFT, longer(reference))
				p := newPlace(t, nil)
				in := longer(p)
				learner := &broken{Learner: p.learner, after: 5, each: time.Minute, at: way.at(p)}
				p.acts.Learner = learner
				if _, err := do(p, p.acts.TrainSFT, in); err == nil {
					t.Fatal("the broken attempt succeeded")
				}
				fresh := newPlace(t, p.store)
				second := &broken{Learner: fresh.learner, at: kill}
				fresh.acts.Learner = second
				got := must(fresh, fresh.acts.TrainSFT, in)
				if left := 8 - 5 + way.lost; !slices.Equal(learner.updates, []int{8}) || !slices.Equal(second.updates, []int{left}) {
					t.Errorf("asked for %v and then %v updates, want 8 and then %d", learner.updates, second.updates, left)
				}
				if got.Policy.Name() != want.Policy.Name() {
					t.Errorf("the checkpoint is %s, unbroken %s", got.Policy.Checkpoint.Short(), want.Policy.Checkpoint.Short())
				}
				if a, b := result(fresh.manifestOf(artifact.KindSFT, 8)), result(reference.manifestOf(artifact.KindSFT, 8)); a != b {
					t.Errorf("manifest is\n%s\nunbroken\n%s", a, b)
				}
			})
		})
	}
}

// TestPartsAreNoManifests: what unfinished work records of itself is not among what a run has recorded.
func TestPartsAreNoManifests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil)
		in := generateInput(p, []int{5}, 4)
		before, err := p.store.List(t.Context(), "runs/")
		if err != nil {
			t.Fatal(err)
		}
		stopped(p, in, 3)
		after, err := p.store.List(t.Context(), "runs/")
		if err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("runs/ has %v, before %v, %v", after, before, err)
		}
		parts, err := p.store.List(t.Context(), "parts/")
		if err != nil || len(parts) == 0 || !strings.HasPrefix(parts[0], "parts/test/0001/math/rollouts-000003-01-") {
			t.Fatalf("parts are %v, %v", parts, err)
		}
		data, err := p.store.Read(t.Context(), parts[0])
		var part struct{ Rollouts artifact.Ref }
		if err != nil || json.Unmarshal(data, &part) != nil || len(p.rollouts(part.Rollouts)) != 2 {
			t.Errorf("the first part is %s, %v", data, err)
		}
	})
}
