package math

import (
	"math/big"
	"slices"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// scalars compares expressions of numbers and variables, in each reading of the notation
// that is in them.
func (c *comparison) scalars(a, g *latex.Node) bool {
	if !sameUnits(a, g) {
		return false
	}
	if equal, decided := sameTime(a, g); decided {
		return equal
	}
	if q := soften(a); q != nil && len(variables(g)) == 0 && c.scalars(q, g) || c.congruent(a, g) {
		return true
	}
	if q := soften(g); q != nil && a.Kind == latex.Quantity {
		g = q
		if !sameUnits(a, g) {
			return false
		}
	}
	a, g = hundredths(withoutUnit(a), true), hundredths(withoutUnit(g), true)
	scaled := a.Has(latex.Percent, latex.Degrees) != g.Has(latex.Percent, latex.Degrees)
	logs := bareLog(a) || bareLog(g)
	for _, r := range [...]reading{{}, {scaled: true}, {natural: true}, {scaled: true, natural: true}} {
		if r.scaled && !scaled || r.natural && !logs {
			continue
		}
		if c.reading = r; c.sameValue(a, g) {
			return true
		}
	}
	c.reading = reading{}
	if c.antiderivatives(a, g) {
		return true
	}
	for key := range c.integers {
		if c.sameFamily([]*latex.Node{a}, []*latex.Node{g}, key) {
			return true
		}
	}
	return false
}

// hundredths makes x/100 of the x% in an expression; only a value that is x% itself may also
// be x.
func hundredths(n *latex.Node, whole bool) *latex.Node {
	if !n.Has(latex.Percent) {
		return n
	}
	m := n.Copy(func(a *latex.Node) *latex.Node { return hundredths(a, whole && n.Kind == latex.Negative) })
	if n.Kind == latex.Percent && !whole {
		return latex.New(latex.Quotient, m.Args[0], latex.NewNumber(big.NewRat(100, 1)))
	}
	return m
}

func bareLog(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool { return m.Kind != latex.Call || m.Name != "log" || len(m.Args) > 1 })
}

// sameValue compares exactly where it can, else by values.
func (c *comparison) sameValue(a, g *latex.Node) bool {
	if isInfinite(a) || isInfinite(g) {
		return infinity(a) != 0 && infinity(a) == infinity(g)
	}
	x, y := c.exact(a), c.exact(g)
	if x != nil && y != nil {
		return x.Cmp(y) == 0 || c.rounded(a, g) || c.rounded(g, a)
	}
	if c.rounded(a, g) || c.rounded(g, a) {
		return true
	}
	if shapes := c.shapes(a, g); shapes != nil {
		return c.sameOrdered(a, g, shapes)
	}
	return c.identical(a, g)
}

// identical compares the values of two expressions at points: the real ones at first, and
// if there are none, complex ones. All must agree.
func (c *comparison) identical(a, g *latex.Node) bool {
	names := variables(a, g)
	whole := needsWhole(a) || needsWhole(g)
	for _, imaginary := range [...]bool{false, true} {
		want, tries := 4, 12
		switch {
		case len(names) == 0:
			want, tries = 1, 1
		case whole:
			want = 8
		}
		agreed, onlyA, onlyG, neither := 0, 0, 0, 0 // points where both, or one, have a value
		for k := 0; k < tries && agreed < want; k++ {
			p := pointNumber(k, names, whole)
			p.imaginary = imaginary
			x, y := c.value(a, p), c.value(g, p)
			switch {
			case x.Defined() && y.Defined():
				if !numeric.Equal(x, y) {
					return false
				}
				agreed++
			case x.Defined():
				onlyA++
			case y.Defined():
				onlyG++
			default:
				neither++
			}
		}
		if !imaginary && onlyA+onlyG > 0 && !hasImaginary(a) && !hasImaginary(g) && !countsOnly(a, g) {
			switch {
			case onlyG > agreed, onlyG > 0 && len(difference(names, []string{symbolKey("C")})) == 1, onlyG > 0 && onlyA+neither == 0 && isTotal(g):
				return false // the answer has no value where the gold answer has one
			case onlyA > 0 && onlyG+neither == 0 && (isTotal(a) || len(names) == 1 && widensLog(a)):
				return false // it has a value everywhere, and the gold answer has not
			}
		}
		if agreed > 1 || agreed == want {
			return imaginary || len(names) == 0 || c.sameAround(a, g, names, whole)
		}
	}
	return false
}

