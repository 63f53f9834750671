package latex

import (
	"math/big"
	"strconv"
	"strings"
)

// digitSteps divides the square of the digits of a number: what it takes to read it.
const digitSteps = 4000

// maxDigits bounds a number that is read as one.
const maxDigits = 4096

// primary reads a number, a symbol, a bracket, or a command with its arguments.
func (p *parser) primary() *Node {
	if p.done() {
		return p.fail()
	}
	if !p.enter() {
		return p.fail()
	}
	defer func() { p.depth-- }()
	t := p.peek()
	p.pos++
	switch t.kind {
	case number:
		return p.number(t)
	case letter:
		return p.symbol(t.text)
	case words:
		return p.text(t.text)
	case command:
		return p.command(t.text)
	}
	switch t.text {
	case "(", "[":
		return p.bracket(t.text)
	case "{":
		return p.group()
	case "|":
		p.bars++
		n := p.sum()
		p.bars--
		if !p.accept("|") {
			return p.fail()
		}
		return &Node{Kind: Call, Name: "abs", Args: []*Node{n}}
	}
	return p.fail()
}

// text reads words, and those that follow.
func (p *parser) text(first string) *Node {
	for !p.done() && p.peek().kind == words {
		first += " " + p.peek().text
		p.pos++
	}
	return &Node{Kind: Text, Name: Words(first)}
}

// number reads a number, a mixed number, a number in a base, or a repeating decimal.
func (p *parser) number(t token) *Node {
	p.budget.Spend(len(t.text)*len(t.text)/digitSteps, 2*len(t.text))
	if p.is("_") {
		return p.based(t.text)
	}
	r, ok := decimal(t.text)
	if !ok {
		return p.fail()
	}
	n := &Node{Kind: Number, Num: r, Decimals: decimals(t.text), Grouped: t.comma}
	switch {
	case p.is("'") && p.ahead(1).text != "'":
		return p.feet(n)
	case strings.Contains(t.text, ".") && p.inPeriod():
		return p.repeating(t.text)
	case n.Decimals > 1 && p.accept(`\ldots`):
		return p.endless(t.text)
	case strings.Contains(t.text, "/"): // three sevenths
		return n
	case strings.Contains(t.text, ".") && (p.is(`\overline`) || p.is(`\dot`)):
		return p.repeating(t.text)
	case n.Decimals >= 0 || strings.HasSuffix(t.text, "."):
		return n
	case p.is(`\frac`) || p.peek().kind == number && p.peek().space && p.ahead(1).text == "/" && p.ahead(2).kind == number:
		return p.mixed(n)
	}
	return n
}

// decimals counts the digits after the point, -1 if there is no point. Those of 1.25e-3 are 5.
func decimals(s string) int {
	s, exponent, scientific := strings.Cut(strings.ToLower(s), "e")
	at := strings.IndexByte(s, '.')
	if at < 0 || at == len(s)-1 {
		return -1
	}
	count := len(s) - at - 1
	if e, err := strconv.Atoi(exponent); scientific && err == nil {
		count -= e
	}
	return max(count, -1)
}

func decimal(s string) (*big.Rat, bool) {
	if len(s) > maxDigits {
		return nil, false
	}
	if at := strings.IndexAny(s, "eE"); at >= 0 {
		if e, err := strconv.Atoi(s[at+1:]); err != nil || e > maxDigits || e < -maxDigits {
			return nil, false
		}
		if at > 0 && s[at-1] == '.' {
			s = s[:at-1] + s[at:]
		}
	}
	return new(big.Rat).SetString(strings.TrimSuffix(s, "."))
}

