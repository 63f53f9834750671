package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/recipe"
	"temper/model/rollout"
)

// TestSearches: a stage's searches stand apart, the batches of a candidate are one row with its standard error
// over prompts, and a temperature that nobody measured is shown as such.
func TestSearches(t *testing.T) {
	f := fakeRun()
	batch := func(search string, step, shard int, temperature float64, entropies ...float64) rollout.EntropySums {
		var rollouts []rollout.Rollout
		for i, e := range entropies {
			rollouts = append(rollouts, rollout.Rollout{Problem: 100*shard + i, Response: make([]int32, 10), EntropySum: 10 * e})
		}
		sums := rollout.EntropyOf(rollouts)
		metrics := sums.Metrics()
		metrics[artifact.MetricTemperature], metrics[artifact.MetricEntropy] = temperature, sums.Mean()
		metrics[artifact.MetricResponseTokens], metrics[artifact.MetricRollouts] = sums.Tokens, float64(len(entropies))
		metrics[artifact.MetricResponseLength], metrics[artifact.MetricTruncation] = 10, float64(shard)
		f.add(artifact.Manifest{Kind: artifact.KindMeasurement, Stage: "math-short", Name: search, Step: step, Shard: shard, Outputs: f.output("rollouts"), Metrics: metrics}, 1)
		return sums
	}
	both := batch("search-02", 0, 0, 0.8, 0.2, 0.3).Add(batch("search-02", 0, 1, 0.8, 0.1, 0.2, 0.35))
	batch("search-02", 1, 0, 1.1, 0.4, 0.5)
	f.add(artifact.Manifest{Kind: artifact.KindTemperature, Stage: "math-short", Name: "search-02", Step: 7, Metrics: map[string]float64{
		artifact.MetricTemperature: 0.923, artifact.MetricEntropy: 0.3, artifact.MetricTargetEntropy: 0.3, artifact.MetricWithinTolerance: 1, artifact.MetricInterpolated: 1,
	}}, 1)
	run, data := build(t, f.recipe, f.manifests)
	i := slices.IndexFunc(run.Stages, func(s Stage) bool { return s.Name == "math-short" })
	searches := run.Stages[i].Searches
	if len(searches) != 2 || searches[0].Name != "" || searches[1].Name != "search-02" || searches[1].After != 7 || len(searches[0].Measurements) != 3 {
		t.Fatalf("searches %+v", searches)
	}
	again := searches[1]
	if len(again.Measurements) != 2 || !again.Interpolated || again.Outcome() != "met by interpolation, not measured" {
		t.Fatalf("the second is %+v", again)
	}
	m := again.Measurements[0]
	if math.Abs(m.Entropy.Value-both.Mean()) > 1e-12 || math.Abs(m.EntropySE.Value-both.SE()) > 1e-12 || m.Problems.Value != 5 || m.Rollouts.Value != 5 || m.Tokens.Value != 50 || m.Truncation.Value != 0.6 {
		t.Errorf("candidate %+v, want %g ± %g", m, both.Mean(), both.SE())
	}
	page := parse(t, data)
	for _, want := range []string{"Temperature search after step 7: target 0.3 ± 0.03 nats, met by interpolation, not measured", "chosen: interpolated", "0.923"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestBandAndSolved: a stage's page has its band, the times that its entropy left it, and what its filters left and cost.
func TestBandAndSolved(t *testing.T) {
	f := fakeRun()
	stage := f.recipe.Stages[slices.IndexFunc(f.recipe.Stages, func(s recipe.Stage) bool { return s.Name == "math-short" })].RL
	stage.Band = recipe.Band{Low: 0.29, High: 0.4, Over: 3, Then: recipe.BandWarn}
	stage.Solved = recipe.Solved{Drop: recipe.SolvedEachEpoch, By: recipe.SolvedByCheckpoint, Samples: 8}
	defer func() { stage.Band, stage.Solved = recipe.Band{}, recipe.Solved{} }()
	for epoch, left := range []int{61, 40} {
		metrics := curation.Passed{Rule: curation.RuleSolved, In: 80 - 19*epoch, Out: left}.Metrics()
		metrics[artifact.MetricRollouts], metrics[artifact.MetricResponseTokens] = 640, 12345
		f.add(artifact.Manifest{Kind: artifact.KindCuration, Stage: "math-short", Name: "math", Step: epoch + 1, Metrics: metrics}, 1)
	}
	run, data := build(t, f.recipe, f.manifests)
	i := slices.IndexFunc(run.Stages, func(s Stage) bool { return s.Name == "math-short" })
	if left := run.Stages[i].Left; len(left) < 2 || left[0].Mean >= 0.29 || left[0].Step.Value < 3 || left[1].Step.Value < left[0].Step.Value+3 {
		t.Errorf("left %+v", left)
	}
	if c := run.Stages[i].Curated; len(c) != 2 || c[1].In != 61 || c[1].Out != 40 || c[0].Rollouts.Value != 640 || c[0].Rule != curation.RuleSolved {
		t.Errorf("filters %+v", c)
	}
	page := parse(t, data)
	for _, want := range []string{"Entropy band 0.29 to 0.4 nats, the mean of 3 policy steps; outside it: warn. Left", "by 8 new rollouts of the checkpoint at its end", "solved problems of math, after epoch 2"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
