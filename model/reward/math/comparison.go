package math

import (
	"slices"

	"temper/model/library/budget"
	"temper/model/library/latex"
)

// maxElements bounds lists and sets that are compared in any order.
const maxElements = 200

// comparison compares one answer with one gold answer.
type comparison struct {
	budget  *budget.Budget
	depth   int
	reading reading
	// integers are the keys of the variables that one of the answers says are integers.
	integers map[string]bool
}

// same says whether an answer a denotes what the gold answer g denotes.
func (c *comparison) same(a, g *latex.Node) bool {
	if c.depth++; c.depth > 20 {
		return false
	}
	c.budget.Spend(costSame, 0)
	defer func() { c.depth-- }()
	x, y := a.Key(), g.Key()
	if x == y {
		return true
	}
	if equal, decided := c.byUnitVectors(a, g); decided {
		return equal
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
	case a.Kind == latex.Cases || g.Kind == latex.Cases && g.Kind != latex.Relation && a.Kind != latex.Relation:
		if g.Kind != latex.Relation {
			return c.piecewise(a, g)
		}
		return c.relations(a, g)
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
		return sameBased(a, g)
	case a.Kind == latex.Region && g.Kind == latex.Region:
		return a.Name == g.Name && c.inAnyOrder(pieces(a, a.Name), pieces(g, g.Name))
	}
	return a.Scalar() && g.Scalar() && c.scalars(a, g)
}

// sameAnswer says whether an answer denotes what the gold answer does, with the names of its
// integer parameters and constants of integration or with those of the gold answer.
func (c *comparison) sameAnswer(a, g *latex.Node) bool {
	if otherSets(a, g) {
		return false
	}
	c.integers, _ = declared(a, g)
	if c.same(a, g) {
		return true
	}
	return slices.ContainsFunc(c.renamed(a, g), func(n *latex.Node) bool {
		c.integers, _ = declared(n, g)
		return c.same(n, g)
	})
}

// lists compares answers of several values, of which at least one is a list without brackets.
func (c *comparison) lists(a, g *latex.Node) bool {
	if ok, decided := c.assignments(a, g); decided {
		return ok
	}
	a, g = c.grouped(a), c.grouped(g)
	switch {
	case isVector(a) || isVector(g):
		if isOr(a) || isOr(g) {
			return false
		}
		return c.inOrder(a.Args, g.Args)
	case a.Kind != g.Kind && (isOr(a) || isOr(g)): // 3/4 or 0.75
		return c.allSame(elements(a), elements(g))
	case a.Name == "∧" && isOr(g), isOr(a) && g.Name == "∧", isOr(a) != isOr(g) && ofWords(a) && ofWords(g):
		return false // red and blue are not red or blue
	case a.Kind != g.Kind:
		return c.inAnyOrder(elements(a), elements(g))
	case hasDots(a) || hasDots(g) || toldApart(a) != toldApart(g):
		return c.inOrder(a.Args, g.Args)
	}
	return c.inAnyOrder(a.Args, g.Args)
}

// ofWords says whether a list is one of words.
func ofWords(n *latex.Node) bool {
	return n.Kind == latex.List && !slices.ContainsFunc(n.Args, func(a *latex.Node) bool { return a.Kind != latex.Text })
}

// hasDots says whether … stands in a list, as in 1, 2, …, n.
func hasDots(n *latex.Node) bool {
	return slices.ContainsFunc(n.Args, func(a *latex.Node) bool { return a.Kind == latex.Symbol && a.Name == "…" })
}

// toldApart says whether the elements of a list are amounts of different things.
func toldApart(n *latex.Node) bool {
	var seen []string
	for _, a := range n.Args {
		things := noteOf(a).Things
		if things == "" || slices.Contains(seen, things) {
			return false
		}
		seen = append(seen, things)
	}
	return true
}

// allSame compares a list with a single value, or with a set. In a list after "or" one value
// may stand in several forms.
func (c *comparison) allSame(a, g []*latex.Node) bool {
	if len(a) == 1 || len(g) == 1 {
		return c.covers(a, g) && c.covers(g, a)
	}
	return c.inAnyOrder(a, g)
}

// isOr says whether one of the elements of a list is enough.
func isOr(n *latex.Node) bool { return n.Kind == latex.List && (n.Name == "or" || n.Name == "∨") }

// isVector says whether an answer is a tuple in round brackets, or a row or column.
func isVector(n *latex.Node) bool {
	return n.Kind == latex.Tuple && isRound(n) || n.Kind == latex.Matrix && (n.Rows == 1 || n.Rows == len(n.Args))
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
	a, g = rowsOf(a, g), rowsOf(g, a)
	switch {
	case a.Kind == latex.Matrix && g.Kind == latex.Matrix:
		return a.Rows == g.Rows && c.inOrder(a.Args, g.Args)
	case isRatio(a) && isRatio(g):
		return len(a.Args) == len(g.Args) && c.inOrder(overFirst(a), overFirst(g))
	case g.Kind != latex.Tuple && g.Kind != latex.Matrix:
		return g.Scalar() && choice(a) != nil && c.scalars(choice(a), g)
	case a.Kind != latex.Tuple && a.Kind != latex.Matrix:
		return a.Scalar() && choice(g) != nil && c.scalars(a, choice(g))
	}
	for _, n := range [...]*latex.Node{a, g} {
		if !isVector(n) && n.Kind != latex.Tuple {
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

// rowsOf is n, or the matrix that [[1,2],[3,4]] is beside a matrix.
func rowsOf(n, beside *latex.Node) *latex.Node {
	if beside.Kind != latex.Matrix || n.Kind != latex.Tuple || n.Open != "[" {
		return n
	}
	m := &latex.Node{Kind: latex.Matrix, Rows: len(n.Args)}
	for _, row := range n.Args {
		if row.Kind != latex.Tuple || row.Open != "[" || len(row.Args) != len(n.Args[0].Args) {
			return n
		}
		m.Args = append(m.Args, row.Args...)
	}
	return m
}

// isRatio says whether an answer is a ratio of three and more numbers.
func isRatio(n *latex.Node) bool {
	return n.Kind == latex.Tuple && n.Open == ":" && !slices.ContainsFunc(n.Args, func(a *latex.Node) bool { return !a.Scalar() })
}

// overFirst are the numbers of a ratio divided by the first.
func overFirst(n *latex.Node) []*latex.Node {
	var parts []*latex.Node
	for _, a := range n.Args[1:] {
		parts = append(parts, latex.New(latex.Quotient, a, n.Args[0]))
	}
	return parts
}

// choice is the binomial coefficient that C(5,2) is beside a number, nil for all else.
func choice(n *latex.Node) *latex.Node {
	if n.Kind != latex.Tuple || n.Name != "C" || len(n.Args) != 2 {
		return nil
	}
	return &latex.Node{Kind: latex.Call, Name: "binom", Args: n.Args}
}

func (c *comparison) inOrder(a, g []*latex.Node) bool {
	if len(a) != len(g) {
		return false
	}
	if equal, decided := c.inFamilies(a, g); decided {
		return equal
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
			if (x.Kind == latex.Set) == (y.Kind == latex.Set) && c.same(x, y) { // within a set {5} is not 5
				continue next
			}
		}
		return false
	}
	return true
}
