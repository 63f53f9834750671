package pattern

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parser reads a pattern by recursive descent.
type parser struct {
	source string
	at     int
	depth  int
	options
}

// options are those of (?imx): they hold to the end of the group.
type options struct{ foldCase, dotAll, extended bool }

const (
	maxDepth  = 200  // groups in groups
	maxRepeat = 1000 // in {n,m}
)

func parse(source string) (node, error) {
	p := &parser{source: source}
	tree, err := p.alternatives()
	if err == nil && p.at < len(source) {
		err = errors.New("a ) without (")
	}
	if err != nil {
		return node{}, fmt.Errorf("at byte %d: %w", p.at, err)
	}
	return tree, nil
}

// peek returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.at < len(p.source) {
		return p.source[p.at]
	}
	return 0
}

// take skips text if it comes next.
func (p *parser) take(text string) bool {
	if strings.HasPrefix(p.source[p.at:], text) {
		p.at += len(text)
		return true
	}
	return false
}

func (p *parser) rune() (rune, error) {
	if p.at == len(p.source) {
		return 0, errors.New("it ends too early")
	}
	r, size := utf8.DecodeRuneInString(p.source[p.at:])
	p.at += size
	return r, nil
}

// alternatives reads up to the ) of the group or the end.
func (p *parser) alternatives() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return node{}, fmt.Errorf("more than %d groups within each other", maxDepth)
	}
	outer := p.options
	defer func() { p.depth--; p.options = outer }()
	all := node{kind: alternate}
	for {
		branch, err := p.branch()
		if err != nil {
			return node{}, err
		}
		all.sub = append(all.sub, branch)
		if !p.take("|") {
			break
		}
	}
	if len(all.sub) == 1 {
		return all.sub[0], nil
	}
	return all, nil
}

func (p *parser) branch() (node, error) {
	all := node{kind: concat}
	for p.at < len(p.source) && p.peek() != '|' && p.peek() != ')' {
		if p.extended && p.skipExtended() {
			continue
		}
		part, err := p.atom()
		if err != nil {
			return node{}, err
		}
		if part, err = p.quantified(part); err != nil {
			return node{}, err
		}
		all.sub = append(all.sub, part)
	}
	if len(all.sub) == 1 {
		return all.sub[0], nil
	}
	return all, nil
}

// skipExtended skips the white space and comments that (?x) allows.
func (p *parser) skipExtended() bool {
	switch p.peek() {
	case ' ', '\t', '\n', '\r', '\f', '\v':
		p.at++
		return true
	case '#':
		if end := strings.IndexByte(p.source[p.at:], '\n'); end >= 0 {
			p.at += end + 1
		} else {
			p.at = len(p.source)
		}
		return true
	}
	return false
}

func (p *parser) quantified(part node) (node, error) {
	for {
		if p.extended {
			for p.skipExtended() {
			}
		}
		n := node{kind: repeat, sub: []node{part}, max: unbounded}
		interval := false
		switch {
		case p.take("*"):
		case p.take("+"):
			n.min = 1
		case p.take("?"):
			n.max = 1
		case p.peek() == '{':
			ok, err := p.interval(&n)
			if err != nil {
				return node{}, err
			}
			if !ok {
				return part, nil
			}
			interval = true
		default:
			return part, nil
		}
		switch {
		case p.take("?"):
			n.mode = lazy
		case !interval && p.take("+"): // in Ruby's syntax a{1,2}+ repeats a{1,2}
			n.mode = possessive
		}
		if n.mode == possessive {
			n = node{kind: atomic, sub: []node{{kind: repeat, sub: n.sub, min: n.min, max: n.max}}}
		}
		part = n
	}
}

