package latex

import (
	"slices"
	"strings"

	"temper/model/library/budget"
)

// maxDepth bounds the nesting of brackets, arguments and exponents.
const maxDepth = 50

// Options change how an answer is read.
type Options struct {
	// Lists reads 1,234 as two elements.
	Lists bool
	// Euler reads 2e-1 as 2e - 1.
	Euler bool
}

// Parse reads an answer. ok is false if it cannot be read as mathematics: then it can only
// be compared as a text. The budget pays for that, and for all that is done with the tree.
func Parse(b *budget.Budget, s string, o Options) (n *Node, ok bool) {
	clean := Clean(b, s)
	if spoken := spokenCases(b, clean); spoken != "" {
		if n, ok := Parse(b, spoken, o); ok {
			return n, true
		}
	}
	p := &parser{budget: b, tokens: lex(b, clean, o)}
	p.skipElement()
	args, name := p.elements(false)
	if p.failed || p.pos < len(p.tokens) || len(args) == 0 {
		return nil, false
	}
	n = listOf(append(args, p.notes...), name)
	n.paidBy(b)
	return n, true
}

// skipElement skips x| and x: before the conditions of a set whose braces, or the backslashes
// before them, were lost.
func (p *parser) skipElement() {
	if bar := p.ahead(1).text; p.ahead(0).kind != letter || bar != "|" && bar != ":" || p.ahead(2).kind != letter && p.ahead(2).kind != number && p.ahead(2).text != "-" {
		return
	}
	for i := p.pos + 2; i < len(p.tokens) && p.tokens[i].text != "}"; i++ {
		switch t := p.tokens[i]; {
		case t.text == "|" || t.text == ":":
			return
		case relations[t.text] != "" && t.kind != letter && t.text != "=":
			p.pos += 2
			return
		}
	}
}

// What is spent on reading. A level of nesting is one of about five for each bracket.
const (
	tokenSteps = 30
	nearSteps  = 4 // for each byte that a pattern looks ahead
	tokenBytes = 250
	levelSteps = 15
)

func listOf(args []*Node, name string) *Node {
	if len(args) == 1 {
		return args[0]
	}
	return &Node{Kind: List, Name: name, Args: args}
}

type parser struct {
	budget *budget.Budget
	tokens []token
	pos    int
	depth  int
	bars   int     // open |
	notes  []*Node // relations in brackets after a value, which are conditions of the answer
	money  string  // the currency before an amount
	chain  bool    // the right side of a relation is read
	failed bool
}

// peek is the next token; at the end one that nothing accepts.
func (p *parser) peek() token { return p.ahead(0) }

func (p *parser) ahead(n int) token {
	if p.pos+n < 0 || p.pos+n >= len(p.tokens) {
		return token{kind: other}
	}
	return p.tokens[p.pos+n]
}

func (p *parser) done() bool { return p.pos >= len(p.tokens) || p.failed }

// is says whether the next token is that sign or command.
func (p *parser) is(text string) bool {
	t := p.peek()
	return t.text == text && (t.kind == other || t.kind == command) && !p.done()
}

func (p *parser) accept(text string) bool {
	if p.is(text) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) fail() *Node {
	p.failed = true
	return &Node{Kind: Text}
}

// enter counts a level of nesting; it is left with p.depth--.
func (p *parser) enter() bool {
	p.budget.Spend(levelSteps, nodeBytes)
	if p.depth++; p.depth > maxDepth {
		p.failed = true
	}
	return !p.failed
}

var closers = map[string]bool{")": true, "]": true, "}": true, `\}`: true, `\rangle`: true, `\rfloor`: true, `\rceil`: true}

