package temperature

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"temper/model/recipe"
)

var settings = recipe.TemperatureSearch{
	TargetEntropy: 0.3, Tolerance: 0.02, Min: 0.5, Max: 1.6, Start: 0.9, MaxMeasurements: 8,
}

// run searches with a given entropy of temperature and checks on the way what
// holds for every search: new candidates on the grid and inside the bounds.
func run(t *testing.T, s recipe.TemperatureSearch, entropy func(float64) float64) ([]Measurement, Decision) {
	t.Helper()
	var table []Measurement
	seen := map[float64]bool{}
	for {
		d := Next(table, s)
		if again := Next(table, s); !reflect.DeepEqual(d, again) {
			t.Fatalf("two answers to one table: %+v, %+v", d, again)
		}
		if d.Done {
			return table, d
		}
		c := d.Candidate
		if c < s.Min-1e-9 || c > s.Max+1e-9 || seen[c] || c != math.Round(c*100)/100 {
			t.Fatalf("candidate %v after %v", c, table)
		}
		if len(table) >= s.MaxMeasurements {
			t.Fatalf("%d measurements, at most %d", len(table)+1, s.MaxMeasurements)
		}
		seen[c] = true
		table = append(table, Measurement{Temperature: c, Entropy: entropy(c), Rollouts: 128})
	}
}

// demoTable is the entropy of the demonstration's model after SFT, interpolated.
func demoTable(temperature float64) float64 {
	values := []float64{.107, .146, .156, .190, .204, .214, .253, .310, .347, .475} // at 0.5, 0.6 ... 1.4
	x := (temperature - 0.5) / 0.1
	i := min(max(int(x), 0), len(values)-2)
	return values[i] + (x-float64(i))*(values[i+1]-values[i])
}

func TestConverges(t *testing.T) {
	for _, c := range []struct {
		name    string
		entropy func(float64) float64
	}{
		{"demo table", demoTable},
		{"linear", func(x float64) float64 { return 0.25 * x }},
		{"the paper's 0.85", func(x float64) float64 { return 0.3 + 0.6*(x-0.85) }},
		{"convex", func(x float64) float64 { return 0.15 * x * x * x }},
		{"concave", func(x float64) float64 { return 0.3 * math.Sqrt(x) }},
		{"step", func(x float64) float64 { return 0.05 + 0.5/(1+math.Exp(-15*(x-1.3))) }},
		{"hot", func(x float64) float64 { return 0.5 * x }},
	} {
		for _, start := range []float64{0.5, 0.7, 0.9, 1.0, 1.2, 1.6} {
			s := settings
			s.Start = start
			table, d := run(t, s, c.entropy)
			if !d.WithinTolerance || len(table) > 6 {
				t.Errorf("%s from %v: within tolerance %v after %d: %v", c.name, start, d.WithinTolerance, len(table), table)
			}
		}
	}
}

func TestNoiseOfASmallSample(t *testing.T) {
	// 48 prompts give about +-0.02 (standard deviation), which is the tolerance.
	const searches = 300
	var met, far int
	for seed := range uint64(searches) {
		random := rand.New(rand.NewPCG(seed, 0))
		_, d := run(t, settings, func(x float64) float64 { return demoTable(x) + 0.02*random.NormFloat64() })
		if d.WithinTolerance {
			met++
		}
		if math.Abs(demoTable(d.Chosen.Temperature)-0.3) > 0.08 {
			far++
		}
	}
	if met < searches*9/10 || far > 0 {
		t.Errorf("of %d noisy searches %d met the target, %d were far from it", searches, met, far)
	}
}

func TestTargetBeyondABound(t *testing.T) {
	for _, c := range []struct {
		name    string
		entropy func(float64) float64
		want    float64
	}{
		{"too cold everywhere", func(x float64) float64 { return 0.1 * x }, settings.Max},
		{"too hot everywhere", func(x float64) float64 { return 2 * x }, settings.Min},
		{"flat and cold", func(float64) float64 { return 0.1 }, settings.Min}, // equally near: the cooler one
		{"flat and hot", func(float64) float64 { return 0.9 }, settings.Min},
		{"zero", func(float64) float64 { return 0 }, settings.Min},
	} {
		table, d := run(t, settings, c.entropy)
		if d.WithinTolerance {
			t.Errorf("%s: within tolerance at %v", c.name, d.Chosen)
		}
		last := table[len(table)-1].Temperature
		if last != settings.Min && last != settings.Max {
			t.Errorf("%s: ended at %v, not at a bound", c.name, last)
		}
		coolest := math.Inf(1)
		for _, m := range table {
			coolest = min(coolest, m.Temperature)
		}
		if c.want == settings.Min {
			c.want = coolest
		}
		if d.Chosen.Temperature != c.want {
			t.Errorf("%s: chose %v, want %v", c.name, d.Chosen.Temperature, c.want)
		}
	}
}

