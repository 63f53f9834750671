package workflows

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
)

// insideRecipe evaluates its supervised stage after each of three epochs on both benchmarks, and its first RL stage after every
// second of five policy steps on one.
func insideRecipe(t *testing.T) recipe.Recipe {
	r := smoke(t)
	sft, math := r.Stages[1].SFT, r.Stages[2].RL
	sft.Epochs, sft.BatchSize, sft.CheckpointEvery, sft.EvaluateEvery = 3, 10, 100, 1
	math.Steps, math.CheckpointEvery, math.EvaluateEvery, math.EvaluateOn = 5, 100, 2, []string{"code"}
	r.Evaluation.Before = true
	return r
}

// afters are the names of what was evaluated, in order, once each.
func afters(scores []Score) (names []string) {
	for _, s := range scores {
		if n := len(names); n == 0 || names[n-1] != s.After {
			names = append(names, s.After)
		}
	}
	return names
}

// TestEvaluationInside: policies are evaluated after the epochs and policy steps that the recipe says, as durable
// checkpoints, on the benchmarks that it names, and the run's result is that of one that does not evaluate them.
func TestEvaluationInside(t *testing.T) {
	r := insideRecipe(t)
	p := newPlace(t, nil)
	got := p.mustRun(r)
	// 64 examples in batches of 10: the first epoch's last one is in update 7, the second's in update 13.
	want := []string{"base", "base-text", "sft@7", "sft@13", "sft", "math@2", "math@4", "math", "code"}
	if names := afters(got.Scores); !reflect.DeepEqual(names, want) {
		t.Errorf("evaluated %q, want %q", names, want)
	}
	if shown := p.progress().Scores; !reflect.DeepEqual(shown, got.Scores) {
		t.Errorf("the progress shows %+v", shown)
	}
	for _, s := range got.Scores {
		_, _, inside := artifact.ParseInside(s.After)
		if strings.HasPrefix(s.After, "math@") && s.Benchmark != "code" {
			t.Errorf("%s is evaluated on %s", s.After, s.Benchmark)
		}
		if inside && s.GainProblems == 0 {
			t.Errorf("%s on %s is compared with nothing", s.After, s.Benchmark)
		}
	}
	for _, step := range []int{2, 4, 5} {
		if m := p.manifest(got.Run, "math", artifact.KindUpdate, step); m.Outputs[artifact.OutputCheckpoint].IsZero() {
			t.Errorf("the policy of step %d is no checkpoint", step)
		}
	}
	without := r
	sft, math := *r.Stages[1].SFT, *r.Stages[2].RL
	sft.EvaluateEvery, math.EvaluateEvery, math.EvaluateOn = 0, 0, nil
	without.Stages = append([]recipe.Stage{}, r.Stages...)
	without.Stages[1].SFT, without.Stages[2].RL = &sft, &math
	other := newPlace(t, nil)
	if rest := other.mustRun(without); other.updatesOf(rest) != p.updatesOf(got) {
		t.Error("evaluations inside stages change what is trained")
	}
}

// updatesOf is the number of updates and what they were made of, of the policy that a run ended with.
func (p *place) updatesOf(r Result) string {
	p.t.Helper()
	n, err := p.learner.Updates(p.t.Context(), artifact.Policy{Checkpoint: r.Checkpoint})
	if err != nil {
		p.t.Fatal(err)
	}
	return fmt.Sprint(n, r.Scores[len(r.Scores)-1])
}

// manifest is the record of a piece of work.
func (p *place) manifest(run artifact.RunID, stage string, kind artifact.Kind, step int) (m artifact.Manifest) {
	p.t.Helper()
	keys, err := p.store.List(p.t.Context(), run.Prefix()+stage+"/")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, key := range keys {
		if place, ok := artifact.ParseKey(key); !ok || place.Kind != kind || place.Step != step {
			continue
		}
		data, err := p.store.Read(p.t.Context(), key)
		if err != nil {
			p.t.Fatal(err)
		}
		if m, err = artifact.DecodeManifest(data); err != nil {
			p.t.Fatal(err)
		}
		return m
	}
	p.t.Fatalf("%s has no record of kind %s at %d", stage, kind, step)
	return m
}

// TestStageEvaluatesOnce: a stage that continues as new at many points evaluates each policy once.
func TestStageEvaluatesOnce(t *testing.T) {
	store := objectstore.NewMemory()
	in := stageInput(t, store, 9)
	in.Stage.RL.EvaluateEvery = 2
	in.State.Inside = insideOf(in, smoke(t))
	evaluated := 0
	out, n := runStage(t, store, in, func(p *place) {
		p.env.SetContinueAsNewSuggested(true)
		p.env.SetOnChildWorkflowStartedListener(func(info *workflow.Info, _ workflow.Context, _ converter.EncodedValues) {
			if info.WorkflowType.Name == "Evaluation" {
				evaluated++
			}
		})
	})
	if n != 9 || evaluated != 4 || out.Progress.Step != 9 {
		t.Errorf("%d executions evaluated %d times: %+v", n, evaluated, out.Progress)
	}
}

// insideOf is how a stage evaluates on its own problems.
func insideOf(in RLStageInput, r recipe.Recipe) Inside {
	return Inside{Evaluation: EvaluationInput{
		Run: testRunID, Seed: 1, Vocabulary: in.Vocabulary, Numerics: in.Numerics, Benches: r.Evaluation.Benchmarks[:1], Datasets: map[string]activities.Dataset{"math-held-out": in.Dataset},
	}}
}

// TestScoresAreBounded: a run carries the newest scores inside stages, and all those after stages.
func TestScoresAreBounded(t *testing.T) {
	r := &run{}
	for i := range 3 * maxInside {
		r.addScores([]Score{{After: artifact.Inside("math", i)}})
		if i%maxInside == 7 {
			r.addScores([]Score{{After: "sft"}})
		}
	}
	if n := len(r.state.Scores); n != maxInside+3 || r.state.Scores[0].After != "sft" || r.state.Scores[n-1].After != artifact.Inside("math", 3*maxInside-1) {
		t.Errorf("%d scores, the first %v", n, r.state.Scores[0])
	}
}
