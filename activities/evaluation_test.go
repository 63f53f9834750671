package activities_test

import (
	"math"
	"strings"
	"testing"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/reward"
	"temper/model/rollout"
	"temper/model/temperature"
)

// judgedShard stores rollouts of some problems, k each, with verdicts given as letters: c, i or u.
func (p *place) judgedShard(problems []int, k int, verdicts string) activities.ScoredShard {
	p.t.Helper()
	var rollouts []rollout.Rollout
	for _, problem := range problems {
		for sample := range k {
			rollouts = append(rollouts, rollout.Rollout{Problem: problem, Sample: sample, Prompt: []int32{2}, Response: []int32{1}, LogProbs: []float32{0}, EntropySum: 0.5, Finish: rollout.FinishStop})
		}
	}
	var lines strings.Builder
	for _, v := range verdicts {
		lines.WriteString(`{"verdict":"` + string(map[rune]reward.Verdict{'c': reward.Correct, 'i': reward.Incorrect, 'u': reward.Ungradable}[v]) + `","extracted":"` + string(v) + "\"}\n")
	}
	return activities.ScoredShard{Rollouts: p.put(rollout.Encode(rollouts)), Verdicts: p.put([]byte(lines.String()))}
}

func TestSummarizeEvaluation(t *testing.T) {
	p := newPlace(t, nil)
	in := activities.SummarizeEvaluationInput{
		Run: testRun, After: "sft", Benchmark: "math", Samples: 2,
		Shards: activities.ListOf(p.judgedShard([]int{0, 1}, 2, "ccci"), p.judgedShard([]int{2}, 2, "ii"), p.judgedShard([]int{3}, 2, "cu")),
	}
	got := must(p, p.acts.SummarizeEvaluation, in)
	// problem accuracies 1, 1/2, 0 and 1 (of the one that is graded)
	if got.Benchmark != "math" || got.Problems != 4 || got.Samples != 2 || got.Ungradable != 1 || math.Abs(got.Avg-0.625) > 1e-12 {
		t.Errorf("result is %+v", got)
	}
	if math.Abs(got.Pass-2.0/3) > 1e-12 || got.PassProblems != 3 || got.AvgSE <= 0 || got.PassSE <= 0 || got.ResponseLength != 1 || got.Truncation != 0 {
		t.Errorf("result is %+v", got)
	}
	if got.Vote.Problems != 0 {
		t.Errorf("nobody asked for a vote: %+v", got.Vote)
	}
	in.Vote = true
	if voted := must(p, p.acts.SummarizeEvaluation, in); voted.Vote.Problems != 3 || voted.Vote.Majority != 0.5 { // 1, a tie, 0
		t.Errorf("the vote is %+v", voted.Vote)
	}
	in.Vote = false
	m := p.manifestOf(artifact.KindEvaluation, 0)
	if curve := m.Series[artifact.MetricPass]; len(curve) != 2 || math.Abs(curve[0]-0.5) > 1e-12 || math.Abs(curve[1]-2.0/3) > 1e-12 {
		t.Errorf("pass@1 and 2 are %v", curve)
	}
	if m.Stage != "sft" || m.Name != "math" || m.Metrics[artifact.MetricAvg] != got.Avg || len(m.Inputs) != 6 {
		t.Errorf("manifest is %+v", m)
	}
}

// TestSummarizeEvaluationComparesByProblem, whatever the shards and the order of their problems.
func TestSummarizeEvaluationComparesByProblem(t *testing.T) {
	p := newPlace(t, nil)
	before := activities.ListOf(p.judgedShard([]int{2, 0}, 2, "iicc"), p.judgedShard([]int{3, 1}, 2, "uuci"))
	in := activities.SummarizeEvaluationInput{
		Run: testRun, After: "math", Benchmark: "math", Samples: 2, Before: before,
		Shards: activities.ListOf(p.judgedShard([]int{0, 1, 2, 3}, 2, "ccccciii")),
	}
	got := must(p, p.acts.SummarizeEvaluation, in).Gain
	// problems 0, 1 and 2: 1 and 1, 1/2 and 1, 0 and 1/2; 3 has no verdict before
	if got.Problems != 3 || math.Abs(got.Difference-1.0/3) > 1e-12 || math.Abs(got.SE-1.0/6) > 1e-12 {
		t.Errorf("gain is %+v", got)
	}
	m := p.manifestOf(artifact.KindEvaluation, 0)
	if m.Metrics[artifact.MetricGain] != got.Difference || len(m.Inputs) != 6 || m.Inputs["before-verdicts-01"] != before.Items[1].Verdicts {
		t.Errorf("manifest is %+v", m)
	}
}

