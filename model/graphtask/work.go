package graphtask

import (
	"fmt"

	"temper/model/library/graph"
)

// note is an intermediate result: what it is, in English, and lists of numbers.
type note struct {
	words string
	tuple bool // the lists are edges or triangles
	lists [][]int
}

func single(words string, numbers ...int) note { return note{words: words, lists: [][]int{numbers}} }

// edgesOfNodes are the edges at each node that the question names.
func edgesOfNodes(i Instance) (notes []note) {
	for _, v := range i.about {
		n := note{tuple: true, words: fmt.Sprintf("The edges at node %d", v)}
		for _, e := range i.graph.Edges() {
			if e[0] == v || e[1] == v {
				n.lists = append(n.lists, e[:])
			}
		}
		notes = append(notes, n)
	}
	return notes
}

// higherNeighbours are, of each node, the neighbours with a higher number.
func higherNeighbours(i Instance) (notes []note) {
	for v := range i.graph.All().All() {
		higher := i.graph.Out(v) &^ (graph.SetOf(v)<<1 - 1)
		notes = append(notes, single(fmt.Sprintf("The neighbours of node %d with a higher number", v), higher.Nodes()...))
	}
	return notes
}

// layers are the nodes at each distance from the first node of the question, or from node 1.
func layers(i Instance) (notes []note) {
	from, to := 1, 0
	if len(i.about) == 2 {
		from, to = i.about[0], i.about[1]
	}
	for d, layer := range i.graph.Layers(from) {
		notes = append(notes, single(fmt.Sprintf("The nodes at distance %d from node %d", d, from), layer.Nodes()...))
		if layer.Has(to) {
			break
		}
	}
	return notes
}

func components(i Instance) (notes []note) {
	for _, c := range i.graph.Components() {
		notes = append(notes, single("A component", c.Nodes()...))
	}
	return notes
}

// excess is what tells a forest: edges = nodes - components.
func excess(i Instance) []note {
	return append(components(i), single("The number of nodes", i.graph.Nodes()), single("The number of edges", len(i.graph.Edges())))
}

// sides are the nodes at even and at odd distance from the lowest of their component, and
// the edges that join two of one side.
func sides(i Instance) []note {
	both, _ := i.graph.Sides()
	within := note{tuple: true, words: "The edges within a side"}
	for _, e := range i.graph.Edges() {
		if both[0].Has(e[0]) == both[0].Has(e[1]) {
			within.lists = append(within.lists, e[:])
		}
	}
	return []note{single("One side", both[0].Nodes()...), single("The other side", both[1].Nodes()...), within}
}

func triangles(i Instance) []note {
	n := note{tuple: true, words: "The triangles"}
	for _, t := range i.graph.Triangles() {
		n.lists = append(n.lists, t[:])
	}
	return []note{n}
}

func clique(i Instance) []note {
	return []note{single("A largest clique", i.graph.MaxClique().Nodes()...)}
}

// ofEach is a number of each node.
func ofEach(words string, of func(g *graph.Graph, v int) int) func(Instance) []note {
	return func(i Instance) []note {
		n := single(words)
		for v := range i.graph.All().All() {
			n.lists[0] = append(n.lists[0], of(i.graph, v))
		}
		return []note{n}
	}
}

var (
	eccentricities = ofEach("The greatest distance from each node", (*graph.Graph).Eccentricity)
	degrees        = ofEach("The degree of each node", func(g *graph.Graph, v int) int { return g.Out(v).Len() })
	inDegrees      = ofEach("The number of edges that lead to each node", func(g *graph.Graph, v int) int { return g.In(v).Len() })
	partsWithout   = ofEach("The number of components without each node", (*graph.Graph).Parts)
)
