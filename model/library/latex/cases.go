package latex

import (
	"slices"
	"strings"
)

// conditionWords introduce the condition of a case.
var conditionWords = set(`if for when where whenever as with provided in case on`)

// fillers are words in a condition that say nothing.
var fillers = set(`is are be an a the number integer value and values all every any that`)

// condition reads the text in a case: \if stands for the words that introduce a condition,
// and what follows them is read as mathematics.
func (l *lexer) condition(inner string, size int) {
	fields := strings.Fields(strings.TrimLeft(inner, " ,;:"))
	found := false
	for len(fields) > 0 && conditionWords[strings.ToLower(strings.Trim(fields[0], ",;:"))] {
		fields, found = fields[1:], true
	}
	if found {
		l.emit(command, `\if`, 0)
	}
	var kept []string
	for _, f := range fields {
		if !fillers[strings.ToLower(f)] || len(f) == 1 && len(fields) == 1 {
			kept = append(kept, f)
		}
	}
	l.rest = " " + strings.Join(kept, " ") + " " + l.rest[size:]
}

// cases reads the branches of a function, each a value and its condition, as Cases; if there
// are no conditions, the rows are a system, and a List.
func (p *parser) cases(end string) *Node {
	p.joinCells(end)
	n := &Node{Kind: Cases}
	var system []*Node
	for !p.done() {
		start := p.pos
		value, condition := p.branch()
		if condition == nil && !p.failed {
			p.pos = start
			row, _ := p.row()
			system = append(system, row...)
		} else {
			n.Args = append(n.Args, value, condition)
		}
		if p.accept(end) {
			break
		}
		if !p.accept(`\\`) {
			return p.fail()
		}
	}
	switch {
	case p.failed || len(n.Args) > 0 && len(system) > 0 || len(n.Args)+len(system) == 0:
		return p.fail()
	case len(system) > 0:
		return listOf(system, ",")
	}
	return n
}

// behindBrace are the environments that stand behind a brace where cases would do.
var behindBrace = set(`array aligned matrix gathered align split`)

// braced reads the rows behind a brace as cases, nil if they are none.
func (p *parser) braced(name string) *Node {
	if !behindBrace[name] {
		return nil
	}
	tokens, pos, depth := p.tokens, p.pos, p.depth
	if name == "array" && p.is("{") {
		p.subscript()
	}
	n := p.cases(`\end` + name)
	if p.failed || n.Kind != Cases && name != "array" {
		p.tokens, p.pos, p.depth, p.failed = tokens, pos, depth, false
		return nil
	}
	p.accept(".")
	return n
}

// joinCells takes away the & beside a sign of relation, as in x &= 1.
func (p *parser) joinCells(end string) {
	p.budget.Spend(len(p.tokens), tokenBytes*len(p.tokens))
	kept := p.tokens[:p.pos:p.pos]
	for i := p.pos; i < len(p.tokens); i++ {
		t := p.tokens[i]
		if t.kind == command && t.text == end {
			p.tokens = append(kept, p.tokens[i:]...)
			return
		}
		isRelation := func(t token) bool { return t.kind != letter && relations[t.text] != "" }
		if t.text == "&" && (i+1 < len(p.tokens) && isRelation(p.tokens[i+1]) || i > 0 && isRelation(p.tokens[i-1])) {
			continue
		}
		kept = append(kept, t)
	}
}

// branch reads a value and its condition; the condition is nil if there is none.
func (p *parser) branch() (value, condition *Node) {
	if isEnd(p.peek().text) || p.is(`\\`) {
		return nil, nil
	}
	for p.accept("&") {
	}
	value = p.relation()
	marked := false
	for !p.done() && (p.is(",") || p.is(";") || p.is(":") || p.is("&") || p.is(`\if`)) {
		marked = marked || p.is("&") || p.is(`\if`)
		p.pos++
	}
	if p.failed || p.done() || p.is(`\\`) || isEnd(p.peek().text) {
		return value, nil
	}
	start := p.pos
	condition = p.when()
	for p.is(".") || p.is(",") || p.is(";") {
		p.pos++
	}
	if p.failed || !p.is(`\\`) && !isEnd(p.peek().text) {
		p.failed, p.pos = false, start
		condition = p.asText()
	}
	if !marked && (value.Kind == Relation || condition.Kind != Relation && condition.Kind != Text && condition.Kind != Call) {
		return nil, nil
	}
	return value, condition
}

// when reads a condition: relations, a parity as a Call even or odd, or otherwise.
func (p *parser) when() *Node {
	t, next := p.peek(), p.ahead(1)
	switch {
	case t.kind == words && (t.text == "otherwise" || t.text == "else" || t.text == "elsewhere"):
		p.pos++
		return &Node{Kind: Text, Name: "otherwise"}
	case t.kind == letter && next.kind == words && (next.text == "even" || next.text == "odd"):
		p.pos += 2
		return &Node{Kind: Call, Name: next.text, Args: []*Node{{Kind: Symbol, Name: t.text}}}
	case t.kind == words && (t.text == "even" || t.text == "odd") && next.kind == letter:
		p.pos += 2
		return &Node{Kind: Call, Name: t.text, Args: []*Node{{Kind: Symbol, Name: next.text}}}
	}
	args, name := p.elements(true)
	if len(args) == 0 {
		return p.fail()
	}
	if slices.ContainsFunc(args, func(a *Node) bool { return a.Kind != Relation }) {
		return p.fail()
	}
	if name == "," {
		name = "and"
	}
	return listOf(args, name)
}

// asText reads the rest of a row as a text.
func (p *parser) asText() *Node {
	var b strings.Builder
	for !p.done() && !p.is(`\\`) && !isEnd(p.peek().text) {
		p.budget.Spend(visitSteps, tokenBytes)
		if t := p.peek(); !strings.Contains(",;.&", t.text) && t.text != `\if` {
			b.WriteString(t.text + " ")
		}
		p.pos++
	}
	return &Node{Kind: Text, Name: strings.TrimSpace(b.String())}
}
