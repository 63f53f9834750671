package evaluation

import (
	"fmt"

	"temper/model/reward"
)

// Comparison is how two policies differ on the same problems of a benchmark.
type Comparison struct {
	// Problems that have a graded sample of both policies; others are left out.
	Problems int `json:"problems"`
	// Difference is avg@k after minus avg@k before, over these problems.
	Difference float64 `json:"difference"`
	// SE is the standard error of Difference. It is paired: what makes a problem
	// hard for both policies is not in it, so that it is smaller than those of the
	// two accuracies suggest. It is 0, and says nothing, for fewer than two problems.
	SE float64 `json:"se"`
}

// Compare pairs before[i] with after[i], the verdicts on the samples of problem i
// under either policy. The policies may have different numbers of samples.
func Compare(before, after [][]reward.Verdict) (Comparison, error) {
	if len(before) != len(after) {
		return Comparison{}, fmt.Errorf("compare: %d problems before, %d after", len(before), len(after))
	}
	var differences []float64
	for i := range before {
		b, err := tallyOf(before[i])
		if err != nil {
			return Comparison{}, fmt.Errorf("compare: problem %d before: %w", i, err)
		}
		a, err := tallyOf(after[i])
		if err != nil {
			return Comparison{}, fmt.Errorf("compare: problem %d after: %w", i, err)
		}
		if b.graded > 0 && a.graded > 0 {
			differences = append(differences, a.accuracy()-b.accuracy())
		}
	}
	if len(differences) == 0 {
		return Comparison{}, fmt.Errorf("compare: %d problems: %w before and after", len(before), ErrNothingGraded)
	}
	c := Comparison{Problems: len(differences)}
	c.Difference, c.SE = meanAndSE(differences)
	return c, nil
}
