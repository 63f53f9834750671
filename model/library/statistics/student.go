package statistics

import "math"

// StudentQuantile is the t at which Student's distribution with df degrees of freedom has the
// share p in (0, 1) below it. It is NaN for df below 1.
func StudentQuantile(p float64, df int) float64 {
	switch {
	case df < 1 || !(p > 0 && p < 1):
		return math.NaN()
	case p == 0.5:
		return 0
	case p < 0.5:
		return -StudentQuantile(1-p, df)
	}
	low, high := 0.0, 1.0
	for studentCDF(high, df) < p {
		high *= 2
	}
	for range 200 {
		middle := (low + high) / 2
		if middle == low || middle == high {
			break
		}
		if studentCDF(middle, df) < p {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// studentCDF is Student's distribution function for t >= 0 and a whole number of degrees of
// freedom, by its finite sums (Abramowitz and Stegun, 26.7.3 and 26.7.4).
func studentCDF(t float64, df int) float64 {
	theta := math.Atan(t / math.Sqrt(float64(df)))
	sin, cos := math.Sincos(theta)
	if df == 1 {
		return 0.5 + theta/math.Pi
	}
	// The sum begins with 1 (even df) or cos (odd) and each term has cos² more.
	term, first := 1.0, 2
	if df%2 == 1 {
		term, first = cos, 3
	}
	sum := term
	for i := first; i <= df-2; i += 2 {
		term *= cos * cos * float64(i-1) / float64(i)
		sum += term
	}
	if df%2 == 1 {
		return 0.5 + (theta+sin*sum)/math.Pi
	}
	return 0.5 + sin*sum/2
}
