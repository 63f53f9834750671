package workflows

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
)

// rising is an entropy that rises with every update, in proportion to the temperature.
func rising(_ uint64, updates int, temperature float64) float64 {
	return temperature * (0.25 + 0.05*float64(updates))
}

// bandInput is a stage at temperature 1 whose entropy leaves its band, of the mean of two steps, with step 5.
func bandInput(t *testing.T, store objectstore.Store, steps int, then recipe.BandAction) RLStageInput {
	in := stageInput(t, store, steps)
	in.Stage.RL.Temperature = recipe.Temperature{Value: 1}
	in.Stage.RL.Band = recipe.Band{Low: 0.2, High: 0.4, Over: 2, Then: then}
	in.Search.TargetEntropy, in.Search.Tolerance, in.Search.MaxMeasurements = 0.3, 0.005, 8
	return in
}

// TestBandWarns: a stage whose entropy leaves its band says so, records it, and trains on; one that is told to go on does not.
func TestBandWarns(t *testing.T) {
	for then, want := range map[recipe.BandAction]int{recipe.BandWarn: 1, recipe.BandGoOn: 0} {
		store := objectstore.NewMemory()
		p := newPlace(t, store)
		p.learner.Entropy = rising
		p.env.ExecuteWorkflow(RLStage, bandInput(t, store, 6, then))
		got, err := result[StageResult](p)
		if err != nil || got.Progress.Step != 6 || !got.Progress.Done {
			t.Fatalf("%s: %+v, %v", then, got.Progress, err)
		}
		text := about(got.Progress.Remarks, "math", artifact.AboutBand)
		if says := "the entropy was 0.425 nats in the mean of the policy steps 4 to 5, above the band of 0.2 to 0.4 (temperature 1.00); lower stages.math.temperature"; strings.HasPrefix(text, says) != (want == 1) {
			t.Errorf("%s: remark %q", then, text)
		}
		if p.completed["RecordDecision"] != want || p.completed["RecordTemperature"] != 0 {
			t.Errorf("%s: work %v", then, p.completed)
		}
		if want == 0 {
			continue
		}
		m := manifestsOf(t, store, "math/decision-band")[0]
		if m.Step != 5 || math.Abs(m.Metrics[artifact.MetricEntropy]-0.425) > 1e-9 || m.Metrics[artifact.MetricLeft] != 1 || m.Remarks[0] != text {
			t.Errorf("the record is %+v", m)
		}
	}
}

// TestBandSearches: the temperature is searched for anew with the policy of that step, as often as the recipe allows,
// and each search has records of its own.
func TestBandSearches(t *testing.T) {
	store := objectstore.NewMemory()
	in := bandInput(t, store, 20, recipe.BandSearch)
	in.Stage.RL.Temperature, in.Stage.RL.Band.MaxSearches = recipe.Temperature{Search: true}, 1
	p := newPlace(t, store)
	p.learner.Entropy = rising
	p.env.ExecuteWorkflow(RLStage, in)
	got, err := result[StageResult](p)
	if err != nil {
		t.Fatal(err)
	}
	decisions := manifestsOf(t, store, "math/"+string(artifact.KindTemperature))
	if len(decisions) != 2 || decisions[0].Name != "" || decisions[0].Step != 0 || decisions[1].Name != "search-02" {
		t.Fatalf("searches %+v", decisions)
	}
	bands := manifestsOf(t, store, "math/decision-band")
	after := decisions[1].Step
	if len(bands) < 2 || bands[0].Step != after || !strings.Contains(bands[0].Remarks[0], "its temperature was searched for anew, search 1 of 1") {
		t.Fatalf("decisions %+v", bands)
	}
	if text := about(got.Progress.Remarks, "math", artifact.AboutBand); !strings.Contains(text, "out of it for the") || !strings.Contains(text, "stages.math.band.max_searches, 1, allows no further search: lower stages.math.temperature") {
		t.Errorf("the last remark is %q", text)
	}
	for i, d := range decisions {
		rate := 0.25 + 0.05*float64(d.Step) // of the policy that was sampled
		if chosen := d.Metrics[artifact.MetricTemperature]; math.Abs(chosen*rate-0.3) > 0.006 || d.Metrics[artifact.MetricWithinTolerance] != 1 {
			t.Errorf("search %d after step %d chose %g, whose entropy is %g", i+1, d.Step, chosen, chosen*rate)
		}
	}
	for _, u := range manifestsOf(t, store, "math/"+string(artifact.KindUpdate)) {
		want := decisions[0].Metrics[artifact.MetricTemperature]
		if u.Step > after {
			want = decisions[1].Metrics[artifact.MetricTemperature]
		}
		if u.Metrics[artifact.MetricTemperature] != want {
			t.Errorf("step %d is at temperature %g, want %g", u.Step, u.Metrics[artifact.MetricTemperature], want)
		}
	}
}

// TestBandSearchesOfANumber: a stage that begins at a number may search for its temperature later.
func TestBandSearchesOfANumber(t *testing.T) {
	store := objectstore.NewMemory()
	in := bandInput(t, store, 6, recipe.BandSearch)
	in.Stage.RL.Band.MaxSearches = 3
	p := newPlace(t, store)
	p.learner.Entropy = rising
	p.env.ExecuteWorkflow(RLStage, in)
	if _, err := result[StageResult](p); err != nil {
		t.Fatal(err)
	}
	if d := manifestsOf(t, store, "math/"+string(artifact.KindTemperature)); len(d) != 1 || d[0].Step != 5 || math.Abs(d[0].Metrics[artifact.MetricTemperature]-0.6) > 0.011 {
		t.Errorf("searches %+v", d)
	}
}

// TestBandWaits: the stage waits for a person, and trains on when it is told to.
func TestBandWaits(t *testing.T) {
	store := objectstore.NewMemory()
	p := newPlace(t, store)
	p.learner.Entropy = rising
	p.after("UpdatePolicy", 5, func() {
		p.env.RegisterDelayedCallback(func() {
			if p.completed["UpdatePolicy"] != 5 {
				t.Errorf("%d updates while the stage waits", p.completed["UpdatePolicy"])
			}
			p.env.SignalWorkflow(signalControl, StateRunning)
		}, time.Hour)
	})
	p.env.ExecuteWorkflow(RLStage, bandInput(t, store, 7, recipe.BandWait))
	got, err := result[StageResult](p)
	if err != nil || got.Progress.Step != 7 || !got.Progress.Done || p.completed["UpdatePolicy"] != 7 {
		t.Errorf("%+v, %v", got.Progress, err)
	}
}

// TestBandOverExecutions: what the band has seen travels from one execution to the next.
func TestBandOverExecutions(t *testing.T) {
	ends := func(suggest bool) StageResult {
		store := objectstore.NewMemory()
		in := bandInput(t, store, 12, recipe.BandSearch)
		in.Stage.RL.Band.MaxSearches = 1
		out, n := runStage(t, store, in, func(p *place) {
			p.learner.Entropy = rising
			p.env.SetContinueAsNewSuggested(suggest)
		})
		if suggest != (n > 1) {
			t.Errorf("%d executions", n)
		}
		out.Progress.TokensPerSecond = 0
		return out
	}
	if whole, pieces := ends(false), ends(true); !reflect.DeepEqual(whole, pieces) {
		t.Errorf("in pieces\n%+v, in one piece\n%+v", pieces, whole)
	}
}
