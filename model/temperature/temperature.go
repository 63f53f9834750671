// Package temperature decides how hot a stage samples.
//
// AceReason-Nemotron 1.1 sets the sampling temperature such that the
// temperature-adjusted entropy is around 0.3: at less the policy exploits too
// early, at more it earns too little. The authors found theirs by trial (0.6,
// 0.85 and 1.0 measured about 0.15, 0.26 to 0.38 and 0.4 to 0.22 in the course
// of a run; 0.85 won). Next is that trial as a rule.
//
// Entropy here is in nats and of the tempered distribution,
//
//	H_T = sum over rollouts i, response tokens t of H(softmax(z_it / T)) / sum_i |o_i|
//
// with logits z of the policy on its own responses sampled at T; that is what
// veRL, the authors' framework, logs. The entropy of softmax(z) is another
// number and would give another temperature.
//
// A measurement is noisy and the entropy need not rise everywhere, so Next
// searches a monotone fit of all measurements and never asks for the same
// candidate twice. Candidates are multiples of 0.01. Where two measurements lie on
// both sides of the target the next candidate is interpolated between them, and measured like
// any other: what is chosen has been measured, unless the settings ask for a last interpolation.
//
// How noisy a measurement is says its standard error over prompts (rollout.EntropySums), and More how
// many further prompts bring it below the settings' bound.
package temperature

import (
	"fmt"
	"math"

	"temper/model/recipe"
)

// Measurement is what sampling at one candidate gave.
type Measurement struct {
	Temperature float64 `json:"temperature"`
	// Entropy is temperature-adjusted, in nats per response token.
	Entropy float64 `json:"entropy"`
	// ResponseLength is the mean number of response tokens per rollout.
	ResponseLength float64 `json:"response_length"`
	// Truncation is the share of rollouts that the budget cut.
	Truncation float64 `json:"truncation"`
	Rollouts   int     `json:"rollouts"`
	// EntropySE is Entropy's standard error over the Problems that were sampled; 0 where it is not known.
	EntropySE float64 `json:"entropy_se,omitempty"`
	Problems  int     `json:"problems,omitempty"`
	// ResponseTokens is the number of tokens that Entropy is a mean of.
	ResponseTokens int64 `json:"response_tokens,omitempty"`
	// Interpolated says that nobody sampled at Temperature: Entropy, ResponseLength and
	// Truncation lie on lines between two measurements.
	Interpolated bool `json:"interpolated,omitempty"`
}

// String is for people: "1.29, entropy 0.288 ± 0.009 over 80 prompts".
func (m Measurement) String() string {
	text := fmt.Sprintf("%.2f, entropy %.3f", m.Temperature, m.Entropy)
	switch {
	case m.Interpolated:
		return fmt.Sprintf("%.3f, interpolated", m.Temperature)
	case m.EntropySE > 0:
		text += fmt.Sprintf(" ± %.3f", m.EntropySE)
	}
	return fmt.Sprintf("%s over %d prompts", text, max(m.Problems, m.Rollouts))
}

// Decision is what to do next: measure Candidate, or, when Done, take Chosen.
type Decision struct {
	Done bool `json:"done"`
	// Candidate is the temperature to measure next; 0 when Done.
	Candidate float64 `json:"candidate,omitempty"`
	// Chosen is the measurement whose entropy is nearest to the target, the
	// cooler one of two that are equally near. It is the zero Measurement while
	// the search goes on, and when nothing could be measured.
	Chosen Measurement `json:"chosen"`
	// WithinTolerance says that the chosen entropy meets the target. A search
	// can end without: at its last measurement, at a bound, where no temperature
	// that is left to try lies between too cool and too hot, or Truncated.
	WithinTolerance bool `json:"within_tolerance"`
	// Truncated says that more of the chosen measurement's responses were cut than
	// the settings allow, and that there was no other.
	Truncated bool `json:"truncated,omitempty"`
	// Imprecise says that the chosen entropy's standard error is above the bound of the settings.
	Imprecise bool `json:"imprecise,omitempty"`
}

// Next decides from the measurements so far, in the order in which they were
// made. It is a pure function, ends within settings.MaxMeasurements calls, and
// ignores measurements whose numbers are not finite except that it does not
// repeat them. [settings.Min, settings.Max] must hold a multiple of 0.01 above 0.
func Next(table []Measurement, settings recipe.TemperatureSearch) Decision {
	s := newSearch(table, settings)
	if len(table) < min(len(settings.Candidates), settings.MaxMeasurements) {
		return Decision{Candidate: settings.Candidates[len(table)]}
	}
	chosen, found := s.nearest()
	near := found && math.Abs(chosen.Entropy-s.target) <= settings.Tolerance+1e-12
	if !near && len(table) < settings.MaxMeasurements {
		if candidate, ok := s.candidate(); ok {
			return Decision{Candidate: float64(candidate) / 100}
		}
	}
	if !near && settings.Choose == recipe.ChooseInterpolated {
		if between, ok := s.interpolated(); ok {
			return Decision{Done: true, Chosen: between, WithinTolerance: true}
		}
	}
	cut := found && chosen.Truncation > s.cut
	imprecise := found && settings.MaxStandardError > 0 && (chosen.Problems < 2 || !precise(chosen.EntropySE, settings))
	return Decision{Done: true, Chosen: chosen, WithinTolerance: near && !cut, Truncated: cut, Imprecise: imprecise}
}