// mixed reads a proper fraction of whole numbers after a whole number; a fraction of
// expressions is a factor.
func (p *parser) mixed(whole *Node) *Node {
	start := p.pos
	var fraction *Node
	if p.accept(`\frac`) {
		fraction = New(Quotient, p.argument(), p.argument())
	} else {
		a, b := p.ahead(0), p.ahead(2)
		p.pos += 3
		fraction = New(Quotient, p.number(a), p.number(b))
	}
	x, y := fraction.Args[0], fraction.Args[1]
	if !p.failed && isWhole(x) && isWhole(y) && x.Num.Sign() >= 0 && x.Num.Cmp(y.Num) < 0 {
		r := new(big.Rat).Quo(x.Num, y.Num)
		return &Node{Kind: Number, Num: r.Add(r, whole.Num), Decimals: -1, Mixed: true}
	}
	if !p.failed && isWhole(x) && isWhole(y) || !strings.Contains(p.tokens[start].text, "frac") {
		return p.fail() // 1 11/10 is no number, and is not written for a product
	}
	p.pos = start
	return whole
}

func isWhole(n *Node) bool { return n.Kind == Number && n.Num.IsInt() && n.Decimals < 0 }

// based reads the base after a number's _.
func (p *parser) based(digits string) *Node {
	p.pos++
	subscript := strings.Trim(p.subscript(), "()")
	base, err := strconv.Atoi(subscript)
	if err != nil || base < 2 || base > 36 {
		return p.fail()
	}
	return &Node{Kind: Based, Name: digits, Num: big.NewRat(int64(base), 1)}
}

// subscript reads one token or a group as a text.
func (p *parser) subscript() string {
	if !p.accept("{") {
		t := p.peek()
		if p.done() || t.kind == other {
			p.failed = true
			return ""
		}
		p.pos++
		return t.text
	}
	var b strings.Builder
	for open := 1; !p.done(); p.pos++ {
		t := p.peek()
		switch {
		case t.text == "{" && t.kind == other:
			open++
		case t.text == "}" && t.kind == other:
			if open--; open == 0 {
				p.pos++
				return b.String()
			}
		}
		b.WriteString(t.text)
	}
	p.failed = true
	return ""
}

// symbol reads a letter with its subscript and primes, and the arguments of f, g and h.
func (p *parser) symbol(text string) *Node {
	marked := p.pos > 0 && p.tokens[p.pos-1].mark
	bare := !marked
	if IsNumberSet(text) {
		switch sign := p.numberSet(); {
		case sign == "+" && text == `\R`:
			return &Node{Kind: Tuple, Open: "(", Close: ")", Args: []*Node{NewNumber(new(big.Rat)), {Kind: Constant, Name: "infty"}}}
		case sign != "" && text == `\N`:
			text = `\Z+` // without 0
		default:
			text += sign
		}
	}
	for !p.done() {
		switch {
		case p.accept("_"):
			p.budget.Spend(levelSteps, nodeBytes+2*len(text))
			text += "_" + p.subscript()
			bare = false
		case p.accept("'"):
			text += "'"
		default:
			bare = bare && (text == "e" || text == "i")
			if bare && text == "i" && p.isCurrent() {
				return p.call(text)
			}
			if bare {
				return &Node{Kind: Constant, Name: text}
			}
			n := &Node{Kind: Symbol, Name: text, Marked: marked}
			if p.applied(text) {
				return p.call(text)
			}
			return n
		}
	}
	if bare && (text == "e" || text == "i") {
		return &Node{Kind: Constant, Name: text}
	}
	return &Node{Kind: Symbol, Name: text, Marked: marked}
}

// IsNumberSet says whether a symbol names the integers, the natural or the real numbers, or
// those of them that are positive or not zero.
func IsNumberSet(name string) bool {
	name = strings.TrimRight(name, "+*")
	return len(name) > 0 && strings.Contains("ZNR", name[len(name)-1:]) && (len(name) == 1 || len(name) == 2 && name[0] == '\\')
}

// numberSet reads the * or + of ℕ* and ℤ^+.
func (p *parser) numberSet() string {
	braces := 0
	if p.is("^") && p.ahead(1).text == "{" {
		braces = 1
	}
	sign := p.ahead(1 + braces).text
	if !p.is("^") || sign != "*" && sign != "+" || braces == 1 && p.ahead(3).text != "}" {
		return ""
	}
	p.pos += 2 + 2*braces
	return sign
}
