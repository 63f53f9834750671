package graphtask

import (
	"slices"

	"temper/model/library/graph"
	"temper/model/recipe"
)

// form is how an answer is written. All are numbers: yes is 1, a list of edges its nodes one after the other.
type form int

const (
	number form = iota
	yesNo
	set
	sequence
	colourList
	edgeList
)

// about is what a question names beside the graph.
type about int

const (
	nothing about = iota
	oneNode
	twoNodes
	colours
)

// shape is what a graph is drawn with, so that the task makes sense.
type shape int

const (
	anyShape  shape = iota
	connected       // holds a spanning tree
	traceable       // holds a path through all nodes
	acyclic         // every edge is directed along one order of the nodes
)

// task is a kind of question.
type task struct {
	name     recipe.GraphTask
	code     string // in the compact notation
	directed bool
	shape    shape
	about    about
	ask      string // in English, with a place for each number of about
	form     form
	// suits says whether the question has an answer, and wants what it takes; nil: always.
	suits func(Instance) bool
	wants string
	// solve is a right answer; for a set, in ascending order.
	solve func(Instance) []int
	// check says what is wrong with an answer that need not be that of solve; nil: there is no other.
	check func(Instance, []int) error
	// work is what leads to the answer.
	work func(Instance) []note
}

func (t task) asksAbout() int { return []int{nothing: 0, oneNode: 1, twoNodes: 2, colours: 1}[t.about] }

func names() (all []string) {
	for _, t := range table {
		all = append(all, string(t.name))
	}
	return all
}

// table holds all tasks, in the order of the recipe's words.
var table = slices.Concat(values, sets, checked)

// values are the tasks whose answer is a number, or yes or no.
var values = []task{
	{name: "edge-count", code: "aa", form: number, ask: "How many edges does the graph have?",
		solve: func(i Instance) []int { return []int{len(i.graph.Edges())} }, work: higherNeighbours},
	{name: "degree", code: "ab", about: oneNode, form: number, ask: "What is the degree of node %d?",
		solve: func(i Instance) []int { return []int{i.graph.Out(i.about[0]).Len()} }, work: edgesOfNodes},
	{name: "has-edge", code: "ac", about: twoNodes, form: yesNo, ask: "Is there an edge between node %d and node %d?",
		solve: func(i Instance) []int { return truth(i.graph.Has(i.about[0], i.about[1])) }, work: edgesOfNodes},
	{name: "connected", code: "ad", about: twoNodes, form: yesNo, ask: "Is there a path between node %d and node %d?",
		solve: func(i Instance) []int { return truth(i.graph.Reached(i.about[0]).Has(i.about[1])) }, work: layers},
	{name: "component-count", code: "ae", form: number, ask: "How many connected components does the graph have?",
		solve: func(i Instance) []int { return []int{len(i.graph.Components())} }, work: components},
	{name: "has-cycle", code: "af", form: yesNo, ask: "Does the graph have a cycle?",
		solve: func(i Instance) []int { return truth(i.graph.Cyclic()) }, work: excess},
	{name: "bipartite", code: "ax", form: yesNo, ask: "Is the graph bipartite?",
		solve: func(i Instance) []int { _, ok := i.graph.Sides(); return truth(ok) }, work: sides},
	{name: "triangle-count", code: "ba", form: number, ask: "How many triangles does the graph have?",
		solve: func(i Instance) []int { return []int{len(i.graph.Triangles())} }, work: triangles},
	{name: "distance", code: "df", about: twoNodes, form: number, ask: "How many edges are on a shortest path from node %d to node %d?",
		suits: pathExists, wants: aPath, solve: distance, work: layers},
	{name: "diameter", code: "bc", shape: connected, form: number, ask: "What is the diameter of the graph?",
		suits: isConnected, wants: oneComponent, solve: func(i Instance) []int { return []int{i.graph.Diameter()} }, work: eccentricities},
	{name: "clique-size", code: "bd", form: number, ask: "How many nodes does a largest clique of the graph have?",
		solve: func(i Instance) []int { return []int{i.graph.MaxClique().Len()} }, work: clique},
}