// elements reads relations between commas and joining words, up to a closing bracket or the
// end. In cells, & and \\ end it too.
func (p *parser) elements(cells bool) (args []*Node, name string) {
	name = ","
	separated := true
	for !p.done() {
		t := p.peek()
		sign := t.kind == other || t.kind == command
		switch {
		case t.kind == joiner:
			p.pos++
			name, separated = t.text, true
		case sign && (t.text == "," || t.text == ";"):
			p.pos++
			separated = true
		case t.kind == command && t.text == `\implies`: // what follows from it is the answer
			p.pos++
			args, name, separated = nil, ",", true
		case sign && (t.text == `\wedge` || t.text == `\vee`):
			p.pos++
			name, separated = map[string]string{`\wedge`: "∧", `\vee`: "∨"}[t.text], true
		case sign && (closers[t.text] || cells && (t.text == "&" || t.text == `\\` || isEnd(t.text))):
			return args, name
		case !separated && t.gap, !separated && p.another():
			separated = true
		case !separated:
			p.failed = true
		default:
			args = append(args, p.relation())
			separated = false
		}
	}
	return args, name
}

// another says whether the next equation begins without a comma before it: b in a=3 b=4.
func (p *parser) another() bool {
	return p.peek().kind == letter && p.peek().space && p.ahead(1).text == "=" && p.ahead(-1).kind == number
}

var relations = map[string]string{"=": "=", "<": "<", ">": ">", `\leq`: "≤", `\geq`: "≥", `\neq`: "≠", `\approx`: "≈", `\in`: "∈", `\equiv`: "≡", `\subset`: "⊂", `\subseteq`: "⊆", `\supset`: "⊃", `\supseteq`: "⊇", `\ni`: "∋", `\parallel`: "∥", `\perp`: "⊥", `\cong`: "≅"}

// turned are the signs of relations between sets that are read from right to left.
var turned = map[string]string{"⊃": "⊂", "⊇": "⊆", "∋": "∈"}

// relation reads a op b op c …; a sign of equality without a left side does not count.
func (p *parser) relation() *Node {
	if !p.enter() {
		return p.fail()
	}
	defer func() { p.depth-- }()
	for p.accept("=") || p.accept(`\approx`) || p.accept(`\sim`) || p.about() {
	}
	n := p.union()
	var ops []string
	args := []*Node{n}
	for !p.done() {
		op, ok := relations[p.peek().text]
		if !ok || p.peek().kind == letter {
			break
		}
		p.pos++
		ops = append(ops, op)
		outer := p.chain
		p.chain = true
		args = append(args, p.union())
		p.chain = outer
	}
	if len(ops) == 0 {
		return n
	}
	if either := splitUnion(args, ops); either != nil {
		return either
	}
	if !slices.ContainsFunc(ops, func(op string) bool { return turned[op] == "" }) { // A ⊃ B is B ⊂ A
		slices.Reverse(ops)
		slices.Reverse(args)
		for i, op := range ops {
			ops[i] = turned[op]
		}
	}
	return &Node{Kind: Relation, Ops: ops, Args: args}
}

// about accepts words before a number that leave it as it is, or say that it is rounded.
func (p *parser) about() bool {
	t := p.peek()
	if p.done() || t.kind != words || p.ahead(1).kind != number {
		return false
	}
	switch strings.ToLower(t.text) {
	case "about", "approximately", "approx", "roughly", "around", "exactly", "only", "just", "total of", "a total of", "total":
		p.pos++
		return true
	}
	return false
}

// splitUnion reads x < 1 ∪ x > 4 as x < 1 or x > 4, nil if no union of numbers stands in the
// middle of a chain.
func splitUnion(args []*Node, ops []string) *Node {
	for i := 1; i < len(ops); i++ {
		if m := args[i]; m.Kind == Region && m.Name == "∪" && m.Args[0].Scalar() && m.Args[1].Scalar() {
			left := &Node{Kind: Relation, Ops: ops[:i], Args: append(append([]*Node(nil), args[:i]...), m.Args[0])}
			right := &Node{Kind: Relation, Ops: ops[i:], Args: append([]*Node{m.Args[1]}, args[i+1:]...)}
			return &Node{Kind: List, Name: "or", Args: []*Node{left, right}}
		}
	}
	return nil
}

