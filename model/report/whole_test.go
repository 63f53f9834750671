package report

import (
	"fmt"
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/recipe"
)

// TestWhole: one axis over all stages, with a mark where each begins.
func TestWhole(t *testing.T) {
	f := fakeRun()
	run, data := build(t, f.recipe, f.manifests)
	reward := run.over(func(s Stage) Curve { return s.Reward })
	if len(reward) != 95 || reward[0].Step != 601 || reward[94].Step != 695 {
		t.Fatalf("the reward goes over %d points from update %d", len(reward), reward[0].Step)
	}
	charts := wholeCharts(run)
	var loss, entropy chart
	for _, c := range charts {
		switch c.Title {
		case "Loss":
			loss = c
		case "Temperature-adjusted entropy":
			entropy = c
		}
	}
	if len(loss.Breaks) != 2 || loss.Breaks[0].Text != "1" || loss.Breaks[1].Text != "2" {
		t.Errorf("the loss has marks %+v", loss.Breaks)
	}
	if len(entropy.Breaks) != 4 || entropy.Breaks[0].Text != "3" || entropy.Breaks[3].Text != "6" || entropy.Breaks[3].At <= entropy.Breaks[2].At {
		t.Errorf("the entropy has marks %+v", entropy.Breaks)
	}
	if !strings.Contains(string(data), "1 base-text, 2 sft, 3 math-short") {
		t.Error("the page does not say which stages the marks are of")
	}
	for _, e := range run.Contents() {
		if !strings.Contains(string(data), fmt.Sprintf("id=%q", e.ID)) {
			t.Errorf("the contents' %q leads nowhere", e.Title)
		}
	}
}

// TestThin: a long curve keeps its ends and its extremes.
func TestThin(t *testing.T) {
	var c Curve
	for i := range 10000 {
		c = append(c, Point{i, Number{float64(i % 7), "x"}})
	}
	c[3333].Value, c[6666].Value = 1000, -1000
	thin := c.thin(400)
	if len(thin) > 1600 || thin[0].Step != 0 || thin[len(thin)-1].Step != 9999 || thin.top() != 1000 || thin.bottom() != -1000 {
		t.Errorf("%d points from %d to %d, between %v and %v", len(thin), thin[0].Step, thin[len(thin)-1].Step, thin.bottom(), thin.top())
	}
	for i := 1; i < len(thin); i++ {
		if thin[i].Step <= thin[i-1].Step {
			t.Fatalf("step %d comes after %d", thin[i].Step, thin[i-1].Step)
		}
	}
}

// TestLongRun: a page of 10,000 policy steps stays one that a browser opens at once, and its links still resolve.
func TestLongRun(t *testing.T) {
	f := fakeRun()
	long := recipe.RL{Steps: 10000, Shards: 2, CheckpointEvery: 100}
	for i := range f.recipe.Stages {
		if f.recipe.Stages[i].Name == "math-last" {
			f.recipe.Stages[i].RL.Steps = long.Steps
		}
	}
	f.stage("math-last", long, 0.5)
	_, data := build(t, f.recipe, f.manifests)
	d := parse(t, data)
	d.check(t)
	if mib := len(data) >> 20; mib > 8 || d.elements["circle"]+d.elements["pre"]+d.elements["tr"] > 30000 {
		t.Errorf("%d MiB with %d marks, %d records and %d rows", mib, d.elements["circle"], d.elements["pre"], d.elements["tr"])
	}
}

// TestIncidents: work that took several attempts is told in words, and leads to its record.
func TestIncidents(t *testing.T) {
	f := fakeRun()
	var of artifact.Manifest
	for i := range f.manifests {
		f.manifests[i].Work.Attempt = 1
		if m := &f.manifests[i]; m.Kind == artifact.KindSFT && m.Step == 100 && m.Stage == "base-text" {
			m.Work.Attempt, m.Work.Worker, m.Work.EarlierSeconds = 3, "worker-9", 61
			of = *m
		}
	}
	run, data := build(t, f.recipe, f.manifests)
	want := "sft, to update 100 of base-text: attempt 3 did it, on worker-9, from " + timestamp(of.Work.Started) + " to " + timestamp(of.Work.Ended) +
		"; 1 min 1 s of earlier attempts were in the store and not done again."
	if len(run.Incidents) != 1 || run.Incidents[0].Text != want || !strings.Contains(string(data), `href="#`+run.Incidents[0].Source+`"`) {
		t.Errorf("incidents are %+v, want %q", run.Incidents, want)
	}
}

// TestColumns: stages that only make data have no column in the table of accuracies.
func TestColumns(t *testing.T) {
	f := fakeRun()
	f.recipe.Stages = append(f.recipe.Stages[:1:1], append([]recipe.Stage{{Name: "clean", Kind: recipe.KindCurate, Curate: &recipe.Curate{Data: "a", Into: "b"}}}, f.recipe.Stages[1:]...)...)
	run, data := build(t, f.recipe, f.manifests)
	if got := fmt.Sprint(run.Columns()); got != "[0 2 3 4 5 6]" {
		t.Errorf("columns are %s", got)
	}
	if !strings.Contains(string(data), "a → b") {
		t.Error("the page does not show the curation")
	}
}
