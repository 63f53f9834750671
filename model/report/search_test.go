package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"temper/model/artifact"
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
