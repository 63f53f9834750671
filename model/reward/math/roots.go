package math

import (
	"math/big"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// roots are the real numbers where an expression in one variable may change its sign, or
// whether it has a value; complete says that there are no others.
func (c *comparison) roots(n *latex.Node, subject string) (list []numeric.Number, complete bool) {
	switch n.Kind {
	case latex.Negative:
		return c.roots(n.Args[0], subject)
	case latex.Product, latex.Quotient:
		return c.rootsOf(n.Args, subject)
	case latex.Power:
		if len(variables(n.Args[1])) == 0 {
			return c.roots(n.Args[0], subject)
		}
	case latex.Call:
		if (n.Name == "abs" || n.Name == "root") && len(variables(n.Args[1:]...)) == 0 {
			return c.roots(n.Args[0], subject)
		}
	}
	if list, ok := c.monotone(n, subject); ok {
		return list, true
	}
	for _, form := range c.withoutBends(n, subject) {
		f, ok := c.radical(form, subject)
		if !ok {
			return list, false
		}
		list = append(list, f.roots(c)...)
	}
	inner := true
	n.Walk(func(m *latex.Node) bool {
		if m.Kind == latex.Call && m.Name == "abs" || m.Kind == latex.Call && m.Name == "root" {
			more, ok := c.roots(m.Args[0], subject)
			list, inner = append(list, more...), inner && ok
		}
		return true
	})
	return list, inner
}

// rootsOf are those of all factors of a product.
func (c *comparison) rootsOf(factors []*latex.Node, subject string) (list []numeric.Number, complete bool) {
	complete = true
	for _, a := range factors {
		if len(variables(a)) == 0 {
			continue
		}
		more, ok := c.roots(a, subject)
		list, complete = append(list, more...), complete && ok
	}
	return list, complete
}

// monotone solves log u = c, b^u = c and their like, which hold at one value of u.
func (c *comparison) monotone(n *latex.Node, subject string) (list []numeric.Number, ok bool) {
	if n.Kind != latex.Sum || len(n.Args) != 2 {
		return nil, false
	}
	f, constant := n.Args[0], n.Args[1]
	if len(variables(f)) == 0 {
		f, constant = constant, f
	}
	for f.Kind == latex.Negative {
		f, constant = f.Args[0], latex.New(latex.Negative, constant)
	}
	if len(variables(constant)) > 0 || len(variables(f)) != 1 {
		return nil, false
	}
	minus := latex.New(latex.Negative, constant)
	one := latex.NewNumber(big.NewRat(1, 1))
	var level *latex.Node // the value of u
	var u *latex.Node
	switch {
	case f.Kind == latex.Call && (f.Name == "ln" || f.Name == "log" || f.Name == "log10") && len(variables(f.Args[1:]...)) == 0:
		base := &latex.Node{Kind: latex.Constant, Name: "e"}
		if len(f.Args) == 2 {
			base = f.Args[1]
		} else if f.Name == "log10" || f.Name == "log" && !c.reading.natural {
			base = latex.NewNumber(big.NewRat(10, 1))
		}
		u, level = f.Args[0], latex.New(latex.Power, base, minus)
	case f.Kind == latex.Power && len(variables(f.Args[0])) == 0:
		over := &latex.Node{Kind: latex.Call, Name: "ln", Args: []*latex.Node{minus}}
		under := &latex.Node{Kind: latex.Call, Name: "ln", Args: f.Args[:1]}
		u, level = f.Args[1], latex.New(latex.Quotient, over, under)
	default:
		return nil, false
	}
	inner, complete := c.roots(u, subject)
	if v := c.value(level, point{}); v.Real() {
		exact := latex.New(latex.Sum, u, latex.New(latex.Negative, latex.New(latex.Product, one, level)))
		more, ok := c.roots(exact, subject)
		inner, complete = append(inner, more...), complete && ok
	}
	return inner, complete
}

// maxForms bounds the forms that |…| are replaced in.
const maxForms = 16

// withoutBends are the forms that an expression has where its |u| are u and where they are -u.
func (c *comparison) withoutBends(n *latex.Node, subject string) []*latex.Node {
	var found *latex.Node
	n.Walk(func(m *latex.Node) bool {
		if m.Kind == latex.Call && m.Name == "abs" && len(m.Args) == 1 && len(variables(m)) > 0 {
			found = m
		}
		return found == nil
	})
	if found == nil {
		return []*latex.Node{n}
	}
	var list []*latex.Node
	for _, to := range [...]*latex.Node{found.Args[0], latex.New(latex.Negative, found.Args[0])} {
		list = append(list, c.withoutBends(rename(n, found.Key(), to), subject)...)
		if len(list) > maxForms {
			break
		}
	}
	return list
}
