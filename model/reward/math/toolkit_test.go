package math

import (
	"strings"
	"testing"

	"temper/model/reward"
)

// TestToolkit: what the toolkit takes and strict grading does not, by each of its rules, and what both do not.
func TestToolkit(t *testing.T) {
	for _, c := range []struct {
		response, gold string
		toolkit        bool
		strict         bool
	}{
		{`reasons</think>\boxed{42}`, "42", true, true},
		{`so \boxed{42}`, "42", true, false},                      // never stops thinking
		{`try \boxed{41}, or \boxed{42}. Hmm`, "42", true, false}, // a trial
		{`\boxed{42}, no</think>\boxed{7}`, "42", false, false},   // the last box counts
		{`</think>**42**`, "42", true, false},                     // bold type
		{`</think>The value is \(42\).`, "42", true, false},       // "is"
		{"</think>\\[\n42\n\\]", "42", true, false},               // a formula on lines of its own
		{`</think>It is 42.`, "42", false, false},                 // no mark
		{`</think>\boxed{500}`, "5", true, false},                 // times a hundred
		{`</think>\boxed{0.05}`, "5", true, false},                // a hundredth
		{`</think>\boxed{50}`, "5", false, false},                 // ten times
		{`</think>\boxed{10000.5}`, "10000", true, false},         // within a ten-thousandth
		{`</think>\boxed{10002}`, "10000", false, false},          // beyond it
		{`</think>\boxed{0.34}`, "0.3341", false, false},          // 0.34 and 0.33
		{`</think>\boxed{0.331}`, "0.3341", true, false},          // two digits of numbers below 1
		{`</think>\boxed{\frac{1}{\frac{2}{3}}}`, `\frac{3}{2}`, true, true},
		{`</think>\boxed{12\,\text{cm}}`, "12", true, true},
		{`</think>\boxed{x=3}`, "3", true, true},
		{`</think>\boxed{}`, "3", false, false},
	} {
		verdict := map[bool]reward.Verdict{true: reward.Correct, false: reward.Incorrect}
		if got := GradeToolkit(c.response, c.gold); got.Verdict != verdict[c.toolkit] {
			t.Errorf("%q, gold %s: toolkit says %s of %q (%s)", c.response, c.gold, got.Verdict, got.Extracted, got.Reason)
		}
		if got := Grade(c.response, c.gold); got.Verdict != verdict[c.strict] {
			t.Errorf("%q, gold %s: strict says %s (%s)", c.response, c.gold, got.Verdict, got.Reason)
		}
	}
	long := strings.Repeat(`\boxed{`, 1<<14) + strings.Repeat("**", 1<<14)
	if got := GradeToolkit(long, "1"); got.Verdict != reward.Incorrect {
		t.Errorf("hostile text: %s", got.Verdict)
	}
}
