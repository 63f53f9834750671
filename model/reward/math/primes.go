package math

import (
	"strings"

	"temper/model/library/latex"
)

// derivativeOf takes dy/dx apart: the differentials under the line; "" if n is none of a
// symbol by one variable.
func derivativeOf(n *latex.Node) (by string, order int) {
	under, ok := strings.CutPrefix(n.Name, "d/")
	if !ok || n.Kind != latex.Call || len(n.Args) != 1 || n.Args[0].Kind != latex.Symbol {
		return "", 0
	}
	all := strings.Fields(under)
	for _, d := range all {
		if d != all[0] || !strings.HasPrefix(d, "d") {
			return "", 0
		}
	}
	return all[0], len(all)
}

func hasDerivative(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool { return !(m.Kind == latex.Call && strings.HasPrefix(m.Name, "d/")) })
}

// primed writes y' for dy/dx, if all derivatives are by one variable.
func primed(n *latex.Node) *latex.Node {
	one := ""
	same := n.Walk(func(m *latex.Node) bool {
		by, _ := derivativeOf(m)
		if by == "" {
			return !(m.Kind == latex.Call && strings.HasPrefix(m.Name, "d/"))
		}
		if one == "" {
			one = by
		}
		return by == one
	})
	if !same || one == "" {
		return n
	}
	return withPrimes(n)
}

func withPrimes(n *latex.Node) *latex.Node {
	if by, order := derivativeOf(n); by != "" {
		return &latex.Node{Kind: latex.Symbol, Name: n.Args[0].Name + strings.Repeat("'", order)}
	}
	return n.Copy(withPrimes)
}
