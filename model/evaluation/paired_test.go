package evaluation

import (
	"errors"
	"math"
	"testing"
)

func TestCompareIsPaired(t *testing.T) {
	// Accuracies 1/2, 0, 1, 1/4 and then 1, 1/2, 1, 1/4: differences 1/2, 1/2, 0, 0
	// with mean 1/4 and std (n-1) sqrt(1/12).
	got, err := Compare(verdictsOf("ccii", "iiii", "cccc", "ciii"), verdictsOf("cccc", "icic", "cccc", "iiic"))
	if err != nil || got.Problems != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	wantNear(t, "difference", got.Difference, 0.25)
	wantNear(t, "SE", got.SE, math.Sqrt(1.0/12/4))
}

// TestCompareLeavesHardnessOut: a difference that all problems share is certain, however much the accuracies vary.
func TestCompareLeavesHardnessOut(t *testing.T) {
	got, err := Compare(verdictsOf("ciii", "cccc", "ccii"), verdictsOf("iiii", "ccci", "icii"))
	if err != nil {
		t.Fatal(err)
	}
	wantNear(t, "difference", got.Difference, -0.25)
	wantNear(t, "SE", got.SE, 0)
}

func TestCompareLeavesUngradedOut(t *testing.T) {
	got, err := Compare(verdictsOf("uu", "cu", "ii"), verdictsOf("cccc", "ciii", "uuuu"))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Comparison{Problems: 1, Difference: -0.75}); got != want { // one problem has no SE
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestCompareRefuses(t *testing.T) {
	for _, side := range []string{"uu", ""} {
		if _, err := Compare(verdictsOf(side), verdictsOf("cc")); !errors.Is(err, ErrNothingGraded) {
			t.Errorf("%q: error %v, want ErrNothingGraded", side, err)
		}
	}
	if _, err := Compare(verdictsOf("c", "c"), verdictsOf("c")); err == nil || err.Error() != "compare: 2 problems before, 1 after" {
		t.Errorf("error %v", err)
	}
	want := `compare: problem 0 after: unknown verdict "odd"; valid: "correct", "incorrect", "ungradable"`
	if _, err := Compare(verdictsOf("c"), verdictsOf("x")); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
