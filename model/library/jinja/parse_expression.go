package jinja

import (
	"slices"
	"strings"
)

// tupleExpression reads an expression, or several with commas, which make a tuple.
func (p *parser) tupleExpression(parentheses bool) expression {
	var items []expression
	tuple := false
	for {
		if t := p.current(); t.kind == variableEnd || t.kind == blockEnd || t.kind == operator && t.text == ")" {
			break
		}
		items = append(items, p.expression())
		if !p.skip(operator, ",") {
			break
		}
		tuple = true
	}
	if !tuple && len(items) == 1 {
		return items[0]
	}
	if len(items) == 0 && !parentheses {
		p.fail("expected an expression, got %s", p.current().describe())
	}
	return &listExpression{items: items, tuple: true}
}

func (p *parser) expression() expression {
	defer p.nest()()
	line := p.line()
	e := p.or()
	for p.skip(name, "if") {
		c := &conditional{line: line, condition: p.or(), then: e}
		if p.skip(name, "else") {
			c.otherwise = p.expression()
		}
		e = c
	}
	return e
}

// binary reads a chain of operators that bind to the left.
func (p *parser) binary(kind tokenKind, operand func() expression, operators ...string) expression {
	left := operand()
	for p.current().kind == kind && slices.Contains(operators, p.current().text) {
		op := p.next()
		left = &binaryExpression{line: op.line, operator: op.text, left: left, right: operand()}
	}
	return left
}

func (p *parser) or() expression  { return p.binary(name, p.and, "or") }
func (p *parser) and() expression { return p.binary(name, p.not, "and") }

func (p *parser) not() expression {
	if p.is(name, "not") {
		defer p.nest()()
		line := p.next().line
		return &unaryExpression{line: line, operator: "not", value: p.not()}
	}
	return p.compare()
}

func (p *parser) compare() expression {
	line := p.line()
	first := p.sum()
	c := &comparison{line: line, first: first}
	for {
		op := ""
		switch t := p.current(); {
		case t.kind == operator && slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, t.text):
			op = t.text
		case t.kind == name && t.text == "in":
			op = "in"
		case t.kind == name && t.text == "not" && p.peek().kind == name && p.peek().text == "in":
			op = "not in"
			p.next()
		}
		if op == "" {
			break
		}
		p.next()
		c.operators = append(c.operators, op)
		c.rest = append(c.rest, p.sum())
	}
	if len(c.rest) == 0 {
		return first
	}
	return c
}

func (p *parser) sum() expression { return p.binary(operator, p.concatenation, "+", "-") }

