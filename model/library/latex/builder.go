package latex

import "strings"

// setOf reads what stands between \{ and \}: elements, or after x |, x : or x ∈ ℝ | the
// conditions, which are the set.
func (p *parser) setOf() *Node {
	if name, ok := strings.CutPrefix(p.peek().text, `\begin`); ok && p.peek().kind == command { // a system behind a brace
		p.pos++
		if n := p.braced(name); n != nil {
			return n
		}
		n := p.environment(name)
		if p.accept("."); n.Kind == Matrix {
			n = listOf(n.Args, ",")
		}
		return n
	}
	member := 0
	if p.ahead(0).kind == letter && p.ahead(1).text == `\in` && p.ahead(2).kind == letter {
		member = 2
	}
	if bar := p.ahead(member + 1).text; p.ahead(member).kind == letter && (bar == "|" || bar == ":") {
		p.pos += member + 2
		args, name := p.elements(false)
		if !p.accept(`\}`) || len(args) == 0 {
			return p.fail()
		}
		if name == "," {
			name = "and"
		}
		n := *listOf(args, name)
		if n.Kind == Relation || n.Kind == List {
			n.Open = "{" // x has no meaning beyond the braces
		}
		return &n
	}
	if bar := p.bar(); bar > 0 {
		return p.comprehension(bar)
	}
	return p.enclosed(&Node{Kind: Set}, `\}`)
}

// bar finds the | or : between the element and the conditions of a set; 0 if there is none
// before the set ends.
func (p *parser) bar() int {
	depth, bars, at := 0, 0, 0
	for i := p.pos; i < len(p.tokens); i++ {
		t := p.tokens[i]
		p.budget.Spend(visitSteps, 0)
		switch {
		case t.kind != other && t.kind != command:
		case t.text == "(" || t.text == "[" || t.text == "{" || t.text == `\{`:
			depth++
		case t.text == `\}` && depth == 0:
			if bars == 1 && p.conditions(at, i) {
				return at
			}
			return 0
		case closers[t.text]:
			depth--
		case (t.text == "|" || t.text == ":") && depth == 0:
			bars, at = bars+1, i
		}
	}
	return 0
}

// conditions says whether a relation stands between two tokens.
func (p *parser) conditions(from, to int) bool {
	for _, t := range p.tokens[from:to] {
		if relations[t.text] != "" && t.kind != letter {
			return true
		}
	}
	return false
}

// comprehension reads {2k | k ∈ ℤ} as the list of the element and its conditions.
func (p *parser) comprehension(bar int) *Node {
	before := &parser{budget: p.budget, tokens: p.tokens[:bar], pos: p.pos, depth: p.depth}
	element := before.relation()
	if before.failed || before.pos < bar {
		return p.fail()
	}
	p.pos = bar + 1
	args, _ := p.elements(false)
	if !p.accept(`\}`) || len(args) == 0 {
		return p.fail()
	}
	return listOf(append([]*Node{element}, args...), "and")
}

// series reads \sum_{i=a}^{b} term and \prod, as a Call with the arguments i, a, b and the term.
func (p *parser) series(name string) *Node {
	if !p.accept("_") || !p.accept("{") {
		return p.fail()
	}
	from := p.relation()
	if from.Kind != Relation || len(from.Args) != 2 || from.Ops[0] != "=" || from.Args[0].Kind != Symbol && from.Args[0].Name != "i" || !p.accept("}") || !p.accept("^") {
		return p.fail()
	}
	index := from.Args[0]
	to := p.exponent()
	body := p.term()
	if index.Kind == Constant { // in a sum, i is an index
		index = &Node{Kind: Symbol, Name: "i"}
		body.paidBy(p.budget)
		body = replaceImaginary(body)
	}
	body.paidBy(p.budget)
	return &Node{Kind: Call, Name: strings.TrimPrefix(name, `\`), Args: []*Node{index, from.Args[1], to, indexed(body, index.Name)}}
}

// indexed makes a function of the index k of what has it as its subscript, as a_k and a_{k+1}.
func indexed(n *Node, index string) *Node {
	if n.Kind != Symbol {
		if len(n.Args) == 0 {
			return n
		}
		return n.Copy(func(a *Node) *Node { return indexed(a, index) })
	}
	name, subscript, ok := strings.Cut(n.Name, "_")
	shift, ok2 := strings.CutPrefix(subscript, index)
	if !ok || !ok2 {
		return n
	}
	of := &Node{Kind: Symbol, Name: index}
	if shift != "" {
		r, ok := decimal(strings.TrimPrefix(shift, "+"))
		if !ok || shift[0] != '+' && shift[0] != '-' {
			return n
		}
		of = New(Sum, of, NewNumber(r))
	}
	return &Node{Kind: Call, Name: name + "_", Args: []*Node{of}}
}

func replaceImaginary(n *Node) *Node {
	if n.Kind == Constant && n.Name == "i" {
		return &Node{Kind: Symbol, Name: "i"}
	}
	return n.Copy(replaceImaginary)
}

// maxDeterminant bounds the rows of a determinant that is expanded.
const maxDeterminant = 4

// determinant expands a square matrix by its first row.
func (p *parser) determinant(m *Node) *Node {
	if m.Kind != Matrix || m.Rows*m.Rows != len(m.Args) || m.Rows > maxDeterminant || m.Rows == 0 {
		return p.fail()
	}
	return p.expand(m.Args, m.Rows)
}

func (p *parser) expand(cells []*Node, n int) *Node {
	p.budget.Spend(n*levelSteps, n*3*nodeBytes)
	if n == 1 {
		return cells[0]
	}
	sum := New(Sum)
	for column := range n {
		var minor []*Node
		for i := n; i < len(cells); i++ {
			if i%n != column {
				minor = append(minor, cells[i])
			}
		}
		term := New(Product, cells[column], p.expand(minor, n-1))
		if column%2 == 1 {
			term = New(Negative, term)
		}
		sum.Args = append(sum.Args, term)
	}
	return sum
}
