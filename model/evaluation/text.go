package evaluation

import (
	"fmt"
	"math"
)

// z95 is the quantile of a two-sided interval of 95 %.
const z95 = 1.959964

// Wilson is the interval of 95 % of a share of successes of n by Wilson's score (Wilson 1927, J. Am. Stat. Assoc. 22:209,
// equation 4). With n = 0 it is all of [0, 1].
func Wilson(share float64, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	m, square := float64(n), z95*z95
	middle := (share + square/(2*m)) / (1 + square/m)
	half := z95 / (1 + square/m) * math.Sqrt(share*(1-share)/m+square/(4*m*m))
	return max(middle-half, 0), min(middle+half, 1)
}

// Interval is the range that an accuracy's error bar covers: one standard error each way or, where all problems are
// equally right or wrong so that the standard error is 0 and says nothing, Wilson's interval over the problems.
func Interval(value, se float64, problems int) (low, high float64) {
	if se == 0 && (value == 0 || value == 1) {
		return Wilson(value, problems)
	}
	return max(value-se, 0), min(value+se, 1)
}

// Text is an accuracy in percent with its standard error for people: "12.3 ± 0.9". Where that is 0 because all problems are
// equally right or wrong, the other end of Wilson's interval stands in its place: "0.0 (≤ 3.8)", "100.0 (≥ 96.2)".
func Text(value, se float64, problems int) string {
	low, high := Interval(value, se, problems)
	switch {
	case se != 0 || problems <= 0 || value > 0 && value < 1:
		return fmt.Sprintf("%.1f ± %.1f", 100*value, 100*se)
	case value == 0:
		return fmt.Sprintf("0.0 (≤ %.1f)", 100*high)
	}
	return fmt.Sprintf("100.0 (≥ %.1f)", 100*low)
}
