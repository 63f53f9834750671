package latex

import "strings"

// integral reads \int body dx, with its bounds if there are, as a Call int with the variable,
// the lower and the upper bound, and the body; without bounds, with the variable and the body.
func (p *parser) integral() *Node {
	var low, high *Node
	for !p.done() && (p.is("_") || p.is("^")) {
		upper := p.is("^")
		p.pos++
		if bound := p.bound(); upper {
			high = bound
		} else {
			low = bound
		}
	}
	if (low == nil) != (high == nil) {
		return p.fail()
	}
	var terms []*Node
	for !p.done() {
		term := p.signed()
		if p.failed {
			break
		}
		body, by, after := takeDifferential(term)
		terms = append(terms, body)
		if by == nil {
			if !p.is("+") && !p.is("-") {
				break
			}
			continue
		}
		if len(terms) > 1 {
			body = New(Sum, terms...)
		}
		n := &Node{Kind: Call, Name: "int", Args: []*Node{by, low, high, body}}
		if low == nil {
			n.Args = []*Node{by, body}
		}
		if after == nil {
			return n
		}
		return New(Product, n, after)
	}
	return p.fail()
}

// bound reads the bound of an integral; a sign may stand alone before ∞.
func (p *parser) bound() *Node {
	if p.is("{") {
		p.pos++
		n := p.sum()
		if !p.accept("}") {
			return p.fail()
		}
		return n
	}
	return p.exponent()
}

// takeDifferential takes dx out of a term: what stands before it, its variable and what
// stands after it; the variable is nil if there is none.
func takeDifferential(n *Node) (body, by, after *Node) {
	one := NewNumber(unit)
	switch n.Kind {
	case Symbol:
		if d, ok := strings.CutPrefix(differential(n), "d"); ok && d != "" {
			return one, &Node{Kind: Symbol, Name: d}, nil
		}
	case Negative:
		body, by, after = takeDifferential(n.Args[0])
		return New(Negative, body), by, after
	case Quotient:
		body, by, after = takeDifferential(n.Args[0])
		return New(Quotient, body, n.Args[1]), by, after
	case Product:
		for i, a := range n.Args {
			part, by, _ := takeDifferential(a)
			if by == nil {
				continue
			}
			body = New(Product, append(n.Args[:i:i], part)...)
			if rest := n.Args[i+1:]; len(rest) == 1 {
				after = rest[0]
			} else if len(rest) > 1 {
				after = New(Product, rest...)
			}
			return body, by, after
		}
	}
	return n, nil, nil
}

// limit reads \lim_{x \to a} body as a Call lim with x, a and the body. From one side, the
// sign is part of the name.
func (p *parser) limit() *Node {
	if !p.accept("_") || !p.accept("{") || p.peek().kind != letter && !greek[p.peek().text] {
		return p.fail()
	}
	by := p.primary()
	if by.Kind == Constant {
		by = &Node{Kind: Symbol, Name: by.Name}
	}
	if by.Kind != Symbol || !p.accept(`\rightarrow`) {
		return p.fail()
	}
	name := "lim"
	for i := p.pos; i+2 < len(p.tokens) && i < p.pos+longestArgument; i++ { // a^+ and a^{+}
		end := i + 2
		if p.tokens[i].text != "^" {
			continue
		}
		sign := p.tokens[i+1].text
		if sign == "{" {
			sign, end = p.ahead(i+2-p.pos).text, i+4
		}
		if (sign == "+" || sign == "-") && end < len(p.tokens) && p.tokens[end].text == "}" {
			p.budget.Spend(len(p.tokens), tokenBytes*len(p.tokens))
			p.tokens = append(p.tokens[:i:i], p.tokens[end:]...)
			name += sign
			break
		}
	}
	to := p.sum()
	if !p.accept("}") {
		return p.fail()
	}
	return &Node{Kind: Call, Name: name, Args: []*Node{by, to, p.term()}}
}
