package evaluation

import (
	"math"
	"slices"
	"testing"
)

// TestBetween: by hand, four problems, one of which nobody could judge.
func TestBetween(t *testing.T) {
	rows := verdictsOf("ccii", "iiii", "ccci", "uuuu", "cccc", "cici", "iiic", "cccc")
	before := Side{"a": rows[0], "b": rows[1], "c": rows[2], "d": rows[3]}
	after := Side{"a": rows[4], "b": rows[5], "c": rows[6], "d": rows[7]}
	names := []string{"a", "b", "c", "d"}
	c, flips, err := Between(names, before, after)
	if err != nil {
		t.Fatal(err)
	}
	// differences 1/2, 1/2, -1/2
	if c.Problems != 3 || math.Abs(c.Difference-1.0/6) > 1e-12 || math.Abs(c.SE-1.0/3) > 1e-12 {
		t.Errorf("the comparison is %+v", c)
	}
	if !slices.Equal(flips.Gained, []string{"a"}) || !slices.Equal(flips.Lost, []string{"c"}) {
		t.Errorf("the flips are %+v", flips)
	}
	if mean, se, err := before.Mean(names); err != nil || math.Abs(mean-1.25/3) > 1e-12 || se == 0 {
		t.Errorf("the mean is %g ± %g, %v", mean, se, err)
	}
}
