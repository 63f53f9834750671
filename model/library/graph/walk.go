package graph

import "slices"

// Layers are the sets of nodes at distance 0, 1, 2, … from a node, as far as there are any.
func (g *Graph) Layers(from int) (layers []Set) {
	seen := SetOf(from)
	for next := seen; next != 0; {
		layers = append(layers, next)
		var after Set
		for v := range next.All() {
			after |= g.out[v]
		}
		next = after &^ seen
		seen |= next
	}
	return layers
}

// Reached are the nodes to which a path leads from a node, itself included.
func (g *Graph) Reached(from int) (reached Set) {
	for _, layer := range g.Layers(from) {
		reached |= layer
	}
	return reached
}

// Distance is the number of edges of a shortest path; false if there is no path.
func (g *Graph) Distance(from, to int) (int, bool) {
	d := slices.IndexFunc(g.Layers(from), func(layer Set) bool { return layer.Has(to) })
	return d, d >= 0
}

// ShortestPath is the shortest path of which each node, from the last to the first, is the
// lowest possible; nil if there is none.
func (g *Graph) ShortestPath(from, to int) []int {
	layers := g.Layers(from)
	d, ok := g.Distance(from, to)
	if !ok {
		return nil
	}
	path := []int{to}
	for d--; d >= 0; d-- {
		for u := range layers[d].All() {
			if g.out[u].Has(path[0]) {
				path = append([]int{u}, path...)
				break
			}
		}
	}
	return path
}

// Eccentricity is the greatest distance from a node to one that a path leads to.
func (g *Graph) Eccentricity(v int) int { return len(g.Layers(v)) - 1 }

// Diameter is the greatest distance of two nodes of a connected graph.
func (g *Graph) Diameter() (longest int) {
	for v := range g.All().All() {
		longest = max(longest, g.Eccentricity(v))
	}
	return longest
}

// Components are the connected components of an undirected graph, by their lowest nodes.
func (g *Graph) Components() (components []Set) {
	for rest := g.All(); rest != 0; {
		for v := range rest.All() {
			components = append(components, g.Reached(v))
			break
		}
		rest &^= components[len(components)-1]
	}
	return components
}

// CutNodes are the nodes of an undirected graph without which it would have more components.
func (g *Graph) CutNodes() (cut Set) {
	for v := range g.All().All() {
		if g.Parts(v) > len(g.Components()) {
			cut |= 1 << v
		}
	}
	return cut
}

// Parts is the number of components of an undirected graph from which v is taken away.
func (g *Graph) Parts(v int) int { return len(g.without(v).Components()) - 1 } // v itself is left alone

// Cyclic says whether there is a cycle: of one direction, if the graph is directed.
func (g *Graph) Cyclic() bool {
	if g.directed {
		return g.Order() == nil
	}
	return len(g.Edges()) > g.nodes-len(g.Components())
}

// Order is the topological order of a directed graph in which each node is the lowest
// possible; nil if there is a cycle.
func (g *Graph) Order() (order []int) {
	for rest := g.All(); rest != 0; {
		next := 0
		for v := range rest.All() {
			if g.In(v)&rest == 0 {
				next = v
				break
			}
		}
		if next == 0 {
			return nil
		}
		order = append(order, next)
		rest &^= 1 << next
	}
	return order
}

// Sides are two sets into which the nodes of an undirected graph fall so that every edge
// joins one to the other, the lowest node of each component being on the first; false if there
// are none.
func (g *Graph) Sides() (sides [2]Set, ok bool) {
	for _, component := range g.Components() {
		for i, layer := range g.Layers(component.Nodes()[0]) {
			sides[i%2] |= layer
		}
	}
	for _, e := range g.Edges() {
		if sides[0].Has(e[0]) == sides[0].Has(e[1]) {
			return sides, false
		}
	}
	return sides, true
}

// Tree are the edges of a spanning tree of a connected undirected graph: of each node but
// the first, that to the lowest node nearer to the first.
func (g *Graph) Tree() (edges [][2]int) {
	layers := g.Layers(1)
	for i, layer := range layers[1:] {
		for v := range layer.All() {
			for u := range (g.out[v] & layers[i]).All() {
				edges = append(edges, [2]int{u, v})
				break
			}
		}
	}
	return edges
}
