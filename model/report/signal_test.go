package report

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"temper/model/artifact"
)

// remarked finds a stage's remark that has a text, with the record that it leads to.
func remarked(run Run, stage, text string) *StageRemark {
	for _, s := range run.Stages {
		for i, r := range s.Remarks {
			if s.Name == stage && strings.Contains(r.Text, text) {
				return &s.Remarks[i]
			}
		}
	}
	return nil
}

// A stage that had nothing to learn from, and a search on responses that were
// cut, stand at the head of a page that otherwise says "Finished".
func TestRemarksOfAStageThatLearnsNothing(t *testing.T) {
	f := fakeRun()
	manifests := slices.Clone(f.manifests)
	var last artifact.Manifest
	for i, m := range manifests {
		if m.Stage != "math-last" {
			continue
		}
		m.Metrics = maps.Clone(m.Metrics)
		switch m.Kind {
		case artifact.KindUpdate:
			m.Metrics[artifact.MetricTrainedTokens], m.Metrics[artifact.MetricGradNorm] = 0, 0
			m.Metrics[artifact.MetricZeroVarianceGroups], m.Metrics[artifact.MetricReward] = 16, 1
			if m.Step >= last.Step {
				last = m
			}
		case artifact.KindTemperature:
			m.Metrics[artifact.MetricTooManyCut], m.Metrics[artifact.MetricWithinTolerance] = 1, 0
		}
		manifests[i] = m
	}
	run, data := build(t, f.recipe, manifests)
	none := remarked(run, "math-last", "none of 15 policy steps had anything to learn from")
	if none == nil || !strings.Contains(none.Text, "every response was correct") {
		t.Fatalf("remarks: %+v", run.Stages)
	}
	encoded, err := last.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if want := "m-" + artifact.RefOf(encoded).SHA256[:16]; none.Source != want {
		t.Errorf("the remark leads to %s, not to the last step's record %s", none.Source, want)
	}
	if d := parse(t, data); !strings.Contains(d.text, "Finished, with") || !strings.Contains(d.text, "none of 15 policy steps") {
		t.Error("the page does not show the remark")
	}
	if plain, _ := build(t, f.recipe, f.manifests); remarked(plain, "math-last", "policy steps") != nil {
		t.Error("a stage that learned is remarked")
	}
}
