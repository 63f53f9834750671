package report

import (
	"math"
	"strings"
	"testing"

	"temper/model/artifact"
)

func TestTwoRunsAreRefused(t *testing.T) {
	f := fakeRun()
	f.manifests[3].Run.ID = "another"
	if _, err := Build(f.recipe, f.manifests); err == nil || !strings.Contains(err.Error(), "report: manifests of two runs: first-light") {
		t.Errorf("error %v", err)
	}
}

func TestNearZero(t *testing.T) {
	for _, c := range []struct {
		avg, se float64
		want    string
	}{
		{0, 0, "avg@4 after math-last is 0.0 %, within two standard errors of zero"},
		{.03, .02, "avg@4 after math-last is 3.0 %, within two standard errors of zero"},
		{.015, .001, "avg@4 after math-last is 1.5 %, below 2 %"},
		{.05, .02, ""},
	} {
		f := fakeRun()
		for _, m := range f.manifests {
			if m.Kind == artifact.KindEvaluation && m.Name == "hard" && m.Stage == "math-last" {
				m.Metrics[artifact.MetricAvg], m.Metrics[artifact.MetricAvgSE] = c.avg, c.se
			}
		}
		run, data := build(t, f.recipe, f.manifests)
		var got string
		for _, r := range run.NearZero {
			got += r.Text
		}
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) || !strings.Contains(parse(t, data).text, c.want) {
			t.Errorf("%v ± %v: %q, want %q", c.avg, c.se, got, c.want)
		}
	}
}

func TestCosts(t *testing.T) {
	f := fakeRun()
	run, _ := build(t, f.recipe, f.manifests)
	var trained, sampled, ungradable, retries, cpu, wall float64
	for _, s := range run.Stages {
		trained += s.Cost.TrainedTokens.Value
		sampled += s.Cost.SampledTokens.Value
		ungradable += s.Cost.Ungradable.Value
		retries += s.Cost.Retries.Value
		cpu += s.Cost.CPU.Value
		wall += s.Cost.Wall.Value
	}
	total := run.Total
	steps, shards := 30+15+35+15, 2*(30+15+35+15)+6*3*2
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"updates", total.Updates.Value, float64(600 + steps)},
		{"updates of sft", run.Stages[1].Cost.Updates.Value, 300},
		{"trained", total.TrainedTokens.Value, float64(12*25011 + steps*4321)},
		{"packed", total.Packed.Value, float64(12*25011+steps*4321) / float64(12*30000+steps*5000)},
		{"sampled", total.SampledTokens.Value, float64(shards*2000 + 9*4700)},
		{"ungradable", total.Ungradable.Value, float64(shards)},
		{"sampled by evaluations only", run.Stages[1].Cost.SampledTokens.Value, 3 * 2 * 2000},
		{"trained of stages", trained, total.TrainedTokens.Value},
		{"sampled of stages", sampled, total.SampledTokens.Value},
		{"ungradable of stages", ungradable, total.Ungradable.Value},
		{"retries", retries + run.Rest.Retries.Value, total.Retries.Value},
		{"cpu", cpu + run.Rest.CPU.Value, total.CPU.Value},
		{"wall", wall + run.Rest.Wall.Value, total.Wall.Value}, // the fake's work never overlaps
	} {
		if math.Abs(c.got-c.want) > 1e-6*c.want {
			t.Errorf("%s = %v, want %v", c.what, c.got, c.want)
		}
	}
	if total.Retries.Value == 0 {
		t.Error("no retries in the fake")
	}
}

// Work that was done again after a reset replaces the earlier in the curves; both stay in the appendix.
func TestLaterRecordWins(t *testing.T) {
	f := fakeRun()
	var again artifact.Manifest
	for _, m := range f.manifests {
		if m.Kind == artifact.KindUpdate && m.Stage == "code" && m.Step == 7 {
			again = m
		}
	}
	before, _ := build(t, f.recipe, f.manifests)
	again.Metrics = map[string]float64{artifact.MetricReward: 0.123}
	again.Work.Ended = again.Work.Ended.Add(1e9)
	run, _ := build(t, f.recipe, append(f.manifests, again))
	curve := run.Stages[4].Reward
	if len(curve) != 35 || curve[6].Value != 0.123 {
		t.Errorf("%d points, the seventh is %v", len(curve), curve[6])
	}
	if got, want := len(run.Appendix[5].Records), len(before.Appendix[5].Records)+1; got != want {
		t.Errorf("%d records, want %d", got, want)
	}
}

func TestUnplannedStageIsShown(t *testing.T) {
	f := fakeRun()
	f.recipe.Stages = f.recipe.Stages[:5]
	run, data := build(t, f.recipe, f.manifests)
	last := run.Stages[len(run.Stages)-1]
	if last.Name != "math-last" || len(last.Reward) != 15 || last.RL != nil {
		t.Errorf("last stage %s with %d points", last.Name, len(last.Reward))
	}
	parse(t, data).check(t)
}

func TestValuesThatAreNotNumbersAreMissing(t *testing.T) {
	m := record{Manifest: artifact.Manifest{Metrics: map[string]float64{"a": math.NaN(), "b": math.Inf(1), "c": 0}}, id: "x"}
	if m.number("a").Known() || m.number("b").Known() || m.number("d").Known() || !m.number("c").Known() {
		t.Error("only c is a number")
	}
}

func TestFormats(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{whole(0), "0"}, {whole(999), "999"}, {whole(1000), "1,000"}, {whole(1234567.6), "1,234,568"}, {whole(-1234), "-1,234"},
		{fixed(-0.0001, 2), "0.00"}, {fixed(-0.5, 1), "-0.5"},
		{duration(12.34), "12.3 s"}, {duration(192), "3 min 12 s"}, {duration(7260), "2 h 1 min"},
		{seconds(99.94), "99.9"}, {seconds(1234.5), "1,235"}, {shorten("math-longer-still", 8), "math-lo…"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	for v, want := range map[float64]float64{0: 1, 0.35: 0.4, 36: 40, 48: 50, 1: 1, 0.1: 0.1, 9: 10, 5.6: 6} {
		if got := niceTop(v); math.Abs(got-want) > 1e-12 {
			t.Errorf("niceTop(%v) = %v, want %v", v, got, want)
		}
	}
}

// TestNumericsShown: the page says with which numerics the run was computed, and who has let others than its own compute.
func TestNumericsShown(t *testing.T) {
	f := fakeRun()
	for i := range f.manifests {
		f.manifests[i].Work.Numerics = 1
	}
	last := &f.manifests[len(f.manifests)-1].Work
	last.Numerics, last.Allowed = 2, "alice@lab: the kernels are the same"
	_, page := build(t, f.recipe, f.manifests)
	for _, says := range []string{"numerics 1, 2", "were let compute by alice@lab: the kernels are the same."} {
		if !strings.Contains(string(page), says) {
			t.Errorf("the page lacks %q", says)
		}
	}
}
