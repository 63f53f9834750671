package temperature

import (
	"math"
	"slices"

	"temper/model/recipe"
)

// leastMore is the fewest prompts that are worth another round of sampling.
const leastMore = 8

// More is how many further prompts a candidate is sampled on, of which problems have given a standard
// error of the entropy so far, out of a dataset of available ones; 0 when it is enough. First
// come the settings' Problems. Where their standard error is above MaxStandardError, as many
// follow as it takes at the variance seen, and a tenth more, at most four times what is there.
// It ends at MaxProblems and with the dataset.
func More(problems int, se float64, settings recipe.TemperatureSearch, available int) int {
	if problems == 0 {
		return min(settings.Problems, available)
	}
	if settings.MaxStandardError <= 0 || precise(se, settings) {
		return 0
	}
	most := available
	if settings.MaxProblems > 0 {
		most = min(most, settings.MaxProblems)
	}
	ratio := se / settings.MaxStandardError
	needed := float64(problems) * 1.1 * ratio * ratio
	if !(needed <= float64(4*problems)) { // also of what is not a number
		needed = float64(4 * problems)
	}
	return max(0, min(max(int(math.Ceil(needed))-problems, leastMore), most-problems))
}

// precise says whether a standard error meets the settings' bound.
func precise(se float64, settings recipe.TemperatureSearch) bool {
	return se <= settings.MaxStandardError
}

// interpolated is where a line between two measurements crosses the target: the last of the fit below it and
// the first above. What too many responses were cut of does not count. ok is false where the
// target lies between no two.
func (s search) interpolated() (between Measurement, ok bool) {
	whole := slices.DeleteFunc(slices.Clone(s.usable), func(m Measurement) bool { return m.Truncation > s.cut })
	points := monotoneFit(whole)
	i, j := bracket(points, s.target)
	if i < 0 || j == len(points) {
		return Measurement{}, false
	}
	cool, hot := points[i], points[j]
	share := (s.target - cool.entropy) / (hot.entropy - cool.entropy)
	at := func(value func(Measurement) float64) float64 {
		a, b := value(measuredAt(whole, cool.temperature)), value(measuredAt(whole, hot.temperature))
		return a + share*(b-a)
	}
	return Measurement{
		Temperature: math.Round(1000*(cool.temperature+share*(hot.temperature-cool.temperature))) / 1000,
		Entropy:     s.target, Interpolated: true,
		ResponseLength: at(func(m Measurement) float64 { return m.ResponseLength }),
		Truncation:     at(func(m Measurement) float64 { return m.Truncation }),
	}, true
}

// measuredAt is the measurement of a temperature.
func measuredAt(table []Measurement, temperature float64) Measurement {
	i := slices.IndexFunc(table, func(m Measurement) bool { return m.Temperature == temperature })
	if i < 0 {
		return Measurement{}
	}
	return table[i]
}
