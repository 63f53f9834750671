package pattern

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// escape reads what follows a \ outside a class.
func (p *parser) escape() (node, error) {
	switch r := p.peek(); r {
	case 'A', 'z', 'Z', 'b', 'B':
		p.at++
		return node{kind: anchored, anchor: map[byte]anchor{'A': textStart, 'z': textEnd, 'Z': lastLineEnd, 'b': boundary, 'B': noBoundary}[r]}, nil
	case 'w':
		p.at++
		return node{kind: oneOf, set: bareWord()}, nil
	case 'W':
		p.at++
		return node{kind: oneOf, set: bareWord().negate()}, nil
	case 'R': // a line ending
		p.at++
		pair := node{kind: concat, sub: []node{{kind: oneOf, set: single('\r')}, {kind: oneOf, set: single('\n')}}}
		one := node{kind: oneOf, set: runeSet{{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}}
		return node{kind: atomic, sub: []node{{kind: alternate, sub: []node{pair, one}}}}, nil
	case 'G', 'K', 'X', 'k', 'g', 'y', 'Y', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return node{}, fmt.Errorf(`\%c is not supported`, r)
	}
	set, literal, err := p.escapedSet()
	if literal {
		return p.characters(set), err
	}
	return node{kind: oneOf, set: set}, err
}

// escapedSet reads what follows a \: a class such as \s, or one character, which is literal.
func (p *parser) escapedSet() (set runeSet, literal bool, err error) {
	r, err := p.rune()
	if err != nil {
		return nil, false, err
	}
	negative := func(set runeSet) runeSet {
		if unicode.IsUpper(r) {
			return set.negate()
		}
		return set
	}
	switch r {
	case 'd', 'D':
		return negative(fromTable(unicode.Nd)), false, nil
	case 's', 'S':
		return negative(fromTable(unicode.White_Space)), false, nil
	case 'w', 'W':
		return negative(word()), false, nil
	case 'h', 'H':
		return negative(ascii("09", "af", "AF")), false, nil
	case 'N':
		return single('\n').negate(), false, nil
	case 'O':
		return anyRune, false, nil
	case 'p', 'P':
		set, err := p.property()
		return negative(set), false, err
	}
	value, err := p.escapedRune(r)
	return single(value), true, err
}

// property reads {Name} or {^Name} after \p.
func (p *parser) property() (runeSet, error) {
	if !p.take("{") {
		return nil, errors.New(`\p without {`)
	}
	end := strings.IndexByte(p.source[p.at:], '}')
	if end < 0 {
		return nil, errors.New(`\p{ is not closed`)
	}
	name := p.source[p.at : p.at+end]
	p.at += end + 1
	bare, negative := strings.CutPrefix(name, "^")
	set, err := classNamed(bare)
	if negative {
		set = set.negate()
	}
	return set, err
}

// escapedRune returns the character that \r stands for.
func (p *parser) escapedRune(r rune) (rune, error) {
	switch r {
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 'f':
		return '\f', nil
	case 'v':
		return '\v', nil
	case 'a':
		return '\a', nil
	case 'e':
		return 0x1b, nil
	case 'u':
		return p.number(16, 4, 4)
	case 'x':
		if p.take("{") {
			value, err := p.number(16, 1, 8)
			if err == nil && !p.take("}") {
				err = errors.New(`\x{ is not closed`)
			}
			return value, err
		}
		return p.number(16, 1, 2)
	case '0':
		p.at--
		return p.number(8, 1, 3)
	}
	if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return 0, fmt.Errorf(`\%c is not supported`, r)
	}
	return r, nil
}

// number reads so many digits.
func (p *parser) number(base, least, most int) (rune, error) {
	end := p.at
	for end < len(p.source) && end-p.at < most {
		if _, err := strconv.ParseUint(p.source[end:end+1], base, 8); err != nil {
			break
		}
		end++
	}
	value, err := strconv.ParseUint(p.source[p.at:end], base, 32)
	if err != nil || end-p.at < least || value > unicode.MaxRune {
		return 0, errors.New("the number of a character is wrong")
	}
	if value >= 0x80 && base == 16 && most == 2 {
		return 0, errors.New(`\x above 7f is a byte, not a character; write \u or \x{…}`)
	}
	p.at = end
	return rune(value), nil
}
