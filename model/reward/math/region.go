package math

import (
	"slices"
	"strings"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// region is a set of real numbers: an interval, the solutions of an inequality, or what
// unions make of them.
type region struct {
	// subject is the key of the variable of an inequality, empty for a set.
	subject string
	// breaks are the numbers where the set may begin or end, as far as they are known.
	breaks []numeric.Number
	has    func(x numeric.Number) bool
}

// maxBreaks bounds the ends of intervals that are looked at.
const maxBreaks = 60

// sameRegion says whether both answers are sets of real numbers, of which at least one is
// not a plain interval, that agree at and between all known ends.
func (c *comparison) sameRegion(a, g *latex.Node) bool {
	if !isRegion(a) && !isRegion(g) {
		return false
	}
	x, y := c.region(a), c.region(g)
	if x == nil || y == nil || x.subject != "" && y.subject != "" && x.subject != y.subject {
		return false
	}
	points := c.testPoints(append(slices.Clone(x.breaks), y.breaks...))
	for _, p := range points {
		c.payForBreaks(len(x.breaks) + len(y.breaks))
		if x.has(p) != y.has(p) {
			return false
		}
	}
	return len(points) > 0
}

// isRegion says whether an answer has an inequality, a union, x ∈ S or ℝ in it.
func isRegion(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool {
		return m.Kind != latex.Region && !(m.Kind == latex.Symbol && m.Name == `\R`) && (m.Kind != latex.Relation || !strings.ContainsAny(m.Ops[0], "<>≤≥≠∈"))
	})
}

// testPoints are the ends, points between and beyond them, and points close to them.
func (c *comparison) testPoints(breaks []numeric.Number) []numeric.Number {
	if len(breaks) == 0 || len(breaks) > maxBreaks {
		return nil
	}
	c.payForBreaks(20 * len(breaks)) // sorting, and the points beside each
	breaks = sorted(breaks)
	first, last := breaks[0], breaks[len(breaks)-1]
	ends := append([]numeric.Number{numeric.Sub(first, numeric.Int(1000))}, breaks...)
	ends = append(ends, numeric.Add(last, numeric.Int(1000)))
	var points []numeric.Number
	for i, e := range ends[:len(ends)-1] {
		points = append(points, e)
		gap := numeric.Sub(ends[i+1], e)
		if gap.Zero() {
			continue
		}
		for _, part := range [...]float64{0.00001, 0.0013, 0.171, 0.5, 0.837, 0.9987, 0.99999} {
			points = append(points, numeric.Add(e, numeric.Mul(gap, numeric.Float(part))))
		}
	}
	return append(points, ends[len(ends)-1])
}

// region reads an answer as a set of real numbers, nil if it is none.
func (c *comparison) region(n *latex.Node) *region {
	switch n.Kind {
	case latex.Tuple:
		return c.interval(n)
	case latex.Set:
		return c.points(n.Args)
	case latex.Symbol:
		if n.Name == `\R` {
			return &region{has: func(numeric.Number) bool { return true }, breaks: []numeric.Number{numeric.Int(0)}}
		}
	case latex.Sum: // ℝ - {0}
		if last := len(n.Args) - 1; last == 1 && n.Args[1].Kind == latex.Negative && n.Args[1].Args[0].Kind == latex.Set {
			return c.join("∖", c.region(n.Args[0]), c.region(n.Args[1].Args[0]))
		}
	case latex.Region:
		return c.join(n.Name, c.region(n.Args[0]), c.region(n.Args[1]))
	case latex.List:
		return freed(n, c.listed(n))
	case latex.Relation:
		if len(n.Args) == 2 && (n.Ops[0] == "∈" || n.Ops[0] == "=" && !n.Args[1].Scalar()) && nameLike(n.Args[0]) {
			r := c.region(n.Args[1])
			if r != nil && (n.Ops[0] == "∈" || !namesSet(n.Args[0])) {
				r.subject = n.Args[0].Key()
			}
			return r
		}
		return freed(n, c.solutions(n))
	}
	return nil
}

// freed takes the name of the variable from {x | x > 2}, which is {t | t > 2}.
func freed(n *latex.Node, r *region) *region {
	if r != nil && n.Open == "{" {
		r.subject = ""
	}
	return r
}

