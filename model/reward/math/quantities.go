package math

import (
	"slices"
	"strings"

	"temper/model/library/latex"
)

// sameUnits says whether what stands after two values may be the same: one side may leave
// out a known unit, or what is counted; words that are not known stand on both sides.
func sameUnits(a, g *latex.Node) bool {
	u, v := unitOf(a), unitOf(g)
	if u != "" && v != "" && !latex.SameUnit(u, v) {
		return false
	}
	x, y := noteOf(a), noteOf(g)
	return x.Remark == y.Remark && sameThings(x.Things, y.Things) && (x.Remark+x.Things == "" || y.Remark+y.Things == "" || sameOrder(a, g))
}

// sameNotes says whether the units and remarks within two expressions or relations are the
// same: 5 < x < 6 in cm is not 5 < x < 6 in m. The elements of lists are compared one by one.
func sameNotes(a, g *latex.Node) bool {
	if manyParts(a) || manyParts(g) || a.Kind == latex.Text || g.Kind == latex.Text {
		return true
	}
	x, y := notesIn(a), notesIn(g)
	within := func(list []*latex.Node, m *latex.Node) bool {
		return m.Remark == "" && (m.Name == "" || len(list) == 0) || slices.ContainsFunc(list, func(n *latex.Node) bool {
			return n.Remark == m.Remark && (n.Name == "" || m.Name == "" || latex.SameUnit(n.Name, m.Name))
		})
	}
	missing := func(list []*latex.Node) func(*latex.Node) bool {
		return func(m *latex.Node) bool { return !within(list, m) }
	}
	return !slices.ContainsFunc(x, missing(y)) && !slices.ContainsFunc(y, missing(x))
}

func notesIn(n *latex.Node) (list []*latex.Node) {
	n.Walk(func(m *latex.Node) bool {
		if m.Kind == latex.Quantity {
			list = append(list, m)
		}
		return len(list) < maxElements
	})
	return list
}

// sameThings says whether one of two lists of words for what is counted holds the other, as
// red marbles and marbles.
func sameThings(a, g string) bool {
	x, y := strings.Fields(a), strings.Fields(g)
	if len(x) > len(y) {
		x, y = y, x
	}
	return !slices.ContainsFunc(x, func(w string) bool { return !slices.Contains(y, w) })
}

// sameOrder says whether numbers that words are about stand in one order: a 2 × 3 matrix is
// not a 3 × 2 matrix.
func sameOrder(a, g *latex.Node) bool {
	a, g = withoutUnit(a), withoutUnit(g)
	return a.Kind != latex.Product || len(variables(a)) > 0 || a.Key() == g.Key()
}

// noteOf is the quantity that a value is, or an empty one.
func noteOf(n *latex.Node) *latex.Node {
	if n = unsigned(n); n.Kind == latex.Quantity {
		return n
	}
	return &latex.Node{}
}

// unitOf is the known unit of a value, "" if it has none. Per cent and degrees are units
// beside others.
func unitOf(n *latex.Node) string {
	switch n = unsigned(n); n.Kind {
	case latex.Quantity:
		if n.Name == "" {
			return unitOf(n.Args[0])
		}
		return n.Name
	case latex.Percent:
		return "%"
	case latex.Degrees:
		return "°"
	}
	return ""
}

func withoutUnit(n *latex.Node) *latex.Node {
	for n.Kind == latex.Quantity {
		n = n.Args[0]
	}
	return n
}

// soften reads 5m as 5 metres: a letter that is also a unit, after a number; nil for all
// else.
func soften(n *latex.Node) *latex.Node {
	if n.Kind == latex.Product && len(n.Args) == 2 {
		if unit := softUnit(n.Args[1]); unit != "" {
			return &latex.Node{Kind: latex.Quantity, Name: latex.UnitOf(unit), Args: n.Args[:1]}
		}
	}
	if n.Kind == latex.Quotient { // 5m/s²
		over, per := soften(n.Args[0]), perUnit(n.Args[1])
		if over != nil && over.Kind == latex.Quantity && per != "" {
			over.Name = latex.UnitOf(over.Name + "/" + per)
			return over
		}
	}
	return nil
}

// softUnit is the name of the unit that an expression of letters may be, "" if it is none.
func softUnit(n *latex.Node) string {
	switch n.Kind {
	case latex.Symbol:
		if len(n.Name) == 1 && strings.Contains("mgshL", n.Name) || n.Name == `\Omega` {
			return n.Name
		}
	case latex.Power:
		if n.Args[0].Kind == latex.Symbol && n.Args[0].Name == "m" && n.Args[1].Kind == latex.Number {
			return "m^" + n.Args[1].Num.RatString()
		}
	case latex.Quotient: // m/s and m/s²
		if over, per := softUnit(n.Args[0]), perUnit(n.Args[1]); over != "" && per != "" {
			return over + "/" + per
		}
	}
	return ""
}

// perUnit is the same for what stands under a fraction, as s².
func perUnit(n *latex.Node) string {
	if n.Kind == latex.Power && n.Args[1].Kind == latex.Number && softUnit(n.Args[0]) != "" {
		return softUnit(n.Args[0]) + "^" + n.Args[1].Num.RatString()
	}
	return softUnit(n)
}
