package math

import (
	"slices"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// sameFamily says whether the parts b + ak are the same points as d + ck for all integers k,
// which at least one of the answers must say that it is.
func (c *comparison) sameFamily(a, g []*latex.Node, key string) bool {
	if len(a) != len(g) {
		return false
	}
	names := slices.DeleteFunc(variables(append(slices.Clone(a), g...)...), func(name string) bool { return name == key })
	for k := range 2 {
		p := pointNumber(k, names, false)
		var offset, direction numeric.Number // of k, the same for all parts
		for i := range a {
			base, step, ok := c.linear(a[i], key, p)
			start, width, okG := c.linear(g[i], key, p)
			if !ok || !okG {
				return false
			}
			if step.Zero() && width.Zero() {
				if !numeric.Equal(base, start) {
					return false
				}
				continue
			}
			by, turn := numeric.Quo(numeric.Sub(base, start), width), numeric.Quo(step, width)
			if !numeric.Equal(numeric.Abs(step), numeric.Abs(width)) || !isInteger(by) || offset.Defined() && !(numeric.Equal(offset, by) && numeric.Equal(direction, turn)) {
				return false
			}
			offset, direction = by, turn
		}
		if !offset.Defined() {
			return false
		}
	}
	return true
}

// inFamilies says whether two points, or lists of parts, have an integer parameter in several
// of their parts, and if so, whether they are the same for all integers.
func (c *comparison) inFamilies(a, g []*latex.Node) (equal, decided bool) {
	for key := range c.integers {
		count := 0
		for _, n := range a {
			if n.Scalar() && slices.Contains(variables(n), key) {
				count++
			}
		}
		if count > 1 && !slices.ContainsFunc(slices.Concat(a, g), func(n *latex.Node) bool { return !n.Scalar() || n.Has(latex.PlusMinus) }) {
			integers := c.integers
			c.integers = nil // each part alone must not be moved by its own number of steps
			equal = c.inOrder(a, g)
			c.integers = integers
			return equal || c.sameFamily(a, g, key), true
		}
	}
	return false, false
}

// linear gives b and a of b + a·k.
func (c *comparison) linear(n *latex.Node, key string, p point) (base, step numeric.Number, ok bool) {
	var at [4]numeric.Number
	for k := range at {
		if at[k] = c.value(n, c.with(p, key, numeric.Int(int64(k)))); !at[k].Real() {
			return base, step, false
		}
	}
	step = numeric.Sub(at[1], at[0])
	for k := 2; k < len(at); k++ {
		if !numeric.Equal(numeric.Sub(at[k], at[k-1]), step) {
			return base, step, false
		}
	}
	return at[0], step, true
}

// congruence takes n ≡ r (mod m) apart.
func congruence(n *latex.Node) (name, rest, modulus *latex.Node) {
	if n.Kind == latex.Relation && len(n.Args) == 2 && n.Ops[0] == "≡" && n.Args[1].Kind == latex.Quantity && len(n.Args[1].Args) == 2 {
		return n.Args[0], n.Args[1].Args[0], n.Args[1].Args[1]
	}
	return nil, nil, nil
}

func isCongruence(n *latex.Node) bool {
	name, _, _ := congruence(n)
	return name != nil
}

// sameCongruence compares n ≡ 3 (mod 7) with n = 7k + 3, or with 7k + 3.
func (c *comparison) sameCongruence(a, g *latex.Node) bool {
	name, rest, modulus := congruence(g)
	other := a
	if name == nil {
		name, rest, modulus = congruence(a)
		other = g
	}
	if name == nil {
		return false
	}
	if subject, value, ok := c.named(other); ok {
		if subject.Key() != name.Key() {
			return false
		}
		other = value
	}
	keys := variables(other)
	if !other.Scalar() || len(keys) != 1 || keys[0] == name.Key() || len(variables(rest, modulus)) > 0 {
		return false
	}
	family := latex.New(latex.Sum, rest, latex.New(latex.Product, modulus, symbol(other, keys[0])))
	return c.sameFamily([]*latex.Node{other}, []*latex.Node{family}, keys[0])
}
