package report

import (
	"strings"
	"testing"
)

// TestRoundAxis: the ticks of an axis are round numbers that hold all values, six at most.
func TestRoundAxis(t *testing.T) {
	for _, row := range []struct {
		bottom, top float64
		want        string
	}{
		{0.205, 0.697, "0.2 0.3 0.4 0.5 0.6 0.7"}, {38.9, 100, "20 40 60 80 100"}, {0.973, 1, "0.97 0.98 0.99 1.00"},
		{0, 0, "0.000 0.002 0.004 0.006 0.008 0.010"}, {5, 5, "4.50 4.75 5.00 5.25 5.50"}, {-3, 2, "-3 -2 -1 0 1 2"}, {23.8, 28.2, "22 24 26 28 30"}, {1e-7, 3e-7, ""},
	} {
		low, high, step := roundAxis(row.bottom, row.top)
		if low > row.bottom || high < row.top || (high-low)/step > stepsUp+1e-6 {
			t.Errorf("%g to %g: %g to %g by %g", row.bottom, row.top, low, high, step)
		}
		f := Figure{Series: []Series{{Points: []FigurePoint{{X: 1, Y: row.bottom}, {X: 2, Y: row.top}}}}}
		var ticks []string
		for _, tick := range f.draw().Chart.Up {
			ticks = append(ticks, tick.Text)
		}
		if got := strings.Join(ticks, " "); row.want != "" && got != row.want {
			t.Errorf("%g to %g: %s, want %s", row.bottom, row.top, got, row.want)
		}
	}
}
