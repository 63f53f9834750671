package workflows

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"temper/activities/objectstore"
	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
)

// knows says of every third of the prompts that all responses are right.
func knows(prompt string) bool {
	sum := 0
	for _, b := range []byte(prompt) {
		sum += int(b)
	}
	return sum%3 == 0
}

// solvedInput is a stage over 16 problems, four to a step, from which what is solved leaves.
func solvedInput(t *testing.T, store objectstore.Store, steps int, solved recipe.Solved) RLStageInput {
	in := stageInput(t, store, steps)
	in.Stage.RL.Temperature, in.Stage.RL.Solved = recipe.Temperature{Value: 1}, solved
	return in
}

// problemsOf are the IDs of the problems of each update of the stage.
func problemsOf(t *testing.T, p *place) (steps [][]string) {
	t.Helper()
	updates, batches := batchesOf(p, testRunID, "math")
	for i, b := range batches {
		table, err := rows.Open(context.Background(), p.store, nil, rows.Problems, updates[i].Dataset)
		if err != nil {
			t.Fatal(err)
		}
		problems, err := table.All(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range b.Rollouts {
			if r.Sample == 0 {
				ids = append(ids, problems[r.Problem].ID)
			}
		}
		steps = append(steps, ids)
	}
	return steps
}

// TestSolvedLeave: after an epoch what every rollout solves leaves, and later epochs go once through what is left.
func TestSolvedLeave(t *testing.T) {
	for name, test := range map[string]struct {
		solved  recipe.Solved
		filters int // until step 12
		extra   bool
	}{
		"by the checkpoint":     {recipe.Solved{Drop: recipe.SolvedEachEpoch, Samples: 3}, 3, true},
		"by rollouts":           {recipe.Solved{Drop: recipe.SolvedEachEpoch, By: recipe.SolvedByRollouts}, 3, false},
		"after the first alone": {recipe.Solved{Drop: recipe.SolvedFirstEpoch, Samples: 2}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			store := objectstore.NewMemory()
			in := solvedInput(t, store, 12, test.solved)
			in.Stage.RL.ByEpoch = []recipe.EpochSettings{{Temperature: 0.5}, {Temperature: 0.6}, {Temperature: 0.7}}
			p := newPlace(t, store)
			p.learner.Correct, p.learner.Knows = never, knows
			p.env.ExecuteWorkflow(RLStage, in)
			got, err := result[StageResult](p)
			if err != nil || got.Progress.Step != 12 {
				t.Fatalf("%+v, %v", got.Progress, err)
			}
			records := manifestsOf(t, store, "math/"+string(artifact.KindCuration))
			first := records[0]
			left, solved := int(first.Metrics[artifact.MetricRecords]), int(first.Metrics[artifact.MetricLeftOut+"solved_by_all"])
			if len(records) != test.filters || left+solved != 16 || left < 8 || solved < 2 || len(got.Progress.Curated) != test.filters {
				t.Fatalf("%d filters, %d of 16 left: %+v", len(records), left, got.Progress.Curated)
			}
			steps := problemsOf(t, p)
			perEpoch := (left + 3) / 4
			second := slices.Concat(steps[4 : 4+perEpoch]...)
			count := map[string]int{}
			for _, id := range second[:left] {
				count[id]++
			}
			if len(count) != left {
				t.Errorf("the second epoch has %d problems, want all %d that are left: %v", len(count), left, second)
			}
			lines, err := store.Get(context.Background(), first.Outputs[artifact.OutputLeftOut])
			if err != nil || strings.Count(string(lines), "\n") != solved {
				t.Fatalf("%s, %v", lines, err)
			}
			for id := range count {
				if strings.Contains(string(lines), fmt.Sprintf("%q", id)) {
					t.Errorf("%s has left, and is trained on", id)
				}
			}
			updates, _ := batchesOf(p, testRunID, "math")
			for i, want := range map[int]float64{3: 0.5, 4: 0.6, 3 + perEpoch: 0.6, 4 + perEpoch: 0.7} {
				if updates[i].Temperature != want {
					t.Errorf("step %d is at temperature %g, want %g", i+1, updates[i].Temperature, want)
				}
			}
			checkSampled(t, p, test.extra, test.solved.Samples, first)
		})
	}
}

// checkSampled looks at the rollouts that decided the first filter.
func checkSampled(t *testing.T, p *place, extra bool, samples int, record artifact.Manifest) {
	t.Helper()
	spent := record.Metrics[artifact.MetricRollouts]
	keys, err := p.store.List(context.Background(), testRunID.Prefix()+"math.solved-1/"+string(artifact.KindRollouts))
	if err != nil || (len(keys) > 0) != extra {
		t.Fatalf("%d shards of further rollouts, %v", len(keys), err)
	}
	if !extra {
		if spent != 0 {
			t.Errorf("%g rollouts were spent", spent)
		}
		return
	}
	if spent != float64(16*samples) || record.Metrics[artifact.MetricResponseTokens] <= 0 || record.Inputs["policy"].IsZero() {
		t.Errorf("the record is %+v", record)
	}
	for _, m := range manifestsOf(t, p.store, "math.solved-1/"+string(artifact.KindRollouts)) {
		if m.Metrics[artifact.MetricTemperature] != 0.5 { // that of the epoch that ended
			t.Errorf("sampled at temperature %g", m.Metrics[artifact.MetricTemperature])
		}
		if n, err := p.learner.Updates(context.Background(), artifact.Policy{Checkpoint: m.Inputs["policy"]}); err != nil || n != 4 {
			t.Errorf("sampled with a policy of %d updates, %v", n, err)
		}
		data, err := p.store.Get(context.Background(), m.Outputs[artifact.OutputRollouts])
		if err != nil {
			t.Fatal(err)
		}
		rollouts, err := rollout.Decode(data)
		if err != nil || len(rollouts)%samples != 0 {
			t.Errorf("%d rollouts, %v", len(rollouts), err)
		}
	}
}

