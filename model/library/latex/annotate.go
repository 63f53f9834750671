package latex

import (
	"math/big"
	"strings"
)

// note reads the words after a value: a unit, a word for a power of ten, or a note.
func (p *parser) note(n *Node) *Node {
	var text strings.Builder
	for !p.done() {
		t := p.peek()
		switch {
		case t.kind == words:
			if text.Len() > 0 && !strings.HasSuffix(text.String(), "/") {
				text.WriteByte(' ')
			}
			text.WriteString(t.text)
		case t.text == "/" && p.ahead(1).kind == words, t.text == "/" && p.ahead(1).kind == letter:
			text.WriteString("/" + p.ahead(1).text)
			p.pos++
		case t.text == "^" && p.ahead(1).kind == number:
			text.WriteString("^" + p.ahead(1).text)
			p.pos++
		case t.text == "^" && p.ahead(1).text == "{" && p.ahead(2).kind == number && p.ahead(3).text == "}":
			text.WriteString("^" + p.ahead(2).text)
			p.pos += 3
		case t.text == "^" && p.ahead(1).text == "{" && p.ahead(2).text == "-" && p.ahead(3).kind == number && p.ahead(4).text == "}":
			text.WriteString("^-" + p.ahead(3).text)
			p.pos += 4
		case t.text == "*" && p.ahead(1).kind == words:
		case t.text == "." || t.text == "(" && p.ahead(1).kind == words || t.text == ")" && p.depth < 3:
		default:
			return p.annotate(n, text.String())
		}
		p.pos++
	}
	return p.annotate(n, text.String())
}

// annotate adds to a value what words say that stand after it.
func (p *parser) annotate(n *Node, text string) *Node {
	if n.Kind == Text {
		return &Node{Kind: Text, Name: strings.TrimSpace(n.Name + " " + Words(text))}
	}
	w := spokenWords{" " + text}
	if f := w.andFraction(); f != nil && n.Kind == Number { // 7 and a half
		n, text = NewNumber(f.Add(f, n.Num)), strings.TrimSpace(w.rest)
	}
	multiplied := false
	for m, rest := p.factorOf(n, text); m != nil; m, rest = p.factorOf(n, text) {
		if multiplied, text = true, rest; n.Kind == Number {
			n = NewNumber(new(big.Rat).Mul(m, n.Num))
		} else {
			n = New(Product, n, NewNumber(m))
		}
	}
	switch {
	case text == "" || multiplied && text == "of":
		return n
	case !isNote(text):
		return p.fail()
	}
	said := readNote(text)
	switch {
	case isSpelled(n) && said.unit == "":
		return p.fail()
	case said.unit == "°" && said.things == "":
		return New(Degrees, n)
	case n.Kind == Degrees && (said.unit == "°C" || said.unit == "°F" || said.unit == "K"):
		n = n.Args[0]
	case n.Kind == Symbol && said.things != "": // p prime
		said = note{remark: Words(text)}
	case said == note{}:
		return n
	}
	return &Node{Kind: Quantity, Name: said.unit, Things: said.things, Remark: said.remark, Args: []*Node{n}}
}

// factorOf is the number that the first word after a value multiplies it by, nil if there
// is none, and the rest. A single third is one third.
func (p *parser) factorOf(n *Node, text string) (*big.Rat, string) {
	m, rest := multiplier(text)
	if m == nil && n.Kind == Number && n.Num.Cmp(big.NewRat(1, 1)) == 0 {
		first, after, _ := strings.Cut(text, " ")
		if m := multipliers[strings.ToLower(first)+"s"]; m != nil {
			return m, after
		}
		if first == "half" {
			return big.NewRat(1, 2), after
		}
	}
	return m, rest
}

// isSpelled says whether a product of letters is rather a short word, as "all" before
// "real numbers".
func isSpelled(n *Node) bool {
	if n.Kind != Product || len(n.Args) < 3 {
		return false
	}
	for _, a := range n.Args {
		if a.Kind != Symbol && a.Kind != Constant || len(a.Name) != 1 {
			return false
		}
	}
	return true
}
