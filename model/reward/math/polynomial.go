package math

import (
	"slices"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// maxDegree bounds the polynomials whose roots are looked for.
const maxDegree = 16

// polynomial has the coefficients of x^0, x^1, …
type polynomial []numeric.Number

// radical is (a + b·√u)/d with polynomials a, b, u and d.
type radical struct{ a, b, u, d polynomial }

// radical reads an expression in one variable; it is not ok if it is another.
func (c *comparison) radical(n *latex.Node, subject string) (r radical, ok bool) {
	if len(variables(n)) == 0 {
		v := c.value(n, point{})
		return radical{a: polynomial{v}, d: polynomial{numeric.Int(1)}}, v.Real()
	}
	c.payForTerms(2)
	switch n.Kind {
	case latex.Symbol:
		return radical{a: polynomial{numeric.Int(0), numeric.Int(1)}, d: polynomial{numeric.Int(1)}}, n.Key() == subject
	case latex.Negative:
		r, ok = c.radical(n.Args[0], subject)
		minus := polynomial{numeric.Int(-1)}
		r.a, r.b = r.a.times(minus), r.b.times(minus)
		return r, ok
	case latex.Sum, latex.Product, latex.Quotient:
		return c.combined(n, subject)
	case latex.Power:
		e := c.exact(n.Args[1])
		if e == nil || !e.IsInt() || !e.Num().IsInt64() || e.Num().Int64() < 1 || e.Num().Int64() > maxDegree {
			return r, false
		}
		factors := make([]*latex.Node, e.Num().Int64())
		for i := range factors {
			factors[i] = n.Args[0]
		}
		return c.combined(latex.New(latex.Product, factors...), subject)
	case latex.Call:
		if n.Key() == subject {
			return radical{a: polynomial{numeric.Int(0), numeric.Int(1)}, d: polynomial{numeric.Int(1)}}, true
		}
		if n.Name == "root" {
			degree := c.exact(n.Args[1])
			inner, ok := c.radical(n.Args[0], subject)
			if !ok || degree == nil || degree.RatString() != "2" || len(inner.b) > 0 || len(inner.d) > 1 {
				return r, false
			}
			return radical{b: polynomial{numeric.Int(1)}, u: inner.a.times(inner.d), d: inner.d}, true
		}
	}
	return r, false
}

// terms counts the coefficients.
func (r radical) terms() int { return len(r.a) + len(r.b) + len(r.u) + len(r.d) }

// payForTerms takes an operation of polynomials with so many coefficients from the budget.
func (c *comparison) payForTerms(n int) {
	c.budget.Spend(costArithmetic*(2+n*n/4), arithmeticBytes*(2+n*n/4))
}

// combined adds, multiplies or divides.
func (c *comparison) combined(n *latex.Node, subject string) (total radical, ok bool) {
	for i, a := range n.Args {
		r, ok := c.radical(a, subject)
		if !ok {
			return total, false
		}
		if i == 0 {
			total = r
			continue
		}
		if len(total.u) > 0 && len(r.u) > 0 && !slices.EqualFunc(total.u, r.u, numeric.Equal) {
			return total, false
		}
		c.payForTerms(total.terms() + r.terms())
		u := total.u
		if len(u) == 0 {
			u = r.u
		}
		switch n.Kind {
		case latex.Sum:
			total = radical{total.a.times(r.d).plus(r.a.times(total.d)), total.b.times(r.d).plus(r.b.times(total.d)), u, total.d.times(r.d)}
		case latex.Product:
			total = radical{total.a.times(r.a).plus(total.b.times(r.b).times(u)), total.a.times(r.b).plus(total.b.times(r.a)), u, total.d.times(r.d)}
		case latex.Quotient:
			if len(r.b) > 0 {
				return total, false
			}
			total = radical{total.a.times(r.d), total.b.times(r.d), u, total.d.times(r.a)}
		}
		if max(len(total.a), len(total.b), len(total.d)) > maxDegree+1 {
			return total, false
		}
	}
	return total, true
}

// roots are where a + b·√u is zero or may be, or has no value.
func (r radical) roots(c *comparison) []numeric.Number {
	c.payForTerms(2 * r.terms())
	zero := r.a.times(r.a)
	if len(r.b) > 0 {
		zero = zero.plus(r.b.times(r.b).times(r.u).times(polynomial{numeric.Int(-1)}))
	} else {
		zero = r.a
	}
	return slices.Concat(zero.roots(c), r.d.roots(c), r.u.roots(c))
}

func (p polynomial) plus(q polynomial) polynomial {
	if len(p) < len(q) {
		p, q = q, p
	}
	sum := slices.Clone(p)
	for i, v := range q {
		sum[i] = numeric.Add(sum[i], v)
	}
	return sum
}

func (p polynomial) times(q polynomial) polynomial {
	if len(p) == 0 || len(q) == 0 {
		return nil
	}
	product := make(polynomial, len(p)+len(q)-1)
	for i := range product {
		product[i] = numeric.Int(0)
	}
	for i, v := range p {
		for j, w := range q {
			product[i+j] = numeric.Add(product[i+j], numeric.Mul(v, w))
		}
	}
	return product
}

func (p polynomial) at(x numeric.Number) numeric.Number {
	v := numeric.Int(0)
	for i := len(p) - 1; i >= 0; i-- {
		v = numeric.Add(numeric.Mul(v, x), p[i])
	}
	return v
}

// roots are the real roots: between the roots of its derivative a polynomial is monotone.
func (p polynomial) roots(c *comparison) []numeric.Number {
	for len(p) > 0 && p[len(p)-1].Zero() {
		p = p[:len(p)-1]
	}
	if len(p) < 2 {
		return nil
	}
	if len(p) == 2 {
		return []numeric.Number{numeric.Neg(numeric.Quo(p[0], p[1]))}
	}
	derivative := make(polynomial, len(p)-1)
	for i := range derivative {
		derivative[i] = numeric.Mul(p[i+1], numeric.Int(int64(i+1)))
	}
	c.payForTerms(6 * len(p)) // the signs at all ends
	turns := derivative.roots(c)
	bound := numeric.Int(1) // Cauchy's bound
	for _, a := range p[:len(p)-1] {
		bound = numeric.Add(bound, numeric.Abs(numeric.Quo(a, p[len(p)-1])))
	}
	ends := append(append([]numeric.Number{numeric.Neg(bound)}, sorted(turns)...), bound)
	var list []numeric.Number
	for i, e := range ends {
		if i > 0 && p.sign(ends[i-1])*p.sign(e) < 0 {
			list = append(list, p.between(c, ends[i-1], e))
		}
		if p.sign(e) == 0 {
			list = append(list, e)
		}
	}
	return list
}

// sign is that of the value at x, 0 if it is zero up to rounding errors.
func (p polynomial) sign(x numeric.Number) int {
	v, size := p.at(x), numeric.Int(0)
	for i := len(p) - 1; i >= 0; i-- {
		size = numeric.Add(numeric.Mul(size, numeric.Abs(x)), numeric.Abs(p[i]))
	}
	if order, _ := numeric.Cmp(numeric.Abs(v), numeric.Mul(size, numeric.Float(1e-100))); order <= 0 {
		return 0
	}
	order, _ := numeric.Cmp(v, numeric.Int(0))
	return order
}

// between is the root between two numbers at which the signs differ: halving, then Newton's
// iteration.
func (p polynomial) between(c *comparison, low, high numeric.Number) numeric.Number {
	const halvings, steps = 60, 6
	c.budget.Spend((halvings+2*steps)*len(p)*costArithmetic, (halvings+2*steps)*len(p)*arithmeticBytes)
	half := numeric.Float(0.5)
	rising := p.sign(high) > 0
	x := low
	for range halvings {
		x = numeric.Mul(numeric.Add(low, high), half)
		order, _ := numeric.Cmp(p.at(x), numeric.Int(0))
		if order == 0 {
			return x
		}
		if order > 0 == rising {
			high = x
		} else {
			low = x
		}
	}
	for range steps {
		slope := numeric.Int(0)
		for i := len(p) - 1; i > 0; i-- {
			slope = numeric.Add(numeric.Mul(slope, x), numeric.Mul(p[i], numeric.Int(int64(i))))
		}
		if next := numeric.Sub(x, numeric.Quo(p.at(x), slope)); next.Defined() {
			x = next
		}
	}
	return x
}

func sorted(list []numeric.Number) []numeric.Number {
	slices.SortFunc(list, func(a, b numeric.Number) int {
		order, _ := numeric.Cmp(a, b)
		return order
	})
	return list
}