// TestNothingLeft: where every problem is solved the stage ends with a durable policy, and says why.
func TestNothingLeft(t *testing.T) {
	store := objectstore.NewMemory()
	p := newPlace(t, store)
	p.learner.Knows = func(string) bool { return true }
	p.env.ExecuteWorkflow(RLStage, solvedInput(t, store, 20, recipe.Solved{Drop: recipe.SolvedEachEpoch}))
	got, err := result[StageResult](p)
	if err != nil || got.Progress.Step != 4 || !got.Progress.Done || len(got.Policy.Updates) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if text := about(got.Progress.Remarks, "math", artifact.AboutStop); !strings.Contains(text, "it ended after 4 of at most 20 policy steps, 1 times through what was left of math: every rollout solves all of it") {
		t.Errorf("remarks %v", got.Progress.Remarks)
	}
	if m := manifestsOf(t, store, "math/decision-stop")[0]; m.Step != 4 || m.Metrics[artifact.MetricEpochs] != 1 {
		t.Errorf("recorded %+v", m)
	}
}

// TestFewLeft: where fewer problems are left than a step takes, each step takes all of them, and is an epoch.
func TestFewLeft(t *testing.T) {
	store := objectstore.NewMemory()
	in := solvedInput(t, store, 7, recipe.Solved{Drop: recipe.SolvedEachEpoch, By: recipe.SolvedByRollouts})
	in.Stage.RL.ProblemsPerStep, in.Stage.RL.Shards = 16, 4
	in.Stage.RL.Stop = recipe.Stop{Epochs: 5}
	p := newPlace(t, store)
	p.learner.Correct, p.learner.Knows = never, knows
	p.env.ExecuteWorkflow(RLStage, in)
	got, err := result[StageResult](p)
	if err != nil || got.Progress.Step != 5 {
		t.Fatalf("%+v, %v", got.Progress, err)
	}
	for i, ids := range problemsOf(t, p) {
		want := 16
		if i > 0 {
			want = got.Progress.Curated[0].Out
		}
		slices.Sort(ids)
		if len(ids) != want || len(slices.Compact(ids)) != want {
			t.Errorf("step %d has problems %v, want %d", i+1, ids, want)
		}
	}
}

// TestSolvedOverExecutions: what is left travels from one execution to the next.
func TestSolvedOverExecutions(t *testing.T) {
	for _, by := range []recipe.SolvedBy{recipe.SolvedByCheckpoint, recipe.SolvedByRollouts} {
		ends := func(suggest bool) StageResult {
			store := objectstore.NewMemory()
			out, n := runStage(t, store, solvedInput(t, store, 11, recipe.Solved{Drop: recipe.SolvedEachEpoch, By: by}), func(p *place) {
				p.learner.Knows = knows
				p.env.SetContinueAsNewSuggested(suggest)
			})
			if suggest != (n > 1) {
				t.Errorf("%d executions", n)
			}
			out.Progress.TokensPerSecond = 0
			return out
		}
		if whole, pieces := ends(false), ends(true); !reflect.DeepEqual(whole, pieces) {
			t.Errorf("%s: in pieces\n%+v, in one piece\n%+v", by, pieces, whole)
		}
	}
}

// TestEpochsWithDynamicSampling: a step that has sampled the whole dataset, and found too little, has gone through it once.
func TestEpochsWithDynamicSampling(t *testing.T) {
	store := objectstore.NewMemory()
	in := stageInput(t, store, 4)
	in.Stage.RL.Temperature = recipe.Temperature{Value: 1}
	in.Stage.RL.DynamicSampling = recipe.DynamicSampling{MaxBatches: 10} // four batches are all problems
	in.Stage.RL.ByEpoch = []recipe.EpochSettings{{Temperature: 0.5}, {Temperature: 0.6}, {Temperature: 0.7}, {Temperature: 0.8}}
	p := newPlace(t, store)
	p.learner.Correct = never
	p.env.ExecuteWorkflow(RLStage, in)
	if _, err := result[StageResult](p); err != nil {
		t.Fatal(err)
	}
	updates, batches := batchesOf(p, testRunID, "math")
	for i, want := range []float64{0.5, 0.6, 0.7, 0.8} {
		if updates[i].Temperature != want || len(batches[i].Rollouts) != 16*in.Stage.RL.GroupSize {
			t.Errorf("step %d: %d rollouts at temperature %g, want %d at %g", i+1, len(batches[i].Rollouts), updates[i].Temperature, 16*in.Stage.RL.GroupSize, want)
		}
	}
}
