package graph

// Triangles lists the sets of three nodes of an undirected graph that are joined to each other.
func (g *Graph) Triangles() (triangles [][3]int) {
	for _, e := range g.Edges() {
		for w := range (g.out[e[0]] & g.out[e[1]]).All() {
			if w > e[1] {
				triangles = append(triangles, [3]int{e[0], e[1], w})
			}
		}
	}
	return triangles
}

// MaxClique is a largest set of nodes of an undirected graph that are all joined to each
// other. Of n nodes it looks at 3^(n/3) sets at most (Bron and Kerbosch 1973, with the
// pivot of Tomita et al. 2006): half a million for 36.
func (g *Graph) MaxClique() Set {
	var largest Set
	g.cliques(0, g.All(), 0, &largest)
	return largest
}

// cliques looks for cliques that hold clique, some nodes of open, and none of done.
func (g *Graph) cliques(clique, open, done Set, largest *Set) {
	if open|done == 0 && clique.Len() > largest.Len() {
		*largest = clique
	}
	if clique.Len()+open.Len() <= largest.Len() {
		return
	}
	pivot, most := 0, -1
	for v := range (open | done).All() {
		if n := (g.out[v] & open).Len(); n > most {
			pivot, most = v, n
		}
	}
	for v := range (open &^ g.out[pivot]).All() {
		g.cliques(clique|1<<v, open&g.out[v], done&g.out[v], largest)
		open, done = open&^(1<<v), done|1<<v
	}
}

// Colouring gives each node in order the lowest colour from 1 that no lower neighbour has.
func (g *Graph) Colouring() []int {
	colours := make([]int, g.nodes)
	for v := range g.All().All() {
		var used Set
		for u := range g.out[v].All() {
			if u < v {
				used |= 1 << colours[u-1]
			}
		}
		colours[v-1] = 1
		for used.Has(colours[v-1]) {
			colours[v-1]++
		}
	}
	return colours
}
