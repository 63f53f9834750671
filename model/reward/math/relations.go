package math

import (
	"slices"
	"strings"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// relations compares answers of which at least one is an equation, an inequality or x ∈ S.
func (c *comparison) relations(a, g *latex.Node) bool {
	if ok, decided := c.assignments(a, g); decided {
		return ok
	}
	if c.sameCongruence(a, g) {
		return true
	}
	if a.Kind != latex.Relation || g.Kind != latex.Relation {
		return c.valueOfRelation(a, g)
	}
	if isCongruence(a) && g.Ops[0] == "=" || isCongruence(g) && a.Ops[0] == "=" {
		return false
	}
	a, g = ascending(a), ascending(g)
	if hasDerivative(a) != hasDerivative(g) {
		a, g = primed(a), primed(g)
	}
	x, y, okX := c.named(a)
	u, v, okU := c.named(g)
	if okX && okU {
		if y, ok := sameName(x, y, u); ok {
			return c.same(y, v)
		}
	}
	if okU && u.Kind == latex.Symbol && isConstant(v) && !isSolved(a) {
		return false // x = 2 is asked for, and 5x + 3 = 13 is the question
	}
	if c.proportional(a, g) {
		return true
	}
	if op := a.Ops[0]; len(a.Ops) == 1 && (op == "∥" || op == "⊥" || op == "≅") {
		return op == g.Ops[0] && c.inAnyOrder(a.Args, g.Args)
	}
	return slices.Equal(a.Ops, g.Ops) && c.inOrder(a.Args, g.Args)
}

func isConstant(n *latex.Node) bool { return n.Scalar() && len(variables(n)) == 0 }

// isSolved says whether an equation is as good as its solution: x - 2 = 0.
func isSolved(n *latex.Node) bool {
	if len(n.Args) != 2 {
		return false
	}
	sum, zero := n.Args[0], n.Args[1]
	if zero.Kind != latex.Number || zero.Num.Sign() != 0 {
		sum, zero = zero, sum
	}
	return zero.Kind == latex.Number && zero.Num.Sign() == 0 && sum.Kind == latex.Sum && len(sum.Args) == 2 &&
		slices.ContainsFunc(sum.Args, func(a *latex.Node) bool { return unsigned(a).Kind == latex.Symbol }) && slices.ContainsFunc(sum.Args, isConstant)
}

// ascending turns a chain like c > b ≥ a round.
func ascending(n *latex.Node) *latex.Node {
	if len(n.Ops) < 2 || slices.ContainsFunc(n.Ops, func(op string) bool { return op != ">" && op != "≥" }) {
		return n
	}
	m := *n
	m.Args, m.Ops = slices.Clone(n.Args), nil
	slices.Reverse(m.Args)
	for _, op := range slices.Backward(n.Ops) {
		m.Ops = append(m.Ops, map[string]string{">": "<", "≥": "≤"}[op])
	}
	return &m
}

// valueOfRelation compares x = 5 with 5, and x ∈ S with S. A decimal that is the gold answer
// may stand after ≈.
func (c *comparison) valueOfRelation(a, g *latex.Node) bool {
	if g.Kind == latex.Relation {
		for _, v := range c.values(g, true) {
			if c.same(a, v) {
				return true
			}
		}
		return false
	}
	if !c.consistent(a) {
		return false
	}
	for _, v := range c.values(a, false) {
		if c.same(v, g) {
			return true
		}
	}
	last := len(a.Ops) - 1 // 3/7 ≈ 0.43 says both
	return a.Ops[last] == "≈" && unsigned(withoutUnit(g)).Decimals > 0 && (!isPlain(a.Args[last]) || c.near(a.Args[last], g)) && c.same(a.Args[last+1], g)
}

// consistent says whether no two numbers in a chain of equations contradict each other, as
// those of 5 = 6 do.
func (c *comparison) consistent(n *latex.Node) bool {
	for i, op := range n.Ops {
		x, y := n.Args[i], n.Args[i+1]
		rounded := max(unsigned(x).Decimals, unsigned(y).Decimals) > 0 // 2/3 = 0.67
		if op == "=" && !isEccentricity(x) && isPlain(x) && isPlain(y) && !c.scalars(x, y) && !(rounded && c.near(x, y)) {
			return false
		}
	}
	return true
}

// isPlain says whether an expression is a number that can be computed, without a unit.
func isPlain(n *latex.Node) bool {
	return n.Scalar() && !n.Has(latex.Symbol, latex.PlusMinus, latex.Quantity, latex.Percent, latex.Degrees) && !isOpaque(n) && !isInfinite(n)
}

// isEccentricity says whether an expression is the letter e, which in e = 2 is no constant.
func isEccentricity(n *latex.Node) bool { return n.Kind == latex.Constant && n.Name == "e" }

// near says whether one of two numbers is the other rounded or cut to its last place.
func (c *comparison) near(x, y *latex.Node) bool {
	if p, q := unsigned(x).Decimals, unsigned(y).Decimals; p > 0 && (q <= 0 || p < q) {
		x, y = y, x
	}
	place := numeric.Pow(numeric.Int(10), numeric.Int(int64(-max(0, unsigned(y).Decimals))))
	exact, rounded := c.value(x, point{}), c.value(y, point{})
	error := numeric.Sub(numeric.Abs(exact), numeric.Abs(rounded))
	if !numeric.Equal(numeric.Mul(exact, numeric.Abs(rounded)), numeric.Mul(rounded, numeric.Abs(exact))) {
		return false // of two signs
	}
	half, ok := numeric.Cmp(numeric.Abs(error), numeric.Mul(place, numeric.Float(0.5)))
	cut, _ := numeric.Cmp(error, place)
	sign, _ := numeric.Cmp(error, numeric.Int(0))
	return ok && (half <= 0 || sign >= 0 && cut < 0)
}

// values are what a relation says that a name is: the last part of a chain of equations, or
// of x ≈ 1.3; what stands before ≈ is the value if it is not a name. Of an identity, as
// (x+1)(x-1) = x² - 1, it is the last part too. A gold answer's approximation is one of its
// values.
func (c *comparison) values(n *latex.Node, gold bool) []*latex.Node {
	if len(n.Ops) == 1 && n.Ops[0] == "∈" {
		return n.Args[1:]
	}
	about := len(n.Ops)
	for i, op := range n.Ops {
		if op == "≈" {
			about = min(about, i)
		} else if op != "=" && op != "≡" {
			return nil
		}
	}
	first, last := n.Args[0], n.Args[about]
	var list []*latex.Node
	switch {
	case about == 0 && isPlain(first) && isPlain(n.Args[1]) && !c.near(first, n.Args[1]):
		return nil // e ≈ 1.73
	case about == 0 && nameLike(first):
		return n.Args[len(n.Args)-1:]
	case about == 0:
		list = append(list, first)
	case about == 2 && nameLike(first) && nameLike(last) && len(variables(n.Args[1])) == 0:
		list = append(list, n.Args[1]) // x = 3 = y
	case nameLike(first) || slices.ContainsFunc(n.Args[1:about], nameLike) && len(variables(last)) == 0:
		list = append(list, last)
	case about > 1 && isSumOfLetters(first) && len(variables(n.Args[about-1])) == 0 && len(variables(last)) == 0:
		list = append(list, last) // m + n = 5 + 7 = 12
	case nameLike(last):
		list = append(list, first)
	case len(n.Ops) == 1 && isSumOfLetters(first) && !hasCoordinate(first) && len(variables(last)) == 0:
		list = append(list, last) // m + n = 33, where x + y = 33 is a condition
	case len(variables(first)) == 0 && len(variables(last)) == 0, first.Scalar() && last.Scalar() && !n.Has(latex.PlusMinus) && c.scalars(first, last):
		list = append(list, last)
	}
	if gold && about < len(n.Ops) && len(list) > 0 {
		list = append(list, n.Args[len(n.Args)-1])
	}
	return list
}

// named takes an equation apart into a name and its value.
func (c *comparison) named(n *latex.Node) (name, value *latex.Node, ok bool) {
	if n.Kind != latex.Relation || slices.ContainsFunc(n.Ops, func(op string) bool { return op != "=" && op != "≈" && op != "≡" }) {
		return nil, nil, false
	}
	list := c.values(n, false)
	if len(list) == 0 {
		return nil, nil, false
	}
	for _, a := range n.Args {
		if nameLike(a) && a != list[0] {
			return a, list[0], true
		}
	}
	return nil, nil, false
}

// sameName says whether two names are one, f(x) and f(t) and x and x_1 too, and gives the value of the
// first with the arguments of the second.
func sameName(name, value, other *latex.Node) (*latex.Node, bool) {
	if name.Key() == other.Key() {
		return value, true
	}
	x1, _, numbered1 := strings.Cut(name.Name, "_")
	x2, _, numbered2 := strings.Cut(other.Name, "_")
	if name.Kind == latex.Symbol && other.Kind == latex.Symbol && x1 == x2 && numbered1 != numbered2 {
		return value, true // x_1 = 2 and x = 2
	}
	f, x := application(name)
	g, y := application(other)
	if f != "" && x.Kind == latex.Symbol && other.Kind == latex.Symbol && other.Name == "y" || g != "" && y.Kind == latex.Symbol && name.Kind == latex.Symbol && name.Name == "y" {
		return value, true // f(x) = 2x and y = 2x
	}
	if f != "" && other.Kind == latex.Symbol && other.Name == f || g != "" && name.Kind == latex.Symbol && name.Name == g {
		return value, true // y and y(x), f' and f'(x)
	}
	if f == "" || f != g || x.Kind != latex.Symbol || y.Kind != latex.Symbol {
		return nil, false
	}
	if x.Key() != y.Key() && slices.Contains(variables(value), y.Key()) {
		return nil, false // f(x) = x + y is not f(y) = 2y
	}
	return rename(value, x.Key(), y), true
}

// application takes f(x) apart.
func application(n *latex.Node) (f string, x *latex.Node) {
	if n.Kind == latex.Call && len(n.Args) == 1 {
		return n.Name, n.Args[0]
	}
	return "", nil
}

func rename(n *latex.Node, key string, to *latex.Node) *latex.Node {
	if n.Key() == key {
		return to
	}
	return n.Copy(func(a *latex.Node) *latex.Node { return rename(a, key, to) })
}

// nameLike says whether an expression names what is asked for, as x, S_n, f(2), AB, |AB|,
// NO/BO, V_1:V_2 and (p,q) do, rather than computes with it, as a+3z and (x+y)^2 do.
func nameLike(n *latex.Node) bool {
	n.Visited()
	switch n.Kind {
	case latex.Symbol, latex.Text:
		return true
	case latex.Constant:
		return n.Name != "infty" && n.Name != "pi"
	case latex.Call:
		return !isKnown(n.Name) || (trigonometric[n.Name] || namedFunctions[n.Name]) && !slices.ContainsFunc(n.Args, func(a *latex.Node) bool { return !onlyLetters(a) })
	case latex.Quotient:
		return nameLike(n.Args[0]) && nameLike(n.Args[1])
	case latex.Tuple, latex.Matrix:
		return len(n.Args) > 0 && !slices.ContainsFunc(n.Args, func(a *latex.Node) bool { return !nameLike(a) })
	case latex.Product:
		capital := false
		for _, a := range n.Args {
			if a.Kind == latex.Product && nameLike(a) { // the vectors AB·CD
				capital = true
				continue
			}
			if a.Kind != latex.Symbol && a.Kind != latex.Constant {
				return false
			}
			capital = capital || a.Name[0] >= 'A' && a.Name[0] <= 'Z' || a.Marked
		}
		return capital
	case latex.Region:
		return nameLike(n.Args[0]) && nameLike(n.Args[1])
	}
	return false
}

// isSumOfLetters says whether an expression is a sum of letters, as m + n - p, or 100m + n.
func isSumOfLetters(n *latex.Node) bool {
	return n.Kind == latex.Sum && !slices.ContainsFunc(n.Args, func(a *latex.Node) bool {
		a = unsigned(a)
		if a.Kind == latex.Product && len(a.Args) == 2 && a.Args[0].Kind == latex.Number && slices.Contains([]string{"10", "100", "1000"}, a.Args[0].Num.RatString()) {
			a = a.Args[1]
		}
		return a.Kind != latex.Symbol && a.Kind != latex.Constant
	})
}

// hasCoordinate says whether x, y, z or t is in an expression, which a problem's own
// equations have in them.
func hasCoordinate(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool {
		return m.Kind != latex.Symbol || len(m.Name) != 1 || !strings.Contains("xyzt", m.Name)
	})
}

// onlyLetters says whether no number is in an expression: |a+b|, sin(α-β).
func onlyLetters(n *latex.Node) bool {
	return n.Scalar() && len(variables(n)) > 0 && !n.Has(latex.Number, latex.Power)
}

// namedFunctions are functions of a name that name what is asked for: |z|, \max f.
var namedFunctions = map[string]bool{"abs": true, "max": true, "min": true, "re": true, "im": true, "gcd": true, "lcm": true}
