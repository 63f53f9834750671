package pattern

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// class reads what follows a [ up to its ].
func (p *parser) class() (runeSet, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("more than %d groups within each other", maxDepth)
	}
	defer func() { p.depth-- }()
	negative := p.take("^")
	whole, set := anyRune, runeSet(nil) // whole is the intersection of what came before each &&
	for first := true; ; first = false {
		if p.at == len(p.source) {
			return nil, errors.New("a [ is not closed")
		}
		if p.peek() == ']' && !first {
			p.at++
			break
		}
		if p.take("&&") {
			whole, set = whole.intersect(set), nil
			continue
		}
		part, err := p.classPart()
		if err != nil {
			return nil, err
		}
		set = union(set, part)
	}
	set = whole.intersect(set)
	if negative {
		if p.foldCase {
			set = set.fold()
		}
		set = set.negate()
	}
	return set, nil
}

// classPart reads one character, range, escape or class within a class.
func (p *parser) classPart() (runeSet, error) {
	if p.take("[:") {
		name, _, closed := strings.Cut(p.source[p.at:], ":]")
		if !closed {
			return nil, errors.New("[: is not closed")
		}
		p.at += len(name) + 2
		bare, negative := strings.CutPrefix(name, "^")
		set, err := classNamed(bare)
		if bare == "punct" { // as a POSIX bracket it has symbols too
			set = union(set, fromTable(unicode.S))
		}
		if negative {
			set = set.negate()
		}
		return set, err
	}
	if p.take("[") {
		return p.class()
	}
	from, literal, err := p.classRune()
	if err != nil || !literal {
		return from, err
	}
	rest := p.source[p.at:]
	if !strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "-]") || strings.HasPrefix(rest, "-&&") || strings.HasPrefix(rest, "-[") {
		return from, nil
	}
	p.at++
	to, literal, err := p.classRune()
	if err != nil {
		return nil, err
	}
	if !literal { // [a-\d]: the - is itself
		return union(from, single('-'), to), nil
	}
	if to[0].from < from[0].from {
		return nil, fmt.Errorf("the range %c-%c has its ends the wrong way round", from[0].from, to[0].from)
	}
	return runeSet{{from[0].from, to[0].from}}, nil
}

func (p *parser) classRune() (set runeSet, literal bool, err error) {
	r, err := p.rune()
	if err != nil {
		return nil, false, err
	}
	if r != '\\' {
		return single(r), true, nil
	}
	if p.take("b") { // within a class it is the backspace
		return single('\b'), true, nil
	}
	return p.escapedSet()
}
