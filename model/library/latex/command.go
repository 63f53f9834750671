package latex

import (
	"math/big"
	"slices"
	"strings"
)

// reserved are commands whose expressions are compared as text.
var reserved = set(`\ldots \not \rightarrow \forall \exists \nabla \neg \oint \iint \mapsto`)

// command reads what stands after a command.
func (p *parser) command(name string) *Node {
	switch name {
	case `\frac`:
		return quotient(p.argument(), p.argument())
	case `\binom`:
		return &Node{Kind: Call, Name: "binom", Args: []*Node{p.argument(), p.argument()}}
	case `\sqrt`:
		return p.root()
	case `\infty`, `\pi`:
		return &Node{Kind: Constant, Name: name[1:]}
	case `\emptyset`:
		return &Node{Kind: Set}
	case `\{`:
		return p.setOf()
	case `\sum`, `\prod`:
		return p.series(name)
	case `\int`:
		return p.integral()
	case `\lim`:
		return p.limit()
	case `\langle`:
		return p.enclosed(&Node{Kind: Tuple, Open: "(", Close: ")"}, `\rangle`)
	case `\lfloor`:
		return p.enclosed(&Node{Kind: Call, Name: "floor"}, `\rfloor`)
	case `\lceil`:
		return p.enclosed(&Node{Kind: Call, Name: "ceil"}, `\rceil`)
	case `\overline`:
		return p.conjugate(p.argument())
	}
	switch {
	case name == `\perp`: // V^\perp
		return p.symbol(name)
	case name == `\ldots` && p.betweenCommas():
		return &Node{Kind: Symbol, Name: "…"}
	case functions[name[1:]] || name == `\asin` || name == `\acos` || name == `\atan` || name == `\log10` || name == `\re` || name == `\im`:
		return p.function(name[1:])
	case strings.HasPrefix(name, `\begin`):
		return p.environment(name[len(`\begin`):])
	case reserved[name] || closers[name] || notFactor[name] || isEnd(name) || relations[name] != "" || len(name) < 3 || p.is("{"):
		return p.fail()
	}
	return p.symbol(name)
}

// betweenCommas says whether what was just read stands between commas, as … in 1, 2, …, n.
func (p *parser) betweenCommas() bool {
	before, after := p.ahead(-2).text, p.peek().text
	return p.pos > 1 && (before == "," || before == ";") && (p.done() || after == "," || after == ";" || closers[after])
}

// conjugate is what a line over an expression with i means. Over letters for digits, and over
// sets, it makes something else of them too; a line over two points is their segment.
func (p *parser) conjugate(n *Node) *Node {
	n.paidBy(p.budget)
	hasI := !n.Walk(func(m *Node) bool { return m.Kind != Constant || m.Name != "i" })
	switch {
	case hasI:
		return &Node{Kind: Call, Name: "conj", Args: []*Node{n}}
	case n.Kind == Region, n.Kind == Product && !n.Walk(func(m *Node) bool { return m.Kind != Symbol || m.Name < "a" }):
		return &Node{Kind: Call, Name: "bar", Args: []*Node{n}}
	}
	return n
}

// enclosed reads the elements up to a closing command.
func (p *parser) enclosed(n *Node, closer string) *Node {
	bars := p.bars
	p.bars = 0
	n.Args, _ = p.elements(false)
	p.bars = bars
	if !p.accept(closer) || len(n.Args) == 0 && n.Kind != Set {
		return p.fail()
	}
	return n
}

// bracket reads what stands in ( or [ up to ) or ]. One element in round brackets is that
// element, as is one in square brackets within an expression.
func (p *parser) bracket(open string) *Node {
	within := p.pos > 1 && p.ahead(-2).kind != other || p.pos > 1 && strings.Contains("+-*/^)]", p.ahead(-2).text)
	bars := p.bars
	p.bars = 0
	args, name := p.elements(false)
	p.bars = bars
	closer := p.peek().text
	if p.done() || closer != ")" && closer != "]" || len(args) == 0 {
		return p.fail()
	}
	p.pos++
	if len(args) == 1 && (open == "(" && closer == ")" || open == "[" && closer == "]" && (within || p.is("^"))) {
		inner := *args[0]
		inner.Parens = true
		return &inner
	}
	if name != "," {
		return &Node{Kind: List, Name: name, Args: args, Parens: true}
	}
	return &Node{Kind: Tuple, Open: open, Close: closer, Args: args}
}

// group reads what stands in braces.
func (p *parser) group() *Node {
	bars := p.bars
	p.bars = 0
	p.skipElement()
	args, name := p.elements(false)
	p.bars = bars
	if !p.accept("}") || len(args) == 0 {
		return p.fail()
	}
	n := listOf(args, name)
	if n.Kind == List {
		return n
	}
	inner := *n
	inner.Parens = true
	return &inner
}

// argument reads the argument of a command: a group, or one token; of a number its first
// digit.
func (p *parser) argument() *Node {
	if !p.enter() || p.done() {
		return p.fail()
	}
	defer func() { p.depth-- }()
	if t := p.peek(); t.kind == number && len(t.text) > 1 && t.text[0] != '.' {
		p.tokens[p.pos].text = t.text[1:]
		return NewNumber(big.NewRat(int64(t.text[0]-'0'), 1))
	}
	return p.primary()
}

