package learner

import (
	"context"
	"testing"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
)

// TestGraphsOfForgottenPolicies: what is compiled for a model is freed with its
// last policy, and made again, to the same effect, when the model comes back.
func TestGraphsOfForgottenPolicies(t *testing.T) {
	x := newLineage(t, 2)
	want := string(rollout.Encode(x.sample(x.l, 9)))
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{16, 24} {
		rec.Model.IntermediateSize = size
		initial, err := x.l.Initial(context.Background(), activities.InitialModel{Model: rec.Model, VocabSize: 53, Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		other := *x
		other.policy = artifact.Policy{Checkpoint: initial}
		other.advance(0)
	}
	if len(x.l.graphs.generators) != maxHeld || len(x.l.graphs.engines) != maxHeld {
		t.Errorf("%d generators and %d engines for %d policies", len(x.l.graphs.generators), len(x.l.graphs.engines), maxHeld)
	}
	if got := string(rollout.Encode(x.sample(x.l, 9))); got != want {
		t.Error("the policy samples other rollouts when it comes back")
	}
}
