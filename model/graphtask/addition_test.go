package graphtask

import (
	"slices"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
)

// hubs asks for the nodes with the most neighbours: what a new kind of question takes.
var hubs = task{
	name: "hubs", code: "dx", form: set, ask: "Which nodes have the most neighbours?",
	solve: func(i Instance) (most []int) {
		best := -1
		for node := 1; node <= i.graph.Nodes(); node++ {
			switch n := i.graph.Out(node).Len(); {
			case n > best:
				best, most = n, []int{node}
			case n == best:
				most = append(most, node)
			}
		}
		return most
	},
	work: degrees,
}

// TestAddition: a kind of question is a row of the table, drawn, asked, stored and judged like the others.
func TestAddition(t *testing.T) {
	before := table
	defer func() { table = before }()
	table = append(slices.Clone(table), hubs)
	for _, i := range draw(t, recipe.Graph{Kind: recipe.Problems, Count: 5, Tasks: []recipe.GraphTask{"hubs"}}, 3) {
		if !strings.Contains(i.Question(recipe.GraphEnglish), "Which nodes have the most neighbours?") || !strings.HasPrefix(i.Question(recipe.GraphCompact), "dx") {
			t.Errorf("asked %q and %q", i.Question(recipe.GraphEnglish), i.Question(recipe.GraphCompact))
		}
		again, err := Of(dataset.Problem{Fields: i.Fields()})
		if err != nil {
			t.Fatal(err)
		}
		box := `</think>\boxed{`
		if got := again.Grade(box + i.Answer(recipe.GraphEnglish) + "}"); got.Verdict != reward.Correct || got.Score != 1 {
			t.Errorf("the right answer %s: %+v", i.Answer(recipe.GraphEnglish), got)
		}
		if got := again.Grade(box + "[]}"); got.Verdict != reward.Incorrect || got.Score != 0 {
			t.Errorf("no node: %+v", got)
		}
	}
}