// interval reads {n}, {n,}, {,m} or {n,m}; anything else in braces is text.
func (p *parser) interval(n *node) (bool, error) {
	inside, _, closed := strings.Cut(p.source[p.at+1:], "}")
	low, high, pair := strings.Cut(inside, ",")
	if !closed || inside == "" || inside == "," {
		return false, nil
	}
	bounds := [2]int{0, unbounded}
	for i, text := range []string{low, high} {
		if text == "" {
			continue
		}
		value, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return false, nil
		}
		if value > maxRepeat {
			return false, fmt.Errorf("{%s}: at most %d repeats are supported", inside, maxRepeat)
		}
		bounds[i] = int(value)
	}
	if !pair {
		bounds[1] = bounds[0]
	}
	if bounds[1] != unbounded && bounds[1] < bounds[0] {
		return false, fmt.Errorf("{%s} has its bounds the wrong way round", inside)
	}
	n.min, n.max = bounds[0], bounds[1]
	p.at += len(inside) + 2
	return true, nil
}

func (p *parser) atom() (node, error) {
	r, err := p.rune()
	if err != nil {
		return node{}, err
	}
	switch r {
	case '(':
		return p.group()
	case '[':
		set, err := p.class()
		return p.characters(set), err
	case '.':
		if p.dotAll {
			return node{kind: oneOf, set: anyRune}, nil
		}
		return node{kind: oneOf, set: single('\n').negate()}, nil
	case '^':
		return node{kind: anchored, anchor: lineStart}, nil
	case '$':
		return node{kind: anchored, anchor: lineEnd}, nil
	case '*', '+', '?':
		return node{}, fmt.Errorf("nothing comes before %c", r)
	case '\\':
		return p.escape()
	}
	return p.characters(single(r)), nil
}

// characters matches one character of set, which was not negated yet.
func (p *parser) characters(set runeSet) node {
	if p.foldCase {
		set = set.fold()
	}
	return node{kind: oneOf, set: set}
}

// group reads what follows a (.
func (p *parser) group() (node, error) {
	outer := p.options
	n := node{kind: concat}
	switch {
	case p.take("?#"):
		_, _, closed := strings.Cut(p.source[p.at:], ")")
		if !closed {
			return node{}, errors.New("a comment is not closed")
		}
		p.at += strings.IndexByte(p.source[p.at:], ')') + 1
		return n, nil
	case p.take("?:"):
	case p.take("?="):
		n.kind = look
	case p.take("?!"):
		n.kind, n.negative = look, true
	case p.take("?>"):
		n.kind = atomic
	case p.take("?<="):
		n.kind = behind
	case p.take("?<!"):
		n.kind, n.negative = behind, true
	case p.take("?<"): // a name
		end := strings.IndexByte(p.source[p.at:], '>')
		if end <= 0 {
			return node{}, errors.New("the name of a group is not closed")
		}
		p.at += end + 1
	case p.take("?"):
		rest, err := p.setOptions()
		if err != nil {
			return node{}, err
		}
		if rest { // (?i) holds for what follows in the group around it
			tail, err := p.alternatives()
			return tail, err
		}
	}
	inner, err := p.alternatives()
	p.options = outer
	if err != nil {
		return node{}, err
	}
	if !p.take(")") {
		return node{}, errors.New("a ( is not closed")
	}
	if n.kind == behind {
		texts, ok := inner.texts()
		if !ok {
			return node{}, errors.New("a look-behind must be over texts of fixed lengths")
		}
		n.behind = texts
		return n, nil
	}
	if n.kind == concat {
		return inner, nil
	}
	n.sub = []node{inner}
	return n, nil
}

// setOptions reads i, m, x and - up to : or ). rest says that they hold for the rest of the group around.
func (p *parser) setOptions() (rest bool, err error) {
	on := true
	for {
		r, err := p.rune()
		switch {
		case err != nil:
			return false, err
		case r == '-':
			on = false
		case r == 'i':
			p.foldCase = on
		case r == 'm':
			p.dotAll = on
		case r == 'x':
			p.extended = on
		case r == ':':
			return false, nil
		case r == ')':
			return true, nil
		default:
			return false, fmt.Errorf("(?%c is not supported; supported are (?: (?= (?! (?> (?<= (?<! and the options i, m and x", r)
		}
	}
}
