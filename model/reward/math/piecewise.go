package math

import (
	"slices"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// function is an answer in cases, or an expression as its only case.
type function struct {
	branches []branch
	// whole says that the subject is an integer by its conditions.
	whole bool
}

// branch is a value and where it holds: otherwise is where no other branch does, and explicit
// that bounds say where.
type branch struct {
	value               *latex.Node
	has                 func(x numeric.Number) bool
	otherwise, explicit bool
}

// maxWhole bounds the integers at which functions of an integer are compared.
const maxWhole = 80

// piecewise compares functions in cases: at all ends of the conditions and between them, by
// the value of the case that holds there. Conditions that are not known are compared with
// their values, in any order.
func (c *comparison) piecewise(a, g *latex.Node) bool {
	subject := ""
	for _, n := range [...]*latex.Node{a, g} {
		for i := 1; n.Kind == latex.Cases && i < len(n.Args); i += 2 {
			if s := conditionSubject(n.Args[i]); s != "" && subject == "" {
				subject = s
			} else if s != "" && s != subject {
				return c.branchByBranch(a, g)
			}
		}
	}
	x, breaks, ok := c.function(a, subject)
	y, more, okG := c.function(g, subject)
	if !ok || !okG || subject == "" {
		return c.branchByBranch(a, g)
	}
	breaks = append(breaks, more...)
	points := c.testPoints(breaks)
	if x.whole || y.whole || forInteger(subject, breaks) {
		points = integersAround(breaks)
	}
	if len(points) == 0 {
		return c.branchByBranch(a, g)
	}
	same := map[[2]*latex.Node]bool{}
	names := slices.DeleteFunc(variables(a, g), func(name string) bool { return name == subject })
	for k, t := range points {
		c.payForBreaks(len(points))
		u, v := x.at(t), y.at(t)
		switch {
		case u == nil && v == nil:
		case u == nil || v == nil:
			if only := cmpBranch(u, v); only.explicit {
				return false
			}
		case u.value.Scalar() && v.value.Scalar():
			c.payForPoints(1, names)
			p := pointNumber(k, names, false)
			p.values[subject] = t
			if r, s := c.value(u.value, p), c.value(v.value, p); r.Defined() != s.Defined() || r.Defined() && !numeric.Equal(r, s) {
				return false
			}
		default:
			key := [2]*latex.Node{u.value, v.value}
			equal, known := same[key]
			if !known {
				equal = c.same(u.value, v.value)
				same[key] = equal
			}
			if !equal {
				return false
			}
		}
	}
	return true
}

func cmpBranch(u, v *branch) *branch {
	if u != nil {
		return u
	}
	return v
}

// at is the branch that holds at a point, nil if none does.
func (f *function) at(x numeric.Number) *branch {
	var other *branch
	for i := range f.branches {
		b := &f.branches[i]
		if b.otherwise {
			other = b
		} else if b.has(x) {
			return b
		}
	}
	return other
}

// function reads cases, or an expression, of a subject; it is not ok if a condition is not known.
func (c *comparison) function(n *latex.Node, subject string) (f *function, breaks []numeric.Number, ok bool) {
	f = &function{}
	if n.Kind != latex.Cases {
		f.branches = []branch{{value: n, has: func(numeric.Number) bool { return true }, explicit: true}}
		return f, bendsOf(c, n, subject), n.Scalar()
	}
	for i := 0; i < len(n.Args); i += 2 {
		b := branch{value: n.Args[i]}
		switch condition := n.Args[i+1]; {
		case condition.Kind == latex.Text && condition.Name == "otherwise":
			b.otherwise = true
		case condition.Kind == latex.Call:
			odd := condition.Name == "odd"
			b.has = func(x numeric.Number) bool { return isParity(x, odd) }
			f.whole = true
		case isCongruence(condition):
			_, rest, modulus := congruence(condition)
			r, m := c.value(rest, point{}), c.value(modulus, point{})
			b.has = func(x numeric.Number) bool { return isInteger(numeric.Quo(numeric.Sub(x, r), m)) }
			f.whole = true
		default:
			r := c.region(condition)
			if r == nil || r.subject != subject {
				return nil, nil, false
			}
			b.has, b.explicit = r.has, true
			breaks = append(breaks, r.breaks...)
		}
		if b.value.Scalar() {
			breaks = append(breaks, bendsOf(c, b.value, subject)...)
		}
		f.branches = append(f.branches, b)
	}
	return f, breaks, true
}

// bendsOf are the points where the |…| of an expression change their form.
func bendsOf(c *comparison, n *latex.Node, subject string) []numeric.Number {
	var list []numeric.Number
	n.Walk(func(m *latex.Node) bool {
		if m.Kind == latex.Call && m.Name == "abs" {
			breaks, _ := c.roots(m.Args[0], subject)
			list = append(list, slices.DeleteFunc(breaks, func(x numeric.Number) bool { return !x.Real() })...)
		}
		return true
	})
	return list
}

func isParity(x numeric.Number, odd bool) bool {
	half := numeric.Quo(x, numeric.Int(2))
	if odd {
		half = numeric.Quo(numeric.Sub(x, numeric.Int(1)), numeric.Int(2))
	}
	return numeric.Equal(numeric.Floor(half), half) || half.Zero()
}

// conditionSubject is the key of the variable of a condition, "" if none is known.
func conditionSubject(n *latex.Node) string {
	names := variables(n)
	if n.Kind == latex.Text || len(names) != 1 {
		return ""
	}
	return names[0]
}

// forInteger says whether a letter is one for integers, and all ends of its conditions are.
func forInteger(subject string, breaks []numeric.Number) bool {
	for letter := 'i'; letter <= 'n'; letter++ {
		if subject == symbolKey(string(letter)) {
			return !slices.ContainsFunc(breaks, func(b numeric.Number) bool { return !isInteger(b) })
		}
	}
	return false
}

func isInteger(x numeric.Number) bool { return x.Zero() || numeric.Equal(numeric.Floor(x), x) }

// integersAround are the integers from below the first end to above the last, at least
// from 1 to 12; nil if they are too many.
func integersAround(breaks []numeric.Number) []numeric.Number {
	low, high := 1.0, 12.0
	for _, b := range breaks {
		low, high = min(low, b.Float64()-4), max(high, b.Float64()+8)
	}
	if high-low > maxWhole {
		return nil
	}
	var list []numeric.Number
	for k := int64(low); k <= int64(high); k++ {
		list = append(list, numeric.Int(k))
	}
	return list
}

// branchByBranch compares cases whose conditions are not computed.
func (c *comparison) branchByBranch(a, g *latex.Node) bool {
	if a.Kind != latex.Cases || g.Kind != latex.Cases || len(a.Args) != len(g.Args) {
		return false
	}
	used := map[int]bool{}
next:
	for i := 0; i < len(a.Args); i += 2 {
		for j := 0; j < len(g.Args); j += 2 {
			if !used[j] && c.sameCondition(a.Args[i+1], g.Args[j+1]) && c.same(a.Args[i], g.Args[j]) {
				used[j] = true
				continue next
			}
		}
		return false
	}
	return true
}

func (c *comparison) sameCondition(a, g *latex.Node) bool {
	return a.Key() == g.Key() || a.Kind == g.Kind && a.Kind != latex.Text && a.Kind != latex.Call && c.same(a, g)
}
