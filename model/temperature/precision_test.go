package temperature

import (
	"math"
	"testing"

	"temper/model/recipe"
)

// TestMore: as many prompts as the bound takes, in few rounds, and no more than there are.
func TestMore(t *testing.T) {
	s := recipe.TemperatureSearch{Problems: 32, MaxStandardError: 0.01}
	for _, c := range []struct {
		deviation       float64 // of a prompt's mean entropy
		available, most int
		want, rounds    int
	}{
		{0.02, 1000, 0, 32, 1},    // 32 prompts give 0.0035
		{0.1, 1000, 0, 110, 2},    // 100 give 0.01
		{0.4, 10000, 0, 1760, 4},  // 1,600 give 0.01, over 4 times as many a round
		{0.4, 200, 0, 200, 3},     // the dataset ends
		{0.4, 10000, 150, 150, 3}, // the settings end it
		{0.057, 1000, 0, 40, 2},   // 33 give 0.01: a round is of eight at least
		{0.4, 10, 0, 10, 1},
	} {
		s.MaxProblems = c.most
		problems, rounds := 0, 0
		se := math.Inf(1)
		for {
			more := More(problems, se, s, c.available)
			if more == 0 {
				break
			}
			problems, rounds = problems+more, rounds+1
			se = c.deviation / math.Sqrt(float64(problems))
		}
		if problems != c.want || rounds != c.rounds {
			t.Errorf("deviation %g, %d available, at most %d: %d prompts in %d rounds, want %d in %d", c.deviation, c.available, c.most, problems, rounds, c.want, c.rounds)
		}
	}
	s = recipe.TemperatureSearch{Problems: 32}
	if More(0, 0, s, 100) != 32 || More(32, 9, s, 100) != 0 {
		t.Error("without a bound there is one round")
	}
	s.MaxStandardError = 0.01
	for _, se := range []float64{math.NaN(), math.Inf(1)} {
		if more := More(32, se, s, 100000); more != 96 {
			t.Errorf("with a standard error of %v: %d more", se, more)
		}
	}
}

// TestCandidates: what is given is measured first, whatever it gives; then the search goes on between.
func TestCandidates(t *testing.T) {
	s := settings
	s.Start, s.Candidates = 0, []float64{0.6, 0.85, 1.2}
	table, d := run(t, s, func(x float64) float64 { return 0.3 + 0.6*(x-0.85) })
	if len(table) != 3 || table[0].Temperature != 0.6 || table[1].Temperature != 0.85 || table[2].Temperature != 1.2 || d.Chosen.Temperature != 0.85 || !d.WithinTolerance {
		t.Errorf("measured %v, chose %+v", table, d)
	}
	table, d = run(t, s, func(x float64) float64 { return 0.3 + 0.6*(x-1.04) })
	if len(table) != 4 || d.Chosen.Temperature < 1 || d.Chosen.Temperature > 1.08 || !d.WithinTolerance {
		t.Errorf("measured %v, chose %+v", table, d)
	}
}

// TestInterpolated: at its end a search takes what nobody measured where it is told to, and says so.
func TestInterpolated(t *testing.T) {
	s := settings
	s.Start, s.Candidates, s.MaxMeasurements, s.Choose = 0, []float64{0.6, 1.0}, 2, recipe.ChooseInterpolated
	line := func(x float64) float64 { return 0.3 + 0.6*(x-0.873) }
	_, d := run(t, s, line)
	if !d.Chosen.Interpolated || d.Chosen.Temperature != 0.873 || d.Chosen.Entropy != 0.3 || !d.WithinTolerance || d.Chosen.Rollouts != 0 {
		t.Errorf("chose %+v", d)
	}
	s.Choose = ""
	if _, d = run(t, s, line); d.Chosen.Interpolated || d.Chosen.Temperature != 1 || d.WithinTolerance {
		t.Errorf("measured alone: chose %+v", d)
	}
	s.Choose = recipe.ChooseInterpolated
	if _, d = run(t, s, func(x float64) float64 { return 0.1 * x }); d.Chosen.Interpolated || d.Chosen.Temperature != 1 || d.WithinTolerance {
		t.Errorf("too cool everywhere: chose %+v", d)
	}
	if _, d = run(t, s, func(x float64) float64 { return 0.3 + 0.6*(x-0.99) }); d.Chosen.Interpolated || d.Chosen.Temperature != 1 {
		t.Errorf("within tolerance: chose %+v", d)
	}
	table := []Measurement{{Temperature: 0.6, Entropy: 0.2, Rollouts: 9, ResponseLength: 10}, {Temperature: 1, Entropy: 0.4, Rollouts: 9, ResponseLength: 20, Truncation: 0.9}}
	if d = Next(table, s); d.Chosen.Interpolated {
		t.Errorf("beside responses that were cut: chose %+v", d)
	}
	table[1].Truncation = 0.4
	if d = Next(table, s); !d.Chosen.Interpolated || d.Chosen.Temperature != 0.8 || d.Chosen.ResponseLength != 15 || math.Abs(d.Chosen.Truncation-0.2) > 1e-9 {
		t.Errorf("half way: chose %+v", d)
	}
}

// TestImprecise: a choice whose standard error is above the bound says so.
func TestImprecise(t *testing.T) {
	s := settings
	s.MaxStandardError = 0.01
	for se, want := range map[float64]bool{0.005: false, 0.01: false, 0.02: true} {
		d := Next([]Measurement{{Temperature: 0.9, Entropy: 0.3, Rollouts: 9, Problems: 9, EntropySE: se}}, s)
		if !d.Done || !d.WithinTolerance || d.Imprecise != want {
			t.Errorf("standard error %g: %+v", se, d)
		}
	}
	if d := Next([]Measurement{{Temperature: 0.9, Entropy: 0.3, Rollouts: 1, Problems: 1}}, s); !d.Imprecise {
		t.Errorf("of one prompt: %+v", d)
	}
}
