package graphtask

import (
	"strings"
	"testing"
	"time"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
)

func instanceOf(t *testing.T, fields string) Instance {
	t.Helper()
	i, err := Of(dataset.Problem{Fields: []byte(fields)})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// The graph of the tests: a square 1-2-3-4 with the diagonal 1-3, and 5 at 4.
const edges = `"nodes":5,"edges":[[1,2],[1,3],[1,4],[2,3],[3,4],[4,5]]`

// TestGrade has what is right, what is not, and what tries to look right.
func TestGrade(t *testing.T) {
	long := strings.Repeat("1,", 2000) + "1"
	tests := []struct {
		fields, box string
		score       float64
	}{
		{`{"task":"edge-count",` + edges + `}`, "6", 1}, {`{"task":"edge-count",` + edges + `}`, "[6]", 1}, {`{"task":"edge-count",` + edges + `}`, `\text{6}`, 1},
		{`{"task":"edge-count",` + edges + `}`, "5", 0}, {`{"task":"edge-count",` + edges + `}`, "6, 5", 0}, {`{"task":"edge-count",` + edges + `}`, "-6", 0},
		{`{"task":"edge-count",` + edges + `}`, "6.0", 0}, {`{"task":"edge-count",` + edges + `}`, "six", 0}, {`{"task":"edge-count",` + edges + `}`, "6 or 5", 0},
		{`{"task":"edge-count",` + edges + `}`, "99999999999999999999999999", 0}, {`{"task":"edge-count",` + edges + `}`, "18446744073709551622", 0}, // 2^64 + 6
		{`{"task":"has-cycle",` + edges + `}`, "Yes", 1}, {`{"task":"has-cycle",` + edges + `}`, `\text{yes}`, 1}, {`{"task":"has-cycle",` + edges + `}`, "1", 1},
		{`{"task":"has-cycle",` + edges + `}`, "No", 0}, {`{"task":"has-cycle",` + edges + `}`, "Yes No", 0}, {`{"task":"has-cycle",` + edges + `}`, "11", 0},
		{`{"task":"neighbours","about":[4],` + edges + `}`, "[5, 1, 3]", 1}, {`{"task":"neighbours","about":[4],` + edges + `}`, `\{1, 3, 5\}`, 1},
		{`{"task":"neighbours","about":[4],` + edges + `}`, "1, 3", 2. / 3}, {`{"task":"neighbours","about":[4],` + edges + `}`, "1,2,3,4,5", 3. / 5},
		{`{"task":"neighbours","about":[4],` + edges + `}`, "2", 0}, {`{"task":"neighbours","about":[4],` + edges + `}`, "[]", 0},
		{`{"task":"neighbours","about":[4],` + edges + `}`, "1,3,5,5", 0}, {`{"task":"neighbours","about":[4],` + edges + `}`, "1,3,5,6", 0},
		{`{"task":"neighbours","about":[4],` + edges + `}`, "0,1,3,5", 0}, {`{"task":"neighbours","about":[4],` + edges + `}`, "1,3,5 and 6", 0},
		{`{"task":"neighbours","about":[4],` + edges + `}`, "1,3,5,999999", 0}, {`{"task":"neighbours","about":[4],` + edges + `}`, long, 0},
		{`{"task":"isolated-nodes",` + edges + `}`, "[]", 1}, {`{"task":"isolated-nodes",` + edges + `}`, "None", 1}, {`{"task":"isolated-nodes",` + edges + `}`, "1", 0},
		{`{"task":"cut-nodes",` + edges + `}`, "4", 1},
		{`{"task":"hamiltonian-path",` + edges + `}`, "2, 1, 3, 4, 5", 1}, {`{"task":"hamiltonian-path",` + edges + `}`, "5,4,1,2,3", 1},
		{`{"task":"hamiltonian-path",` + edges + `}`, "1,2,3,4", 0}, {`{"task":"hamiltonian-path",` + edges + `}`, "1,2,3,5,4", 0},
		{`{"task":"hamiltonian-path",` + edges + `}`, "1,2,1,3,4,5", 0}, {`{"task":"hamiltonian-path",` + edges + `}`, long, 0},
		{`{"task":"shortest-path","about":[2,4],` + edges + `}`, "2,3,4", 1}, {`{"task":"shortest-path","about":[2,4],` + edges + `}`, "2 1 4", 1},
		{`{"task":"shortest-path","about":[2,4],` + edges + `}`, "2,1,3,4", 0}, {`{"task":"shortest-path","about":[2,4],` + edges + `}`, "4,3,2", 0},
		{`{"task":"shortest-path","about":[2,4],` + edges + `}`, "2,4", 0}, {`{"task":"shortest-path","about":[2,4],` + edges + `}`, "[]", 0},
		{`{"task":"colouring","about":[3],` + edges + `}`, "1,2,3,2,1", 1}, {`{"task":"colouring","about":[3],` + edges + `}`, "3,1,2,1,2", 1},
		{`{"task":"colouring","about":[3],` + edges + `}`, "1,2,3,4,1", 0}, {`{"task":"colouring","about":[3],` + edges + `}`, "1,2,1,2,1", 0},
		{`{"task":"colouring","about":[3],` + edges + `}`, "1,2,3,2", 0}, {`{"task":"colouring","about":[3],` + edges + `}`, "0,1,2,1,2", 0},
		{`{"task":"spanning-tree",` + edges + `}`, "[(1, 2), (1, 3), (3, 4), (5, 4)]", 1}, {`{"task":"spanning-tree",` + edges + `}`, "1,2,1,3,3,4,4,5", 1},
		{`{"task":"spanning-tree",` + edges + `}`, "[(1, 2), (1, 3), (2, 3), (4, 5)]", 0}, {`{"task":"spanning-tree",` + edges + `}`, "[(1, 2), (2, 1), (3, 4), (4, 5)]", 0},
		{`{"task":"spanning-tree",` + edges + `}`, "[(1, 5), (1, 3), (3, 4), (1, 2)]", 0}, {`{"task":"spanning-tree",` + edges + `}`, "1,2,1,3,3,4,4", 0},
		{`{"task":"topological-order","nodes":3,"edges":[[3,1],[3,2]]}`, "3,2,1", 1}, {`{"task":"topological-order","nodes":3,"edges":[[3,1],[3,2]]}`, "1,3,2", 0},
		{`{"task":"topological-order","nodes":3,"edges":[[3,1],[3,2]]}`, "3,2,1,1", 0},
	}
	for _, test := range tests {
		got := instanceOf(t, test.fields).Grade(`\boxed{9}</think>so \boxed{` + test.box + `}`)
		want := reward.Incorrect
		if test.score == 1 {
			want = reward.Correct
		}
		if got.Score != test.score || got.Verdict != want || got.Reason == "" {
			t.Errorf("%s: %.40s: %s, score %g (%s), want %g", test.fields, test.box, got.Verdict, got.Score, got.Reason, test.score)
		}
	}
	for _, response := range []string{"", "6", `\boxed{6}`, `</think>6`, `</think>\boxed{6`, `</think>\boxed{}`, `</think>\boxed{6}\boxed{5}`} {
		if got := instanceOf(t, `{"task":"edge-count",`+edges+`}`).Grade(response); got.Verdict != reward.Incorrect || got.Score != 0 {
			t.Errorf("%q: %+v", response, got)
		}
	}
}

// TestOfRefuses: a problem by which nothing can be judged is refused before anything is sampled.
func TestOfRefuses(t *testing.T) {
	tests := map[string]string{
		`{"task":"edges","nodes":2,"edges":[]}`:                                          `fields: task is "edges"; valid: edge-count, degree`,
		`{"task":"edge-count","nodes":36,"edges":[]}`:                                    "fields: nodes is 36; valid: 1 to 35",
		`{"task":"edge-count","nodes":0,"edges":[]}`:                                     "fields: 0 nodes; valid: 1 to 63",
		`{"task":"edge-count","nodes":2,"edges":[[1,2,1]]}`:                              "fields: edges[0] has 3 nodes; valid: 2",
		`{"task":"edge-count","nodes":2,"edges":[[1,3]]}`:                                "fields: the edge (1, 3) is not between nodes 1 to 2",
		`{"task":"degree","nodes":2,"edges":[]}`:                                         "fields: about has 0 numbers; valid for degree: 1",
		`{"task":"distance","nodes":2,"edges":[[1,2]],"about":[1,3]}`:                    "fields: about: 3 is not a node",
		`{"task":"distance","nodes":3,"edges":[[1,2]],"about":[1,3]}`:                    "fields: the graph is none for distance: there is no path between the two nodes",
		`{"task":"diameter","nodes":3,"edges":[[1,2]]}`:                                  "fields: the graph is none for diameter: it is not connected",
		`{"task":"topological-order","nodes":2,"edges":[[1,2],[2,1]]}`:                   "fields: the graph is none for topological-order: it has a cycle",
		`{"task":"colouring","nodes":3,"edges":[[1,2],[2,3],[1,3]],"about":[2]}`:         "fields: the graph is none for colouring: more colours may be needed",
		`{"task":"colouring","nodes":3,"edges":[],"about":[-4611686018427387904]}`:       "fields: the graph is none for colouring: more colours may be needed",
		`{"task":"edge-count","nodes":2,"edges":[],"answer":"1"}`:                        "fields",
		`{"task":"degree","nodes":2,"edges":[],"about":[9223372036854775807]}`:           "fields: about: 9223372036854775807 is not a node",
		`{"task":"edge-count","nodes":2,"edges":[[4294967297,2]]}`:                       "fields: the edge (4294967297, 2) is not between nodes 1 to 2",
		`{"task":"edge-count","nodes":99999999999999999999999,"edges":[[4294967297,2]]}`: "fields",
	}
	for fields, want := range tests {
		if _, err := Of(dataset.Problem{Fields: []byte(fields)}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", fields, err, want)
		}
	}
	for _, p := range []dataset.Problem{{}, {Answer: "1", Fields: []byte(`{}`)}, {Tests: []byte(`{}`)}} {
		if _, err := Of(p); err == nil {
			t.Errorf("%+v is accepted", p)
		}
	}
}

// TestHostileAnswersAreCheap: on a graph whose cliques are most, no answer takes long.
func TestHostileAnswersAreCheap(t *testing.T) {
	var list []string
	for u := 1; u <= MaxNodes; u++ {
		for v := u + 1; v <= MaxNodes; v++ {
			if (u-1)/3 != (v-1)/3 {
				list = append(list, "["+joined([]int{u, v}, ",")+"]")
			}
		}
	}
	answers := []string{strings.Repeat("9", 4000), strings.Repeat("1,", 2000), strings.Repeat("{}", 2000), strings.Repeat("[", 4000), strings.Repeat("ſ", 2000), "\xff\xfe"}
	for _, task := range recipe.GraphTasks() {
		at := table[indexOf(task)]
		about := []int{1, 2}[:at.asksAbout()]
		if at.about == colours {
			about = []int{MaxNodes}
		}
		i := instanceOf(t, `{"task":"`+string(task)+`","nodes":35,"edges":[`+strings.Join(list, ",")+`],"about":[`+joined(about, ",")+`]}`)
		began := time.Now()
		for _, answer := range answers {
			if got := i.Grade(`</think>\boxed{` + answer + `}`); got.Score != 0 && at.form != set {
				t.Errorf("%s: %.10s: %+v", task, answer, got)
			}
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("%s takes %s", task, took)
		}
	}
}

func indexOf(name recipe.GraphTask) int {
	for k, t := range table {
		if t.name == name {
			return k
		}
	}
	return -1
}

// TestAnswers has the answers to all questions that have one, about the graph of the tests.
func TestAnswers(t *testing.T) {
	for task, want := range map[string]string{
		`"edge-count"`: "6", `"degree","about":[4]`: "3", `"has-edge","about":[2,4]`: "No", `"connected","about":[2,5]`: "Yes", `"component-count"`: "1",
		`"has-cycle"`: "Yes", `"bipartite"`: "No", `"triangle-count"`: "2", `"distance","about":[5,2]`: "3", `"diameter"`: "3", `"clique-size"`: "3",
		`"neighbours","about":[5]`: "[4]", `"common-neighbours","about":[1,3]`: "[2, 4]", `"isolated-nodes"`: "[]", `"leaves"`: "[5]", `"cut-nodes"`: "[4]",
	} {
		if got := instanceOf(t, `{"task":`+task+`,`+edges+`}`).Answer(recipe.GraphEnglish); got != want {
			t.Errorf("%s: %s, want %s", task, got, want)
		}
	}
}
