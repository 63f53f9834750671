package statistics

import "math"

// Mean is the mean of a few values with its interval.
type Mean struct {
	N     int
	Value float64
	// SE is the standard error, with N-1 as divisor; Half is half the width of the interval that
	// holds the mean of further values with the level's confidence, by Student's t. Both are NaN for fewer than two values.
	SE, Half float64
}

// Low and High are the interval's ends.
func (m Mean) Low() float64  { return m.Value - m.Half }
func (m Mean) High() float64 { return m.Value + m.Half }

// MeanOf is the mean of values with an interval of a level in (0, 1), such as 0.95. Of no values it is NaN.
func MeanOf(values []float64, level float64) Mean {
	m := Mean{N: len(values), Value: math.NaN(), SE: math.NaN(), Half: math.NaN()}
	if m.N == 0 {
		return m
	}
	var sum, squares float64
	for _, v := range values {
		sum += v
	}
	m.Value = sum / float64(m.N)
	if m.N < 2 {
		return m
	}
	for _, v := range values {
		squares += (v - m.Value) * (v - m.Value)
	}
	m.SE = math.Sqrt(squares / float64(m.N-1) / float64(m.N))
	m.Half = m.SE * StudentQuantile(0.5+level/2, m.N-1)
	return m
}

// Paired is the mean of after[i] - before[i], with an interval. The slices must be of one length.
func Paired(before, after []float64, level float64) Mean {
	differences := make([]float64, len(before))
	for i := range before {
		differences[i] = after[i] - before[i]
	}
	return MeanOf(differences, level)
}

// SignTest is the chance that of up + down pairs that differ, each way as likely, as many or more fall
// to one side (the exact McNemar test, two-sided). It is 1 where none differs.
func SignTest(up, down int) float64 {
	n := up + down
	var tail float64
	for k := 0; k <= min(up, down); k++ {
		tail += math.Exp(logChoose(n, k) - float64(n)*math.Ln2)
	}
	return min(1, 2*tail)
}

func logChoose(n, k int) float64 {
	of := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	return of(n) - of(k) - of(n-k)
}
