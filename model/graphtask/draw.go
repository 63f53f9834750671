package graphtask

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"temper/model/library/graph"
	"temper/model/recipe"
	"temper/model/synthetic"
)

// maxTries is how many draws in a row may fit nothing before a set of tasks counts as exhausted.
const maxTries = 20_000

// Draw draws the tasks of the dataset of that name in a recipe: a pure function of spec
// and its seed, or, where that is 0, of spec, runSeed and name.
//
// Training data are about graphs that are not held out, and may repeat; held-out data are
// about held-out graphs, without repeats. Half of the answers to a question of yes or no are
// yes, as far as graphs of that size allow, and three quarters of the sets asked for hold a node at least.
func Draw(name string, spec recipe.Graph, runSeed uint64) ([]Instance, error) {
	seed := spec.Seed
	if seed == 0 {
		seed = recipe.DeriveSeed(runSeed, "data "+name)
	}
	rng, texts := newGenerator(seed, "graph tasks"), newGenerator(seed, "graph texts")
	tasks := tasksOf(spec.Tasks)
	instances := make([]Instance, 0, spec.Count)
	seen := map[string]bool{}
	for len(instances) < spec.Count {
		i, ok := drawInstance(rng, tasks[rng.IntN(len(tasks))], spec, seen)
		if !ok {
			return nil, fmt.Errorf("graph.count is %d, but after %d no further %s on %d to %d nodes was found; valid: fewer, or larger graphs",
				spec.Count, len(instances), i.task.name, spec.MinNodes, spec.MaxNodes)
		}
		seen[i.ID()] = true
		i.answerOnly = texts.Float64() < spec.AnswerOnly
		instances = append(instances, i)
	}
	return instances, nil
}

// newGenerator is of one purpose: which tasks are drawn does not depend on how they are answered.
func newGenerator(seed uint64, purpose string) *rand.Rand {
	return rand.New(rand.NewPCG(recipe.DeriveSeed(seed, purpose), 0))
}

// tasksOf are the rows of the table with the given names, all if there are none.
func tasksOf(wanted []recipe.GraphTask) []task {
	return slices.DeleteFunc(slices.Clone(table), func(t task) bool { return len(wanted) > 0 && !slices.Contains(wanted, t.name) })
}

// drawInstance draws until a task's question has an answer of the kind that a first draw decides, on
// the wanted side of the hold-out.
func drawInstance(rng *rand.Rand, t task, spec recipe.Graph, seen map[string]bool) (Instance, bool) {
	yes, filled := rng.IntN(2), rng.IntN(4) > 0
	for try := range maxTries {
		nodes := spec.MinNodes + rng.IntN(spec.MaxNodes-spec.MinNodes+1)
		i := drawOn(rng, t, nodes)
		switch {
		case synthetic.HeldOut(i.identity()) != spec.HeldOut || spec.HeldOut && seen[i.ID()]:
		case t.suits != nil && !t.suits(i):
		case try > maxTries/2: // what is wanted is rare or is not there
			return i, true
		case t.form == yesNo && t.solve(i)[0] != yes:
		case t.form == set && filled && len(t.solve(i)) == 0:
		default:
			return i, true
		}
	}
	return Instance{task: t}, false
}

// drawOn draws a graph of so many nodes for the task, and what is asked about it.
func drawOn(rng *rand.Rand, t task, nodes int) Instance {
	order := rng.Perm(nodes)
	for k := range order {
		order[k]++
	}
	edges := drawEdges(rng, t, order)
	g, err := graph.New(nodes, t.directed, edges)
	if err != nil { // drawEdges makes each pair once
		panic(err)
	}
	i := Instance{task: t, graph: g}
	if t.shape == traceable {
		i.planted = order
	}
	switch t.about {
	case oneNode:
		i.about = []int{1 + rng.IntN(nodes)}
	case twoNodes:
		two := rng.Perm(nodes)
		i.about = []int{two[0] + 1, two[1] + 1}
	case colours:
		i.about = []int{slices.Max(g.Colouring())}
	}
	return i
}

// drawEdges draws a uniform number of edges, from half as many as nodes to twice as many:
// first those that the task's shape needs, then any others.
func drawEdges(rng *rand.Rand, t task, order []int) (edges [][2]int) {
	n := len(order)
	taken := map[[2]int]bool{}
	add := func(a, b int) { // places in the order
		if a > b {
			a, b = b, a
		}
		if a == b || taken[[2]int{a, b}] {
			return
		}
		taken[[2]int{a, b}] = true
		edges = append(edges, [2]int{order[a], order[b]})
	}
	for k := 1; k < n; k++ {
		switch t.shape {
		case connected:
			add(rng.IntN(k), k)
		case traceable:
			add(k-1, k)
		}
	}
	for count := min(n/2+rng.IntN(2*n-n/2+1), n*(n-1)/2); len(edges) < count; {
		add(rng.IntN(n), rng.IntN(n))
	}
	return edges
}
