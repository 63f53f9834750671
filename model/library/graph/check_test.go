package graph

import (
	"slices"
	"testing"
)

// sequences calls f with every list of so many numbers from 0 to most: also of those
// that are no nodes, and with repeats.
func sequences(length, most int, f func([]int)) {
	list := make([]int, length)
	for {
		f(slices.Clone(list))
		i := 0
		for ; i < length; i++ {
			if list[i]++; list[i] <= most {
				break
			}
			list[i] = 0
		}
		if i == length {
			return
		}
	}
}

// distinct says whether a list has so many different nodes of 1 to n, and no others.
func distinct(list []int, n int) bool {
	seen := map[int]bool{}
	for _, v := range list {
		if v < 1 || v > n || seen[v] {
			return false
		}
		seen[v] = true
	}
	return true
}

// TestCheckPathsAndOrders: of all lists of up to five numbers, on all directed graphs of up to
// three nodes and all undirected ones of up to four, the checkers accept exactly those
// that the definitions do.
func TestCheckPathsAndOrders(t *testing.T) {
	for _, directed := range []bool{true, false} {
		most := 4
		if directed {
			most = 3
		}
		every(t, most, directed, func(g *Graph, joined [][]bool) {
			n, d := g.Nodes(), floyd(joined)
			for length := range n + 2 {
				sequences(length, n+1, func(list []int) {
					path, order := distinct(list, n), distinct(list, n) && length == n
					for i := range list {
						path = path && (i == 0 || joined[list[i-1]][list[i]])
						for _, later := range list[i:] {
							order = order && !joined[later][list[i]]
						}
					}
					if got := g.CheckPath(list) == nil; got != path {
						t.Fatalf("%v: path %v: %v", g.Edges(), list, g.CheckPath(list))
					}
					if got := g.CheckHamiltonianPath(list) == nil; got != (path && length == n) {
						t.Fatalf("%v: Hamiltonian path %v: %v", g.Edges(), list, g.CheckHamiltonianPath(list))
					}
					if got := g.CheckOrder(list) == nil; directed && got != order {
						t.Fatalf("%v: order %v: %v", g.Edges(), list, g.CheckOrder(list))
					}
					for to := 1; to <= n; to++ {
						want := path && length > 0 && list[0] == 1 && list[length-1] == to && length == d[1][to]+1
						if got := g.CheckShortestPath(1, to, list) == nil; got != want {
							t.Fatalf("%v: shortest path to %d %v: %v", g.Edges(), to, list, g.CheckShortestPath(1, to, list))
						}
					}
				})
			}
		})
	}
}

// TestCheckColouringAndTree does the same for colourings, and for lists of edges.
func TestCheckColouringAndTree(t *testing.T) {
	every(t, 4, false, func(g *Graph, joined [][]bool) {
		n := g.Nodes()
		for length := range n + 2 {
			sequences(length, 3, func(colours []int) {
				proper := length == n
				for i, c := range colours {
					proper = proper && c >= 1 && c <= 2
					for j, other := range colours {
						proper = proper && (i >= n || j >= n || !joined[i+1][j+1] || c != other)
					}
				}
				if got := g.CheckColouring(2, colours) == nil; got != proper {
					t.Fatalf("%v: colours %v: %v", g.Edges(), colours, g.CheckColouring(2, colours))
				}
			})
		}
	})
	every(t, 3, false, func(g *Graph, joined [][]bool) {
		for length := range 4 {
			sequences(2*length, 4, func(list []int) {
				var edges [][2]int
				real, chosen := true, make([][]bool, len(joined))
				for u := range chosen {
					chosen[u] = make([]bool, len(joined))
				}
				for i := 0; i < len(list); i += 2 {
					u, v := list[i], list[i+1]
					edges = append(edges, [2]int{u, v})
					if real = real && u <= g.Nodes() && v <= g.Nodes() && joined[u][v]; real {
						chosen[u][v], chosen[v][u] = true, true
					}
				}
				tree := real && length == g.Nodes()-1 && parts(chosen, g.All().Nodes()) == 1
				if got := g.CheckTree(edges) == nil; got != tree {
					t.Fatalf("%v: tree %v: %v", g.Edges(), edges, g.CheckTree(edges))
				}
			})
		}
	})
}

// TestFound: what the package finds passes its checkers, on every graph of up to five nodes.
func TestFound(t *testing.T) {
	every(t, 5, false, func(g *Graph, _ [][]bool) {
		colours := g.Colouring()
		if err := g.CheckColouring(slices.Max(colours), colours); err != nil {
			t.Fatalf("%v: %v", g.Edges(), err)
		}
		if len(g.Components()) == 1 {
			if err := g.CheckTree(g.Tree()); err != nil {
				t.Fatalf("%v: %v", g.Edges(), err)
			}
		}
		for to := range g.Reached(1).All() {
			if err := g.CheckShortestPath(1, to, g.ShortestPath(1, to)); err != nil {
				t.Fatalf("%v: %v", g.Edges(), err)
			}
		}
	})
	every(t, 4, true, func(g *Graph, _ [][]bool) {
		if order := g.Order(); order != nil {
			if err := g.CheckOrder(order); err != nil {
				t.Fatalf("%v: %v", g.Edges(), err)
			}
		}
	})
}
