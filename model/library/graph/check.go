package graph

import "fmt"

// CheckNodes says what is wrong with nodes, of which none may be there twice, and gives their set.
// All checkers name the first fault; their work is linear in the length of the answer.
func (g *Graph) CheckNodes(nodes []int) (seen Set, err error) {
	for _, v := range nodes {
		switch {
		case v < 1 || v > g.nodes:
			return seen, fmt.Errorf("%d is not a node", v)
		case seen.Has(v):
			return seen, fmt.Errorf("node %d is there twice", v)
		}
		seen |= 1 << v
	}
	return seen, nil
}

// CheckPath says why nodes are no path, which has no node twice.
func (g *Graph) CheckPath(nodes []int) error {
	if _, err := g.CheckNodes(nodes); err != nil {
		return err
	}
	for i := 1; i < len(nodes); i++ {
		if !g.Has(nodes[i-1], nodes[i]) {
			return fmt.Errorf("there is no edge from %d to %d", nodes[i-1], nodes[i])
		}
	}
	return nil
}

// CheckHamiltonianPath says why nodes are no path through all nodes.
func (g *Graph) CheckHamiltonianPath(nodes []int) error {
	if err := g.CheckPath(nodes); err != nil {
		return err
	}
	return wants(len(nodes), g.nodes, "nodes")
}

// CheckShortestPath says why nodes are no shortest path between two nodes.
func (g *Graph) CheckShortestPath(from, to int, nodes []int) error {
	if err := g.CheckPath(nodes); err != nil {
		return err
	}
	if len(nodes) == 0 || nodes[0] != from || nodes[len(nodes)-1] != to {
		return fmt.Errorf("the path is not from %d to %d", from, to)
	}
	if d, _ := g.Distance(from, to); len(nodes) > d+1 {
		return fmt.Errorf("the path has %d edges, a shortest one %d", len(nodes)-1, d)
	}
	return nil
}

// CheckOrder says why nodes are no topological order of all nodes.
func (g *Graph) CheckOrder(nodes []int) error {
	all, err := g.CheckNodes(nodes)
	if err != nil {
		return err
	}
	if err := wants(all.Len(), g.nodes, "nodes"); err != nil {
		return err
	}
	var before Set
	for _, v := range nodes {
		for w := range (g.out[v] & before).All() {
			return fmt.Errorf("%d is before %d, against the edge (%d, %d)", w, v, v, w)
		}
		before |= 1 << v
	}
	return nil
}

// CheckColouring says why the colours of nodes 1, 2, … are no proper colouring with the
// colours 1 to most.
func (g *Graph) CheckColouring(most int, colours []int) error {
	if err := wants(len(colours), g.nodes, "colours"); err != nil {
		return err
	}
	for i, c := range colours {
		if c < 1 || c > most {
			return fmt.Errorf("node %d has the colour %d; valid: 1 to %d", i+1, c, most)
		}
	}
	for _, e := range g.Edges() {
		if c := colours[e[0]-1]; c == colours[e[1]-1] {
			return fmt.Errorf("nodes %d and %d are joined and both have the colour %d", e[0], e[1], c)
		}
	}
	return nil
}

// CheckTree says why edges are no spanning tree. An edge may be given from either end.
func (g *Graph) CheckTree(edges [][2]int) error {
	if err := wants(len(edges), g.nodes-1, "edges"); err != nil {
		return err
	}
	for _, e := range edges {
		if !g.Has(e[0], e[1]) {
			return fmt.Errorf("there is no edge between %d and %d", e[0], e[1])
		}
	}
	tree, err := New(g.nodes, false, edges)
	if err != nil {
		return err
	}
	return wants(tree.Reached(1).Len(), g.nodes, "nodes that the edges join")
}

func wants(got, want int, what string) error {
	if got != want {
		return fmt.Errorf("%d %s, but there have to be %d", got, what, want)
	}
	return nil
}
