package math

import (
	"math/big"
	"slices"

	"temper/model/library/latex"
)

// simplify gives an answer the form in which it is compared: ± becomes two values, the sum
// of matrices a matrix, 1×1 brackets their content, x ∈ S in a list of values S.
func simplify(n *latex.Node) *latex.Node {
	n = assignedSigns(n)
	switch n.Kind {
	case latex.List, latex.Set:
		return flatten(n)
	case latex.Sum, latex.Product, latex.Negative, latex.Quotient, latex.Power, latex.PlusMinus:
		if m := matrix(n); m != nil {
			return m
		}
	case latex.Tuple:
		if len(n.Args) == 1 && (n.Args[0].Kind == latex.Matrix || n.Args[0].Kind == latex.Tuple) {
			return n.Args[0]
		}
	}
	if n.Has(latex.PlusMinus) && !n.Has(latex.Region, latex.Set, latex.List) {
		name := "or"
		if n.Kind == latex.Relation && n.Ops[0] == "≠" {
			name = "and"
		}
		return &latex.Node{Kind: latex.List, Name: name, Args: signs(n)}
	}
	return n
}

// flatten makes the elements of lists in a list, and both values of an element with ±,
// elements of it. That k is any integer goes without saying.
func flatten(n *latex.Node) *latex.Node {
	m := *n
	m.Args = nil
	for _, a := range withoutDots(n.Args) {
		if unconditional(a) && n.Kind == latex.List {
			continue
		}
		if s := simplify(a); s.Kind == latex.List {
			m.Args = append(m.Args, s.Args...)
		} else {
			m.Args = append(m.Args, s)
		}
	}
	if m.Kind == latex.List && len(m.Args) == 1 {
		return m.Args[0]
	}
	return &m
}

// withoutDots writes out 1, 2, …, 9, if the elements are integers that grow by one step.
func withoutDots(list []*latex.Node) []*latex.Node {
	at := slices.IndexFunc(list, func(n *latex.Node) bool { return n.Kind == latex.Symbol && n.Name == "…" })
	if at < 2 || at != len(list)-2 || slices.ContainsFunc(list[at-2:at], notInteger) || notInteger(list[at+1]) {
		return list
	}
	a, b, last := signedNumber(list[at-2]), signedNumber(list[at-1]), signedNumber(list[at+1])
	step := new(big.Rat).Sub(b, a)
	if step.Sign() == 0 {
		return list
	}
	count := new(big.Rat).Quo(new(big.Rat).Sub(last, b), step)
	if !count.IsInt() || count.Sign() <= 0 || count.Cmp(big.NewRat(maxElements, 1)) > 0 {
		return list
	}
	full := slices.Clone(list[:at])
	for range count.Num().Int64() {
		b = new(big.Rat).Add(b, step)
		full = append(full, latex.NewNumber(b))
	}
	return full
}

func notInteger(n *latex.Node) bool {
	m := unsigned(n)
	return m.Kind != latex.Number || !m.Num.IsInt() || m.Num.Num().BitLen() > 32
}

// signedNumber is the value of a number with signs before it.
func signedNumber(n *latex.Node) *big.Rat {
	if n.Kind == latex.Negative {
		return new(big.Rat).Neg(signedNumber(n.Args[0]))
	}
	return n.Num
}

// unconditional says whether a relation only says that a variable is an integer, or real.
func unconditional(n *latex.Node) bool {
	return n.Kind == latex.Relation && n.Ops[0] == "∈" && n.Args[1].Kind == latex.Symbol && latex.IsNumberSet(n.Args[1].Name)
}

// matrix computes sums, multiples and products of matrices; nil if n is none.
func matrix(n *latex.Node) *latex.Node {
	switch n.Kind {
	case latex.Matrix:
		return n
	case latex.Negative:
		return scaled(matrix(n.Args[0]), latex.NewNumber(big.NewRat(-1, 1)))
	case latex.Power:
		return matrixPower(n.Args[0], n.Args[1])
	case latex.Quotient:
		if n.Args[1].Scalar() {
			return scaled(matrix(n.Args[0]), latex.New(latex.Quotient, latex.NewNumber(big.NewRat(1, 1)), n.Args[1]))
		}
	case latex.Sum:
		if len(n.Args) == 0 {
			return nil
		}
		total := matrix(n.Args[0])
		for _, a := range n.Args[1:] {
			m := matrix(a)
			if total == nil || m == nil || m.Rows != total.Rows || len(m.Args) != len(total.Args) {
				return nil
			}
			sum := &latex.Node{Kind: latex.Matrix, Rows: m.Rows}
			for i := range m.Args {
				sum.Args = append(sum.Args, latex.New(latex.Sum, total.Args[i], m.Args[i]))
			}
			total = sum
		}
		return total
	case latex.Product:
		var total *latex.Node
		for _, a := range n.Args {
			total = times(total, a)
			if total == nil {
				return nil
			}
		}
		if total.Kind == latex.Matrix {
			return total
		}
	}
	return nil
}

