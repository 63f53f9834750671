package report

import (
	"testing"
	"time"

	"temper/model/artifact"
	"temper/model/recipe"
)

// TestRolledBack: the curves of a stage are of what was done after the run went back and drew anew; what was found again
// because nothing was changed counts; and all that people ordered is listed with who.
func TestRolledBack(t *testing.T) {
	r, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	at := func(minute int) time.Time { return time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC) }
	update := func(step, minute int, reward float64) artifact.Manifest {
		return artifact.Manifest{Kind: artifact.KindUpdate, Run: artifact.RunID{Name: "x", ID: "y"}, Stage: "math", Step: step,
			Metrics: map[string]float64{artifact.MetricReward: reward}, Work: artifact.Work{Started: at(minute), Ended: at(minute)}}
	}
	back := artifact.Manifest{Kind: artifact.KindDecision, Run: artifact.RunID{Name: "x", ID: "y"}, Stage: "math", Name: "rollback", Step: 1,
		Given: &artifact.Given{By: "ada", At: at(4)}, Remarks: []string{"the run went back"}, Metrics: map[string]float64{artifact.MetricOrder: 1}}
	manifests := []artifact.Manifest{update(1, 1, 0.1), update(2, 2, 0.2), update(3, 3, 0.3), update(2, 5, 0.5)}
	for _, test := range []struct {
		redraw bool
		want   []float64
	}{{true, []float64{0.1, 0.5}}, {false, []float64{0.1, 0.5, 0.3}}} {
		m := back
		if test.redraw {
			m.Metrics = map[string]float64{artifact.MetricOrder: 1, artifact.MetricRedraw: 1}
		}
		run, err := Build(r, append([]artifact.Manifest{m}, manifests...))
		if err != nil {
			t.Fatal(err)
		}
		var got []float64
		for _, s := range run.Stages {
			for _, p := range s.Reward {
				got = append(got, p.Value)
			}
		}
		if len(got) != len(test.want) || got[0] != test.want[0] || got[1] != test.want[1] {
			t.Errorf("redraw %v: rewards %v, want %v", test.redraw, got, test.want)
		}
		if o := run.Orders; len(o) != 1 || o[0].Who != "ada, said to be" || o[0].Stage != "math" {
			t.Errorf("orders %+v", run.Orders)
		}
	}
}