func (p *parser) concatenation() expression {
	line := p.line()
	parts := []expression{p.product()}
	for p.skip(operator, "~") {
		parts = append(parts, p.product())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &concatenation{line: line, parts: parts}
}

func (p *parser) product() expression { return p.binary(operator, p.signed, "*", "/", "//", "%") }
func (p *parser) signed() expression  { return p.unary(true) }

func (p *parser) unary(withFilter bool) expression {
	var e expression
	if p.isOperator("-") || p.isOperator("+") {
		defer p.nest()()
		op := p.next()
		e = &unaryExpression{line: op.line, operator: op.text, value: p.unary(false)}
	} else {
		e = p.primary()
	}
	e = p.postfix(e)
	if withFilter {
		e = p.filtered(e)
	}
	return e
}

func (p *parser) primary() expression {
	t := p.current()
	switch {
	case t.kind == name:
		p.next()
		switch t.text {
		case "true", "True":
			return &constant{true}
		case "false", "False":
			return &constant{false}
		case "none", "None":
			return &constant{nil}
		}
		return &variable{line: t.line, name: t.text}
	case t.kind == str:
		var text strings.Builder
		for p.current().kind == str {
			text.WriteString(p.next().text)
		}
		return &constant{text.String()}
	case t.kind == number:
		return &constant{p.next().value}
	case p.skip(operator, "("):
		e := p.tupleExpression(true)
		p.expect(operator, ")")
		return e
	case p.skip(operator, "["):
		return &listExpression{items: p.items()}
	case p.skip(operator, "{"):
		return p.dict(t.line)
	}
	failAt(t.line, "expected an expression, got %s", t.describe())
	return nil
}

func (p *parser) items() []expression {
	var items []expression
	for !p.isOperator("]") {
		if len(items) > 0 {
			p.expect(operator, ",")
			if p.isOperator("]") {
				break
			}
		}
		items = append(items, p.expression())
	}
	p.expect(operator, "]")
	return items
}

func (p *parser) dict(line int) expression {
	d := &dictExpression{line: line}
	for !p.isOperator("}") {
		if len(d.keys) > 0 {
			p.expect(operator, ",")
			if p.isOperator("}") {
				break
			}
		}
		d.keys = append(d.keys, p.expression())
		p.expect(operator, ":")
		d.values = append(d.values, p.expression())
	}
	p.expect(operator, "}")
	return d
}

// postfix reads attributes, items and calls.
func (p *parser) postfix(e expression) expression {
	for {
		switch {
		case p.isOperator("."):
			e = p.attribute(e)
		case p.isOperator("["):
			e = p.item(e)
		case p.isOperator("("):
			e = &callExpression{line: p.line(), callee: e, arguments: p.arguments()}
		default:
			return e
		}
	}
}

// filtered reads filters, tests, and calls of what they give.
func (p *parser) filtered(e expression) expression {
	for {
		switch {
		case p.isOperator("|"):
			filters := p.filters(e, false)
			e = filters[len(filters)-1]
		case p.is(name, "is"):
			e = p.test(e)
		case p.isOperator("("):
			e = &callExpression{line: p.line(), callee: e, arguments: p.arguments()}
		default:
			return e
		}
	}
}

func (p *parser) attribute(object expression) expression {
	line := p.next().line
	t := p.next()
	switch {
	case t.kind == name:
		return &attributeExpression{line: line, object: object, name: t.text}
	case t.kind == number:
		if _, ok := t.value.(int64); ok {
			return &itemExpression{line: line, object: object, key: &constant{t.value}}
		}
	}
	failAt(t.line, "expected a name or a number, got %s", t.describe())
	return nil
}

func (p *parser) item(object expression) expression {
	line := p.next().line
	var keys []expression
	for !p.isOperator("]") {
		if len(keys) > 0 {
			p.expect(operator, ",")
		}
		keys = append(keys, p.subscript())
	}
	p.expect(operator, "]")
	if len(keys) == 1 {
		return &itemExpression{line: line, object: object, key: keys[0]}
	}
	return &itemExpression{line: line, object: object, key: &listExpression{items: keys, tuple: true}}
}

// subscript reads an index or a slice.
func (p *parser) subscript() expression {
	s := &sliceExpression{line: p.line()}
	if !p.isOperator(":") {
		s.from = p.expression()
		if !p.isOperator(":") {
			return s.from
		}
	}
	p.next()
	if !p.isOperator(":") && !p.isOperator("]") && !p.isOperator(",") {
		s.until = p.expression()
	}
	if p.skip(operator, ":") && !p.isOperator("]") && !p.isOperator(",") {
		s.step = p.expression()
	}
	return s
}

// filters reads filters that are applied one after the other to value. With
// first, the first one stands without "|".
func (p *parser) filters(value expression, first bool) []*filterExpression {
	var filters []*filterExpression
	for first || p.isOperator("|") {
		if !first {
			p.next()
		}
		first = false
		f := &filterExpression{line: p.line(), value: value, name: p.dottedName()}
		if p.isOperator("(") {
			f.arguments = p.arguments()
		}
		filters = append(filters, f)
		value = f
	}
	return filters
}

func (p *parser) dottedName() string {
	text := p.expect(name, "").text
	for p.skip(operator, ".") {
		text += "." + p.expect(name, "").text
	}
	return text
}

// test reads "is", "is not", and the test with its argument, which may stand without parentheses.
func (p *parser) test(value expression) expression {
	line := p.next().line
	negated := p.skip(name, "not")
	test := &testExpression{line: line, value: value, name: p.dottedName()}
	switch t := p.current(); {
	case p.isOperator("("):
		test.arguments = p.arguments()
	case t.kind == name && slices.Contains([]string{"else", "or", "and"}, t.text):
	case t.kind == name && t.text == "is":
		p.fail("tests cannot be chained with is")
	case t.kind == name || t.kind == str || t.kind == number || p.isOperator("[") || p.isOperator("{"):
		test.arguments.positional = []expression{p.postfix(p.primary())}
	}
	if negated {
		return &unaryExpression{line: line, operator: "not", value: test}
	}
	return test
}

// arguments reads the arguments of a call, with their parentheses.
func (p *parser) arguments() callArguments {
	line := p.expect(operator, "(").line
	var a callArguments
	ensure := func(ok bool) {
		if !ok {
			failAt(line, "invalid order of the arguments of a call")
		}
	}
	for first := true; !p.isOperator(")"); first = false {
		if !first {
			p.expect(operator, ",")
			if p.isOperator(")") {
				break
			}
		}
		switch {
		case p.skip(operator, "*"):
			ensure(a.list == nil && a.dict == nil)
			a.list = p.expression()
		case p.skip(operator, "**"):
			ensure(a.dict == nil)
			a.dict = p.expression()
		case p.current().kind == name && p.peek().kind == operator && p.peek().text == "=":
			ensure(a.dict == nil)
			key := p.next().text
			ensure(!slices.Contains(a.names, key))
			p.next()
			a.names = append(a.names, key)
			a.named = append(a.named, p.expression())
		default:
			ensure(a.list == nil && a.dict == nil && len(a.named) == 0)
			a.positional = append(a.positional, p.expression())
		}
	}
	p.expect(operator, ")")
	return a
}
