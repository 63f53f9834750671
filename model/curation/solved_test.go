package curation

import (
	"fmt"
	"testing"
)

// TestSolved: what every response solves leaves; a response that is wrong, or has no verdict, keeps its problem.
func TestSolved(t *testing.T) {
	rows := []Row{
		{ID: "all", Judged: 8, Correct: 8}, {ID: "most", Judged: 8, Correct: 7}, {ID: "ungradable", Judged: 8, Correct: 7, Ungradable: 1},
		{ID: "none"}, {ID: "once", Judged: 1, Correct: 1}, {ID: "never", Judged: 8},
	}
	var got []string
	for _, d := range Solved(rows) {
		got = append(got, fmt.Sprint(d.Row, " ", d.ID, " ", d.Reason, " ", d.Evidence))
	}
	if want := "[0 all solved_by_all 8 of 8 4 once solved_by_all 1 of 1]"; fmt.Sprint(got) != want {
		t.Errorf("left %v, want %s", got, want)
	}
}