// root reads \sqrt[n]{x}, \sqrt x and sqrt(x).
func (p *parser) root() *Node {
	n := &Node{Kind: Call, Name: "root"}
	degree := NewNumber(big.NewRat(2, 1))
	if p.is("[") {
		p.pos++
		degree = p.sum()
		if !p.accept("]") {
			return p.fail()
		}
	}
	if p.is("{") && p.ahead(1).text == "}" && p.ahead(2).text == "{" {
		p.pos += 2 // \sqrt{}{3}
	}
	n.Args = []*Node{p.primary(), degree}
	return n
}

// function reads a function with the power or base after its name, and its argument:
// brackets, or the factors up to a sign or the next function.
func (p *parser) function(name string) *Node {
	var power, base *Node
	for p.is("^") || p.is("_") {
		if p.accept("^") {
			power = p.exponent()
		} else {
			p.pos++
			base = p.exponent()
		}
	}
	if name == "log" && base == nil && p.isBase() {
		base = p.primary()
	}
	n := &Node{Kind: Call, Name: name}
	if closer := map[bool]string{true: `\}`, false: ")"}[p.is(`\{`)]; p.is("(") || p.is(`\{`) && (name == "max" || name == "min" || name == "gcd" || name == "lcm") {
		p.pos++
		n.Args, _ = p.elements(false)
		if !p.accept(closer) || len(n.Args) == 0 {
			return p.fail()
		}
	} else {
		n.Args = []*Node{p.bareArgument()}
	}
	if base != nil {
		n.Args = append(n.Args, base)
	}
	if power == nil {
		return n
	}
	if isMinusOne(power) {
		n.Name = inverseOf(name)
		return n
	}
	return New(Power, n, power)
}

// inverseOf is the name of the inverse function, which f^{-1} is for every function.
func inverseOf(name string) string {
	switch name {
	case "sin", "cos", "tan", "sec", "csc", "sinh", "cosh", "tanh", "sech", "csch", "coth":
		return "a" + name
	case "cot":
		return "arccot"
	}
	return name + "^-1"
}

// isBase says whether the number right after log is its base, as in log2(8) and log10 7.
func (p *parser) isBase() bool {
	t, next := p.peek(), p.ahead(1)
	return t.kind == number && !t.space && !strings.Contains(t.text, ".") && (next.text == "(" || next.space && (next.kind == number || next.kind == letter))
}

// bareArgument reads 2x in sin 2x cos x.
func (p *parser) bareArgument() *Node {
	n := p.factor()
	for !p.done() && p.startsFactor() && !functions[strings.TrimPrefix(p.peek().text, `\`)] && !p.is("(") && !(p.peek().text == "e" && p.ahead(1).text == "^") {
		n = p.append(Product, n, p.factor())
	}
	if p.is("/") && n.Kind == Constant && p.ahead(1).kind == number { // sin pi/3
		p.pos++
		n = New(Quotient, n, p.factor())
	}
	return n
}

// environment reads a matrix, or the rows of a system as a list.
func (p *parser) environment(name string) *Node {
	kind := map[string]Kind{"pmatrix": Matrix, "bmatrix": Matrix, "Bmatrix": Matrix, "matrix": Matrix, "smallmatrix": Matrix, "array": Matrix, "vmatrix": Matrix,
		"cases": List, "aligned": List, "align": List, "gathered": List, "split": List}[name]
	if kind == 0 {
		return p.fail()
	}
	if name == "array" && p.is("{") {
		p.subscript()
	}
	if name == "cases" {
		return p.cases(`\end` + name)
	}
	if kind == List {
		p.joinRows(`\end` + name)
	}
	rows, width, args := 0, 0, []*Node(nil)
	for !p.done() {
		row, _ := p.row()
		if len(row) > 0 {
			if width = max(width, len(row)); len(row) != width && kind == Matrix {
				return p.fail()
			}
			rows++
			args = append(args, row...)
		}
		if p.accept(`\end` + name) {
			if kind == List {
				return listOf(args, ",")
			}
			m := &Node{Kind: Matrix, Rows: rows, Args: args}
			if name == "vmatrix" {
				return p.determinant(m)
			}
			return m
		}
		if !p.accept(`\\`) {
			return p.fail()
		}
	}
	return p.fail()
}

// joinRows takes the & out of aligned rows, and the ends of rows after which a chain of
// equations goes on.
func (p *parser) joinRows(end string) {
	if !slices.ContainsFunc(p.tokens[p.pos:], func(t token) bool { return t.kind == command && t.text == end }) {
		return
	}
	p.budget.Spend(len(p.tokens), tokenBytes*len(p.tokens))
	kept := p.tokens[:p.pos:p.pos]
	for i := p.pos; i < len(p.tokens); i++ {
		t := p.tokens[i]
		if t.kind == command && t.text == end {
			p.tokens = append(kept, p.tokens[i:]...)
			return
		}
		next := i + 1
		for next < len(p.tokens) && p.tokens[next].text == "&" {
			next++
		}
		if t.text == "&" && t.kind == other || t.text == `\\` && next < len(p.tokens) && p.tokens[next].text == "=" {
			continue
		}
		kept = append(kept, t)
	}
}

// row reads the cells of a row.
func (p *parser) row() (cells []*Node, ok bool) {
	for !p.done() && !p.is(`\\`) && !isEnd(p.peek().text) {
		if p.accept("&") {
			continue
		}
		args, name := p.elements(true)
		if len(args) == 0 {
			return nil, p.fail() != nil
		}
		cells = append(cells, listOf(args, name))
	}
	return cells, true
}
