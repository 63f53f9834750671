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
		c.payForPoints(1, []string{subject})
		p := point{values: map[string]numeric.Number{subject: x}}
		return c.value(n.Args[i], p), c.value(n.Args[i+1], p)
	}
	r := &region{subject: subject}
	for i := range n.Ops {
		r.breaks = append(r.breaks, c.breaks(n.Args[i], n.Args[i+1], subject, func(x numeric.Number) numeric.Number { return numeric.Sub(sides(i, x)) })...)
	}
	if len(r.breaks) == 0 {
		r.breaks = []numeric.Number{numeric.Int(0)}
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

// breaks are the numbers where the difference of two sides may change its sign: those that
// can be computed, or the changes of sign that are found by trying.
func (c *comparison) breaks(left, right *latex.Node, subject string, difference func(numeric.Number) numeric.Number) []numeric.Number {
	if infinity(left) != 0 || infinity(right) != 0 {
		return nil
	}
	n := latex.New(latex.Sum, left, latex.New(latex.Negative, right))
	switch {
	case c.isZero(right):
		n = left
	case c.isZero(left):
		n = right
	}
	list, complete := c.roots(n, subject)
	list = slices.DeleteFunc(list, func(x numeric.Number) bool { return !x.Real() })
	if complete {
		return list
	}
	const tries, width = 60, 1.31
	var last numeric.Number
	for k := range tries {
		x := numeric.Float((float64(k) - tries/2) * width)
		sign, ok := numeric.Cmp(difference(x), numeric.Int(0))
		before, okBefore := numeric.Cmp(difference(last), numeric.Int(0))
		if k > 0 && (ok != okBefore || sign != before) {
			list = append(list, c.change(difference, last, x))
		}
		last = x
	}
	return list
}

func (c *comparison) isZero(n *latex.Node) bool {
	return n.Kind == latex.Number && n.Num.Sign() == 0
}

// change is where a function changes its sign, or whether it has a value, between two numbers.
func (c *comparison) change(f func(numeric.Number) numeric.Number, low, high numeric.Number) numeric.Number {
	const halvings = 60
	end, okEnd := numeric.Cmp(f(high), numeric.Int(0))
	for range halvings {
		x := numeric.Mul(numeric.Add(low, high), numeric.Float(0.5))
		if order, ok := numeric.Cmp(f(x), numeric.Int(0)); ok == okEnd && order == end {
			high = x
		} else {
			low = x
		}
	}
	return high
}
