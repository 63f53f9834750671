package math

import (
	"slices"
	"strings"

	"temper/model/library/latex"
)

// assignments compares x=1, y=2 with (x,y)=(1,2), with y=2, x=1 and with (1,2).
func (c *comparison) assignments(a, g *latex.Node) (ok, decided bool) {
	names, values := c.assigned(a)
	otherNames, otherValues := c.assigned(g)
	switch {
	case len(names) > 1 && len(otherNames) > 1:
		if len(names) != len(otherNames) {
			return false, true
		}
		var ordered []*latex.Node
		for _, name := range names {
			j := slices.Index(otherNames, name)
			if j < 0 {
				return false, true
			}
			ordered = append(ordered, otherValues[j])
		}
		return c.inOrder(values, ordered), true
	case len(names) > 1 && g.Kind == latex.Tuple && isRound(g):
		return c.inOrder(byName(names, values), g.Args), true
	case len(otherNames) > 1 && a.Kind == latex.Tuple && isRound(a):
		return c.inOrder(a.Args, byName(otherNames, otherValues)), true
	case len(names) > 1 && isBare(g) && !haveIndices(names):
		return g.Kind == latex.List && c.inOrder(byName(names, values), g.Args), true
	case len(otherNames) > 1 && isBare(a) && !haveIndices(otherNames):
		return a.Kind == latex.List && c.inOrder(a.Args, byName(otherNames, otherValues)), true
	}
	return false, false
}

// isBare says whether an answer is several values without names: those of different names
// stand in their order in a list, and no set has them.
func isBare(n *latex.Node) bool {
	return (n.Kind == latex.List || n.Kind == latex.Set) && !isOr(n) && len(n.Args) > 1 && !slices.ContainsFunc(n.Args, func(a *latex.Node) bool { return a.Kind == latex.Relation })
}

// haveIndices says whether names are one letter with different indices, as x_1 and x_2 for the
// solutions of one equation.
func haveIndices(names []string) bool {
	first, _, ok := strings.Cut(names[0], "_")
	return ok && !slices.ContainsFunc(names, func(name string) bool {
		letter, _, ok := strings.Cut(name, "_")
		return !ok || letter != first
	})
}

// assigned gives the names and values of a list of equations with different names, or of
// (x,y) = (1,2).
func (c *comparison) assigned(n *latex.Node) (names []string, list []*latex.Node) {
	if n.Kind == latex.Relation && len(n.Args) == 2 && n.Ops[0] == "=" && n.Args[0].Kind == latex.Tuple && n.Args[1].Kind == latex.Tuple && len(n.Args[0].Args) == len(n.Args[1].Args) && isRound(n.Args[1]) && nameLike(n.Args[0]) {
		for _, a := range n.Args[0].Args {
			names = append(names, a.Key())
		}
		return names, n.Args[1].Args
	}
	if n.Kind == latex.Relation && len(n.Ops) > 1 { // x = y = 1
		value := n.Args[len(n.Args)-1]
		for i, a := range n.Args[:len(n.Args)-1] {
			if n.Ops[i] != "=" || a.Kind != latex.Symbol || slices.Contains(names, a.Key()) || !isConstant(value) {
				return nil, nil
			}
			names, list = append(names, a.Key()), append(list, value)
		}
		return names, list
	}
	if n.Kind != latex.List {
		return nil, nil
	}
	for _, a := range n.Args {
		name, value, ok := c.named(a)
		if !ok || slices.Contains(names, name.Key()) {
			return nil, nil
		}
		names, list = append(names, name.Key()), append(list, value)
	}
	return names, list
}

// grouped reads x=1, y=2 or x=3, y=4 as (x,y)=(1,2) or (x,y)=(3,4); other answers stay.
func (c *comparison) grouped(n *latex.Node) *latex.Node {
	if n.Kind != latex.List {
		return n
	}
	var names, values []*latex.Node
	for _, a := range n.Args {
		name, value, ok := c.named(a)
		if !ok {
			return n
		}
		names, values = append(names, name), append(values, value)
	}
	sameKey := func(a, b *latex.Node) bool { return a.Key() == b.Key() }
	width := 1 + slices.IndexFunc(names[1:], func(a *latex.Node) bool { return sameKey(a, names[0]) })
	if width < 2 || len(names)%width != 0 {
		return n
	}
	m := &latex.Node{Kind: latex.List, Name: n.Name}
	for i := 0; i < len(names); i += width {
		if !slices.EqualFunc(names[:width], names[i:i+width], sameKey) {
			return n
		}
		point := [2]*latex.Node{}
		for k, parts := range [...][]*latex.Node{names[:width], values[i : i+width]} {
			point[k] = &latex.Node{Kind: latex.Tuple, Open: "(", Close: ")", Args: parts}
		}
		m.Args = append(m.Args, &latex.Node{Kind: latex.Relation, Ops: []string{"="}, Args: point[:]})
	}
	return m
}

// byName are the values of x, y and z in the order of these names; of other names in the
// order in which they stand.
func byName(names []string, values []*latex.Node) []*latex.Node {
	order := make([]int, len(names))
	for i, name := range names {
		order[i] = i
		if !slices.Contains(coordinates, name) {
			return values
		}
	}
	slices.SortFunc(order, func(i, j int) int { return strings.Compare(names[i], names[j]) })
	sorted := make([]*latex.Node, len(values))
	for i, k := range order {
		sorted[i] = values[k]
	}
	return sorted
}

var coordinates = []string{symbolKey("x"), symbolKey("y"), symbolKey("z")}
