package latex

import (
	"math/big"
	"strings"
)

// term reads factors that are multiplied, divided, or stand together.
func (p *parser) term() *Node {
	n := p.factor()
	for !p.done() {
		switch {
		case p.is("*"):
			cross := p.peek().cross
			p.pos++
			if m := p.factor(); cross && (isVector(n) || isVector(m)) {
				n = p.cross(n, m)
			} else {
				n = p.append(Product, n, m)
			}
		case p.is("/") && p.ahead(1).kind == words:
			return n // 5/day: a unit
		case p.accept("/"):
			n = quotient(n, p.factor())
		case p.composes(n):
			n = p.composed(n)
		case binary[p.peek().text] && p.peek().kind == command:
			name := p.peek().text
			p.pos++
			n = &Node{Kind: Call, Name: name, Args: []*Node{n, p.factor()}}
		case isComposition(n) && n.Parens && p.is("("):
			n = p.applyComposition(n)
		case n.Kind == Symbol && n.isDerivative() && p.startsFactor():
			n = p.derivative(n)
		case p.accept(`\bmod`):
			n = &Node{Kind: Call, Name: "mod", Args: []*Node{n, p.factor()}}
		case p.inParens():
			return n
		case p.startsFactor():
			m := p.factor()
			if m.Kind == Relation && m.Parens && m.Ops[0] == "∈" && m.Args[1].Kind == Symbol && IsNumberSet(m.Args[1].Name) {
				p.notes = append(p.notes, m) // kπ (k ∈ ℤ)
				continue
			}
			if n.Kind == Text || m.Kind == Text {
				return p.fail() // a sentence
			}
			if n.Kind == Symbol && (m.Kind == Tuple || m.Kind == Set) {
				point := *m // A(1,2) is the point
				point.Name = n.Name
				n = &point
				continue
			}
			if last := lastFactor(n); last.Marked && m.Marked {
				last.Ordered, m.Ordered = true, true // operators, as the product of two vectors has a sign
			}
			n = p.append(Product, n, m)
		default:
			return n
		}
	}
	return n
}

// startsFactor says whether the next token begins a factor that is multiplied without a
// sign. A number does not, as 3 3 is no value, but for 2!3!, n2^n and i4.
func (p *parser) startsFactor() bool {
	t := p.peek()
	if t.gap || p.chain && p.another() {
		return false
	}
	switch t.kind {
	case letter:
		return true
	case number:
		before := p.ahead(-1)
		return before.text == "!" || before.kind == letter && (before.text == "i" || p.ahead(1).text == "^") || before.text == ")" && p.ahead(1).text == "^"
	case command:
		return !closers[t.text] && !notFactor[t.text] && relations[t.text] == "" && !isEnd(t.text)
	case other:
		return t.text == "(" || t.text == "[" || t.text == "{" || t.text == "|" && p.bars == 0
	}
	return false
}

func isEnd(text string) bool { return strings.HasPrefix(text, `\end`) }

var notFactor = set(`\implies \cup \cap \setminus \pm \mp \bmod \pmod \\ \wedge \vee \ldots \not \rightarrow \choose \over \if`)

// factor reads a power with signs before it.
func (p *parser) factor() *Node {
	if !p.enter() {
		return p.fail()
	}
	defer func() { p.depth-- }()
	switch {
	case p.accept("-"):
		return New(Negative, p.factor())
	case p.accept("+"):
		return p.factor()
	case p.peek().kind == currency && !p.done():
		p.money = p.peek().text
		p.pos++
		return p.factor()
	}
	return p.power()
}

// power reads base^exponent, from right to left, and °.
func (p *parser) power() *Node {
	n := p.postfix()
	for !p.done() && p.is("^") {
		p.pos++
		if p.degrees() {
			n = p.minutes(p.temperature(New(Degrees, n)))
			continue
		}
		exponent := p.exponent()
		if m := p.inverse(n, exponent); m != nil {
			n = m
			continue
		}
		if b := chosen(n, exponent); b != nil {
			n = b
		} else if n.Kind == Power && !n.Parens {
			n = New(Power, n.Args[0], New(Power, n.Args[1], exponent))
		} else {
			n = New(Power, n, exponent)
		}
		n = p.suffix(n)
	}
	return n
}

// chosen is the binomial coefficient that C_6^2 is, nil for all else.
func chosen(n, exponent *Node) *Node {
	digits, ok := strings.CutPrefix(n.Name, "C_")
	if !ok || n.Kind != Symbol || !isWhole(exponent) || strings.Trim(digits, "0123456789") != "" {
		return nil
	}
	of, ok := decimal(digits)
	if !ok || of.Cmp(exponent.Num) < 0 {
		return nil
	}
	return &Node{Kind: Call, Name: "binom", Args: []*Node{NewNumber(of), exponent}}
}

// degrees reads \circ, alone or in braces.
func (p *parser) degrees() bool {
	switch {
	case p.accept(`\circ`):
		return true
	case p.is("{") && p.ahead(1).text == `\circ` && p.ahead(2).text == "}":
		p.pos += 3
		return true
	}
	return false
}

// temperature reads the C or F after a degree sign.
func (p *parser) temperature(n *Node) *Node {
	if t := p.peek(); t.kind == letter && (t.text == "C" || t.text == "F") && !p.done() {
		p.pos++
		return &Node{Kind: Quantity, Name: "°" + t.text, Args: []*Node{n.Args[0]}}
	}
	return n
}

// exponent reads what stands after ^: a group, or one token with its sign.
func (p *parser) exponent() *Node {
	if !p.enter() {
		return p.fail()
	}
	defer func() { p.depth-- }()
	switch {
	case p.accept("-"):
		return New(Negative, p.exponent())
	case p.accept("+"):
		return p.exponent()
	case p.accept("*"):
		return p.fail()
	}
	n := p.primary()
	if p.is("!") {
		return p.suffix(n)
	}
	return n
}

func isMinusOne(n *Node) bool {
	return n.Kind == Negative && n.Args[0].Kind == Number && n.Args[0].Num.Cmp(big.NewRat(1, 1)) == 0
}

// postfix reads a primary with ! and % after it.
func (p *parser) postfix() *Node { return p.suffix(p.primary()) }

func (p *parser) suffix(n *Node) *Node {
	for !p.done() {
		p.budget.Spend(levelSteps, nodeBytes)
		switch {
		case p.accept("!"):
			name := "!"
			if p.accept("!") {
				name = "!!"
			}
			n = &Node{Kind: Call, Name: name, Args: []*Node{n}}
		case p.accept("%"):
			n = New(Percent, n)
		case p.composes(n):
			return n
		case n.Kind == Number && n.Parens && n.Num.IsInt() && p.is("_"):
			n = p.based(n.Num.RatString())
		case p.is(`\circ`):
			p.pos++
			n = p.temperature(New(Degrees, n))
		default:
			return n
		}
	}
	return n
}
