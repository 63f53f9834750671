package graph

import (
	"slices"
	"testing"
)

// every calls f with every graph of up to so many nodes, and with its edges as a matrix.
func every(t *testing.T, most int, directed bool, f func(g *Graph, joined [][]bool)) {
	t.Helper()
	for n := 1; n <= most; n++ {
		var pairs [][2]int
		for u := 1; u <= n; u++ {
			for v := 1; v <= n; v++ {
				if u < v || directed && u != v {
					pairs = append(pairs, [2]int{u, v})
				}
			}
		}
		for mask := range 1 << len(pairs) {
			joined := make([][]bool, n+1)
			for u := range joined {
				joined[u] = make([]bool, n+1)
			}
			var edges [][2]int
			for i, p := range pairs {
				if mask>>i&1 == 1 {
					edges = append(edges, p)
					joined[p[0]][p[1]] = true
					joined[p[1]][p[0]] = joined[p[1]][p[0]] || !directed
				}
			}
			g, err := New(n, directed, edges)
			if err != nil || !slices.Equal(g.Edges(), edges) {
				t.Fatalf("edges %v give %v, %v", edges, g.Edges(), err)
			}
			f(g, joined)
		}
	}
}

const far = 1 << 20

// floyd are the distances of all pairs (Floyd and Warshall), far where there is no path.
func floyd(joined [][]bool) [][]int {
	d := make([][]int, len(joined))
	for u := range d {
		d[u] = make([]int, len(joined))
		for v := range d[u] {
			switch {
			case u == v:
			case joined[u][v]:
				d[u][v] = 1
			default:
				d[u][v] = far
			}
		}
	}
	for k := range d {
		for u := range d {
			for v := range d {
				d[u][v] = min(d[u][v], d[u][k]+d[k][v])
			}
		}
	}
	return d
}

// subsets calls f with every subset of the nodes 1 to n.
func subsets(n int, f func([]int)) {
	for mask := range 1 << n {
		f(Set(mask << 1).Nodes())
	}
}

// parts is the number of components among some nodes: those that no lower one of them reaches.
func parts(joined [][]bool, nodes []int) (n int) {
	within := make([][]bool, len(joined))
	for u := range within {
		within[u] = make([]bool, len(joined))
		for v := range within[u] {
			within[u][v] = joined[u][v] && slices.Contains(nodes, u) && slices.Contains(nodes, v)
		}
	}
	d := floyd(within)
	for i, v := range nodes {
		if !slices.ContainsFunc(nodes[:i], func(u int) bool { return d[u][v] < far }) {
			n++
		}
	}
	return n
}

// TestUndirected holds every graph of up to five nodes against definitions written out.
func TestUndirected(t *testing.T) {
	every(t, 5, false, func(g *Graph, joined [][]bool) {
		n, d := g.Nodes(), floyd(joined)
		all := g.All().Nodes()
		clique, triangles, twoSides, diameter := 0, 0, false, 0
		subsets(n, func(nodes []int) {
			complete, split := true, true
			for u := 1; u <= n; u++ {
				for v := u + 1; v <= n; v++ {
					in := []bool{slices.Contains(nodes, u), slices.Contains(nodes, v)}
					complete = complete && (!in[0] || !in[1] || joined[u][v])
					split = split && (!joined[u][v] || in[0] != in[1])
				}
			}
			if complete {
				clique = max(clique, len(nodes))
			}
			if complete && len(nodes) == 3 {
				triangles++
			}
			twoSides = twoSides || split
		})
		edges := 0
		var cut []int
		for _, u := range all {
			rest := slices.DeleteFunc(slices.Clone(all), func(v int) bool { return v == u })
			if parts(joined, rest) > parts(joined, all) {
				cut = append(cut, u)
			}
			eccentricity := 0
			for _, v := range all {
				if u < v && joined[u][v] {
					edges++
				}
				if got, ok := g.Distance(u, v); ok != (d[u][v] < far) || ok && got != d[u][v] {
					t.Fatalf("%v: distance of %d and %d is %d, %t", g.Edges(), u, v, got, ok)
				}
				if d[u][v] < far {
					eccentricity = max(eccentricity, d[u][v])
				}
			}
			diameter = max(diameter, eccentricity)
			if g.Eccentricity(u) != eccentricity || g.In(u) != g.Out(u) || g.Parts(u) != parts(joined, rest) {
				t.Fatalf("%v: node %d", g.Edges(), u)
			}
		}
		_, sides := g.Sides()
		if len(g.Edges()) != edges || g.MaxClique().Len() != clique || len(g.Triangles()) != triangles || sides != twoSides ||
			len(g.Components()) != parts(joined, all) || g.Diameter() != diameter || !slices.Equal(g.CutNodes().Nodes(), cut) && len(cut) > 0 ||
			g.CutNodes().Len() != len(cut) || g.Cyclic() != (edges > n-parts(joined, all)) {
			t.Fatalf("%v: one of its figures is wrong", g.Edges())
		}
		for u := range g.MaxClique().All() {
			if g.MaxClique()&^g.Out(u) != SetOf(u) {
				t.Fatalf("%v: %v is no clique", g.Edges(), g.MaxClique().Nodes())
			}
		}
	})
}

