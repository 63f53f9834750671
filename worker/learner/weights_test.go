package learner

import (
	"errors"
	"strings"
	"testing"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/rollout"
	"temper/worker/machine"
)

// sampleWith is sample with published weights.
func (x *lineage) sampleWith(l *Learner, weights artifact.Ref) (string, error) {
	x.t.Helper()
	e := x.examples(1)[0]
	requests := []rollout.Request{{Seed: rollout.Seed(7, "math", 3, 0, 0), Prompt: e.Prompt}, {Sample: 1, Seed: rollout.Seed(7, "math", 3, 0, 1), Prompt: e.Prompt}}
	s := activities.Decoding{Sampling: rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: 12, EOS: []int32{1}}, Rows: 2, Weights: weights}
	rollouts, err := l.Sample(x.t.Context(), x.policy, requests, s, nil)
	return string(rollout.Encode(rollouts)), err
}

// TestSamplersReadWeights: whoever only samples needs a policy's published weights or its
// checkpoint, draws what the worker draws that computed it, and says what it lacks.
func TestSamplersReadWeights(t *testing.T) {
	x := newLineage(t, 2)
	want, err := x.sampleWith(x.l, artifact.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	published, err := x.l.Publish(t.Context(), x.policy)
	if err != nil {
		t.Fatal(err)
	}
	sampler := New(x.store, machine.Machine{Cores: 1})
	sampler.SamplesOnly, sampler.CheckMemory = true, true
	if _, err := x.sampleWith(sampler, artifact.Ref{}); !errors.Is(err, activities.ErrNoWeights) {
		t.Errorf("without weights: %v", err)
	}
	for range 2 { // read, and found in memory
		if got, err := x.sampleWith(sampler, published); err != nil || got != want {
			t.Errorf("a sampler draws other rollouts (%v)", err)
		}
	}
	for _, held := range sampler.shelf.policies {
		if held.moments.ExpAvg != nil {
			t.Error("a sampler holds moments")
		}
	}
	saved := x.save(x.l)
	x.policy = artifact.Policy{Checkpoint: saved}
	if got, err := x.sampleWith(sampler, artifact.Ref{}); err != nil || got != want {
		t.Errorf("a sampler draws other rollouts from the checkpoint (%v)", err)
	}
	if got, err := x.sampleWith(New(x.store, machine.Machine{Cores: 2}), published); err == nil || !strings.Contains(err.Error(), "are of policy") {
		t.Errorf("weights of another policy were sampled from: %s (%v)", got, err)
	}
}

// TestWeightsAloneAreNotTrained: a worker that sampled from published weights derives the policy
// when it is to change it, and comes to the same as the one that held it; one that finds no
// weights derives the policy too.
func TestWeightsAloneAreNotTrained(t *testing.T) {
	x := newLineage(t, 2)
	update := x.update(2)
	published, err := x.l.Publish(t.Context(), x.policy)
	if err != nil {
		t.Fatal(err)
	}
	want, err := x.sampleWith(x.l, artifact.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	other := New(x.store, machine.Machine{Cores: 2})
	for _, weights := range []artifact.Ref{published, artifact.RefOf([]byte("lost"))} {
		l := New(x.store, machine.Machine{Cores: 2})
		if got, err := x.sampleWith(l, weights); err != nil || got != want {
			t.Errorf("another worker draws other rollouts (%v)", err)
		}
		other = l
	}
	if _, err := x.sampleWith(other, published); err != nil {
		t.Fatal(err)
	}
	var saved []artifact.Ref
	for _, l := range []*Learner{x.l, other} {
		if _, err := l.Advance(t.Context(), x.policy, update); err != nil {
			t.Fatal(err)
		}
		ref, err := l.Save(t.Context(), x.policy.Then(update))
		if err != nil {
			t.Fatal(err)
		}
		saved = append(saved, ref)
	}
	if saved[0] != saved[1] {
		t.Errorf("one worker comes to %s, the other to %s", saved[0].SHA256, saved[1].SHA256)
	}
}
