package report

import (
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/recipe"
)

// TestInside: evaluations of what the run began with and inside stages are in the table and in charts of the stage, in the order of its
// updates, and their work is the stage's.
func TestInside(t *testing.T) {
	f := fakeRun()
	f.recipe.Evaluation.Before = true
	before, data := build(t, f.recipe, f.manifests)
	if strings.Contains(string(data), "Inside math-short") || len(before.Stages) != 6 {
		t.Error("without evaluations inside stages there is a chart of some")
	}
	accuracy := map[string][]float64{"math": {.1, .2, .3}, "hard": {.1, .2, .3}, "code": {.1, .2, .3}}
	f.evaluate(recipe.FromBase, 0, accuracy)
	f.evaluate(artifact.Inside("math-short", 10), 2, accuracy)
	f.evaluate(artifact.Inside("math-short", 5), 1, accuracy)
	run, data := build(t, f.recipe, f.manifests)
	if len(run.Stages) != 6 || run.Before["math"].Avg.Value != .1 || !run.Finished {
		t.Fatalf("%d stages, finished %v, before them %+v", len(run.Stages), run.Finished, run.Before["math"])
	}
	stage := run.Stages[2]
	if len(stage.Inside) != 2 || stage.Inside[0].Step != 5 || stage.Inside[1].Evaluations["hard"].Avg.Value != .3 || stage.evaluation("math").Avg != before.Stages[2].evaluation("math").Avg {
		t.Errorf("inside math-short it has %+v", stage.Inside)
	}
	if was := before.Stages[2].Cost.SampledTokens.Value; stage.Cost.SampledTokens.Value != was+2*3*2*2000 {
		t.Errorf("sampled %v tokens, %v before", stage.Cost.SampledTokens.Value, was)
	}
	charts := insideCharts(run, stage)
	if len(charts) != 3 || len(charts[0].Marks) != 4 { // the SFT's policy, two inside, the stage's last
		t.Fatalf("%d charts, %+v", len(charts), charts)
	}
	if title := charts[0].Marks[0].Title; title != "step 0: 55.1 ± 4.5 %" {
		t.Errorf("the curve begins with %q", title)
	}
	for i, class := range []string{"open", "open", "open", "dot"} { // the last is what the stage left
		if w := charts[0].Whiskers[i]; charts[0].Marks[i].Class != class || w.X != charts[0].Marks[i].X || w.From <= w.To {
			t.Errorf("point %d is %+v with the error %+v", i, charts[0].Marks[i], w)
		}
	}
	for _, want := range []string{"Inside math-short", `<th scope="row">math-short@10</th>`, `<th scope="row">base</th>`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	parse(t, data).check(t)
}

// TestStopped: a last stage that a rule ended is finished, and the page says why it ended.
func TestStopped(t *testing.T) {
	f := fakeRun()
	last := &f.recipe.Stages[5]
	longer := *last.RL
	longer.Steps, longer.Stop = 100, recipe.Stop{Epochs: 1}
	last.RL = &longer
	if run, _ := build(t, f.recipe, f.manifests); run.Finished {
		t.Error("a stage with steps left is finished")
	}
	f.add(artifact.Manifest{Kind: artifact.KindDecision, Stage: "math-last", Name: artifact.AboutStop, Step: 15, Remarks: []string{"it ended at a plateau"}}, 0.1)
	run, data := build(t, f.recipe, f.manifests)
	if !run.Finished || !strings.Contains(string(data), "math-last: it ended at a plateau.") || !strings.Contains(string(data), "RL on math: at most 100 policy steps") {
		t.Errorf("finished %v", run.Finished)
	}
	parse(t, data).check(t)
}

// TestHandedOn: what a stage chose is marked, is the run's checkpoint, and the later of two choices counts.
func TestHandedOn(t *testing.T) {
	f := fakeRun()
	accuracy := map[string][]float64{"math": {.9, .2}, "hard": {.1, .2}, "code": {.1, .2}}
	f.evaluate(artifact.Inside("math-last", 5), 0, accuracy)
	f.evaluate(artifact.Inside("math-last", 15), 1, accuracy)
	chosen := f.output("checkpoint")
	f.add(artifact.Manifest{Kind: artifact.KindDecision, Stage: "math-last", Name: artifact.AboutHandOn, Step: 15, Outputs: f.output("checkpoint"), Remarks: []string{"it hands on math-last@15"}}, 0.1)
	f.add(artifact.Manifest{Kind: artifact.KindDecision, Stage: "math-last", Name: artifact.AboutHandOn, Step: 5, Outputs: chosen, Remarks: []string{"it hands on math-last@5"}}, 0.1)
	run, data := build(t, f.recipe, f.manifests)
	if run.Checkpoint.Digest != chosen["checkpoint"].SHA256 || run.Checkpoint.Step.Value != 5 {
		t.Errorf("the checkpoint is %+v", run.Checkpoint)
	}
	if marks := insideCharts(run, run.Stages[5])[0].Marks; marks[1].Class != "dot" || marks[2].Class != "open" {
		t.Errorf("the chart marks %+v", marks)
	}
	page := string(data)
	if !strings.Contains(page, `<tr class="chosen"><th scope="row">math-last@5, handed on</th>`) || strings.Contains(page, "math-last@15, handed on") || !strings.Contains(page, "math-last: it hands on math-last@5.") || strings.Contains(page, "it hands on math-last@15.") {
		t.Error("the page does not say what is handed on")
	}
	parse(t, data).check(t)
}
