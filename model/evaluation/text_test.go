package evaluation

import (
	"math"
	"testing"
)

// The bounds are those of R's prop.test(…, correct = FALSE).
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		right, n  int
		low, high float64
	}{
		{0, 96, 0, 0.0384756},
		{96, 96, 0.9615244, 1},
		{1, 10, 0.0178762, 0.4041500},
		{50, 100, 0.4038315, 0.5961685},
		{0, 0, 0, 1},
	} {
		share := 0.0
		if c.n > 0 {
			share = float64(c.right) / float64(c.n)
		}
		low, high := Wilson(share, c.n)
		if math.Abs(low-c.low) > 2e-6 || math.Abs(high-c.high) > 2e-6 {
			t.Errorf("%d of %d: %.7f to %.7f, want %.7f to %.7f", c.right, c.n, low, high, c.low, c.high)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		value, se float64
		problems  int
		want      string
	}{
		{0.1234, 0.0091, 564, "12.3 ± 0.9"},
		{0, 0, 96, "0.0 (≤ 3.8)"},
		{1, 0, 96, "100.0 (≥ 96.2)"},
		{0.25, 0, 40, "25.0 ± 0.0"}, // every problem has one right sample of four: the samples vary, the problems do not
		{0, 0, 0, "0.0 ± 0.0"},      // how many there were is not known
	} {
		if got := Text(c.value, c.se, c.problems); got != c.want {
			t.Errorf("%v ± %v over %d: %q, want %q", c.value, c.se, c.problems, got, c.want)
		}
	}
}
