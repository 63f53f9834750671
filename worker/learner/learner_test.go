package learner

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/dataset"
	"temper/model/objective"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/rollout"
	"temper/model/tokenizer"
	"temper/worker/machine"
)

var smokeOptimizer = recipe.Optimizer{
	LearningRate: 4e-3, Schedule: recipe.ScheduleConstant, WarmupSteps: 1, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, MaxGradNorm: 1, State: recipe.StateReset,
}

// lineage is what one learner makes of a small recipe: a policy named by a
// checkpoint and two updates.
type lineage struct {
	t      *testing.T
	l      *Learner
	store  objectstore.Store
	policy artifact.Policy
}

func newLineage(t *testing.T, cores int) *lineage {
	t.Helper()
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	store := objectstore.NewMemory()
	x := &lineage{t: t, l: New(store, machine.Machine{Cores: cores}), store: store}
	ctx := context.Background()
	initial, err := x.l.Initial(ctx, activities.InitialModel{Model: rec.Model, VocabSize: 53, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	trained, _, err := x.l.TrainSFT(ctx, artifact.Policy{Checkpoint: initial}, activities.SFTSegment{
		Optimizer: smokeOptimizer, ResetOptimizer: true, Updates: 3, Numerics: recipe.Numerics{MicroBatchTokens: 256},
		Batches: learnertest.Batches(x.examples(0), x.examples(1), x.examples(2)),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	x.policy = artifact.Policy{Checkpoint: trained}
	for step := range 2 {
		x.advance(step)
	}
	return x
}

// examples are a batch of sums.
func (x *lineage) examples(batch int) []dataset.Tokenized {
	x.t.Helper()
	tok, err := tokenizer.New("synthetic")
	if err != nil {
		x.t.Fatal(err)
	}
	var examples []dataset.Tokenized
	for i := range 10 {
		prompt, err := tok.Encode(fmt.Sprintf("<user>%da+%d?<asst><think>", i%5, batch))
		if err != nil {
			x.t.Fatal(err)
		}
		response, err := tok.Encode(fmt.Sprintf("soa%d+%d=%d</think>\\boxed{%d}", i%5, batch, i%5+batch, i%5+batch))
		if err != nil {
			x.t.Fatal(err)
		}
		examples = append(examples, dataset.Tokenized{Prompt: prompt, Response: append(response, tok.EOS())})
	}
	return examples
}

// sample draws eight rollouts of two problems.
func (x *lineage) sample(l *Learner, step int) []rollout.Rollout {
	x.t.Helper()
	var requests []rollout.Request
	for i, e := range x.examples(1)[:2] {
		for sample := range 4 {
			requests = append(requests, rollout.Request{Problem: i, Sample: sample, Seed: rollout.Seed(7, "math", step, i, sample), Prompt: e.Prompt})
		}
	}
	rollouts, err := l.Sample(context.Background(), x.policy, requests, activities.Decoding{Sampling: rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: 12, EOS: []int32{1}}, Rows: 12}, nil)
	if err != nil {
		x.t.Fatal(err)
	}
	return rollouts
}

// advance is a policy step.
func (x *lineage) advance(step int) {
	x.t.Helper()
	update := x.update(step)
	stats, err := x.l.Advance(context.Background(), x.policy, update)
	if err != nil {
		x.t.Fatal(err)
	}
	if stats.Signal.Reward != 0.5 || stats.Signal.GradNorm == 0 {
		x.t.Fatalf("step %d: %+v: the update does nothing", step, stats)
	}
	x.policy = x.policy.Then(update)
}

// update stores a batch whose even samples are called correct, to be learnt from by GRPO.
func (x *lineage) update(step int) artifact.Ref {
	return x.updateWith(step, objective.Settings{Advantage: objective.Advantage{Std: objective.PopulationStd}}, artifact.Policy{})
}

// updateWith stores such a batch for another objective, with a reference.
func (x *lineage) updateWith(step int, settings objective.Settings, reference artifact.Policy) artifact.Ref {
	x.t.Helper()
	rollouts := x.sample(x.l, step)
	var verdicts []byte
	for i := range rollouts {
		line, err := json.Marshal(reward.Result{Verdict: []reward.Verdict{reward.Correct, reward.Incorrect}[i%2]})
		if err != nil {
			x.t.Fatal(err)
		}
		verdicts = append(append(verdicts, line...), '\n')
	}
	shard := activities.ScoredShard{Rollouts: x.put(rollout.Encode(rollouts)), Verdicts: x.put(verdicts)}
	data, err := json.Marshal(activities.Update{
		Schema: activities.UpdateSchema,
		Stage:  "math", Step: step, Steps: 2, ResetOptimizer: step == 0, Optimizer: smokeOptimizer, Temperature: 1,
		ResponseBudget: 12, Objective: settings, Reference: reference, Numerics: recipe.Numerics{MicroBatchTokens: 256}, Shards: []activities.ScoredShard{shard},
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return x.put(data)
}

func (x *lineage) put(data []byte) artifact.Ref {
	x.t.Helper()
	ref, err := x.store.Put(context.Background(), data)
	if err != nil {
		x.t.Fatal(err)
	}
	return ref
}

func (x *lineage) save(l *Learner) artifact.Ref {
	x.t.Helper()
	ref, err := l.Save(context.Background(), x.policy)
	if err != nil {
		x.t.Fatal(err)
	}
	return ref
}

// A worker that never saw a policy derives it from its name: the same rollouts,
// the same checkpoint, bit for bit.
func TestAnotherWorkerDerivesThePolicy(t *testing.T) {
	x := newLineage(t, 2)
	want, wantRollouts := x.save(x.l), string(rollout.Encode(x.sample(x.l, 9)))
	stranger := New(x.store, machine.Machine{Cores: 3})
	if got := string(rollout.Encode(x.sample(stranger, 9))); got != wantRollouts {
		t.Error("a worker that derived the policy samples other rollouts")
	}
	if got := x.save(New(x.store, machine.Machine{Cores: 1})); got != want {
		t.Errorf("a worker that derived the policy saves %s, want %s", got.SHA256, want.SHA256)
	}
	// A worker that went on may be asked for an earlier policy again.
	earlier := artifact.Policy{Checkpoint: x.policy.Checkpoint, Updates: x.policy.Updates[:1]}
	a, err := x.l.Save(context.Background(), earlier)
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(x.store, machine.Machine{Cores: 2}).Save(context.Background(), earlier)
	if err != nil {
		t.Fatal(err)
	}
	if a != b || a == want {
		t.Errorf("the policy before is saved as %s by one worker and %s by another; the last is %s", a.SHA256, b.SHA256, want.SHA256)
	}
}

// The number of cores changes nothing.
func TestCoresDoNotChangeThePolicy(t *testing.T) {
	one, four := newLineage(t, 1), newLineage(t, 4)
	if a, b := one.save(one.l), four.save(four.l); a != b {
		t.Errorf("one core ends with %s, four with %s", a.SHA256, b.SHA256)
	}
}

// A checkpoint of many files is the policy of one file.
func TestCheckpointInManyFiles(t *testing.T) {
	x := newLineage(t, 2)
	want := string(rollout.Encode(x.sample(x.l, 9)))
	cut := New(x.store, machine.Machine{Cores: 2})
	cut.shardBytes = 10_000
	ref := x.save(cut)
	data, err := x.store.Get(context.Background(), ref)
	if err != nil {
		t.Fatal(err)
	}
	c, err := checkpoint.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Weights) < 3 || len(c.Optimizer) < 6 {
		t.Fatalf("%d files of weights and %d of moments", len(c.Weights), len(c.Optimizer))
	}
	whole := x.save(x.l)
	x.policy = artifact.Policy{Checkpoint: ref}
	stranger := New(x.store, machine.Machine{Cores: 1})
	if got := string(rollout.Encode(x.sample(stranger, 9))); got != want {
		t.Error("the policy of a checkpoint in many files samples other rollouts")
	}
	if whole == ref {
		t.Error("the files were not cut")
	}
}