// sets are the tasks whose answer is a set of nodes.
var sets = []task{
	{name: "neighbours", code: "be", about: oneNode, form: set, ask: "Which nodes are neighbours of node %d?",
		solve: func(i Instance) []int { return i.graph.Out(i.about[0]).Nodes() }, work: edgesOfNodes},
	{name: "common-neighbours", code: "bf", about: twoNodes, form: set, ask: "Which nodes are neighbours of both node %d and node %d?",
		solve: func(i Instance) []int { return (i.graph.Out(i.about[0]) & i.graph.Out(i.about[1])).Nodes() }, work: edgesOfNodes},
	{name: "isolated-nodes", code: "bx", form: set, ask: "Which nodes have no neighbour?", solve: ofDegree(0), work: degrees},
	{name: "leaves", code: "ca", form: set, ask: "Which nodes have exactly one neighbour?", solve: ofDegree(1), work: degrees},
	{name: "cut-nodes", code: "cb", form: set,
		ask:   "Which nodes are articulation points: without which of them would the graph have more connected components?",
		solve: func(i Instance) []int { return i.graph.CutNodes().Nodes() }, work: partsWithout},
}

// checked are the tasks with many solutions.
var checked = []task{
	{name: "topological-order", code: "cd", directed: true, shape: acyclic, form: sequence, ask: "What is a topological order of the nodes?",
		suits: func(i Instance) bool { return !i.graph.Cyclic() }, wants: "it has a cycle",
		solve: func(i Instance) []int { return i.graph.Order() },
		check: func(i Instance, answer []int) error { return i.graph.CheckOrder(answer) }, work: inDegrees},
	{name: "hamiltonian-path", code: "ce", shape: traceable, form: sequence, ask: "What is a path that visits every node exactly once?",
		suits: isConnected, wants: oneComponent, solve: func(i Instance) []int { return i.planted },
		check: func(i Instance, answer []int) error { return i.graph.CheckHamiltonianPath(answer) }, work: degrees},
	{name: "shortest-path", code: "cf", about: twoNodes, form: sequence, ask: "What is a shortest path from node %d to node %d?",
		suits: pathExists, wants: aPath, solve: func(i Instance) []int { return i.graph.ShortestPath(i.about[0], i.about[1]) },
		check: func(i Instance, answer []int) error { return i.graph.CheckShortestPath(i.about[0], i.about[1], answer) }, work: layers},
	{name: "colouring", code: "cx", about: colours, form: colourList,
		ask:   "What is a colouring of the nodes with the colours 1 to %d, such that no edge joins two nodes of one colour?",
		suits: func(i Instance) bool { return slices.Max(i.graph.Colouring()) <= i.about[0] }, wants: "more colours may be needed",
		solve: func(i Instance) []int { return i.graph.Colouring() },
		check: func(i Instance, answer []int) error { return i.graph.CheckColouring(i.about[0], answer) }, work: higherNeighbours},
	{name: "spanning-tree", code: "da", shape: connected, form: edgeList, ask: "What are the edges of a spanning tree of the graph?",
		suits: isConnected, wants: oneComponent, solve: spanningTree,
		check: func(i Instance, answer []int) error { return i.graph.CheckTree(pairs(answer)) }, work: layers},
}

const (
	aPath        = "there is no path between the two nodes"
	oneComponent = "it is not connected"
)

func pathExists(i Instance) bool  { return i.graph.Reached(i.about[0]).Has(i.about[1]) }
func isConnected(i Instance) bool { return i.graph.Reached(1) == i.graph.All() }

func truth(yes bool) []int {
	if yes {
		return []int{1}
	}
	return []int{0}
}

func distance(i Instance) []int {
	d, _ := i.graph.Distance(i.about[0], i.about[1])
	return []int{d}
}

func ofDegree(d int) func(Instance) []int {
	return func(i Instance) []int {
		var found graph.Set
		for v := range i.graph.All().All() {
			if i.graph.Out(v).Len() == d {
				found |= graph.SetOf(v)
			}
		}
		return found.Nodes()
	}
}

func spanningTree(i Instance) (flat []int) {
	for _, e := range i.graph.Tree() {
		flat = append(flat, e[0], e[1])
	}
	return flat
}

// pairs are the edges of a list of nodes, of which there is an even number.
func pairs(flat []int) (edges [][2]int) {
	for k := 0; k+1 < len(flat); k += 2 {
		edges = append(edges, [2]int{flat[k], flat[k+1]})
	}
	return edges
}
