package math

import "temper/model/library/latex"

// maxSigns bounds the ± that are chosen independently.
const maxSigns = 5

// signs are the expressions that one with ± stands for. A ± with nothing before it, as both
// in (±1, ±2), is chosen for itself; those after a value, as in (1±√2, 3±√2), are chosen
// together, and so are all if one of them is ∓.
func signs(n *latex.Node) []*latex.Node {
	alone, together, opposed := 0, false, false
	n.Walk(func(m *latex.Node) bool {
		if m.Kind == latex.PlusMinus {
			opposed = opposed || m.Name == "∓"
			if standsAlone(m) {
				alone++
			} else {
				together = true
			}
		}
		return true
	})
	if opposed || alone > maxSigns {
		return []*latex.Node{choose(n, func(*latex.Node) bool { return true }), choose(n, func(*latex.Node) bool { return false })}
	}
	choices := alone
	if together {
		choices++
	}
	list := make([]*latex.Node, 0, 1<<choices)
	for mask := range 1 << choices {
		next := 0
		list = append(list, choose(n, func(m *latex.Node) bool {
			at := alone
			if standsAlone(m) {
				at, next = next, next+1
			}
			return mask>>at&1 == 0
		}))
	}
	return list
}

func standsAlone(n *latex.Node) bool {
	return n.Args[0].Kind == latex.Sum && len(n.Args[0].Args) == 0
}

// choose takes the upper or the lower sign of each ± and ∓, as upper says.
func choose(n *latex.Node, upper func(*latex.Node) bool) *latex.Node {
	if !n.Has(latex.PlusMinus) {
		return n
	}
	up := n.Kind == latex.PlusMinus && upper(n)
	m := n.Copy(func(a *latex.Node) *latex.Node { return choose(a, upper) })
	if n.Kind != latex.PlusMinus {
		return m
	}
	m.Kind, m.Name = latex.Sum, ""
	if up != (n.Name == "±") {
		m.Args[1] = latex.New(latex.Negative, m.Args[1])
	}
	return m
}

// assignedSigns reads x = ±5, y = 0 as (x, y) = (±5, 0); other lists stay.
func assignedSigns(n *latex.Node) *latex.Node {
	if n.Kind != latex.List || len(n.Args) < 2 || isOr(n) || !n.Has(latex.PlusMinus) {
		return n
	}
	seen := map[string]bool{}
	var point [2]*latex.Node
	for i := range point {
		point[i] = &latex.Node{Kind: latex.Tuple, Open: "(", Close: ")"}
	}
	for _, a := range n.Args {
		if a.Kind != latex.Relation || len(a.Args) != 2 || a.Ops[0] != "=" || a.Args[0].Kind != latex.Symbol || seen[a.Args[0].Key()] {
			return n
		}
		seen[a.Args[0].Key()] = true
		point[0].Args, point[1].Args = append(point[0].Args, a.Args[0]), append(point[1].Args, a.Args[1])
	}
	return &latex.Node{Kind: latex.Relation, Ops: []string{"="}, Args: point[:]}
}
