package math

import (
	"slices"

	"temper/model/library/latex"
)

// shapes are what the symbols of expressions are in which the order of factors counts, nil
// if it does not in any: capital letters beside an inverse or a transpose or in both orders,
// factors with a hat, and the vectors of a cross product.
func (c *comparison) shapes(nodes ...*latex.Node) map[string]shape {
	found := map[string]shape{}
	matrices := false
	for _, n := range nodes {
		n.Walk(func(m *latex.Node) bool {
			switch {
			case m.Kind == latex.Symbol && m.Ordered:
				found[m.Key()] = square
			case m.Kind == latex.Call && m.Name == "cross":
				for _, a := range m.Args {
					vectors(a, found)
				}
			case m.Kind == latex.Power && isTranspose(m.Args[1]):
				matrices = transposes(m.Args[0], found) || matrices
			case m.Kind == latex.Product && surrounds(m):
				for _, a := range m.Args {
					a.Walk(func(s *latex.Node) bool {
						if s.Kind == latex.Symbol {
							found[s.Key()] = square
						}
						return true
					})
				}
			case m.Kind == latex.Product && (isConjugation(m) || isCommutator(m, n)):
				matrices = true
			}
			return true
		})
	}
	if !matrices && c.depth == 1 {
		matrices = !slices.ContainsFunc(nodes, func(n *latex.Node) bool { return !isWord(n) }) && len(nodes) > 0
	}
	if matrices {
		for _, n := range nodes {
			n.Walk(func(m *latex.Node) bool {
				if isCapital(m) && found[m.Key()] == noShape {
					found[m.Key()] = square
				}
				return true
			})
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// vectors marks the symbols of an operand of a cross product as columns.
func vectors(n *latex.Node, found map[string]shape) {
	switch n.Kind {
	case latex.Symbol:
		found[n.Key()] = column
	case latex.Sum, latex.Negative:
		for _, a := range n.Args {
			vectors(a, found)
		}
	case latex.Product, latex.Quotient: // a multiple of the marked one
		for _, a := range n.Args {
			if a.Kind == latex.Symbol && a.Marked || a.Kind == latex.Sum {
				vectors(a, found)
			}
		}
	case latex.Call:
		if n.Name == "cross" {
			vectors(n.Args[0], found)
			vectors(n.Args[1], found)
		}
	}
}

// transposes says whether what is transposed is a matrix, and marks small letters as columns.
func transposes(n *latex.Node, found map[string]shape) bool {
	capital := false
	n.Walk(func(m *latex.Node) bool {
		if m.Kind == latex.Symbol && !isCapital(m) {
			found[m.Key()] = column
		}
		capital = capital || isCapital(m)
		return true
	})
	return capital || len(found) > 0
}

// isCapital says whether a symbol is a capital letter, which matrices have.
func isCapital(n *latex.Node) bool {
	return n.Kind == latex.Symbol && n.Name[0] >= 'A' && n.Name[0] <= 'Z' && (len(n.Name) == 1 || n.Name[1] == '_' || n.Name[1] == '\'')
}

func hasCapital(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool { return !isCapital(m) })
}

// isWord says whether an answer is a product of at least two capital letters and no more.
func isWord(n *latex.Node) bool {
	return n.Kind == latex.Product && !slices.ContainsFunc(n.Args, func(a *latex.Node) bool { return !isCapital(a) })
}

// surrounds says whether a symbol and its inverse stand on both sides of others in a product,
// as in aba^{-1}: nobody writes that of numbers.
func surrounds(n *latex.Node) bool {
	for i, a := range n.Args {
		for j, b := range n.Args {
			if a.Kind == latex.Symbol && (j > i+1 || i > j+1) && b.Kind == latex.Power && b.Args[0].Key() == a.Key() && b.Args[1].Kind == latex.Negative && unsigned(b.Args[1]).Kind == latex.Number {
				return true
			}
		}
	}
	return false
}

// isConjugation says whether a product has the inverse of a matrix beside another matrix.
func isConjugation(n *latex.Node) bool {
	inverses, others := 0, 0
	for _, a := range n.Args {
		switch {
		case a.Kind == latex.Power && hasCapital(a.Args[0]) && unsigned(a.Args[1]).Kind == latex.Number && a.Args[1].Kind == latex.Negative && unsigned(a.Args[1]).Num.RatString() == "1":
			inverses++
		case hasCapital(a):
			others++
		}
	}
	return inverses > 0 && inverses+others > 1
}

// isCommutator says whether the capital letters of a product stand in another order in
// another product of the answer.
func isCommutator(n, whole *latex.Node) bool {
	letters := func(m *latex.Node) (list []string) {
		for _, a := range m.Args {
			if isCapital(a) {
				list = append(list, a.Name)
			}
		}
		return list
	}
	mine := letters(n)
	if len(mine) < 2 {
		return false
	}
	return !whole.Walk(func(m *latex.Node) bool {
		if m.Kind != latex.Product {
			return true
		}
		other := letters(m)
		return len(other) != len(mine) || slices.Equal(other, mine) || !slices.Equal(slices.Sorted(slices.Values(other)), slices.Sorted(slices.Values(mine)))
	})
}

// sameOrdered compares expressions whose factors do not commute, at two points.
func (c *comparison) sameOrdered(a, g *latex.Node, shapes map[string]shape) bool {
	for point := range byte(2) {
		x, y := c.element(a, shapes, point), c.element(g, shapes, point)
		if x.shape == noShape || x != y {
			return false
		}
	}
	return true
}

// element computes an expression modulo prime. What it does not know is a number that the
// way it is written gives.
func (c *comparison) element(n *latex.Node, shapes map[string]shape, point byte) element {
	c.budget.Spend(costArithmetic, arithmeticBytes)
	switch n.Kind {
	case latex.Number:
		if v, ok := ratMod(n.Num); ok {
			return scalarOf(v)
		}
		return element{}
	case latex.Symbol:
		return symbolElement(n, shapes, point)
	case latex.Negative:
		return product(scalarOf(prime-1), c.element(n.Args[0], shapes, point))
	case latex.Sum, latex.Product:
		do, total := plus, scalarOf(0)
		if n.Kind == latex.Product {
			do, total = product, scalarOf(1)
		}
		for _, a := range n.Args {
			total = do(total, c.element(a, shapes, point))
		}
		return total
	case latex.Quotient:
		return product(c.element(n.Args[0], shapes, point), inverse(c.element(n.Args[1], shapes, point)))
	case latex.Power:
		return c.elementPower(n, shapes, point)
	case latex.Call:
		if n.Name == "cross" {
			return crossed(c.element(n.Args[0], shapes, point), c.element(n.Args[1], shapes, point))
		}
	}
	return scalarOf(drawMod(n.Key(), point))
}

func symbolElement(n *latex.Node, shapes map[string]shape, point byte) element {
	e := element{shape: max(scalar, shapes[n.Key()])}
	if e.shape == square && n.Name == "I" {
		return identity(1)
	}
	for i := range map[shape]int{scalar: 1, column: 3, square: 9}[e.shape] {
		e.x[i] = drawMod(n.Key(), point+2*byte(i))
	}
	return e
}

// maxMatrixPower bounds the powers that are multiplied out.
const maxMatrixPower = 64

func (c *comparison) elementPower(n *latex.Node, shapes map[string]shape, point byte) element {
	base, exponent := c.element(n.Args[0], shapes, point), n.Args[1]
	turned := exponent
	for turned.Kind == latex.Negative {
		turned = turned.Args[0]
	}
	if isTranspose(turned) {
		base = transposed(base)
		if exponent.Kind == latex.Negative {
			base = inverse(base)
		}
		return base
	}
	if turned.Kind != latex.Number || !turned.Num.IsInt() || turned.Num.Num().BitLen() > 6 {
		e := scalarOf(drawMod(n.Key(), point))
		if base.shape == square {
			e = symbolElement(&latex.Node{Kind: latex.Symbol, Name: n.Key()}, map[string]shape{(&latex.Node{Kind: latex.Symbol, Name: n.Key()}).Key(): square}, point)
		}
		return e
	}
	if exponent.Kind == latex.Negative {
		base = inverse(base)
	}
	k := turned.Num.Num().Int64()
	power := scalarOf(1)
	if base.shape == square {
		power = identity(1)
	}
	for range min(k, maxMatrixPower) {
		power = product(power, base)
	}
	return power
}
