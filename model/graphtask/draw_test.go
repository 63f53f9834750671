package graphtask

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/synthetic"
	"temper/model/tokenizer"
)

func draw(t *testing.T, spec recipe.Graph, seed uint64) []Instance {
	t.Helper()
	if spec.MinNodes == 0 {
		spec.MinNodes, spec.MaxNodes = 5, 9
	}
	instances, err := Draw("test", spec, seed)
	if err != nil || len(instances) != spec.Count {
		t.Fatalf("%d instances of %d, %v", len(instances), spec.Count, err)
	}
	return instances
}

// TestTable: the table has the recipe's words in their order, and each code once.
func TestTable(t *testing.T) {
	codes := map[string]bool{}
	for k, task := range table {
		if codes[task.code] || task.code == "" || len(task.code) != 2 {
			t.Errorf("%s: code %q", task.name, task.code)
		}
		codes[task.code] = true
		if strings.Count(task.ask, "%d") != task.asksAbout() {
			t.Errorf("%s asks %q", task.name, task.ask)
		}
		if recipe.GraphTasks()[k] != task.name {
			t.Errorf("task %d is %s, and %s in recipes", k, task.name, recipe.GraphTasks()[k])
		}
	}
	if len(table) != len(recipe.GraphTasks()) {
		t.Errorf("%d tasks, and %d words", len(table), len(recipe.GraphTasks()))
	}
}

// TestDemonstrationsAreRight: of every task, in both notations, the answer that is demonstrated is
// judged right by a problem's stored form, and the compact texts are in the synthetic vocabulary.
func TestDemonstrationsAreRight(t *testing.T) {
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range []recipe.Graph{
		{Count: 4200, MinNodes: 5, MaxNodes: 9, Notation: recipe.GraphCompact}, {Count: 420, MinNodes: 5, MaxNodes: 35, Notation: recipe.GraphEnglish},
	} {
		seen := map[recipe.GraphTask]int{}
		for _, i := range draw(t, spec, 1) {
			seen[i.task.name]++
			again, err := Of(dataset.Problem{Fields: i.Fields()})
			if err != nil || again.ID() != i.ID() || again.Question(spec.Notation) != i.Question(spec.Notation) {
				t.Fatalf("%s: %v", i.ID(), err)
			}
			response := i.Work(spec.Notation) + tokenizer.EndThinkToken + tokenizer.BoxToken + i.Answer(spec.Notation) + "}"
			if got := again.Grade(response); got.Verdict != reward.Correct || got.Score != 1 {
				t.Fatalf("%s: %s: %+v", i.Question(spec.Notation), response, got)
			}
			if spec.Notation == recipe.GraphEnglish {
				continue
			}
			if ids, err := tok.Encode(i.Question(spec.Notation) + response); err != nil || len(ids) > 160 {
				t.Fatalf("%s%s: %d tokens, %v", i.Question(spec.Notation), response, len(ids), err)
			}
		}
		for _, task := range recipe.GraphTasks() {
			if share := float64(seen[task]) / float64(spec.Count); share < .02 || share > .08 { // 1/21 is .048
				t.Errorf("%s is %.3f of the tasks", task, share)
			}
		}
	}
}

// TestTexts writes one question out, in both notations.
func TestTexts(t *testing.T) {
	i := instanceOf(t, `{"task":"distance","about":[1,5],"nodes":5,"edges":[[1,2],[2,3],[5,2]]}`)
	for n, want := range map[recipe.GraphNotation][3]string{
		recipe.GraphCompact: {"df5(1,5):12,23,25?", "a1b2c35", "2"},
		recipe.GraphEnglish: {"Here is an undirected graph containing nodes from 1 to 5. The edges are: (1, 2), (2, 3), (2, 5). How many edges are on a shortest path " +
			"from node 1 to node 5? You need to format your answer as a whole number, inside \\boxed{}.",
			"The nodes at distance 0 from node 1: 1.\nThe nodes at distance 1 from node 1: 2.\nThe nodes at distance 2 from node 1: 3, 5.", "2"},
	} {
		if got := [3]string{i.Question(n), i.Work(n), i.Answer(n)}; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := instanceOf(t, `{"task":"isolated-nodes","nodes":2,"edges":[]}`); got.Answer(recipe.GraphEnglish) != "[1, 2]" ||
		!strings.Contains(got.Question(recipe.GraphEnglish), "There are no edges.") || got.Question(recipe.GraphCompact) != "bx2:?" {
		t.Errorf("without edges: %s", got.Question(recipe.GraphEnglish))
	}
}

// TestDrawIsPure: data depend on the seed and the name; the tasks not on how they are answered.
func TestDrawIsPure(t *testing.T) {
	ids := func(spec recipe.Graph, seed uint64) (all []string) {
		for _, i := range draw(t, spec, seed) {
			all = append(all, i.ID())
		}
		return all
	}
	spec := recipe.Graph{Count: 50}
	first := ids(spec, 1)
	if !reflect.DeepEqual(first, ids(spec, 1)) || reflect.DeepEqual(first, ids(spec, 2)) {
		t.Error("the run's seed does not decide")
	}
	silent := spec
	silent.AnswerOnly = .5
	if !reflect.DeepEqual(first, ids(silent, 1)) {
		t.Error("answers alone change the tasks")
	}
	at := slices.IndexFunc(draw(t, silent, 1), func(i Instance) bool { return i.Work(recipe.GraphCompact) == "" })
	if at < 0 {
		t.Error("every demonstration shows its work")
	}
	spec.Seed = 7
	if !reflect.DeepEqual(ids(spec, 1), ids(spec, 2)) {
		t.Error("a seed of its own does not hold")
	}
}

// TestHeldOut: training and held-out data have no graph in common, held-out data no question twice,
// and more than there are is an error.
func TestHeldOut(t *testing.T) {
	trained := map[string]bool{}
	for _, i := range draw(t, recipe.Graph{Count: 3000, MinNodes: 5, MaxNodes: 5}, 1) {
		trained[i.identity()] = true
	}
	asked := map[string]bool{}
	for _, i := range draw(t, recipe.Graph{Count: 600, MinNodes: 5, MaxNodes: 5, HeldOut: true}, 1) {
		if trained[i.identity()] || !synthetic.HeldOut(i.identity()) {
			t.Fatalf("%s is trained on", i.identity())
		}
		if asked[i.ID()] {
			t.Fatalf("%s is there twice", i.ID())
		}
		asked[i.ID()] = true
	}
	_, err := Draw("test", recipe.Graph{Count: 300, Tasks: []recipe.GraphTask{"edge-count"}, MinNodes: 5, MaxNodes: 5, HeldOut: true}, 1)
	if err == nil || !strings.HasPrefix(err.Error(), "graph.count is 300, but after ") {
		t.Errorf("got %v", err)
	}
}

// TestBalance: half of the answers of yes or no are yes, and a quarter or less of the sets are empty.
func TestBalance(t *testing.T) {
	for _, task := range table {
		yes, empty, sizes := 0, 0, [2]int{5, 12}
		for _, i := range draw(t, recipe.Graph{Count: 400, Tasks: []recipe.GraphTask{task.name}, MinNodes: sizes[0], MaxNodes: sizes[1]}, 3) {
			switch answer := i.task.solve(i); {
			case len(answer) == 0:
				empty++
			case answer[0] == 1:
				yes++
			}
		}
		if task.form == yesNo && (yes < 150 || yes > 250) || empty > 140 {
			t.Errorf("%s: %d of 400 are yes, %d empty", task.name, yes, empty)
		}
	}
}
