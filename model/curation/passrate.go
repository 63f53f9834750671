package curation

import (
	"fmt"

	"temper/model/recipe"
)

// The reasons of PassRate.
const (
	reasonHard = "too_few_correct"
	reasonEasy = "too_many_correct"
)

// passRate leaves out problems with too few or too many correct responses. Rows that nobody
// sampled, and those that responses without a verdict could bring within the bounds, stay.
func passRate(rule recipe.PassRate, rows []Row) []Drop {
	return each(rows, func(row Row) (string, string) {
		evidence := fmt.Sprintf("%d of %d", row.Correct, row.Judged-row.Ungradable)
		switch {
		case row.Judged == 0:
			return "", ""
		case row.Correct+row.Ungradable < rule.AtLeast:
			return reasonHard, evidence
		case row.Correct > rule.AtMost:
			return reasonEasy, evidence
		}
		return "", ""
	})
}
