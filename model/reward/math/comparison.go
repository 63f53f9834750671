package math

import (
	"temper/model/reward/math/latex"
)

// maxSteps is the budget of one comparison, in steps of about a microsecond.
const maxSteps = 40000

// maxElements bounds lists and sets that are compared in any order.
const maxElements = 200

// comparison compares one answer with one gold answer.
type comparison struct {
	steps   int // left
	depth   int
	reading reading
}

// spend takes steps from the budget and says whether it held them.
func (c *comparison) spend(steps int) bool {
	c.steps -= steps
	return c.steps >= 0
}

// same says whether an answer a denotes what the gold answer g denotes.
func (c *comparison) same(a, g *latex.Node) bool {
	if c.depth++; c.depth > 20 || !c.spend(1) {
		return false
	}
	defer func() { c.depth-- }()
	x, y := a.Key(), g.Key()
	if x == y {
		return true
	}
	if !c.spend((len(x) + len(y)) / 16) {
		return false
	}
	if a.Scalar() && g.Scalar() && !a.Has(latex.PlusMinus) && !g.Has(latex.PlusMinus) {
		return c.scalars(a, g)
	}
	a, g = simplify(a), simplify(g)
	switch {
	case a.Kind == latex.Text || g.Kind == latex.Text:
		return sameText(a, g)
	case a.Kind == latex.Quantity || g.Kind == latex.Quantity:
		return sameUnits(a, g) && c.same(withoutUnit(a), withoutUnit(g))
	case c.sameRegion(a, g):
		return true
	case a.Kind == latex.Relation || g.Kind == latex.Relation:
		return c.relations(a, g)
	case a.Kind == latex.List || g.Kind == latex.List:
		return c.lists(a, g)
	case a.Kind == latex.Set && g.Kind == latex.Set:
		return c.covers(a.Args, g.Args) && c.covers(g.Args, a.Args)
	case a.Kind == latex.Set || g.Kind == latex.Set: // {5} is 5
		return len(elements(a)) == 1 && len(elements(g)) == 1 && c.same(elements(a)[0], elements(g)[0])
	case a.Kind == latex.Matrix || g.Kind == latex.Matrix || a.Kind == latex.Tuple || g.Kind == latex.Tuple:
		return c.ordered(a, g)
	case a.Kind == latex.Based || g.Kind == latex.Based:
		x, y := inBase(a), inBase(g)
		return x != nil && y != nil && x.Cmp(y) == 0 && (a.Kind == g.Kind || baseTen(a) || baseTen(g))
	case a.Kind == latex.Region && g.Kind == latex.Region:
		return a.Name == g.Name && c.inAnyOrder(pieces(a, a.Name), pieces(g, g.Name))
	}
	return a.Scalar() && g.Scalar() && c.scalars(a, g)
}

// lists compares answers of several values, of which at least one is a list without brackets.
func (c *comparison) lists(a, g *latex.Node) bool {
	if ok, decided := c.assignments(a, g); decided {
		return ok
	}
	switch {
	case a.Kind == latex.Tuple && isRound(a) || a.Kind == latex.Matrix:
		return c.inOrder(a.Args, g.Args)
	case g.Kind == latex.Tuple && isRound(g) || g.Kind == latex.Matrix:
		return c.inOrder(a.Args, g.Args)
	}
	if a.Kind != g.Kind { // 3/4 or 0.75
		return c.allSame(elements(a), elements(g))
	}
	return c.inAnyOrder(a.Args, g.Args)
}

// allSame compares a list with a single value, or with a set. In a list after "or" one value
// may stand in several forms.
func (c *comparison) allSame(a, g []*latex.Node) bool {
	if len(a) == 1 || len(g) == 1 {
		return c.covers(a, g) && c.covers(g, a)
	}
	return c.inAnyOrder(a, g)
}

func isRound(n *latex.Node) bool { return n.Open == "(" && n.Close == ")" }

// elements are the parts of a list or set; of anything else itself.
func elements(n *latex.Node) []*latex.Node {
	if n.Kind == latex.List || n.Kind == latex.Set {
		return n.Args
	}
	return []*latex.Node{n}
}

// pieces are the parts of a union or intersection.
func pieces(n *latex.Node, name string) []*latex.Node {
	if n.Kind == latex.Region && n.Name == name && name != "∖" {
		return append(pieces(n.Args[0], name), pieces(n.Args[1], name)...)
	}
	return []*latex.Node{n}
}

// ordered compares tuples and matrices, part by part. A matrix of one row or column is a
// tuple in round brackets.
func (c *comparison) ordered(a, g *latex.Node) bool {
	if a.Kind == latex.Matrix && g.Kind == latex.Matrix {
		return a.Rows == g.Rows && c.inOrder(a.Args, g.Args)
	}
	for _, n := range [...]*latex.Node{a, g} {
		vector := n.Kind == latex.Matrix && (n.Rows == 1 || n.Rows == len(n.Args))
		if !vector && n.Kind != latex.Tuple {
			return false
		}
	}
	if a.Kind == g.Kind && (a.Open != g.Open || a.Close != g.Close) {
		return false
	}
	if a.Kind != g.Kind && !isRound(a) && !isRound(g) {
		return false
	}
	return c.inOrder(a.Args, g.Args)
}

func (c *comparison) inOrder(a, g []*latex.Node) bool {
	if len(a) != len(g) {
		return false
	}
	for i := range a {
		if !c.same(a[i], g[i]) {
			return false
		}
	}
	return true
}

// inAnyOrder matches the elements one to one.
func (c *comparison) inAnyOrder(a, g []*latex.Node) bool {
	if len(a) != len(g) || len(a) > maxElements {
		return false
	}
	used := make([]bool, len(g))
next:
	for i := range a {
		for k := range g {
			if j := (i + k) % len(g); !used[j] && c.same(a[i], g[j]) {
				used[j] = true
				continue next
			}
		}
		return false
	}
	return true
}

// covers says whether every element of b is in a.
func (c *comparison) covers(a, b []*latex.Node) bool {
	if len(a) > maxElements || len(b) > maxElements {
		return false
	}
next:
	for _, y := range b {
		for _, x := range a {
			if c.same(x, y) {
				continue next
			}
		}
		return false
	}
	return true
}
