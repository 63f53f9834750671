package math

import "strings"

// maxDepth bounds the nesting of brackets and arguments.
const maxDepth = 40

// node is a part of a parsed answer.
type node struct {
	token                // of a leaf; of a macro the command (\frac, \sqrt, ^, _)
	open, close string   // of a bracket
	parts       [][]node // of a macro its arguments, of a bracket its elements between commas
}

func (n node) isLeaf() bool    { return n.parts == nil }
func (n node) isBracket() bool { return n.open != "" }

// parse reads an answer as a list of elements separated by commas: one element for a
// plain answer. ok is false if brackets or arguments do not fit or nest too deep.
func parse(s string) (elements [][]node, ok bool) {
	p := parser{tokens: lex(s)}
	elements, closer := p.elements(0)
	return elements, !p.failed && closer == "" && len(p.tokens) == 0
}

type parser struct {
	tokens []token
	failed bool
}

var closers = map[string]bool{")": true, "]": true, "}": true, `\}`: true}

// elements reads up to a closing bracket, which it consumes and returns, or to the end.
func (p *parser) elements(depth int) (list [][]node, closer string) {
	if depth > maxDepth {
		p.failed = true
	}
	var element []node
	for len(p.tokens) > 0 && !p.failed {
		t := p.tokens[0]
		symbol := t.kind == other || t.kind == command
		switch {
		case symbol && closers[t.text]:
			p.tokens = p.tokens[1:]
			return append(list, element), t.text
		case symbol && t.text == ",":
			p.tokens = p.tokens[1:]
			list, element = append(list, element), nil
		default:
			element = append(element, p.one(depth))
		}
	}
	return append(list, element), ""
}

// one reads a node: a bracket, a macro with its arguments, or a leaf.
func (p *parser) one(depth int) node {
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	if t.kind != other && t.kind != command {
		return node{token: t}
	}
	switch t.text {
	case "(", "[", "{", `\{`:
		list, closer := p.elements(depth + 1)
		// an interval may open and close differently; braces may not
		round := closer == ")" || closer == "]"
		if t.text == "{" && closer != "}" || t.text == `\{` && closer != `\}` || (t.text == "(" || t.text == "[") && !round {
			p.failed = true
		}
		return node{token: token{kind: other, space: t.space}, open: t.text, close: closer, parts: list}
	case `\frac`:
		return node{token: t, parts: [][]node{p.argument(depth, true), p.argument(depth, true)}}
	case `\sqrt`:
		n := node{token: t}
		if len(p.tokens) > 0 && p.tokens[0].text == "[" {
			p.tokens = p.tokens[1:]
			index, closer := p.elements(depth + 1)
			p.failed = p.failed || closer != "]" || len(index) != 1
			n.parts = append(n.parts, index[0])
		}
		n.parts = append(n.parts, p.argument(depth, false))
		return n
	case "^", "_":
		return node{token: t, parts: [][]node{p.argument(depth, false)}}
	}
	return node{token: t}
}

// argument reads a macro's argument: a group in braces or a single node. In \frac12 a
// number gives one digit at a time, as TeX has it; x^12 means x^{12} to those who write it.
func (p *parser) argument(depth int, digit bool) []node {
	if len(p.tokens) == 0 || depth > maxDepth {
		p.failed = true
		return nil
	}
	t := p.tokens[0]
	if t.kind == number && digit && len(t.text) > 1 && !strings.Contains(t.text, ".") {
		p.tokens[0].text, p.tokens[0].space = t.text[1:], false
		t.text = t.text[:1]
		return []node{{token: t}}
	}
	if t.kind != text && closers[t.text] || t.text == "," {
		p.failed = true
		return nil
	}
	n := p.one(depth + 1)
	if n.open == "{" {
		if len(n.parts) != 1 {
			p.failed = true
		}
		return n.parts[0]
	}
	return []node{n}
}

// render writes nodes in normal form: no blanks but between two numbers, arguments always
// in braces.
func render(b *strings.Builder, nodes []node) {
	for i, n := range nodes {
		if i > 0 && n.kind == number && n.isLeaf() && nodes[i-1].kind == number && nodes[i-1].isLeaf() {
			b.WriteByte(' ')
		}
		if !n.isBracket() {
			b.WriteString(digits(n.token))
			for j, part := range n.parts {
				left, right := byte('{'), byte('}')
				if n.text == `\sqrt` && len(n.parts) == 2 && j == 0 { // the root's index
					left, right = '[', ']'
				}
				b.WriteByte(left)
				render(b, part)
				b.WriteByte(right)
			}
			continue
		}
		b.WriteString(n.open)
		for j, part := range n.parts {
			if j > 0 {
				b.WriteByte(',')
			}
			render(b, part)
		}
		b.WriteString(n.close)
	}
}

// digits writes a number without idle zeros after the point and with one before it.
func digits(t token) string {
	if t.kind != number || !strings.Contains(t.text, ".") {
		return t.text
	}
	s := strings.TrimSuffix(strings.TrimRight(t.text, "0"), ".")
	if s == "" || s[0] == '.' {
		s = "0" + s
	}
	return s
}

func normal(nodes []node) string {
	var b strings.Builder
	render(&b, nodes)
	return b.String()
}
