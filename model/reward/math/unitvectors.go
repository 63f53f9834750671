package math

import (
	"math/big"
	"strings"

	"temper/model/library/latex"
)

var unitRat = big.NewRat(1, 1)

// unitVectors are the coordinates of a sum of multiples of the unit vectors i, j and k, or
// e_1, e_2 and e_3, in that many dimensions; nil if an expression is none. A letter i without
// a mark is one beside j or k only.
func (c *comparison) unitVectors(n *latex.Node, dimensions int) []*latex.Node {
	if dimensions < 2 || dimensions > 3 || !hasUnitVector(n) {
		return nil
	}
	terms := []*latex.Node{n}
	if n.Kind == latex.Sum {
		terms = n.Args
	}
	coordinates := make([]*latex.Node, dimensions)
	for i := range coordinates {
		coordinates[i] = latex.New(latex.Sum)
	}
	for _, term := range terms {
		axis, factor := c.multiple(term)
		if axis < 0 || axis >= dimensions {
			return nil
		}
		coordinates[axis].Args = append(coordinates[axis].Args, factor)
	}
	return coordinates
}

// hasUnitVector says whether a unit vector is in an expression, of which i alone is none.
func hasUnitVector(n *latex.Node) bool {
	return n.Scalar() && !n.Walk(func(m *latex.Node) bool { return m.Kind != latex.Symbol || axisOf(m) < 0 })
}

// axisOf is the axis of a unit vector, -1 for all else.
func axisOf(n *latex.Node) int {
	if n.Kind != latex.Symbol && (n.Kind != latex.Constant || n.Name != "i") {
		return -1
	}
	if digit, ok := strings.CutPrefix(n.Name, "e_"); ok && len(digit) == 1 {
		return strings.Index("123", digit)
	}
	if len(n.Name) != 1 {
		return -1
	}
	return strings.Index("ijk", n.Name)
}

// multiple takes a multiple of a unit vector apart; the axis is -1 if it is none.
func (c *comparison) multiple(n *latex.Node) (axis int, factor *latex.Node) {
	one := latex.NewNumber(unitRat)
	switch n.Kind {
	case latex.Negative:
		axis, factor = c.multiple(n.Args[0])
		return axis, latex.New(latex.Negative, factor)
	case latex.Quotient:
		axis, factor = c.multiple(n.Args[0])
		if hasUnitVector(n.Args[1]) {
			return -1, one
		}
		return axis, latex.New(latex.Quotient, factor, n.Args[1])
	case latex.Product:
		axis = -1
		factor = latex.New(latex.Product)
		for _, a := range n.Args {
			switch k := axisOf(a); {
			case k >= 0 && axis >= 0, k < 0 && hasUnitVector(a):
				return -1, one
			case k >= 0:
				axis = k
			default:
				factor.Args = append(factor.Args, a)
			}
		}
		return axis, factor
	}
	return axisOf(n), one
}

// byUnitVectors compares an expression of unit vectors with a vector, or with another such.
func (c *comparison) byUnitVectors(a, g *latex.Node) (equal, decided bool) {
	switch {
	case a.Scalar() && isVector(g):
		x := c.unitVectors(a, len(g.Args))
		return x != nil && c.inOrder(x, g.Args), x != nil
	case g.Scalar() && isVector(a):
		y := c.unitVectors(g, len(a.Args))
		return y != nil && c.inOrder(a.Args, y), y != nil
	case a.Scalar() && g.Scalar() && isMarked(a) != isMarked(g):
		x, y := c.unitVectors(a, 3), c.unitVectors(g, 3)
		return x != nil && y != nil && c.inOrder(x, y), x != nil && y != nil
	}
	return false, false
}

func isMarked(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool { return !m.Marked })
}
