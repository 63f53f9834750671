package evaluation

import (
	"math"
	"slices"
	"testing"

	"temper/model/reward"
)

func TestMajority(t *testing.T) {
	yes, no, unknown := reward.Correct, reward.Incorrect, reward.Ungradable
	for _, test := range []struct {
		row  []Answer
		want float64
	}{
		{[]Answer{{"4", yes}, {" 4 ", yes}, {"5", no}}, 1},
		{[]Answer{{"4", yes}, {"5", no}, {"5", no}}, 0},
		{[]Answer{{"4", yes}, {"5", no}}, 0.5},
		{[]Answer{{"4", yes}, {"", no}, {"", no}}, 1},
		{[]Answer{{"", no}, {"", no}}, 0},
	} {
		if got := voteOf(test.row); got != test.want {
			t.Errorf("%v: %g, want %g", test.row, got, test.want)
		}
	}
	v := Majority([][]Answer{{{"4", yes}, {"4", yes}}, {{"1", no}, {"", no}}, {{"1", yes}, {"2", unknown}}})
	if v.Problems != 2 || v.Majority != 0.5 || v.SE != 0.5 {
		t.Errorf("%+v", v)
	}
	if v := Majority(nil); v != (Vote{}) {
		t.Errorf("of nothing: %+v", v)
	}
}

// TestPassCurve: by hand, problems with 1 and 3 of 4 correct.
func TestPassCurve(t *testing.T) {
	yes, no := reward.Correct, reward.Incorrect
	curve, ses, err := PassCurve([][]reward.Verdict{{yes, no, no, no}, {yes, yes, yes, no}, {yes, yes, yes, reward.Ungradable}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{0.5, 0.75, 1}; !slices.EqualFunc(curve, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
		t.Errorf("%v, want %v", curve, want)
	}
	if want := []float64{0.25, 0.25, 0}; !slices.EqualFunc(ses, want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
		t.Errorf("standard errors %v, want %v", ses, want)
	}
}
