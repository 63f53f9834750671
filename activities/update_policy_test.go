package activities_test

import (
	"errors"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
)

// scoredShard generates and scores one shard of math.
func scoredShard(p *place, policy artifact.Policy, step, shard int, problems []int) activities.ScoredShard {
	p.t.Helper()
	in := generateInput(p, problems, 4)
	in.Policy, in.Step, in.Shard = policy, step, shard
	rollouts := must(p, p.acts.GenerateRollouts, in).Rollouts
	verdicts := must(p, p.acts.ScoreRollouts, activities.ScoreRolloutsInput{
		Run: testRun, Stage: "math", Step: step, Shard: shard, Domain: recipe.DomainMath, Vocabulary: p.vocabulary("synthetic"),
		Dataset: in.Dataset, Rollouts: rollouts,
	})
	return activities.ScoredShard{Rollouts: rollouts, Verdicts: verdicts.Verdicts}
}

// updateInput is a policy step of the smoke recipe's math stage.
func updateInput(p *place, policy artifact.Policy, step int) activities.UpdatePolicyInput {
	p.t.Helper()
	math := smoke(p.t).Stages[2]
	stage := math.RL
	return activities.UpdatePolicyInput{
		Run: testRun, Policy: policy,
		Update: activities.Update{
			Schema: activities.UpdateSchema,
			Stage:  math.Name, Step: step, Steps: stage.Steps, ResetOptimizer: step == 0, Optimizer: stage.Optimizer, Temperature: 0.8,
			Objective: stage.Objective, Numerics: recipe.Numerics{MicroBatchTokens: 256},
			Shards: []activities.ScoredShard{scoredShard(p, policy, step, 0, []int{0, 1}), scoredShard(p, policy, step, 1, []int{2, 3})},
		},
	}
}

func TestUpdatePolicy(t *testing.T) {
	p := newPlace(t, nil)
	start := must(p, p.acts.TrainSFT, sftInput(p)).Policy // it knows something already
	in := updateInput(p, start, 0)
	got := must(p, p.acts.UpdatePolicy, in)
	if got.Policy.Checkpoint != start.Checkpoint || len(got.Policy.Updates) != 1 {
		t.Fatalf("policy is %+v", got.Policy)
	}
	stored, err := activities.DecodeUpdate(p.get(got.Policy.Updates[0]))
	if err != nil || stored.Stage != "math" || len(stored.Shards) != 2 || stored.Optimizer != in.Update.Optimizer {
		t.Errorf("stored update is %+v, %v", stored, err)
	}
	var rollouts []rollout.Rollout
	correct, graded := 0.0, 0.0
	for _, shard := range in.Update.Shards {
		rollouts = append(rollouts, p.rollouts(shard.Rollouts)...)
		for _, v := range p.verdicts(activities.VerdictSummary{Verdicts: shard.Verdicts}) {
			correct, graded = correct+v.Score, graded+1
		}
	}
	summary := rollout.Summarize(rollouts)
	gave := got.Signal
	if gave.Reward != correct/graded || gave.Reward <= 0 || gave.Reward >= 1 {
		t.Errorf("reward is %v, want %v of %v", gave.Reward, correct, graded)
	}
	if got.Entropy != summary.MeanEntropy || got.ResponseLength != summary.MeanResponseTokens || gave.Truncation != float64(summary.Truncated)/16 || gave.TrainedTokens <= 0 {
		t.Errorf("figures are %+v, want those of both shards: %+v", got, summary)
	}
	if gave.Rollouts != 16 || gave.Groups < 1 || gave.ZeroVariance >= gave.Groups || gave.Advantages.Min >= 0 || gave.Advantages.Max <= 0 || gave.Advantages.Std <= 0 {
		t.Errorf("what the step gave to learn from is %+v", gave)
	}
	if p.learner.Calls(learnertest.OpSave) != 0 {
		t.Error("a checkpoint was stored that nobody asked for")
	}
}

