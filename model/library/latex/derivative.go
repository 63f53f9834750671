package latex

import (
	"math/big"
	"strings"
)

var unit = big.NewRat(1, 1)

// angles are the Greek letters of differentials, as in dθ.
var angles = set(`\theta \phi \varphi \tau \xi \rho \eta`)

// differential emits the \theta of dθ, and ∂ with its letter, as one symbol.
func (l *lexer) differential(m string) bool {
	if before := l.last(); before.kind == letter && before.text == "d" && !l.space && angles[m] {
		if a, ok := alias[m]; ok {
			l.tokens[len(l.tokens)-1].text += a
		} else {
			l.tokens[len(l.tokens)-1].text += m
		}
		l.rest = l.rest[len(m):]
		return true
	}
	if m != `\partial` {
		return false
	}
	rest := strings.TrimLeft(l.rest[len(m):], " ")
	size := len(l.rest) - len(rest)
	of := ""
	if rest != "" && isLetter(rest[0]) {
		of = rest[:1]
	} else if c := name.FindString(rest); angles[c] {
		of = c
	}
	l.emit(letter, "∂"+of, size+len(of))
	return true
}

// differential is the letter of dx and ∂x, "" for all else.
func differential(n *Node) string {
	if n.Kind != Symbol {
		return ""
	}
	for _, d := range [...]string{"d", "∂"} {
		if rest, ok := strings.CutPrefix(n.Name, d); ok && rest != "" && rest[0] != '_' && rest[0] != '\'' {
			return n.Name
		}
	}
	return ""
}

// differentials are those of dx², or of ∂x ∂y, in order; nil if n has other factors.
func differentials(n *Node) []string {
	switch n.Kind {
	case Symbol:
		if d := differential(n); d != "" {
			return []string{d}
		}
	case Power:
		d := differential(n.Args[0])
		if d == "" || !isWhole(n.Args[1]) || n.Args[1].Num.Num().BitLen() > 3 {
			return nil
		}
		var list []string
		for range n.Args[1].Num.Num().Int64() {
			list = append(list, d)
		}
		return list
	case Product:
		var list []string
		for _, a := range n.Args {
			part := differentials(a)
			if part == nil {
				return nil
			}
			list = append(list, part...)
		}
		return list
	}
	return nil
}

// isOperator says whether n is d or ∂, or a power of it.
func isOperator(n *Node) bool {
	if n.Kind == Power {
		n = n.Args[0]
	}
	return n.Kind == Symbol && (n.Name == "d" || n.Name == "∂")
}

// quotient makes a fraction. One of differentials is a derivative: a Call of d/dx with what
// it is of, or the operator as a Symbol if nothing stands over the line but d.
func quotient(over, under *Node) *Node {
	by := differentials(under)
	if by == nil {
		return New(Quotient, over, under)
	}
	name := "d/" + strings.Join(by, " ")
	switch {
	case isOperator(over):
		return &Node{Kind: Symbol, Name: name}
	case differential(over) != "":
		of := strings.TrimPrefix(strings.TrimPrefix(over.Name, "d"), "∂")
		return &Node{Kind: Call, Name: name, Args: []*Node{{Kind: Symbol, Name: of}}}
	case over.Kind == Call && over.Name == "d":
		return &Node{Kind: Call, Name: name, Args: over.Args}
	case over.Kind == Product && isOperator(over.Args[0]):
		rest := over.Args[1]
		if len(over.Args) > 2 {
			rest = New(Product, over.Args[1:]...)
		}
		return &Node{Kind: Call, Name: name, Args: []*Node{rest}}
	}
	return New(Quotient, over, under)
}

// derivative reads what stands after the operator d/dx, up to a sign.
func (p *parser) derivative(operator *Node) *Node {
	of := p.factor()
	for !p.done() && p.startsFactor() {
		of = p.append(Product, of, p.factor())
	}
	return &Node{Kind: Call, Name: operator.Name, Args: []*Node{of}}
}

// isDerivative says whether n is the operator d/dx, or has it applied.
func (n *Node) isDerivative() bool {
	return (n.Kind == Symbol || n.Kind == Call) && strings.HasPrefix(n.Name, "d/")
}
