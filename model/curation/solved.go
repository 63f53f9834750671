package curation

import "fmt"

// RuleSolved is how the funnel of an RL stage calls what Solved leaves out.
const RuleSolved = "solved"

// Solved are the problems that every response solves. One that nobody sampled, or that has a response without
// a verdict, stays.
func Solved(rows []Row) []Drop {
	return each(rows, func(row Row) (string, string) {
		if row.Judged == 0 || row.Correct < row.Judged {
			return "", ""
		}
		return "solved_by_all", fmt.Sprintf("%d of %d", row.Correct, row.Judged)
	})
}