// search counts temperatures in hundredths: candidates then compare exactly.
type search struct {
	target    float64
	low, high int // the bounds, inside [Min, Max]
	start     int
	usable    []Measurement // with finite numbers, in the order of measuring
	measured  map[int]bool
	cut       float64 // the largest share of cut responses
}

func newSearch(table []Measurement, settings recipe.TemperatureSearch) search {
	s := search{
		target:   settings.TargetEntropy,
		low:      max(int(math.Ceil(settings.Min*100-1e-9)), 1),
		high:     int(math.Floor(settings.Max*100 + 1e-9)),
		start:    hundredths(settings.Start),
		measured: map[int]bool{},
		cut:      settings.Truncation(),
	}
	for _, m := range table {
		if !finite(m.Temperature) {
			continue
		}
		s.measured[hundredths(m.Temperature)] = true
		if finite(m.Entropy) {
			s.usable = append(s.usable, m)
		}
	}
	return s
}

// hundredths is limited to what an int holds on every machine.
func hundredths(t float64) int { return int(math.Round(min(max(t, -1e6), 1e6) * 100)) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// nearest is the usable measurement nearest to the target, one of whose responses
// too many were cut only where all are; ok is false if there is none.
func (s search) nearest() (best Measurement, ok bool) {
	for _, m := range s.usable {
		if !ok || s.nearer(m, best) {
			best, ok = m, true
		}
	}
	return best, ok
}

func (s search) nearer(a, b Measurement) bool {
	if cutA, cutB := a.Truncation > s.cut, b.Truncation > s.cut; cutA != cutB {
		return cutB
	}
	dA, dB := math.Abs(a.Entropy-s.target), math.Abs(b.Entropy-s.target)
	return dA < dB || dA == dB && a.Temperature < b.Temperature
}

// candidate is the next temperature to measure; ok is false when none is left
// that could be nearer to the target.
func (s search) candidate() (candidate int, ok bool) {
	if s.low > s.high {
		return 0, false
	}
	if len(s.usable) == 0 {
		return s.unmeasured(min(max(s.start, s.low), s.high), s.low, s.high)
	}
	points := monotoneFit(s.usable)
	cool, hot := bracket(points, s.target)
	switch {
	case hot == len(points):
		return s.hotter(points)
	case cool == -1:
		return s.cooler(points)
	}
	return s.between(points[cool], points[hot])
}

// bracket is the last point below the target and the first above it: -1 and len(points) where there is none.
func bracket(points []point, target float64) (cool, hot int) {
	cool, hot = -1, len(points)
	for i, p := range points {
		if p.entropy < target {
			cool = i
		}
		if p.entropy > target && hot == len(points) {
			hot = i
		}
	}
	return cool, hot
}

// between interpolates linearly inside the bracket. Where that is slow to
// narrow it (the last two measurements fell on one side of the target), it
// bisects instead; and it stays off the ends by a tenth of the bracket.
func (s search) between(cool, hot point) (int, bool) {
	width := hot.temperature - cool.temperature
	share := (s.target - cool.entropy) / (hot.entropy - cool.entropy)
	if n := len(s.usable); n > 2 && (s.usable[n-1].Entropy < s.target) == (s.usable[n-2].Entropy < s.target) {
		share = 0.5
	}
	share = min(max(share, 0.1), 0.9)
	candidate := hundredths(cool.temperature + share*width)
	return s.unmeasured(candidate, hundredths(cool.temperature)+1, hundredths(hot.temperature)-1)
}

// hotter extrapolates where every measurement is too cool, by a line through the
// origin (without temperature there is no entropy) and the hottest point, or
// through the two hottest. The step is at least 0.05 and at most as long as the
// way from the origin, so that noise in a slope cannot send it anywhere.
func (s search) hotter(points []point) (int, bool) {
	last := points[len(points)-1]
	from := point{}
	if len(points) > 1 {
		from = points[len(points)-2]
	}
	step := math.Inf(1)
	if rise := last.entropy - from.entropy; rise > 0 {
		step = (s.target - last.entropy) * (last.temperature - from.temperature) / rise
	}
	step = min(max(step, 0.05), max(last.temperature, 0.05))
	low := max(hundredths(last.temperature)+1, s.low)
	return s.unmeasured(min(max(hundredths(last.temperature+step), low), s.high), low, s.high)
}

// cooler is hotter's mirror image: every measurement is too hot, and the origin
// is the other end of the bracket. The step is at least 0.05 and at most half of the way.
func (s search) cooler(points []point) (int, bool) {
	first := points[0]
	candidate := first.temperature * max(s.target/first.entropy, 0.5)
	candidate = min(candidate, first.temperature-0.05)
	high := min(hundredths(first.temperature)-1, s.high)
	return s.unmeasured(max(min(hundredths(candidate), high), s.low), s.low, high)
}

// unmeasured is the temperature in [low, high] nearest to wanted that was not
// measured yet, the cooler of two; ok is false if all were.
func (s search) unmeasured(wanted, low, high int) (candidate int, ok bool) {
	low, high = max(low, s.low), min(high, s.high)
	wanted = min(max(wanted, low), high)
	for distance := 0; wanted-distance >= low || wanted+distance <= high; distance++ {
		for _, c := range []int{wanted - distance, wanted + distance} {
			if c >= low && c <= high && !s.measured[c] {
				return c, true
			}
		}
	}
	return 0, false
}
