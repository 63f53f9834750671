package math

import (
	"maps"
	"slices"
	"strings"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// binds says whether a call gives its own values to its first argument: a sum, a product, a
// definite integral or a limit.
func binds(n *latex.Node) bool {
	return isSeries(n) || n.Kind == latex.Call && (n.Name == "int" && len(n.Args) == 4 || isLimit(n))
}

func isLimit(n *latex.Node) bool { return strings.HasPrefix(n.Name, "lim") && len(n.Args) == 3 }

// probes are values of a bound variable at which the body of an integral or a limit is
// computed: such are the same if their bodies and bounds are.
var probes = [...]numeric.Number{numeric.Float(1.3125), numeric.Float(2.71875), numeric.Float(0.40625)}

// structure is a value that depends on the bounds and the body of an integral or a limit,
// and is else arbitrary.
func (c *comparison) structure(n *latex.Node, p point) numeric.Number {
	last := len(n.Args) - 1
	var parts []numeric.Number
	for _, a := range n.Args[1:last] {
		if s := infinity(a); s != 0 {
			parts = append(parts, numeric.Int(int64(s)<<60))
		} else {
			parts = append(parts, c.value(a, p))
		}
	}
	if !binds(n) {
		return arbitrary(n.Name+n.Args[0].Key(), append(parts, c.value(n.Args[last], p)))
	}
	defined := false
	for _, x := range probes {
		v := c.value(n.Args[last], c.with(p, n.Args[0].Key(), x))
		defined = defined || v.Defined()
		parts = append(parts, v)
	}
	if !defined {
		return numeric.Undefined
	}
	return arbitrary(n.Name, parts)
}

// eventKey is a text for the arguments of P(A ∪ B), which is P(B ∪ A).
func eventKey(n *latex.Node) string {
	var keys []string
	for _, a := range n.Args {
		var parts []string
		for _, part := range pieces(a, a.Name) {
			parts = append(parts, part.Key())
		}
		slices.Sort(parts)
		keys = append(keys, a.Name+strings.Join(parts, " "))
	}
	return strings.Join(keys, ", ")
}

// with is a point with one more value.
func (c *comparison) with(p point, key string, v numeric.Number) point {
	c.budget.Spend(costValue*(len(p.values)+8), valueBytes*(len(p.values)+8))
	q := p
	q.values = make(map[string]numeric.Number, len(p.values)+1)
	maps.Copy(q.values, p.values)
	q.values[key] = v
	return q
}

// endless is a value for a sum or product without end, by its first terms: whatever its
// index is called and wherever it begins. Terms that change nothing are left out.
func (c *comparison) endless(n *latex.Node, from numeric.Number, p point) numeric.Number {
	const first, most = 5, 9
	idle := numeric.Int(0)
	if n.Name == "prod" {
		idle = numeric.Int(1)
	}
	var terms []numeric.Number
	for k := int64(0); len(terms) < first && k < most; k++ {
		v := c.value(n.Args[3], c.with(p, n.Args[0].Key(), numeric.Add(from, numeric.Int(k))))
		if !v.Defined() {
			return numeric.Undefined
		}
		if len(terms) > 0 || !numeric.Equal(v, idle) {
			terms = append(terms, v)
		}
	}
	return arbitrary(n.Name+"∞", terms)
}
