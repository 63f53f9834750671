package evaluation

import (
	"fmt"

	"temper/model/reward"
)

// Side is one of two evaluations that are compared: the verdicts on the samples of each problem,
// by a name that the problem has in both.
type Side map[string][]reward.Verdict

// Flips are the problems whose outcome is another in the second evaluation: solved are those of
// which more than half of the graded samples are correct.
type Flips struct {
	// Gained are solved in the second alone, Lost in the first alone; in the order of names.
	Gained, Lost []string
}

// Between compares two evaluations over the problems of names, which both have.
func Between(names []string, before, after Side) (Comparison, Flips, error) {
	var flips Flips
	b, a := make([][]reward.Verdict, len(names)), make([][]reward.Verdict, len(names))
	for i, name := range names {
		b[i], a[i] = before[name], after[name]
		first, err := tallyOf(b[i])
		if err != nil {
			return Comparison{}, flips, fmt.Errorf("compare: problem %s before: %w", name, err)
		}
		second, err := tallyOf(a[i])
		if err != nil {
			return Comparison{}, flips, fmt.Errorf("compare: problem %s after: %w", name, err)
		}
		switch {
		case first.graded == 0 || second.graded == 0:
		case !first.solved() && second.solved():
			flips.Gained = append(flips.Gained, name)
		case first.solved() && !second.solved():
			flips.Lost = append(flips.Lost, name)
		}
	}
	c, err := Compare(b, a)
	return c, flips, err
}

// solved says whether more than half of the graded samples are correct.
func (t tally) solved() bool { return 2*t.correct > t.graded }

// Mean is avg@k and its standard error over problems, over those of names that have a graded sample.
func (s Side) Mean(names []string) (mean, se float64, err error) {
	var tallies []tally
	for _, name := range names {
		t, err := tallyOf(s[name])
		if err != nil {
			return 0, 0, err
		}
		if t.graded > 0 {
			tallies = append(tallies, t)
		}
	}
	mean, se = average(tallies)
	return mean, se, nil
}
