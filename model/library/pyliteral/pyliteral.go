// Package pyliteral reads what a piece of Python source says without running it: literals,
// lists, tuples, dicts, and calls of names with such arguments.
package pyliteral

import (
	"errors"
	"fmt"
	"strings"
)

// A value is nil, bool, string, Number, List, Tuple, Dict, Set or *Call.
type (
	// Number is a number as it is written.
	Number string
	// List is [a, b].
	List []any
	// Tuple is (a, b).
	Tuple []any
	// Dict is {a: b}, in the order of its text.
	Dict []Pair
	// Set is {a, b}.
	Set []any
	// Pair is a member of a Dict.
	Pair struct{ Key, Value any }
)

// Call is NAME(arguments), where the name may have points in it.
type Call struct {
	Name      string
	Arguments []Argument
}

// Argument is one of a call, with its name where it has one.
type Argument struct {
	Name  string
	Value any
}

// maxDepth bounds nesting.
const maxDepth = 200

// Parse reads one expression from the front of a text, and returns what is left of it.
func Parse(text string) (value any, rest string, err error) {
	p := &parser{text: text}
	value, err = p.value(0)
	if err != nil {
		return nil, "", fmt.Errorf("byte %d: %w", p.at, err)
	}
	p.blank()
	return value, text[p.at:], nil
}

type parser struct {
	text string
	at   int
}

// blank passes over white space and comments. Lines end nothing here: what is read stands in brackets.
func (p *parser) blank() {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.at++
		case c == '#':
			for p.at < len(p.text) && p.text[p.at] != '\n' {
				p.at++
			}
		default:
			return
		}
	}
}

// next passes over white space and says whether a byte follows, which it takes.
func (p *parser) next(c byte) bool {
	p.blank()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	p.blank()
	if p.at == len(p.text) {
		return nil, errors.New("the text ends where a value is wanted")
	}
	switch c := p.text[p.at]; {
	case c == '[':
		p.at++
		items, _, err := p.items(']', depth)
		return List(items), err
	case c == '(':
		p.at++
		items, commas, err := p.items(')', depth)
		if err == nil && len(items) == 1 && !commas {
			return items[0], nil
		}
		return Tuple(items), err
	case c == '{':
		p.at++
		return p.braces(depth)
	case c == '"' || c == '\'':
		return p.texts()
	case c == '-' || c == '+' || c == '.' || '0' <= c && c <= '9':
		return p.number()
	case isLetter(c):
		return p.named(depth)
	default:
		return nil, fmt.Errorf("no value begins with %q", c)
	}
}

// items reads values up to a closing bracket, and says whether a comma was among them.
func (p *parser) items(end byte, depth int) (items []any, commas bool, err error) {
	items = []any{}
	for !p.next(end) {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, false, err
		}
		items = append(items, v)
		if p.next(',') {
			commas = true
		} else if !p.next(end) {
			return nil, false, fmt.Errorf("want a comma or %q", end)
		} else {
			break
		}
	}
	return items, commas, nil
}

func (p *parser) braces(depth int) (any, error) {
	dict, set := Dict{}, Set{}
	for !p.next('}') {
		key, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.next(':') {
			v, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			dict = append(dict, Pair{key, v})
		} else {
			set = append(set, key)
		}
		if !p.next(',') && (p.at == len(p.text) || p.text[p.at] != '}') {
			return nil, errors.New(`want a comma or '}'`)
		}
	}
	switch {
	case len(set) == 0:
		return dict, nil
	case len(dict) > 0:
		return nil, errors.New("neither a dict nor a set")
	}
	return set, nil
}

func (p *parser) number() (any, error) {
	start := p.at
	p.at++
	for p.at < len(p.text) {
		c := p.text[p.at]
		exponent := (c == '-' || c == '+') && (p.text[p.at-1] == 'e' || p.text[p.at-1] == 'E')
		if !('0' <= c && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == '_' || exponent) {
			break
		}
		p.at++
	}
	text := strings.TrimPrefix(strings.ReplaceAll(p.text[start:p.at], "_", ""), "+")
	if strings.Trim(text, "-.eE+") == "" || p.at < len(p.text) && isLetter(p.text[p.at]) {
		return nil, fmt.Errorf("%q is no decimal number", p.text[start:p.at])
	}
	return Number(text), nil
}

// named reads a constant or a call.
func (p *parser) named(depth int) (any, error) {
	start := p.at
	for p.at < len(p.text) && (isLetter(p.text[p.at]) || '0' <= p.text[p.at] && p.text[p.at] <= '9' || p.text[p.at] == '.') {
		p.at++
	}
	name := p.text[start:p.at]
	switch name {
	case "None":
		return nil, nil
	case "True":
		return true, nil
	case "False":
		return false, nil
	}
	if !p.next('(') {
		return nil, fmt.Errorf("the name %q is no value", name)
	}
	call := &Call{Name: name}
	for !p.next(')') {
		argument := Argument{Name: p.keyword()}
		var err error
		if argument.Value, err = p.value(depth + 1); err != nil {
			return nil, err
		}
		call.Arguments = append(call.Arguments, argument)
		if !p.next(',') && (p.at == len(p.text) || p.text[p.at] != ')') {
			return nil, errors.New(`want a comma or ')'`)
		}
	}
	return call, nil
}

// keyword reads NAME= if that is what follows.
func (p *parser) keyword() string {
	p.blank()
	start, end := p.at, p.at
	for end < len(p.text) && (isLetter(p.text[end]) || end > start && '0' <= p.text[end] && p.text[end] <= '9') {
		end++
	}
	if end == start {
		return ""
	}
	p.at = end
	if p.next('=') && (p.at == len(p.text) || p.text[p.at] != '=') {
		return p.text[start:end]
	}
	p.at = start
	return ""
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