// union reads sets joined by ∪, ∩ and ∖, from left to right.
func (p *parser) union() *Node {
	n := p.ratio()
	for {
		name := ""
		switch {
		case p.accept(`\cup`):
			name = "∪"
		case p.accept(`\cap`):
			name = "∩"
		case p.accept(`\setminus`):
			name = "∖"
		default:
			return n
		}
		n = &Node{Kind: Region, Name: name, Args: []*Node{n, p.ratio()}}
	}
}

// ratio reads a, a:b, or a:b:c, the words after it, and the currency before it.
func (p *parser) ratio() *Node {
	outer := p.money
	p.money = ""
	n := p.noted()
	money := p.money
	p.money = outer
	switch {
	case money == "":
		return n
	case n.Kind != Quantity:
		return &Node{Kind: Quantity, Name: money, Args: []*Node{n}}
	case n.Name == "" || strings.HasPrefix(n.Name, "/"): // per hour
		n.Name = money + n.Name
	}
	return n
}

// noted reads a ratio and the words after it.
func (p *parser) noted() *Node {
	args := []*Node{p.sum()}
	switch {
	case p.accept(`\choose`):
		args[0] = &Node{Kind: Call, Name: "binom", Args: []*Node{args[0], p.sum()}}
	case p.accept(`\over`):
		args[0] = New(Quotient, args[0], p.sum())
	}
	for p.accept(":") {
		args = append(args, p.sum())
	}
	n := args[0]
	switch {
	case len(args) == 1:
	case n.Kind == Text:
		return p.fail()
	case len(args) == 2:
		n = &Node{Kind: Quotient, Name: ":", Args: args}
	default:
		n = &Node{Kind: Tuple, Open: ":", Close: ":", Args: args}
	}
	switch {
	case p.done():
	case p.accept(`\pmod`):
		m := p.argument()
		m.paidBy(p.budget)
		return &Node{Kind: Quantity, Name: "mod " + m.Key(), Args: []*Node{n, m}}
	case p.inParens():
		note := p.ahead(1).text
		p.pos += 3
		return p.annotate(n, note)
	case p.peek().kind == words, p.is("/") && p.ahead(1).kind == words:
		return p.note(n)
	}
	return n
}

// inParens says whether words in brackets come next, as in 6 (units).
func (p *parser) inParens() bool {
	return p.ahead(1).kind == words && (p.is("(") && p.ahead(2).text == ")" || p.is("[") && p.ahead(2).text == "]")
}

// sum reads terms joined by + - ± ∓.
func (p *parser) sum() *Node {
	n := p.signed()
	for !p.done() {
		switch {
		case p.accept("+"):
			n = p.append(Sum, n, p.term())
		case p.accept("-"):
			n = p.append(Sum, n, New(Negative, p.term()))
		case p.is(`\pm`) || p.is(`\mp`):
			name := map[string]string{`\pm`: "±", `\mp`: "∓"}[p.peek().text]
			p.pos++
			n = &Node{Kind: PlusMinus, Name: name, Args: []*Node{n, p.term()}}
		default:
			return n
		}
	}
	return n
}

// append makes a sum or product longer, so that a long one is not deep.
func (p *parser) append(kind Kind, n, m *Node) *Node {
	if n.Kind == kind && !n.Parens {
		n.Args = append(n.Args, m)
		return n
	}
	return New(kind, n, m)
}

// signed reads a term with signs before it.
func (p *parser) signed() *Node {
	switch {
	case p.accept("+"):
		return p.signedAgain()
	case p.accept("-"):
		return New(Negative, p.signedAgain())
	case p.is(`\pm`) || p.is(`\mp`):
		name := map[string]string{`\pm`: "±", `\mp`: "∓"}[p.peek().text]
		p.pos++
		return &Node{Kind: PlusMinus, Name: name, Args: []*Node{New(Sum), p.term()}}
	}
	return p.term()
}

func (p *parser) signedAgain() *Node {
	if !p.enter() {
		return p.fail()
	}
	defer func() { p.depth-- }()
	return p.signed()
}
