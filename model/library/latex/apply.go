package latex

import (
	"cmp"
	"slices"
	"strings"
)

// functionSymbols are symbols that stand for functions wherever a bracket follows them.
var functionSymbols = set(`f g h F G \Gamma \zeta \Phi \Psi \psi \chi \delta \Xi \Theta \ell`)

// signals are letters of functions of time.
const signals = `uvxyzsqHU\theta`

// longestArgument bounds the tokens of an argument by which a letter before a bracket is
// seen to be a function.
const longestArgument = 16

// callable says whether a symbol before a bracket is a function in any case.
func callable(name string) bool { return functionSymbols[letterOf(name)] }

// letterOf is a symbol without subscript, primes and exponent.
func letterOf(name string) string {
	if at := strings.IndexAny(name, "_'"); at > 0 {
		return name[:at]
	}
	return name
}

// applied says whether the symbol before the bracket that comes next is a function rather
// than a factor: Γ(n+1), y(0), P(A ∪ B) and I(2t), while x(x+1), a(b+c) and P(1+r) are
// products. A capital letter that is a function once is one in the whole answer.
func (p *parser) applied(name string) bool {
	if p.is("[") {
		return expectations[strings.TrimPrefix(name, `\`)]
	}
	if !p.is("(") {
		return false
	}
	if callable(name) || len(name) == 2 && name[0] == '\\' && expectations[name[1:]] || namedFunctions[strings.TrimPrefix(letterOf(name), `\`)] {
		return true
	}
	letter := letterOf(name)
	content := p.argumentTokens(p.pos)
	switch {
	case isEvent(content), isField(content) && len(letter) == 1 && strings.Contains(fields, letter):
		return true
	case isArgument(content, letter):
		return true
	case strings.Contains(signals, letter) && len(content) == 3 && content[0].text == "t" && strings.Contains("+-", content[1].text):
		return true // u(t-1)
	}
	if letter[0] >= 'a' && letter[0] <= 'z' {
		return false
	}
	p.budget.Spend(len(p.tokens), 0)
	for i := range p.tokens[:max(0, len(p.tokens)-1)] {
		if t := p.tokens[i]; t.text == letter && t.kind != words && p.tokens[i+1].text == "(" && isArgument(p.argumentTokens(i+1), letter) {
			return true
		}
	}
	return false
}

// isCurrent says whether i(0) or i(t) comes next, which is no product of the imaginary unit.
func (p *parser) isCurrent() bool {
	argument := p.ahead(1)
	return p.is("(") && (argument.text == "0" || argument.text == "t" && argument.kind == letter) && p.ahead(2).text == ")"
}

// namedFunctions are functions with names of several letters, which are not computed.
var namedFunctions = set(`Li li Ei Si Ci Var var Cov cov Corr Tr tr det rank dim deg ord sgn sign erfc Res ker lim card Prob Pr Exp Log Arg SD Beta`)

// expectations are functions whose arguments may stand in square brackets.
var expectations = set(`E Var Cov P Pr`)

// fields are letters of functions of several variables.
const fields = "uvwzxypqrs"

// isField says whether an argument is a list, as those of u(x,t) and u(0,t).
func isField(argument []token) bool {
	return slices.ContainsFunc(argument, func(t token) bool { return t.text == "," && t.kind == other }) && slices.ContainsFunc(argument, func(t token) bool { return t.kind == letter })
}

// argumentTokens are the tokens in the bracket that opens at a position, nil if they are
// many or the bracket stays open.
func (p *parser) argumentTokens(open int) []token {
	p.budget.Spend(longestArgument, 0)
	depth := 0
	for i := open; i < len(p.tokens) && i <= open+longestArgument; i++ {
		switch p.tokens[i].text {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return p.tokens[open+1 : i]
			}
		}
	}
	return nil
}

// isEvent says whether an argument is an event, as X = 2 and A ∪ B.
func isEvent(argument []token) bool {
	for _, t := range argument {
		if t.kind != letter && relations[t.text] != "" || t.text == `\cup` || t.text == `\cap` || t.text == "|" {
			return true
		}
	}
	return false
}

// isArgument says whether tokens are a number or letters without signs between them, and
// without the letter before the bracket: nobody writes such a factor in brackets.
func isArgument(argument []token, before string) bool {
	atoms := 0
	for i, t := range argument {
		switch {
		case t.kind == number, t.kind == letter && t.text != before:
			atoms++
		case t.kind == command && greek[t.text] && t.text != before, t.text == `\frac`:
			atoms++
		case t.kind == other && strings.Contains("{}_'/", t.text), i == 0 && (t.text == "-" || t.text == "+"):
		default:
			return false
		}
	}
	return atoms > 0 && atoms < 5
}

var greek = set(`\alpha \beta \gamma \delta \epsilon \eta \theta \kappa \lambda \mu \nu \xi \rho \sigma \tau \phi \chi \psi \omega \pi \infty \Omega`)

// call reads the arguments of a function that the problem defines. In P(A | B) a bar stands
// between them.
func (p *parser) call(name string) *Node {
	if content := p.argumentTokens(p.pos); len(content) > 0 {
		bars, at := 0, 0
		for i, t := range content {
			if t.text == "|" && t.kind == other {
				bars, at = bars+1, p.pos+1+i
			}
		}
		if bars == 1 {
			name += "|"
			p.tokens[at] = token{kind: other, text: ","}
		}
	}
	if bare := strings.TrimPrefix(name, `\`); expectations[bare] { // \mathbb{E} and \Pr
		name = map[string]string{"Pr": "P", "var": "Var", "cov": "Cov"}[bare]
		name = cmp.Or(name, bare)
	}
	closer := map[string]string{"(": ")", "[": "]"}[p.peek().text]
	p.pos++
	bars := p.bars
	p.bars = 0
	args, _ := p.elements(false)
	p.bars = bars
	if !p.accept(closer) || len(args) == 0 {
		return p.fail()
	}
	return &Node{Kind: Call, Name: name, Args: args}
}

// inverse is the function or its iterate that f^{-1} and f^2 name, nil for a power.
func (p *parser) inverse(n, exponent *Node) *Node {
	if n.Kind != Symbol || n.Parens {
		return nil
	}
	letter := letterOf(n.Name)
	switch {
	case isMinusOne(exponent) && p.applied(n.Name) && (callable(n.Name) || !hasCapital(p.argumentTokens(p.pos))):
		return p.call(n.Name + "^-1")
	case isMinusOne(exponent) && functionSymbols[letter]:
		return &Node{Kind: Symbol, Name: n.Name + "^-1"}
	case callable(n.Name) && p.is("("):
		return p.call(n.Name + "^" + exponent.Key())
	}
	return nil
}

// hasCapital says whether a capital letter is in an argument: A^{-1}(2B) is a product.
func hasCapital(argument []token) bool {
	return slices.ContainsFunc(argument, func(t token) bool { return t.kind == letter && t.text[0] >= 'A' && t.text[0] <= 'Z' })
}

// binary are signs of products that are not computed, and whose order counts.
var binary = set(`\otimes \rtimes \ltimes \odot \wr`)

// composed reads f ∘ g after f.
func (p *parser) composed(f *Node) *Node {
	p.pos++ // \circ
	g := p.factor()
	parts := []*Node{f, g}
	if isComposition(f) {
		parts = append(f.Args[:len(f.Args):len(f.Args)], g)
	}
	return &Node{Kind: Call, Name: "∘", Args: parts}
}

func isComposition(n *Node) bool { return n.Kind == Call && n.Name == "∘" }

// composes says whether the ∘ that comes next stands between two functions.
func (p *parser) composes(n *Node) bool {
	next := p.ahead(1)
	return p.is(`\circ`) && (n.Kind == Symbol || isComposition(n)) && !p.done() && (next.kind == letter && next.text != "C" && next.text != "F" || greek[next.text] || functionSymbols[next.text] || next.text == "(")
}

// applyComposition reads the argument of (f ∘ g), as f(g(x)).
func (p *parser) applyComposition(n *Node) *Node {
	inner := p.call("∘")
	for i := len(n.Args) - 1; i >= 0 && !p.failed; i-- {
		f := n.Args[i]
		if f.Kind != Symbol {
			return p.fail()
		}
		args := inner.Args
		if i < len(n.Args)-1 {
			args = []*Node{inner}
		}
		inner = &Node{Kind: Call, Name: f.Name, Args: args}
	}
	return inner
}
