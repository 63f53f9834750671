package math

import (
	"slices"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// proportional says whether two equations, or two inequalities, are the same up to a factor:
// 2x + 4y = 3 and y = 3/4 - x/2.
func (c *comparison) proportional(a, g *latex.Node) bool {
	if len(a.Args) != 2 || len(g.Args) != 2 {
		return false
	}
	for _, n := range [...]*latex.Node{a.Args[0], a.Args[1], g.Args[0], g.Args[1]} {
		if !n.Scalar() || n.Has(latex.PlusMinus) {
			return false
		}
	}
	opA, signA := direction(a.Ops[0])
	opG, signG := direction(g.Ops[0])
	if opA == "" || opA != opG {
		return false
	}
	if c.shapes(a, g) != nil {
		return false
	}
	if c.constantRatio(a, g, signA*signG, nil, nil) {
		return true
	}
	over, under := denominators(a), denominators(g)
	return opA == "=" && len(over)+len(under) > 0 && c.constantRatio(a, g, 0, over, under)
}

// constantRatio says whether the differences of the sides of a and g, multiplied by further
// factors, have the same ratio at all points, of that sign if there is one.
func (c *comparison) constantRatio(a, g *latex.Node, sign int, over, under []*latex.Node) bool {
	names := variables(a, g)
	complexes := (a.Ops[0] == "=" || a.Ops[0] == "≠") && (hasImaginary(a) || hasImaginary(g))
	var ratio numeric.Number
	agreed := 0
	for k := 0; k < 12 && agreed < 4; k++ {
		c.payForPoints(1, names)
		p := pointNumber(k, names, needsWhole(a) || needsWhole(g))
		p.imaginary = complexes
		x := numeric.Mul(numeric.Sub(c.value(a.Args[0], p), c.value(a.Args[1], p)), c.fold(latex.New(latex.Product, over...), p))
		y := numeric.Mul(numeric.Sub(c.value(g.Args[0], p), c.value(g.Args[1], p)), c.fold(latex.New(latex.Product, under...), p))
		r := numeric.Quo(x, y)
		switch {
		case !r.Defined():
			continue
		case r.Zero() || agreed > 0 && !numeric.Equal(r, ratio):
			return false
		}
		ratio = r
		agreed++
	}
	order, ok := numeric.Cmp(ratio, numeric.Int(0))
	ok = ok || complexes
	return agreed > 2 && len(names) > 0 && ok && (sign == 0 || order == sign)
}

// denominators are the different denominators with variables in the terms of an equation.
func denominators(n *latex.Node) []*latex.Node {
	var list []*latex.Node
	var visit func(m *latex.Node)
	visit = func(m *latex.Node) {
		parts := m.Args
		switch m.Kind {
		case latex.Relation, latex.Sum, latex.Product, latex.Negative:
		case latex.Quotient:
			parts = m.Args[:1]
			if d := m.Args[1]; len(variables(d)) > 0 && !slices.ContainsFunc(list, func(o *latex.Node) bool { return o.Key() == d.Key() }) {
				list = append(list, d)
			}
		default:
			return
		}
		for _, part := range parts {
			visit(part)
		}
	}
	visit(n)
	return list
}

func hasImaginary(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool { return m.Kind != latex.Constant || m.Name != "i" })
}

// direction is the kind of a relation and which side of it is larger.
func direction(op string) (kind string, sign int) {
	switch op {
	case "<":
		return "<", -1
	case ">":
		return "<", 1
	case "≤":
		return "≤", -1
	case "≥":
		return "≤", 1
	case "=", "≠":
		return op, 0
	}
	return "", 0
}
