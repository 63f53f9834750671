package latex

import (
	"math/big"
	"slices"
	"strings"
)

// minutes reads the minutes and seconds after degrees, as 30' 36".
func (p *parser) minutes(n *Node) *Node {
	if n.Kind != Degrees || n.Args[0].Kind != Number {
		return n
	}
	r := new(big.Rat).Set(n.Args[0].Num)
	for _, part := range [...]struct {
		marks int
		of    int64
	}{{1, 60}, {2, 3600}} {
		if t := p.peek(); p.primed(part.marks) {
			m, ok := decimal(t.text)
			if !ok {
				return p.fail()
			}
			r.Add(r, m.Mul(m, big.NewRat(1, part.of)))
			p.pos += 1 + part.marks
			n = New(Degrees, NewNumber(r))
		}
	}
	return n
}

// primed says whether a number with so many primes comes next.
func (p *parser) primed(marks int) bool {
	if p.done() || p.peek().kind != number {
		return false
	}
	for i := range marks {
		if p.ahead(1+i).text != "'" {
			return false
		}
	}
	return p.ahead(1+marks).text != "'"
}

// feet reads 5'6", feet and inches or minutes and seconds, as a pair.
func (p *parser) feet(n *Node) *Node {
	p.pos++
	if !p.primed(2) {
		return p.fail()
	}
	r, ok := decimal(p.peek().text)
	if p.pos += 3; !ok {
		return p.fail()
	}
	return &Node{Kind: Tuple, Open: "'", Close: "\"", Args: []*Node{n, NewNumber(r)}}
}

// inPeriod says whether digits in brackets come next right after a decimal, as in 0.1(6), and
// no factor after them: the period.
func (p *parser) inPeriod() bool {
	digits, after := p.ahead(1), p.ahead(3)
	return p.is("(") && !p.peek().space && digits.kind == number && !strings.Contains(digits.text, ".") && p.ahead(2).text == ")" &&
		(p.pos+3 >= len(p.tokens) || after.text != "^" && after.kind != letter && after.text != "(")
}

// repeating reads the period of a decimal.
func (p *parser) repeating(text string) *Node {
	p.pos++
	digits := p.peek().text
	if p.ahead(1).text == ")" && p.ahead(-1).text == "(" {
		p.pos += 2
	} else {
		digits = p.subscript()
	}
	if len(digits) == 0 || len(digits) > 50 || strings.Trim(digits, "0123456789") != "" {
		return p.fail()
	}
	r, ok := decimal(text)
	period, okPeriod := decimal(digits)
	if !ok || !okPeriod {
		return p.fail()
	}
	ten := big.NewInt(10)
	scale := new(big.Int).Exp(ten, big.NewInt(int64(len(digits))), nil)
	scale.Sub(scale, big.NewInt(1))
	scale.Mul(scale, new(big.Int).Exp(ten, big.NewInt(int64(max(decimals(text), 0))), nil))
	return NewNumber(r.Add(r, period.Quo(period, new(big.Rat).SetInt(scale))))
}

// endless reads 0.333… and 0.1666…: the shortest period that ends the digits, and stands
// there at least twice, goes on.
func (p *parser) endless(text string) *Node {
	p.budget.Spend(len(text)*len(text)/digitSteps, tokenBytes*len(p.tokens))
	for size := 1; size <= decimals(text)/2; size++ {
		at := len(text) - size
		if text[at-size:at] != text[at:] || size == 1 && decimals(text) > 2 && text[at-2] != text[at] {
			continue
		}
		p.tokens = slices.Insert(p.tokens, p.pos, token{kind: command, text: `\overline`}, token{kind: number, text: text[at:]})
		return p.repeating(text)
	}
	return p.fail()
}