// matrixPower is the transpose of a matrix, or its product with itself.
func matrixPower(base, exponent *latex.Node) *latex.Node {
	m := matrix(base)
	switch {
	case base.Kind == latex.Tuple && isRound(base) && isTranspose(exponent):
		return &latex.Node{Kind: latex.Matrix, Rows: len(base.Args), Args: base.Args}
	case m == nil:
		return nil
	case isTranspose(exponent):
		t := &latex.Node{Kind: latex.Matrix, Rows: len(m.Args) / m.Rows}
		for i := range m.Args {
			t.Args = append(t.Args, m.Args[i%m.Rows*t.Rows+i/m.Rows])
		}
		return t
	case exponent.Kind != latex.Number || !exponent.Num.IsInt() || exponent.Num.Cmp(big.NewRat(1, 1)) < 0 || exponent.Num.Cmp(big.NewRat(5, 1)) > 0:
		return nil
	}
	power := m
	for k, _ := exponent.Num.Float64(); k > 1 && power != nil; k-- {
		power = times(power, m)
	}
	return power
}

func isTranspose(exponent *latex.Node) bool {
	return exponent.Kind == latex.Symbol && (exponent.Name == "T" || exponent.Name == `\top`)
}

// times multiplies scalars and matrices.
func times(a, b *latex.Node) *latex.Node {
	if m := matrix(b); m != nil {
		b = m
	}
	switch {
	case a == nil:
		return b
	case a.Kind == latex.Matrix && b.Kind == latex.Matrix:
		return matrixProduct(a, b)
	case a.Kind == latex.Matrix && b.Scalar():
		return scaled(a, b)
	case b.Kind == latex.Matrix && a.Scalar():
		return scaled(b, a)
	case a.Scalar() && b.Scalar():
		return latex.New(latex.Product, a, b)
	}
	return nil
}

func scaled(m, factor *latex.Node) *latex.Node {
	if m == nil {
		return nil
	}
	r := &latex.Node{Kind: latex.Matrix, Rows: m.Rows}
	for _, a := range m.Args {
		r.Args = append(r.Args, latex.New(latex.Product, factor, a))
	}
	return r
}

func matrixProduct(a, b *latex.Node) *latex.Node {
	if a.Rows == 0 || b.Rows == 0 || len(a.Args)/a.Rows != b.Rows {
		return nil
	}
	if size(a)*size(b) > maxProduct {
		return nil
	}
	inner, columns := b.Rows, len(b.Args)/b.Rows
	m := &latex.Node{Kind: latex.Matrix, Rows: a.Rows}
	for i := range a.Rows {
		for j := range columns {
			cell := latex.New(latex.Sum)
			for k := range inner {
				cell.Args = append(cell.Args, latex.New(latex.Product, a.Args[i*inner+k], b.Args[k*columns+j]))
			}
			m.Args = append(m.Args, cell)
		}
	}
	return m
}

// maxProduct bounds the sizes, multiplied, of matrices that are multiplied: the product of
// many would be too large to write down.
const maxProduct = 10000

// size counts the nodes of a tree.
func size(n *latex.Node) int {
	total := 0
	n.Walk(func(*latex.Node) bool { total++; return total < maxProduct })
	return total
}

func baseTen(n *latex.Node) bool {
	return n.Kind == latex.Based && n.Num.Cmp(big.NewRat(10, 1)) == 0
}

// sameBased compares digits in a base: those of two bases differ, as the base was asked for.
func sameBased(a, g *latex.Node) bool {
	x, y := inBase(a), inBase(g)
	if x == nil || y == nil || x.Cmp(y) != 0 {
		return false
	}
	if a.Kind == g.Kind {
		return a.Num.Cmp(g.Num) == 0
	}
	return baseTen(a) || baseTen(g)
}

// inBase is the value of digits in a base, nil if they are not digits of it, or of an
// integer.
func inBase(n *latex.Node) *big.Int {
	if n.Kind == latex.Number && n.Num.IsInt() {
		return n.Num.Num()
	}
	if n.Kind != latex.Based {
		return nil
	}
	v, ok := new(big.Int).SetString(n.Name, int(n.Num.Num().Int64()))
	if !ok {
		return nil
	}
	return v
}
