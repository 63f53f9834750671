package math

import (
	"slices"
	"strings"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// solutions reads a chain of inequalities in one variable, or in one f(x).
func (c *comparison) solutions(n *latex.Node) *region {
	for i, op := range n.Ops {
		if !strings.Contains("<>≤≥≠=", op) || !n.Args[i].Scalar() || !n.Args[i+1].Scalar() || n.Has(latex.PlusMinus) {
			return nil
		}
	}
	subject := subjectOf(n)
	if subject == "" {
		return nil
	}
	sides := func(i int, x numeric.Number) (left, right numeric.Number) {
		p := point{values: map[string]numeric.Number{subject: x}}
		return c.value(n.Args[i], p), c.value(n.Args[i+1], p)
	}
	r := &region{subject: subject}
	for i := range n.Ops {
		difference := func(x numeric.Number) numeric.Number { return numeric.Sub(sides(i, x)) }
		for _, sign := range [...]float64{1, -1} {
			if root := linearRoot(difference, sign); root.Defined() {
				r.breaks = append(r.breaks, root)
			}
		}
	}
	r.has = func(x numeric.Number) bool {
		for i, op := range n.Ops {
			left, right := sides(i, x)
			if infinity(n.Args[i])+infinity(n.Args[i+1]) != 0 {
				continue
			}
			order, ok := numeric.Cmp(left, right)
			if !ok || !fulfils(order, op) {
				return false
			}
		}
		return true
	}
	return r
}

func fulfils(order int, op string) bool {
	switch op {
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "≤":
		return order <= 0
	case "≥":
		return order >= 0
	case "≠":
		return order != 0
	}
	return order == 0
}

// subjectOf is the key of the only variable, or of the only f(x), of a relation.
func subjectOf(n *latex.Node) string {
	var keys []string
	add := func(key string) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	var visit func(m *latex.Node)
	visit = func(m *latex.Node) {
		if f, _ := application(m); m.Kind == latex.Call && nameLike(m) && f != "abs" || m.Kind == latex.Symbol {
			add(m.Key())
			return
		}
		for _, a := range m.Args {
			visit(a)
		}
	}
	visit(n)
	if len(keys) != 1 {
		return ""
	}
	return keys[0]
}

// linearRoot is the zero of a function that is linear on one side of the origin.
func linearRoot(f func(numeric.Number) numeric.Number, sign float64) numeric.Number {
	x0, x1, x2 := numeric.Float(sign*1.25), numeric.Float(sign*2), numeric.Float(sign*4.5)
	y0, y1, y2 := f(x0), f(x1), f(x2)
	slope := numeric.Quo(numeric.Sub(y1, y0), numeric.Sub(x1, x0))
	if slope.Zero() || !numeric.Equal(slope, numeric.Quo(numeric.Sub(y2, y1), numeric.Sub(x2, x1))) {
		return numeric.Undefined
	}
	return numeric.Sub(x0, numeric.Quo(y0, slope))
}
