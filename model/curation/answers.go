package curation

import (
	"fmt"
	"unicode/utf8"

	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/math"
)

// The reasons of Answers.
const (
	reasonLong       = "long_answer"
	reasonUngradable = "ungradable_answer"
)

// answers leaves out problems of domain math whose reference answer is too long, or is not
// found equal to itself: no response could be right.
func answers(rule recipe.Answered, rows []Row) []Drop {
	return each(rows, func(row Row) (string, string) {
		if row.Domain != recipe.DomainMath {
			return "", ""
		}
		if n := utf8.RuneCountInString(row.Answer); rule.MaxCharacters > 0 && n > rule.MaxCharacters {
			return reasonLong, fmt.Sprintf("%d characters", n)
		}
		if result := math.GradeAnswer(row.Answer, row.Answer); result.Verdict != reward.Correct {
			return reasonUngradable, result.Reason
		}
		return "", ""
	})
}
