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

// What an objective has beside the policy's term is a curve of its own, and what it lacks is none.
func TestTermsOfTheLoss(t *testing.T) {
	f := fakeRun()
	manifests := slices.Clone(f.manifests)
	for i, m := range manifests {
		if m.Stage == "math-short" && m.Kind == artifact.KindUpdate {
			m.Metrics = maps.Clone(m.Metrics)
			m.Metrics[artifact.MetricKL], m.Metrics[artifact.MetricClippedLow], m.Metrics[artifact.MetricClippedHigh] = -0.002, 0.01, 0.02
			m.Metrics[artifact.MetricValueLoss] = 0.25 * float64(m.Step)
			manifests[i] = m
		}
	}
	run, data := build(t, f.recipe, manifests)
	for _, s := range run.Stages {
		var titles []string
		for _, c := range stagePlots(run, s) {
			switch {
			case c.Title == "KL to the reference" && (c.Up[0].Text != "-0.002" || c.Last.Y != c.Up[0].At), c.Title == "Clipped" && c.Last.Text != "3",
				c.Title == "Value loss" && (c.Last.Text != "7.5" || c.Up[2].Text != "8" || !strings.HasPrefix(c.Last.Href, "#m-")):
				t.Errorf("%s: %+v", c.Title, c)
			}
			titles = append(titles, c.Title)
		}
		want := s.Name == "math-short"
		for _, title := range []string{"KL to the reference", "Clipped", "Value loss"} {
			if slices.Contains(titles, title) != want {
				t.Errorf("%s has the curves %v", s.Name, titles)
			}
		}
		if slices.Contains(titles, "Likelihood") {
			t.Errorf("%s has a curve of likelihoods", s.Name)
		}
	}
	if text := parse(t, data).text; strings.Count(text, "KL to the reference") != 1 || strings.Count(text, "Value loss") != 1 {
		t.Error("the page does not show the terms once")
	}
}
