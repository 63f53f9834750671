package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"temper/model/artifact"
	"temper/model/compute"
	"temper/model/recipe"
)

// TestCompute: 10 s of a stage in which sampling takes 4, grading 2 of which 1 beside sampling, an update 3, and nothing the rest.
func TestCompute(t *testing.T) {
	shape := compute.Shape{Layers: 2, Hidden: 4, Intermediate: 8, Heads: 2, KeyValueHeads: 1, HeadSize: 2, Vocabulary: 10}
	began := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	record := func(kind artifact.Kind, stage string, from, to float64, work artifact.Work, metrics map[string]float64) artifact.Manifest {
		work.Started, work.Ended = began.Add(time.Duration(from*1e9)), began.Add(time.Duration(to*1e9))
		return artifact.Manifest{Kind: kind, Stage: stage, Work: work, Metrics: metrics, Run: artifact.RunID{Name: "r", ID: "1"}}
	}
	read := compute.Prompt(3).Plus(compute.Response(3, 3))
	row := compute.Row(6, 3)
	manifests := []artifact.Manifest{
		record(artifact.KindCheckpoint, "", -2, -1, artifact.Work{}, shape.Metrics()),
		record(artifact.KindRollouts, "rl", 0, 4, artifact.Work{Device: "cpu", Peak: 1000, EarlierSeconds: 1}, map[string]float64{
			artifact.MetricForwardTokens: read.Tokens, artifact.MetricForwardPairs: read.Pairs, artifact.MetricForwardTargets: read.Targets}),
		record(artifact.KindVerdicts, "rl", 3, 5, artifact.Work{CPUSeconds: 1}, map[string]float64{}),
		record(artifact.KindUpdate, "rl", 7, 10, artifact.Work{Device: "h100"}, map[string]float64{
			artifact.MetricTrainedTokens: row.Tokens, artifact.MetricTrainedPairs: row.Pairs, artifact.MetricTrainedTargets: row.Targets,
			artifact.MetricForwardTokens: row.Tokens, artifact.MetricForwardPairs: row.Pairs, artifact.MetricForwardTargets: row.Targets}),
	}
	r := recipe.Recipe{Stages: []recipe.Stage{{Name: "rl", Kind: recipe.KindRL, RL: &recipe.RL{}}},
		Numerics: recipe.Numerics{GradientCheckpointing: true, Compute: recipe.ComputeBFloat16}}
	run, err := Build(r, manifests)
	if err != nil {
		t.Fatal(err)
	}
	c := run.Stages[0].Cost
	sampled, updated := shape.Forward(read), shape.Training(row, true)+shape.Forward(row)
	for _, want := range []struct {
		what string
		got  Number
		want float64
	}{
		{"device seconds", c.Device, 5 + 3}, {"operations", c.FLOPs, sampled + updated},
		{"of the peak", c.Utilisation, (sampled + updated) / (5*1000 + 3*989e12)},
		{"sampling", c.Sampling, 0.35}, {"grading", c.Grading, 0.15}, {"update", c.Update, 0.3}, {"other", c.Other, 0}, {"waiting", c.Waiting, 0.2},
		{"the run's waiting", run.Total.Waiting, 3. / 12}, {"the rest's other", run.Rest.Other, 1}, {"the run's operations", run.Total.FLOPs, sampled + updated},
	} {
		if !want.got.Known() || math.Abs(want.got.Value-want.want) > 1e-9*max(1, want.want) {
			t.Errorf("%s: %+v, want %g", want.what, want.got, want.want)
		}
	}
	page, err := Render(run)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"<h2>Compute</h2>", ">35.0</a>", ">20.0</a>"} {
		if !strings.Contains(string(page), text) {
			t.Errorf("the page lacks %s", text)
		}
	}
	// A run of an earlier version recorded no shape: its operations are not known, its time is.
	run, err = Build(r, manifests[1:])
	if err != nil {
		t.Fatal(err)
	}
	if c := run.Stages[0].Cost; c.FLOPs.Known() || c.Utilisation.Known() || c.Device.Value != 8 {
		t.Errorf("without a shape: %+v", c.Compute)
	}
}
