package learner

import (
	"context"
	"math"
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/objective"
	"temper/model/transformer"
	"temper/worker/machine"
)

// toy is an objective as somebody else would add it, in one file and one line: it
// needs values, a reference and the log-probabilities of when it was sampled. Its loss is
//
//	mean over tokens of (π/π_old)·(V_old - score) + (log π - log π_ref)²/2 + (V - score)²/2.
var toy = objective.Objective{
	Source: "a test",
	Needs: func(objective.Settings) objective.Carriers {
		return objective.Carriers{LogProb: true, Old: true, Reference: true, Value: true, OldValue: true}
	},
	Loss: func(_ objective.Settings, b objective.Batch) objective.Result {
		var r objective.Result
		tokens := 0.0
		for _, q := range b.Sequences {
			tokens += float64(q.Tokens)
		}
		for _, q := range b.Sequences {
			byLogProb, byValue := make([]float64, q.Tokens), make([]float64, q.Tokens)
			for t := range q.Tokens {
				ratio, from := math.Exp(q.LogProb[t]-q.Old[t]), q.LogProb[t]-q.Reference[t]
				byLogProb[t] = (ratio*(q.OldValue[t]-q.Score) + from) / tokens
				byValue[t] = (q.Value[t] - q.Score) / tokens
				wrong := (q.Value[t] - q.Score) * (q.Value[t] - q.Score) / 2
				r.Loss += (ratio*(q.OldValue[t]-q.Score) + from*from/2 + wrong) / tokens
				r.Stats.Value += wrong / tokens
			}
			r.DLogProb, r.DValue = append(r.DLogProb, byLogProb), append(r.DValue, byValue)
		}
		return r
	},
}

func withToy(t *testing.T) {
	objective.Table["toy"] = toy
	t.Cleanup(func() { delete(objective.Table, "toy") })
}

// documentOf is the checkpoint document of a policy, and its weights.
func documentOf(t *testing.T, l *Learner, p artifact.Policy) (checkpoint.Checkpoint, *transformer.Weights) {
	t.Helper()
	ref, err := l.Save(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	d, err := l.load(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return d.document, d.weights
}

// An objective that somebody adds trains through the learner: the value head learns
// what to expect, and the policy is a derivation as any other.
func TestAddedObjectiveTrains(t *testing.T) {
	withToy(t)
	x := newLineage(t, 1)
	x.l.CheckMemory = true
	settings := objective.Settings{Kind: "toy", Updates: objective.Updates{MiniBatches: 2, Epochs: 2}}
	reference := artifact.Policy{Checkpoint: x.policy.Checkpoint}
	var wrong []float64
	for step := range 4 {
		update := x.updateWith(step, settings, reference)
		stats, err := x.l.Advance(t.Context(), x.policy, update)
		if err != nil {
			t.Fatal(err)
		}
		wrong = append(wrong, stats.Signal.Terms.Value)
		x.policy = x.policy.Then(update)
	}
	if wrong[0] > 0.25 || wrong[3] > 0.75*wrong[0] { // half of the scores are 1, the others 0: 1/4 at first, 1/8 at best
		t.Errorf("the values' loss is %v: nothing is learnt", wrong)
	}
	document, w := documentOf(t, x.l, x.policy)
	head := w.Tensors[len(w.Tensors)-2]
	if !w.Config.ValueHead || !strings.Contains(string(document.Config), "temper_value_head") || head[0] == 0 {
		t.Errorf("the checkpoint's value head is %v, its config %s", head, document.Config)
	}
	stranger := New(x.store, machine.Machine{Cores: 2})
	if x.save(stranger) != x.save(x.l) {
		t.Error("a stranger derives another policy")
	}
	x.advance(1) // by GRPO, which has no use for values
	if _, w = documentOf(t, x.l, x.policy); w.Config.ValueHead {
		t.Error("the value head outlives the objective that needs it")
	}
}

// A policy step of so many mini-batches and epochs makes as many optimiser steps,
// each with its own learning rate.
func TestMiniBatches(t *testing.T) {
	x := newLineage(t, 1)
	before, err := x.l.resolve(t.Context(), x.policy)
	if err != nil {
		t.Fatal(err)
	}
	from := before.moments.Step
	update := x.updateWith(1, objective.Settings{Updates: objective.Updates{MiniBatches: 2, Epochs: 3}}, artifact.Policy{})
	stats, err := x.l.Advance(context.Background(), x.policy, update)
	if err != nil {
		t.Fatal(err)
	}
	after, err := x.l.resolve(t.Context(), x.policy.Then(update))
	if err != nil {
		t.Fatal(err)
	}
	if n := after.moments.Step - from; n != 6 {
		t.Errorf("%d optimiser steps, want 6", n)
	}
	if stats.Signal.Terms.Tokens == 0 || stats.Signal.Terms.ClippedHigh+stats.Signal.Terms.ClippedLow == 0 {
		t.Errorf("after five steps no ratio was clipped: %+v", stats.Signal.Terms)
	}
}

// An objective with a KL term and no reference is refused; with one, the term is
// counted and pulls.
func TestReference(t *testing.T) {
	x := newLineage(t, 1)
	settings := objective.Settings{KL: objective.KL{Coefficient: 0.5}}
	if _, err := x.l.Advance(t.Context(), x.policy, x.updateWith(1, settings, artifact.Policy{})); err == nil || !strings.Contains(err.Error(), "names no reference policy") {
		t.Errorf("without a reference: %v", err)
	}
	with, err := x.l.Advance(t.Context(), x.policy, x.updateWith(1, settings, artifact.Policy{Checkpoint: x.policy.Checkpoint}))
	if err != nil {
		t.Fatal(err)
	}
	self, err := x.l.Advance(t.Context(), x.policy, x.updateWith(1, settings, x.policy))
	if err != nil {
		t.Fatal(err)
	}
	if with.Signal.Terms.KL <= 0 || math.Abs(self.Signal.Terms.KL) > 1e-9 {
		t.Errorf("the KL term is %g from another policy and %g from itself", with.Signal.Terms.KL, self.Signal.Terms.KL)
	}
	if with.Signal.GradNorm == self.Signal.GradNorm {
		t.Error("the KL term changes no gradient")
	}
}
