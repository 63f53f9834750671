package jinja

import (
	"slices"
	"strings"
)

// maxNesting bounds how deeply statements and expressions may be nested.
const maxNesting = 200

// parser turns tokens into statements.
type parser struct {
	tokens []token
	at     int
	depth  int
	loops  int // the for statements around the current one, within its macro
}

func (p *parser) line() int {
	if len(p.tokens) == 0 {
		return 1
	}
	return p.current().line
}

func (p *parser) current() token { return p.tokens[p.at] }

func (p *parser) peek() token { return p.tokens[min(p.at+1, len(p.tokens)-1)] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != endOfTemplate {
		p.at++
	}
	return t
}

func (p *parser) is(kind tokenKind, text string) bool {
	t := p.current()
	return t.kind == kind && t.text == text
}

func (p *parser) isOperator(text string) bool { return p.is(operator, text) }

// skip moves on if the current token is that one.
func (p *parser) skip(kind tokenKind, text string) bool {
	if !p.is(kind, text) {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(kind tokenKind, text string) token {
	if t := p.current(); t.kind != kind || text != "" && t.text != text {
		want := token{kind: kind, text: text}.describe()
		if kind == name && text == "" {
			want = "a name"
		}
		failAt(t.line, "expected %s, got %s", want, t.describe())
	}
	return p.next()
}

// nest counts one level; the function that it returns ends the level.
func (p *parser) nest() func() {
	if p.depth++; p.depth > maxNesting {
		failAt(p.line(), "nested more than %d levels deep", maxNesting)
	}
	return func() { p.depth-- }
}

// body reads statements up to a tag of one of the names in ends, which stays
// the current token, or to the end of the template if there are none.
func (p *parser) body(ends []string) []statement {
	defer p.nest()()
	begin := 1
	if p.at > 0 {
		begin = p.tokens[p.at-1].line
	}
	var body []statement
	for {
		switch t := p.current(); t.kind {
		case endOfTemplate:
			if ends != nil {
				failAt(t.line, "unexpected end of template: the tag of line %d needs %s", begin, strings.Join(ends, " or "))
			}
			return body
		case data:
			p.next()
			body = append(body, &output{line: t.line, text: t.text})
		case variableBegin:
			p.next()
			body = append(body, &output{line: t.line, value: p.tupleExpression(false)})
			p.expect(variableEnd, "")
		default:
			p.next()
			if t := p.current(); t.kind == name && slices.Contains(ends, t.text) {
				return body
			}
			body = append(body, p.statement())
			p.expect(blockEnd, "")
		}
	}
}

// block reads the rest of a tag, and a body whose end tag has one of the names;
// it returns that name.
func (p *parser) block(ends ...string) ([]statement, string) {
	p.expect(blockEnd, "")
	body := p.body(ends)
	return body, p.next().text
}

func (p *parser) statement() statement {
	t := p.expect(name, "")
	switch t.text {
	case "if":
		return p.ifStatement(t.line)
	case "for":
		return p.forStatement(t.line)
	case "set":
		return p.setStatement(t.line)
	case "macro":
		return p.macroStatement(t.line)
	case "filter":
		filters := p.filters(nil, true)
		body, _ := p.block("endfilter")
		return &filterBlock{line: t.line, filters: filters, body: body}
	case "generation":
		body, _ := p.block("endgeneration")
		return &generationBlock{body: body}
	case "break", "continue":
		if p.loops == 0 {
			failAt(t.line, "%s stands outside of a loop", t.text)
		}
		return &jump{line: t.line, flow: map[string]flow{"break": breakLoop, "continue": continueLoop}[t.text]}
	case "include", "import", "from", "extends", "block", "autoescape", "call", "with", "print":
		failAt(t.line, "{%% %s %%} has no place in a chat template", t.text)
	}
	failAt(t.line, "unknown tag '%s'", t.text)
	return nil
}

func (p *parser) ifStatement(line int) statement {
	defer p.nest()()
	s := &ifStatement{line: line, condition: p.tupleExpression(false)}
	var end string
	s.then, end = p.block("elif", "else", "endif")
	switch end {
	case "elif":
		s.otherwise = []statement{p.ifStatement(line)}
	case "else":
		s.otherwise, _ = p.block("endif")
	}
	return s
}

func (p *parser) forStatement(line int) statement {
	s := &forStatement{line: line, target: p.target(false)}
	p.expect(name, "in")
	s.over = p.conditionFree()
	if p.skip(name, "if") {
		s.filter = p.expression()
	}
	p.loops++
	var end string
	s.body, end = p.block("endfor", "else")
	p.loops--
	if end == "else" {
		s.otherwise, _ = p.block("endfor")
	}
	return s
}

// conditionFree reads an expression, or several, without "if": it follows.
func (p *parser) conditionFree() expression {
	items := []expression{p.or()}
	tuple := false
	for p.skip(operator, ",") {
		tuple = true
		if t := p.current(); t.kind == blockEnd || t.kind == name && t.text == "if" {
			break
		}
		items = append(items, p.or())
	}
	if !tuple {
		return items[0]
	}
	return &listExpression{items: items, tuple: true}
}

func (p *parser) setStatement(line int) statement {
	to := p.target(true)
	if p.skip(operator, "=") {
		return &setStatement{line: line, target: to, value: p.tupleExpression(false)}
	}
	s := &setBlock{line: line, target: to}
	s.filters = p.filters(nil, false)
	s.body, _ = p.block("endset")
	return s
}

func (p *parser) macroStatement(line int) statement {
	m := &macroSyntax{name: p.expect(name, "").text}
	p.signature(m)
	p.macroBody(m, "endmacro")
	return &macroStatement{line: line, macro: m}
}

func (p *parser) macroBody(m *macroSyntax, end string) {
	loops := p.loops
	p.loops = 0
	m.body, _ = p.block(end)
	p.loops = loops
}

func (p *parser) signature(m *macroSyntax) {
	p.expect(operator, "(")
	for !p.isOperator(")") {
		if len(m.parameters) > 0 {
			p.expect(operator, ",")
		}
		m.parameters = append(m.parameters, p.expect(name, "").text)
		if p.skip(operator, "=") {
			m.defaults = append(m.defaults, p.expression())
		} else if len(m.defaults) > 0 {
			p.fail("a parameter without a default follows one that has a default")
		}
	}
	p.expect(operator, ")")
}

func (p *parser) fail(format string, args ...any) { failAt(p.line(), format, args...) }

// target reads what is assigned to.
func (p *parser) target(attributes bool) target {
	var parts []target
	tuple := false
	for {
		if t := p.current(); len(parts) > 0 && (t.kind == blockEnd || t.kind == name && t.text == "in" || t.kind == operator && (t.text == "=" || t.text == ")")) {
			break
		}
		parts = append(parts, p.oneTarget(attributes))
		if !p.skip(operator, ",") {
			break
		}
		tuple = true
	}
	if !tuple {
		return parts[0]
	}
	return target{parts: parts, tuple: true}
}

func (p *parser) oneTarget(attributes bool) target {
	if p.skip(operator, "(") {
		defer p.nest()()
		inner := p.target(attributes)
		p.expect(operator, ")")
		return inner
	}
	t := p.expect(name, "")
	if slices.Contains([]string{"true", "false", "none", "True", "False", "None"}, t.text) {
		failAt(t.line, "can't assign to '%s'", t.text)
	}
	to := target{name: t.text}
	if attributes && p.skip(operator, ".") {
		to.attribute = p.expect(name, "").text
	}
	return to
}