// TestUpdateWithCheckpoint: the checkpoint holds the policy that the updates name.
func TestUpdateWithCheckpoint(t *testing.T) {
	p := newPlace(t, nil)
	first := must(p, p.acts.UpdatePolicy, updateInput(p, p.initial(), 0)).Policy
	in := updateInput(p, first, 1)
	in.Checkpoint = true
	got := must(p, p.acts.UpdatePolicy, in).Policy
	if len(got.Updates) != 0 || got.Checkpoint == first.Checkpoint {
		t.Fatalf("policy is %+v", got)
	}
	if n, err := p.learner.Updates(t.Context(), got); err != nil || n != 2 {
		t.Errorf("%d updates, %v", n, err)
	}
	m := p.manifestOf(artifact.KindUpdate, 2)
	named := first.Then(m.Outputs["update"])
	saved := must(p, p.acts.SaveCheckpoint, activities.SaveCheckpointInput{Run: testRun, Stage: "math", Step: 2, Policy: named})
	if saved.Checkpoint != got.Checkpoint {
		t.Errorf("the same policy has checkpoints %s and %s", saved.Checkpoint.Short(), got.Checkpoint.Short())
	}
}

func TestUpdateManifest(t *testing.T) {
	p := newPlace(t, nil)
	in := updateInput(p, p.initial(), 0)
	must(p, p.acts.UpdatePolicy, in)
	m := p.manifestOf(artifact.KindUpdate, 1)
	for name, want := range map[string]artifact.Ref{
		"policy": in.Policy.Checkpoint, "rollouts-00": in.Update.Shards[0].Rollouts, "verdicts-00": in.Update.Shards[0].Verdicts,
		"rollouts-01": in.Update.Shards[1].Rollouts, "verdicts-01": in.Update.Shards[1].Verdicts,
	} {
		if m.Inputs[name] != want {
			t.Errorf("input %s is %v", name, m.Inputs[name])
		}
	}
	for _, name := range []string{
		artifact.MetricLoss, artifact.MetricGradNorm, artifact.MetricLearningRate, artifact.MetricReward, artifact.MetricEntropy,
		artifact.MetricTemperature, artifact.MetricResponseLength, artifact.MetricTruncation, artifact.MetricZeroVarianceGroups,
		artifact.MetricFiltered, artifact.MetricUngradable, artifact.MetricTrainedTokens, artifact.MetricRollouts,
	} {
		if _, ok := m.Metrics[name]; !ok {
			t.Errorf("metric %s is missing", name)
		}
	}
}

// manifestOf is the run's one manifest of a kind and step.
func (p *place) manifestOf(kind artifact.Kind, step int) artifact.Manifest {
	p.t.Helper()
	for _, m := range p.manifests(testRun) {
		if m.Kind == kind && m.Step == step {
			return m
		}
	}
	p.t.Fatalf("no manifest of %s step %d", kind, step)
	return artifact.Manifest{}
}

// TestUpdateThatIsCutShort: between any two things that an update does, it can fail and be done again.
func TestUpdateThatIsCutShort(t *testing.T) {
	reference := newPlace(t, nil)
	in := updateInput(reference, reference.initial(), 0)
	in.Checkpoint = true
	want := must(reference, reference.acts.UpdatePolicy, in).Policy.Checkpoint
	for _, op := range []learnertest.Op{learnertest.OpAdvance, learnertest.OpSave} {
		p := newPlace(t, nil)
		p.learner.Use(learnertest.Fail(op, 1, errors.New("out of memory")))
		in := updateInput(p, p.initial(), 0)
		in.Checkpoint = true
		_, err := do(p, p.acts.UpdatePolicy, in)
		app := checkFailure(t, err, activities.UnexpectedType, true)
		if app.Message() != "update policy in math step 1: out of memory" {
			t.Errorf("message is %q", app.Message())
		}
		if got := must(p, p.acts.UpdatePolicy, in).Policy.Checkpoint; got != want {
			t.Errorf("%s failed: checkpoint %s, want %s", op, got.Short(), want.Short())
		}
	}
}

func TestUpdateRefusesShardsThatDoNotFit(t *testing.T) {
	p := newPlace(t, nil)
	in := updateInput(p, p.initial(), 0)
	in.Update.Shards[0].Verdicts = p.put([]byte(`{"verdict":"correct"}` + "\n"))
	_, err := do(p, p.acts.UpdatePolicy, in)
	if app := checkFailure(t, err, activities.UnexpectedType, true); !strings.Contains(app.Message(), "shard 0 has 8 rollouts but 1 verdicts") {
		t.Errorf("message is %q", app.Message())
	}
}
