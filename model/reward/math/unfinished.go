package math

import (
	"math/big"
	"slices"
	"strings"

	"temper/model/library/latex"
)

// unfinished says whether an answer leaves a calculation to the reader: often the problem's
// own expression, which took no work.
func (p *pair) unfinished(answer string) bool {
	if !strings.ContainsAny(strings.TrimLeft(answer, "-"), `+-*(·×−|√!^%_\`) && !strings.Contains(answer, "mod") {
		return false
	}
	a, okA := latex.Parse(p.budget, answer, latex.Options{})
	g, okG := latex.Parse(p.budget, reference(p.budget, p.gold), latex.Options{})
	if !okA || !okG {
		return false
	}
	a, g = lastPart(a), unsigned(lastPart(g))
	switch {
	case a.Key() == g.Key():
		return false
	case len(variables(g)) > 0:
		return hasSeries(a) && !hasSeries(g)
	}
	return isLeft(a, g)
}

// lastPart is the value that an equation gives to a name.
func lastPart(n *latex.Node) *latex.Node {
	if n.Kind == latex.Relation && len(variables(n.Args[0])) > 0 && !nameLike(n.Args[0]) && !isSumOfLetters(n.Args[0]) {
		return n // x² + y² = 2²
	}
	for n.Kind == latex.Relation && !slices.ContainsFunc(n.Ops, func(op string) bool { return op != "=" && op != "≈" }) {
		n = n.Args[len(n.Args)-1]
	}
	return withoutUnit(n)
}

// hasSeries says whether a sum, a product, an integral or a limit is in an answer.
func hasSeries(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool { return !isSeries(m) && m.Name != "int" && !isLimit(m) })
}

// isLeft says whether one of the values in an answer is a calculation, while those of the
// gold answer are numbers or are written without it.
func isLeft(a, g *latex.Node) bool {
	if b := choice(a); b != nil { // C(7,2)
		a = b
	}
	switch a.Kind {
	case latex.Tuple, latex.Set, latex.List, latex.Matrix, latex.Region:
		return slices.ContainsFunc(a.Args, func(part *latex.Node) bool { return isLeft(withoutUnit(part), g) })
	}
	if !a.Scalar() || len(variables(a)) > 0 {
		return false
	}
	written := map[string]bool{"root": true} // in the gold answer
	rational := g.Walk(func(n *latex.Node) bool {
		if n.Kind == latex.Call {
			written[n.Name] = true
		}
		return n.Kind != latex.Call && n.Kind != latex.Constant && n.Kind != latex.Power
	})
	closed := len(written) == 1 // the gold answer is written with roots and constants only
	return !a.Walk(func(n *latex.Node) bool {
		if n.Kind != latex.Call || written[n.Name] && !(rational && n.Name == "root") {
			return true
		}
		return !(evaluable[n.Name] || rational && n.Name != "!" && n.Name != `\Gamma` && n.Name != `\zeta` || closed && trigonometric[n.Name] && !a.Has(latex.Sum))
	}) || closed && isSumOfNumbers(a, g) || rational && isShort(g) && isPowerOfNumbers(a)
}

// evaluable are functions that nobody leaves in an answer.
var evaluable = map[string]bool{"gcd": true, "lcm": true, "mod": true, "floor": true, "ceil": true, "max": true, "min": true, "sum": true, "prod": true, "abs": true, "int": true, "lim": true}

// isSumOfNumbers says whether an answer is a sum, difference or product of plain numbers where
// the gold answer is made of numbers and fractions, or a sum with roots and π where the gold
// answer has no sum in it. 1 - 1/2015 may stay for a fraction.
func isSumOfNumbers(a, g *latex.Node) bool {
	parts := []latex.Kind{latex.Number, latex.Negative, latex.Percent, latex.Degrees, latex.Tuple, latex.Set, latex.List, latex.Matrix}
	if isPlainSum(a) && (onlyOf(g, parts...) || onlyOf(g, append(parts, latex.Quotient)...) && !isComplement(a)) {
		return true
	}
	closed := []latex.Kind{latex.Number, latex.Negative, latex.Product, latex.Quotient, latex.Power, latex.Call, latex.Constant}
	if onlyOf(a, closed...) && onlyOf(g, closed...) && g.Has(latex.Call, latex.Constant) {
		return rationalFactors(a) > max(1, rationalFactors(g)) // ½·6·4√3
	}
	return !isPlainSum(a) && a.Has(latex.Sum) && onlyOf(g, closed...) && !hasDecimals(g) && a.Walk(func(m *latex.Node) bool {
		switch m.Kind {
		case latex.Call:
			return m.Name == "root"
		case latex.Constant:
			return m.Name == "pi"
		}
		return m.Kind == latex.Sum || slices.Contains(closed, m.Kind)
	})
}

// rationalFactors counts the numbers and powers of integers in a product, a power twice, as it is
// to be multiplied out.
func rationalFactors(n *latex.Node) int {
	count := 0
	for _, a := range n.Args {
		switch a = unsigned(a); {
		case n.Kind != latex.Product:
			count = max(count, rationalFactors(a))
		case a.Kind == latex.Product:
			count += rationalFactors(a)
		case onlyOf(a, latex.Number, latex.Negative, latex.Quotient):
			count++
		case a.Kind == latex.Power && isPowerOfNumbers(a) && onlyOf(a, latex.Number, latex.Power):
			count += 2
		}
	}
	return count
}

func isPlainSum(a *latex.Node) bool {
	return a.Has(latex.Sum, latex.Product) && onlyOf(a, latex.Number, latex.Negative, latex.Sum, latex.Product, latex.Quotient, latex.Quantity, latex.Percent, latex.Degrees)
}

// isComplement says whether an answer is the sum of an integer and a fraction.
func isComplement(a *latex.Node) bool {
	return a.Kind == latex.Sum && len(a.Args) == 2 && !a.Has(latex.Product) && slices.ContainsFunc(a.Args, func(m *latex.Node) bool { return unsigned(m).Kind == latex.Number })
}

// onlyOf says whether an expression is made of nodes of those kinds.
func onlyOf(n *latex.Node, kinds ...latex.Kind) bool {
	return n.Walk(func(m *latex.Node) bool { return slices.Contains(kinds, m.Kind) })
}

func hasDecimals(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool { return m.Kind != latex.Number || m.Decimals < 0 })
}

// longest is what integers are below that are written out rather than left as a power or a
// factorial.
var longest = big.NewRat(1e9, 1)

// isShort says whether all numbers of the gold answer are integers that are written out.
func isShort(g *latex.Node) bool {
	return g.Walk(func(n *latex.Node) bool {
		return n.Kind != latex.Quotient && (n.Kind != latex.Number || n.Num.IsInt() && n.Decimals < 0 && n.Num.Cmp(longest) < 0)
	})
}

// isPowerOfNumbers says whether a power or a factorial of integers is in an answer that is no
// number in scientific notation.
func isPowerOfNumbers(a *latex.Node) bool {
	m := unsigned(a)
	if m.Kind == latex.Product && len(m.Args) == 2 && m.Args[0].Kind == latex.Number {
		m = m.Args[1]
	}
	if m.Kind == latex.Power && m.Args[0].Kind == latex.Number && m.Args[0].Num.Cmp(big.NewRat(10, 1)) == 0 {
		return false
	}
	return !a.Walk(func(n *latex.Node) bool {
		return n.Kind != latex.Power && (n.Kind != latex.Call || n.Name != "!")
	})
}