// namesSet says whether a name is a set's, as M and A ∩ B are: then the elements' name
// is another.
func namesSet(n *latex.Node) bool {
	return n.Kind == latex.Region || n.Kind == latex.Symbol && n.Name[0] >= 'A' && n.Name[0] <= 'Z'
}

// listed reads several inequalities: the numbers that fulfil one of them, or after "and" or
// a comma all of them, unless none does.
func (c *comparison) listed(n *latex.Node) *region {
	var all, some *region
	for i, a := range n.Args {
		if first := n.Args[0]; i > 0 && first.Kind == latex.Relation && len(first.Ops) == 1 && first.Ops[0] == "≠" && a.Scalar() { // x ≠ 0, 1
			a = &latex.Node{Kind: latex.Relation, Ops: first.Ops, Args: []*latex.Node{first.Args[0], a}}
		}
		r := c.region(a)
		if r == nil {
			return nil
		}
		if i == 0 {
			all, some = r, r
			continue
		}
		all, some = c.join("∩", all, r), c.join("∪", some, r)
		if all == nil || some == nil {
			return nil
		}
	}
	if !isOr(n) && slices.ContainsFunc(c.testPoints(slices.Clone(all.breaks)), func(x numeric.Number) bool {
		c.payForBreaks(len(all.breaks))
		return all.has(x)
	}) {
		return all
	}
	return some
}

func (c *comparison) join(name string, a, b *region) *region {
	if a == nil || b == nil || a.subject != "" && b.subject != "" && a.subject != b.subject {
		return nil
	}
	c.budget.Spend(costSame, breakBytes*(len(a.breaks)+len(b.breaks))/10)
	r := &region{subject: a.subject + b.subject, breaks: append(slices.Clone(a.breaks), b.breaks...)}
	if a.subject == b.subject {
		r.subject = a.subject
	}
	switch name {
	case "∪":
		r.has = func(x numeric.Number) bool { return a.has(x) || b.has(x) }
	case "∩":
		r.has = func(x numeric.Number) bool { return a.has(x) && b.has(x) }
	case "∖":
		r.has = func(x numeric.Number) bool { return a.has(x) && !b.has(x) }
	}
	return r
}

// interval reads (a, b] and its like; a must not be above b.
func (c *comparison) interval(n *latex.Node) *region {
	if len(n.Args) != 2 || !strings.Contains("([", n.Open) || !strings.Contains(")]", n.Close) {
		return nil
	}
	r := &region{}
	var ends [2]numeric.Number
	for i, a := range n.Args {
		if s := infinity(a); s == 2*i-1 {
			if n.Open == "[" && i == 0 || n.Close == "]" && i == 1 {
				return nil // no interval has infinity in it
			}
			continue
		}
		if ends[i] = c.real(a); !ends[i].Defined() {
			return nil
		}
		r.breaks = append(r.breaks, ends[i])
	}
	if order, ok := numeric.Cmp(ends[0], ends[1]); ok && order > 0 {
		return nil
	}
	if len(r.breaks) == 0 {
		r.breaks = []numeric.Number{numeric.Int(0)}
	}
	r.has = func(x numeric.Number) bool {
		low, isLow := numeric.Cmp(x, ends[0])
		high, isHigh := numeric.Cmp(x, ends[1])
		return (!isLow || low > 0 || low == 0 && n.Open == "[") && (!isHigh || high < 0 || high == 0 && n.Close == "]")
	}
	return r
}

// points reads a finite set of numbers.
func (c *comparison) points(elements []*latex.Node) *region {
	r := &region{}
	for _, a := range elements {
		v := c.real(a)
		if !v.Defined() {
			return nil
		}
		r.breaks = append(r.breaks, v)
	}
	r.has = func(x numeric.Number) bool {
		return slices.ContainsFunc(r.breaks, func(b numeric.Number) bool {
			order, ok := numeric.Cmp(x, b)
			return ok && order == 0
		})
	}
	return r
}

// real is the value of an expression without variables, if it is real.
func (c *comparison) real(n *latex.Node) numeric.Number {
	if !n.Scalar() || n.Has(latex.PlusMinus) || len(variables(n)) > 0 {
		return numeric.Undefined
	}
	v := c.value(n, point{})
	if !v.Real() {
		return numeric.Undefined
	}
	return v
}
