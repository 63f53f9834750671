package latex

// isVector says whether an expression is a vector by its marks: an arrow, a hat or bold type,
// or a product with × between such.
func isVector(n *Node) bool {
	switch n.Kind {
	case Symbol:
		return n.Marked || len(n.Name) > len("AB") && n.Name[len("AB"):] == "→"
	case Call:
		return n.Name == "cross"
	case Sum, Product, Negative, Quotient:
		for _, a := range n.Args {
			if isVector(a) {
				return true
			}
		}
	}
	return false
}

// lastFactor is the last factor of a product, or the expression.
func lastFactor(n *Node) *Node {
	if n.Kind == Product && !n.Parens {
		return n.Args[len(n.Args)-1]
	}
	return n
}

// cross multiplies the last factor of n with m, as vectors.
func (p *parser) cross(n, m *Node) *Node {
	if !isVector(m) && p.startsFactor() { // a × 2b
		m = p.append(Product, m, p.factor())
	}
	if n.Kind != Product || n.Parens {
		return &Node{Kind: Call, Name: "cross", Args: []*Node{n, m}}
	}
	last := len(n.Args) - 1
	n.Args[last] = &Node{Kind: Call, Name: "cross", Args: []*Node{n.Args[last], m}}
	return n
}
