package temperature

import (
	"fmt"
	"math"
	"testing"

	"temper/model/recipe"
)

// TestBand: the band is left when the mean over its steps is outside, not with one step, and then the count begins anew.
func TestBand(t *testing.T) {
	for name, c := range map[string]struct {
		over      int
		entropies []float64
		left      string
	}{
		"inside":           {2, []float64{0.3, 0.2, 0.4, 0.4}, "[]"},
		"one step":         {3, []float64{0.3, 0.3, 0.5, 0.3, 0.3}, "[]"},
		"above":            {3, []float64{0.3, 0.3, 0.5, 0.45, 0.5}, "[4]"},
		"below, and again": {2, []float64{0.3, 0.1, 0.1, 0.1, 0.1, 0.3, 0.3}, "[3 5]"},
		"of one step":      {1, []float64{0.1, 0.3, 0.5}, "[1 3]"},
		"not yet":          {4, []float64{0.9, 0.9, 0.9}, "[]"},
		"not a number":     {1, []float64{math.NaN()}, "[1]"},
	} {
		var w Watch
		left := []int{}
		for i, e := range c.entropies {
			var outside bool
			if w, _, outside = w.After(e, recipe.Band{Low: 0.2, High: 0.4, Over: c.over}); outside {
				left = append(left, i+1)
			}
			if len(w.Recent) > c.over {
				t.Errorf("%s: %d entropies are kept", name, len(w.Recent))
			}
		}
		if got := fmt.Sprint(left); got != c.left || w.Left != len(left) {
			t.Errorf("%s: left after steps %s, want %s (%+v)", name, got, c.left, w)
		}
	}
}
