package sampling

import (
	"math"
	"testing"
)

func TestStreamIsStable(t *testing.T) {
	s := newStream(42)
	var sum float64
	for i := range 1000 {
		u := s.uniform()
		if u < 0 || u >= 1 {
			t.Fatalf("number %d is %v, outside [0, 1)", i, u)
		}
		sum += u
	}
	if mean := sum / 1000; math.Abs(mean-0.5) > 0.05 {
		t.Errorf("mean %v", mean)
	}
	a, b := newStream(42), newStream(42)
	if x, y := a.uniform(), b.uniform(); x != y || x != 0.3358350514255748 {
		t.Errorf("first numbers %v and %v, want %v", x, y, 0.3358350514255748)
	}
}
