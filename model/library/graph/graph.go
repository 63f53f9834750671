// Package graph holds simple graphs of up to 63 nodes, what is asked of such graphs
// (distances, cliques, cut nodes, …), and checkers of answers of which there are many
// (paths, orders, colourings, trees).
//
// Nodes are numbered from 1. A set of nodes is one machine word, so that most questions
// are a few operations on words.
package graph

import (
	"fmt"
	"iter"
	"math/bits"
)

// MaxNodes is the size of the largest graph.
const MaxNodes = 63

// Set is a set of nodes: bit v is node v.
type Set uint64

// SetOf holds the given nodes, each from 1 to MaxNodes.
func SetOf(nodes ...int) (s Set) {
	for _, v := range nodes {
		s |= 1 << v
	}
	return s
}

// Has says whether v, from 0 to MaxNodes, is in the set.
func (s Set) Has(v int) bool { return s>>v&1 == 1 }

// Len is the number of nodes.
func (s Set) Len() int { return bits.OnesCount64(uint64(s)) }

// All gives the nodes in ascending order.
func (s Set) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for ; s != 0; s &= s - 1 {
			if !yield(bits.TrailingZeros64(uint64(s))) {
				return
			}
		}
	}
}

// Nodes lists the nodes in ascending order.
func (s Set) Nodes() []int {
	nodes := make([]int, 0, s.Len())
	for v := range s.All() {
		nodes = append(nodes, v)
	}
	return nodes
}

// Graph is a graph without loops and without parallel edges.
type Graph struct {
	nodes    int
	directed bool
	out      []Set // of node v at v; an undirected edge is in two of them
}

// New makes a graph of so many nodes and the given edges, each from its first node to its
// second. An error names the edge or number that no graph has.
func New(nodes int, directed bool, edges [][2]int) (*Graph, error) {
	if nodes < 1 || nodes > MaxNodes {
		return nil, fmt.Errorf("%d nodes; valid: 1 to %d", nodes, MaxNodes)
	}
	g := &Graph{nodes: nodes, directed: directed, out: make([]Set, nodes+1)}
	for _, e := range edges {
		u, v := e[0], e[1]
		switch {
		case u < 1 || u > nodes || v < 1 || v > nodes:
			return nil, fmt.Errorf("the edge (%d, %d) is not between nodes 1 to %d", u, v, nodes)
		case u == v:
			return nil, fmt.Errorf("the edge (%d, %d) is a loop", u, v)
		case g.Has(u, v):
			return nil, fmt.Errorf("the edge (%d, %d) is given twice", u, v)
		}
		g.out[u] |= 1 << v
		if !directed {
			g.out[v] |= 1 << u
		}
	}
	return g, nil
}

// Nodes is the number of nodes.
func (g *Graph) Nodes() int { return g.nodes }

// All is the set of all nodes.
func (g *Graph) All() Set { return Set(1)<<(g.nodes+1) - 2 }

// Has says whether there is an edge from u to v. Numbers that are no nodes have none.
func (g *Graph) Has(u, v int) bool {
	return u >= 1 && u <= g.nodes && v >= 1 && v <= g.nodes && g.out[u].Has(v)
}

// Out are the nodes that an edge from v leads to: its neighbours, if the graph is undirected.
func (g *Graph) Out(v int) Set { return g.out[v] }

// In are the nodes from which an edge leads to v.
func (g *Graph) In(v int) (in Set) {
	for u := 1; u <= g.nodes; u++ {
		if g.out[u].Has(v) {
			in |= 1 << u
		}
	}
	return in
}

// Edges lists the edges in ascending order, undirected ones from the lower node.
func (g *Graph) Edges() (edges [][2]int) {
	for u := 1; u <= g.nodes; u++ {
		for v := range g.out[u].All() {
			if g.directed || u < v {
				edges = append(edges, [2]int{u, v})
			}
		}
	}
	return edges
}

// without is the graph that loses the edges of v, and with them no other node.
func (g *Graph) without(v int) *Graph {
	cut := &Graph{nodes: g.nodes, directed: g.directed, out: make([]Set, g.nodes+1)}
	for u := 1; u <= g.nodes; u++ {
		if u != v {
			cut.out[u] = g.out[u] &^ (1 << v)
		}
	}
	return cut
}