// TestSummarizeEvaluationWithoutGain: where nothing can be compared there is no gain, not even 0.
func TestSummarizeEvaluationWithoutGain(t *testing.T) {
	p := newPlace(t, nil)
	for after, before := range map[string]activities.List[activities.ScoredShard]{"first": {}, "ungraded": activities.ListOf(p.judgedShard([]int{0}, 2, "uu"))} {
		got := must(p, p.acts.SummarizeEvaluation, activities.SummarizeEvaluationInput{
			Run: testRun, After: after, Benchmark: "math", Samples: 2, Before: before, Shards: activities.ListOf(p.judgedShard([]int{0}, 2, "ci")),
		})
		if got.Gain.Problems != 0 || got.Avg != 0.5 {
			t.Errorf("%s: %+v", after, got)
		}
	}
}

// TestSummarizeEvaluationWithoutPass: no problem has all its verdicts, so there is no pass@k, not even 0.
func TestSummarizeEvaluationWithoutPass(t *testing.T) {
	p := newPlace(t, nil)
	got := must(p, p.acts.SummarizeEvaluation, activities.SummarizeEvaluationInput{
		Run: testRun, After: "sft", Benchmark: "math", Samples: 2, Shards: activities.ListOf(p.judgedShard([]int{0, 1}, 2, "cuui")),
	})
	if got.Avg != 0.5 || got.PassProblems != 0 {
		t.Errorf("result is %+v", got)
	}
	m := p.manifestOf(artifact.KindEvaluation, 0)
	if pass, known := m.Metrics[artifact.MetricPass]; known {
		t.Errorf("pass@k is %v", pass)
	}
}

func TestSummarizeEvaluationRefuses(t *testing.T) {
	p := newPlace(t, nil)
	for _, test := range []struct {
		name, message string
		shard         activities.ScoredShard
	}{
		{"verdicts are missing", "shard 0 has 2 rollouts but 1 verdicts", p.judgedShard([]int{0}, 2, "c")},
		{"nothing graded", "no sample has a verdict", p.judgedShard([]int{0}, 2, "uu")},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := do(p, p.acts.SummarizeEvaluation, activities.SummarizeEvaluationInput{
				Run: testRun, After: "sft", Benchmark: "math", Samples: 2, Shards: activities.ListOf(test.shard),
			})
			if app := checkFailure(t, err, activities.UnexpectedType, true); !strings.Contains(app.Message(), test.message) {
				t.Errorf("message is %q", app.Message())
			}
		})
	}
}

func TestRecordTemperature(t *testing.T) {
	for _, within := range []bool{true, false} {
		p := newPlace(t, nil)
		_, err := p.env.ExecuteActivity(p.acts.RecordTemperature, activities.RecordTemperatureInput{
			Run: testRun, Stage: "math", TargetEntropy: 0.3, WithinTolerance: within,
			Chosen: temperature.Measurement{Temperature: 0.85, Entropy: 0.29},
		})
		if err != nil {
			t.Fatal(err)
		}
		m := p.manifestOf(artifact.KindTemperature, 0)
		want := map[string]float64{artifact.MetricTemperature: 0.85, artifact.MetricEntropy: 0.29, artifact.MetricTargetEntropy: 0.3, artifact.MetricWithinTolerance: 0}
		if within {
			want[artifact.MetricWithinTolerance] = 1
		}
		for name, value := range want {
			if m.Metrics[name] != value {
				t.Errorf("%s is %v, want %v", name, m.Metrics[name], value)
			}
		}
	}
}
