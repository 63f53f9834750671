package math

import (
	"strings"
	"testing"

	"temper/model/reward"
)

// pairs calls each for the pairs of a table, one on each line.
func pairs(t *testing.T, table string, each func(a, b string)) {
	t.Helper()
	for line := range strings.Lines(strings.TrimSpace(table)) {
		a, b, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ⇔ ")
		if !ok {
			t.Fatalf("%q is no pair", line)
		}
		each(a, b)
	}
}

func TestSamePairs(t *testing.T) {
	pairs(t, samePairs, func(a, b string) {
		if !Equal(a, b) || !Equal(b, a) {
			t.Errorf("%q and %q: want equal both ways, got %v and %v", a, b, Equal(a, b), Equal(b, a))
		}
	})
	pairs(t, samePairsOneWay, func(a, gold string) {
		if !Equal(a, gold) {
			t.Errorf("%q does not equal the gold answer %q", a, gold)
		}
	})
}

func TestGradedPairs(t *testing.T) {
	pairs(t, gradedPairs, func(a, b string) {
		if x, y := GradeAnswer(a, b), GradeAnswer(b, a); x.Verdict != reward.Correct || y.Verdict != reward.Correct {
			t.Errorf("%q and %q: want correct both ways, got %+v and %+v", a, b, x, y)
		}
	})
}

func TestDifferentPairs(t *testing.T) {
	pairs(t, differentPairs, func(a, b string) {
		if Equal(a, b) || Equal(b, a) || GradeAnswer(a, b).Verdict == reward.Correct || GradeAnswer(b, a).Verdict == reward.Correct {
			t.Errorf("%q and %q: want different both ways, got %v and %v", a, b, Equal(a, b), Equal(b, a))
		}
	})
}