// widensLog says whether an expression has a logarithm that may be real where that of the same
// value is not, as \frac12 \ln x^2 beside \ln x. \ln|x| is also written for \ln x, and \ln x^2
// for 2\ln x.
func widensLog(n *latex.Node) bool {
	logs, abs := false, false
	n.Walk(func(m *latex.Node) bool {
		logs = logs || m.Kind == latex.Call && (m.Name == "ln" || m.Name == "log")
		abs = abs || m.Kind == latex.Call && m.Name == "abs"
		return true
	})
	return logs && !abs && n.Kind != latex.Call
}

// isTotal says whether no root, logarithm or arcus function of a variable is in an expression.
func isTotal(n *latex.Node) bool {
	return n.Walk(func(m *latex.Node) bool {
		switch {
		case len(variables(m)) == 0, m.Kind != latex.Power && m.Kind != latex.Call:
			return true
		case m.Kind == latex.Power:
			e := unsigned(m.Args[1])
			return e.Kind == latex.Number && e.Num.IsInt() || len(variables(m.Args[0])) == 0
		}
		switch m.Name {
		case "root", "ln", "log", "log10", "asin", "acos", "asec", "acsc", "acosh", "atanh", "acoth", "asech":
			return false
		}
		return true
	})
}

// countsOnly says whether a function is in one of the expressions that is computed for some
// integers only: n!/(n-3)! is n(n-1)(n-2) all the same.
func countsOnly(nodes ...*latex.Node) bool {
	for _, n := range nodes {
		if !n.Walk(func(m *latex.Node) bool {
			return m.Kind != latex.Call || !slices.Contains([]string{"!", "!!", "binom", `\Gamma`, "sum", "prod", "mod", "gcd", "lcm"}, m.Name)
		}) {
			return true
		}
	}
	return false
}

// sameAround says whether no point where an expression may change its form tells a from g.
func (c *comparison) sameAround(a, g *latex.Node, names []string, whole bool) bool {
	c.payForPoints(maxPointsAround, names)
	for _, p := range pointsAround(names, whole, a, g) {
		x, y := c.value(a, p), c.value(g, p)
		if x.Defined() && y.Defined() && !numeric.Equal(x, y) && !(tiny(x) && tiny(y)) {
			return false
		}
	}
	for _, p := range complexPoints(names, a, g) {
		x, y := c.value(a, p), c.value(g, p)
		if x.Defined() && y.Defined() && !numeric.Equal(x, y) && !(tiny(x) && tiny(y)) {
			return false
		}
	}
	return true
}

// tiny says whether a value may be zero that was not computed exactly, as ln 1.
func tiny(x numeric.Number) bool {
	order, ok := numeric.Cmp(numeric.Abs(x), numeric.Float(1e-90))
	return ok && order < 0
}

func unsigned(n *latex.Node) *latex.Node {
	for n.Kind == latex.Negative {
		n = n.Args[0]
	}
	return n
}

// infinity is ±1 for ±∞.
func infinity(n *latex.Node) int {
	switch {
	case n.Kind == latex.Constant && n.Name == "infty":
		return 1
	case n.Kind == latex.Negative:
		return -infinity(n.Args[0])
	}
	return 0
}

// isInfinite says whether ∞ is in an expression, other than as the bound of a sum or its like.
func isInfinite(n *latex.Node) bool {
	n.Visited()
	if binds(n) {
		return isInfinite(n.Args[len(n.Args)-1])
	}
	return n.Kind == latex.Constant && n.Name == "infty" || slices.ContainsFunc(n.Args, isInfinite)
}

// congruent says whether two numbers modulo the same number are the same.
func (c *comparison) congruent(a, g *latex.Node) bool {
	if a.Kind != latex.Quantity || g.Kind != latex.Quantity || len(a.Args) < 2 || len(g.Args) < 2 {
		return false
	}
	x, y, m := c.exact(a.Args[0]), c.exact(g.Args[0]), c.exact(g.Args[1])
	if x == nil || y == nil || m == nil || m.Sign() == 0 {
		return false
	}
	d := new(big.Rat).Sub(x, y)
	return d.Quo(d, m).IsInt()
}