// TestCyclic holds directed graphs of up to four nodes, and undirected ones of up to five,
// against the search for a walk back to its start.
func TestCyclic(t *testing.T) {
	every(t, 4, true, func(g *Graph, joined [][]bool) {
		d, cyclic := floyd(joined), false
		for u := range joined {
			for v := range joined {
				cyclic = cyclic || joined[u][v] && d[v][u] < far
			}
		}
		if g.Cyclic() != cyclic {
			t.Fatalf("%v: cyclic is %t", g.Edges(), g.Cyclic())
		}
	})
	every(t, 5, false, func(g *Graph, joined [][]bool) {
		cyclic := false
		for _, e := range g.Edges() { // an edge is on a cycle if its ends are joined without it
			joined[e[0]][e[1]], joined[e[1]][e[0]] = false, false
			cyclic = cyclic || floyd(joined)[e[0]][e[1]] < far
			joined[e[0]][e[1]], joined[e[1]][e[0]] = true, true
		}
		if g.Cyclic() != cyclic {
			t.Fatalf("%v: cyclic is %t", g.Edges(), g.Cyclic())
		}
	})
}

func TestNewRefuses(t *testing.T) {
	for want, edges := range map[string][][2]int{
		"the edge (1, 4) is not between nodes 1 to 3": {{1, 4}}, "the edge (0, 1) is not between nodes 1 to 3": {{0, 1}},
		"the edge (2, 2) is a loop": {{2, 2}}, "the edge (2, 1) is given twice": {{1, 2}, {2, 1}},
	} {
		if _, err := New(3, false, edges); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, n := range []int{0, MaxNodes + 1} {
		if _, err := New(n, true, nil); err == nil {
			t.Errorf("there is a graph of %d nodes", n)
		}
	}
	if g, err := New(2, true, [][2]int{{1, 2}, {2, 1}}); err != nil || len(g.Edges()) != 2 {
		t.Errorf("two directions: %v", err)
	}
}

// TestLargeGraph: the words hold 63 nodes, and the search for cliques of 36 is short at its worst:
// twelve sets of three, every node joined to those of other sets.
func TestLargeGraph(t *testing.T) {
	var edges [][2]int
	for v := 1; v < MaxNodes; v++ {
		edges = append(edges, [2]int{v, v + 1})
	}
	g, err := New(MaxNodes, false, edges)
	if err != nil || g.Diameter() != 62 || g.CutNodes().Len() != 61 || len(g.Components()) != 1 || g.MaxClique().Len() != 2 {
		t.Errorf("a path of %d nodes: %v", MaxNodes, err)
	}
	edges = nil
	for u := 1; u <= 36; u++ {
		for v := u + 1; v <= 36; v++ {
			if (u-1)/3 != (v-1)/3 {
				edges = append(edges, [2]int{u, v})
			}
		}
	}
	if g, err = New(36, false, edges); err != nil || g.MaxClique().Len() != 12 {
		t.Errorf("got %v, %v", g.MaxClique().Nodes(), err)
	}
}
