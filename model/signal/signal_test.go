package signal

import (
	"math"
	"strings"
	"testing"

	"temper/model/objective"
	"temper/model/recipe"
	"temper/model/temperature"
)

func TestOf(t *testing.T) {
	spread := objective.Spread{Min: -1, Max: 2, Std: 0.5, Zero: 0.25}
	got := Of(objective.Stats{MeanReward: 0.25, LossTokens: 9, Groups: 4, ZeroVarianceGroups: 1, Filtered: 2, Ungradable: 3, Advantages: spread, Rollouts: 16, Truncated: 2})
	want := Step{Groups: 4, ZeroVariance: 1, Rollouts: 16, Filtered: 2, Ungradable: 3, Reward: 0.25, Truncation: 0.125, Advantages: spread}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := Of(objective.Stats{Demonstrations: 3}); got != (Step{}) {
		t.Errorf("%+v of no rollouts", got)
	}
}

// What a manifest keeps of a step is the step.
func TestMetrics(t *testing.T) {
	want := Step{
		Groups: 4, ZeroVariance: 1, Rollouts: 16, Filtered: 2, Ungradable: 3, Reward: 0.25, Truncation: 0.125,
		TrainedTokens: 99, GradNorm: 1.5, Advantages: objective.Spread{Min: -1, Max: 2, Std: 0.5, Zero: 0.25},
		Terms: objective.ResultStats{KL: 0.5, ClippedLow: 0.125, ClippedHigh: 0.0625, Value: 2, Likelihood: -1},
	}
	if got := FromMetrics(want.Metrics()); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if share := want.FilteredShare(); share != 2.0/13 {
		t.Errorf("filtered share %v", share)
	}
}

// Terms that an objective does not have are in no manifest and no line.
func TestTerms(t *testing.T) {
	s := Step{Terms: objective.ResultStats{Tokens: 9, KL: -0.012, ClippedLow: 0.01, ClippedHigh: 0.025}}
	if got := s.TermsText(); got != "kl -0.012 clipped 3.5%" {
		t.Errorf("got %q", got)
	}
	if m := s.Metrics(); m["kl"] != -0.012 || len(m) != len(Step{}.Metrics())+3 {
		t.Errorf("got %v", m)
	}
	s.Terms = objective.ResultStats{Value: 0.25, Likelihood: 1.5}
	if got := s.TermsText() + (Step{}).TermsText(); got != "value loss 0.25 likelihood 1.5" {
		t.Errorf("got %q", got)
	}
}

// Every cause of an empty step is named, with the field to change.
func TestWhy(t *testing.T) {
	for _, test := range []struct {
		step           Step
		reason, advice string
	}{
		{Step{Groups: 2, ZeroVariance: 2, Rollouts: 8}, "no response was correct", "stages.math.data"},
		{Step{Groups: 2, ZeroVariance: 2, Rollouts: 8, Truncation: 1}, "100 % were cut", "stages.math.max_response_tokens"},
		{Step{Groups: 2, ZeroVariance: 2, Rollouts: 8, Reward: 1}, "every response was correct", "harder problems"},
		{Step{Groups: 2, ZeroVariance: 2, Rollouts: 8, Reward: 0.5}, "in every group all rewards were equal", "stages.math.group_size"},
		{Step{Groups: 2, ZeroVariance: 1, Rollouts: 8, Filtered: 4, Reward: 0.1}, "overlong filtering left out", "stages.math.objective.overlong.handling"},
	} {
		if !test.step.Empty() {
			t.Errorf("%+v is not empty", test.step)
		}
		text := OfSteps("math", Count{Empty: 1, Row: 1}, test.step, 7, 9).Text
		if !strings.Contains(text, "1 of 9 policy steps") || !strings.Contains(text, "step 7: ") || !strings.Contains(text, test.reason) || !strings.Contains(text, test.advice) {
			t.Errorf("%q; want %q and %q in it", text, test.reason, test.advice)
		}
	}
	if (Step{Rollouts: 8, TrainedTokens: 1}).Empty() || (Step{}).Empty() {
		t.Error("a step that trained, or of which nothing is known, is called empty")
	}
}

func TestCount(t *testing.T) {
	empty, full := Step{Rollouts: 1}, Step{Rollouts: 1, TrainedTokens: 1}
	var c Count
	for _, s := range []Step{empty, empty, full, empty} {
		c = c.After(s)
	}
	if c != (Count{Empty: 3, Row: 1}) {
		t.Errorf("%+v", c)
	}
}

func TestAdd(t *testing.T) {
	first := []Remark{{"a", AboutSteps, "old"}, {"a", AboutSearch, "other"}}
	got := Add(Add(first, Remark{"a", AboutSteps, "new"}), Remark{"b", AboutSteps, "more"})
	if len(got) != 3 || got[0].Text != "new" || got[1].Text != "other" || got[2].Text != "more" || first[0].Text != "old" {
		t.Errorf("%+v of %+v", got, first)
	}
}

func TestOfSearch(t *testing.T) {
	s := recipe.TemperatureSearch{TargetEntropy: 0.3, Tolerance: 0.03, Min: 0.5, Max: 1.5, MaxResponseTokens: 80, MaxTruncation: 0.25}
	at := temperature.Measurement{Temperature: 0.9, Entropy: 0.5, Truncation: 0.75}
	for _, test := range []struct {
		decision temperature.Decision
		want     string
	}{
		{temperature.Decision{Chosen: at, WithinTolerance: true}, ""},
		{temperature.Decision{Chosen: at}, "found no entropy of 0.3 ± 0.03 nats: the nearest, 0.50, is that of temperature 0.90"},
		{temperature.Decision{Chosen: at, Truncated: true}, "75 % were cut (temperature_search.max_truncation is 25 %)"},
		{temperature.Decision{}, "measured no entropy"},
	} {
		r, ok := OfSearch("math", s, test.decision)
		if ok != (test.want != "") || !strings.Contains(r.Text, test.want) {
			t.Errorf("%+v: %q, %v; want %q", test.decision, r.Text, ok, test.want)
		}
	}
}

func TestOfAccuracy(t *testing.T) {
	for _, test := range []struct {
		gain, se float64
		lowered  bool
	}{{-0.1, 0.04, true}, {-0.1, 0.06, false}, {0.1, 0.01, false}, {0, 0, false}, {-0.5, 0, true}, {-0.1, math.NaN(), false}} {
		r, lowered := OfAccuracy("math", Accuracy{"hard", 0.4, test.gain, test.se})
		if lowered != test.lowered || lowered && !strings.Contains(r.Text, "hard fell by") {
			t.Errorf("gain %v ± %v: %v, %q", test.gain, test.se, lowered, r.Text)
		}
	}
}

// TestOfProblems: a benchmark of the table on another number of problems is remarked on.
func TestOfProblems(t *testing.T) {
	for _, n := range [][2]int{{30, 30}, {8, 0}} {
		if r, ok := OfProblems("sft", "aime24", n[0], n[1]); ok {
			t.Errorf("%d of %d: %s", n[0], n[1], r.Text)
		}
	}
	r, ok := OfProblems("sft", "livecodebench-v5", 1055, 279)
	if !ok || !strings.HasPrefix(r.Text, "livecodebench-v5 was measured on 1055 problems and has 279: ") {
		t.Errorf("%v, %s", ok, r.Text)
	}
}
