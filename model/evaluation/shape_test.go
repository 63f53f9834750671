package evaluation

import (
	"testing"

	"temper/model/reward"
)

// TestShapeOf: by hand.
func TestShapeOf(t *testing.T) {
	got := ShapeOf([]Response{
		{Tokens: 10, Reasoned: true, Answered: true, Verdict: reward.Correct},
		{Tokens: 20, Reasoned: true, Answered: true, Verdict: reward.Correct},
		{Tokens: 100, Cut: true, Verdict: reward.Incorrect},
		{Tokens: 40, Reasoned: true, Verdict: reward.Ungradable},
	})
	want := Shape{ResponseLength: 42.5, MedianLength: 30, RightLength: 15, WrongLength: 100, Truncation: 0.25, NoReasoningEnd: 0.25, NoAnswer: 0.5, UngradableShare: 0.25}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := ShapeOf([]Response{{Tokens: 3}, {Tokens: 1}, {Tokens: 8}}); got.MedianLength != 3 {
		t.Errorf("the median is %g", got.MedianLength)
	}
	if got := ShapeOf(nil); got != (Shape{}) {
		t.Errorf("of nothing: %+v", got)
	}
}