func TestFallingEntropyStillEnds(t *testing.T) {
	table, d := run(t, settings, func(x float64) float64 { return 0.6 - 0.3*x })
	if d.Chosen.Rollouts == 0 || len(table) == 0 {
		t.Errorf("nothing chosen: %+v", d)
	}
}

func TestAJumpAcrossTheTargetEndsAtTheGrid(t *testing.T) {
	s := settings
	s.MaxMeasurements = 50
	table, d := run(t, s, func(x float64) float64 {
		if x < 1.005 {
			return 0.1
		}
		return 0.6
	})
	if d.WithinTolerance || d.Chosen.Temperature > 1 || len(table) > 14 {
		t.Errorf("chose %+v after %d measurements", d.Chosen, len(table))
	}
}

func TestEnds(t *testing.T) {
	s := settings
	s.MaxMeasurements = 1
	if table, d := run(t, s, demoTable); len(table) != 1 || d.Chosen.Temperature != s.Start || d.WithinTolerance {
		t.Errorf("one measurement: %v, %+v", table, d)
	}
	s = settings
	s.Start = 1.18
	if table, d := run(t, s, demoTable); len(table) != 1 || !d.WithinTolerance {
		t.Errorf("a start within tolerance: %v, %+v", table, d)
	}
	s.Min, s.Max = 1.1, 1.1
	if table, d := run(t, s, demoTable); len(table) != 1 || d.Chosen.Temperature != 1.1 {
		t.Errorf("one candidate: %v, %+v", table, d)
	}
	table, d := run(t, settings, func(float64) float64 { return math.NaN() })
	if len(table) != settings.MaxMeasurements || d.Chosen != (Measurement{}) || d.WithinTolerance {
		t.Errorf("no entropy at all: %v, %+v", table, d)
	}
}

func TestMonotoneFit(t *testing.T) {
	points := monotoneFit([]Measurement{
		{Temperature: 1.2, Entropy: 0.3, Rollouts: 1}, {Temperature: 1.0, Entropy: 0.2, Rollouts: 1},
		{Temperature: 1.1, Entropy: 0.36, Rollouts: 2}, {Temperature: 1.3, Entropy: 0.5, Rollouts: 1},
	})
	want := []point{{1.0, 0.2}, {1.1, 0.34}, {1.2, 0.34}, {1.3, 0.5}}
	for i, p := range points {
		if math.Abs(p.entropy-want[i].entropy) > 1e-12 || p.temperature != want[i].temperature {
			t.Errorf("point %d is %v, want %v", i, p, want[i])
		}
	}
}

// FuzzNext plays an adversary that answers every candidate with any number.
func FuzzNext(f *testing.F) {
	f.Add([]byte{1, 200, 3, 190, 5, 100}, 0.9, 0.5, 1.6)
	f.Add([]byte{255, 0, 255, 0, 255, 0, 255, 0}, 1.0, 0.01, 2.0)
	f.Add([]byte{76, 77, 77, 76}, -1.0, 0.999, 1.001)
	f.Fuzz(func(t *testing.T, answers []byte, start, low, high float64) {
		s := settings
		s.Start, s.Min, s.Max = start, low, high
		if !(low > 0.005 && high < 100 && math.Floor(high*100) >= math.Ceil(low*100)) || !finite(start) {
			return // not a recipe
		}
		s.MaxMeasurements = max(len(answers), 1)
		var i int
		run(t, s, func(float64) float64 {
			if len(answers) == 0 {
				return math.Inf(1)
			}
			answer := answers[i%len(answers)]
			i++
			if answer == 255 {
				return math.NaN()
			}
			return float64(answer) / 256
		})
		// Any recorded table gets an answer too, whoever made it.
		var table []Measurement
		for j, answer := range answers {
			table = append(table, Measurement{Temperature: start * float64(j), Entropy: float64(answer) * low})
		}
		Next(table, s)
	})
}

// A measurement whose responses were cut meets no target while there is another,
// and is flagged where there is none.
func TestCutMeasurements(t *testing.T) {
	s := recipe.TemperatureSearch{TargetEntropy: 0.3, Tolerance: 0.02, Min: 0.2, Max: 2, Start: 1, MaxMeasurements: 2, MaxTruncation: 0.25}
	cut := Measurement{Temperature: 1, Entropy: 0.3, Truncation: 0.3, Rollouts: 8}
	whole := Measurement{Temperature: 0.8, Entropy: 0.25, Truncation: 0.25, Rollouts: 8}
	if d := Next([]Measurement{cut}, s); !d.Done || d.WithinTolerance || !d.Truncated || d.Chosen != cut {
		t.Errorf("one that is cut: %+v", d)
	}
	if d := Next([]Measurement{cut, whole}, s); !d.Done || d.WithinTolerance || d.Truncated || d.Chosen != whole {
		t.Errorf("beside a whole one: %+v", d)
	}
	s.MaxTruncation = 0 // the default, a half
	if d := Next([]Measurement{cut}, s); !d.Done || !d.WithinTolerance || d.Truncated {
		t.Errorf("less than the share: %+v", d)
	}
}
