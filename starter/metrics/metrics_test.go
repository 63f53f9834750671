package metrics

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"temper/model/artifact"
)

// at is work from one minute to another.
func at(from, to int) artifact.Work {
	return artifact.Work{Started: time.Unix(int64(60*from), 0), Ended: time.Unix(int64(60*to), 0)}
}

// records are those of a run of two stages that train and one that curates.
func records() []artifact.Manifest {
	metrics := map[string]float64{"reward": 0.5}
	return []artifact.Manifest{
		{Kind: artifact.KindReport, Work: at(30, 31)},
		{Kind: artifact.KindEvaluation, Stage: "math", Name: "aime", Metrics: metrics, Work: at(20, 21)},
		{Kind: artifact.KindUpdate, Stage: "math", Step: 2, Metrics: metrics, Work: at(16, 18)},
		{Kind: artifact.KindEvaluation, Stage: "math@1", Name: "aime", Metrics: metrics, Work: at(15, 16)},
		{Kind: artifact.KindVerdicts, Stage: "math", Step: 0, Metrics: metrics, Work: at(12, 13)},
		{Kind: artifact.KindUpdate, Stage: "math", Step: 1, Metrics: metrics, Work: at(13, 15)},
		{Kind: artifact.KindCuration, Stage: "clean", Step: 1, Metrics: metrics, Work: at(0, 1)},
		{Kind: artifact.KindSFT, Stage: "sft", Step: 4, Metrics: map[string]float64{"loss": 1.5, "trained_tokens": 9},
			Series: map[string][]float64{"loss": {2, 1}, "grad_norm": {4, 3}}, Work: at(5, 7)},
		{Kind: artifact.KindSFT, Stage: "sft", Step: 2, Series: map[string][]float64{"loss": {4, 3}}, Work: at(3, 5)},
		{Kind: artifact.KindRecipe, Work: at(0, 0)},
	}
}

// Points stand in the order of time, each with its place in the stage and in the run.
func TestPoints(t *testing.T) {
	want := []string{
		"clean curation  1 0", "sft sft  1 1", "sft sft  2 2", "sft sft  3 3", "sft sft  4 4",
		"math update  1 5", "math evaluation aime 1 5", "math update  2 6", "math evaluation aime 2 6",
	}
	var r Run
	points := r.Add(records())
	var got []string
	for _, p := range points {
		got = append(got, fmt.Sprintf("%s %s %s %d %d", p.Stage, p.Kind, p.Name, p.Step, p.Update))
	}
	if !reflect.DeepEqual(got, want) || !r.Ended {
		t.Errorf("got %q\nwant %q, ended %v", got, want, r.Ended)
	}
	if loss := points[3].Metrics; !reflect.DeepEqual(loss, map[string]float64{"loss": 2, "grad_norm": 4}) {
		t.Errorf("the third update of sft has %v", loss)
	}
	if last := points[4]; last.Metrics["loss"] != 1 || last.Metrics["trained_tokens"] != 9 || !last.Time.Equal(time.Unix(7*60, 0)) {
		t.Errorf("the fourth update of sft has %+v", last)
	}
	if mid := points[3].Time; !mid.Equal(time.Unix(6*60, 0)) {
		t.Errorf("the third update of sft ended at %v", mid)
	}
}

// Records that come later give the same points.
func TestPointsOneByOne(t *testing.T) {
	var whole, parts Run
	all := records()
	want := len(whole.Add(all))
	got := 0
	for i := len(all) - 1; i >= 0; i-- {
		got += len(parts.Add(all[i : i+1]))
	}
	if got != want || !parts.Ended {
		t.Errorf("%d points one by one, %d at once", got, want)
	}
}
