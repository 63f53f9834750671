package pyliteral

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// texts reads string literals that stand side by side, which are one.
func (p *parser) texts() (any, error) {
	var all strings.Builder
	for p.blank(); p.at < len(p.text) && (p.text[p.at] == '"' || p.text[p.at] == '\''); p.blank() {
		if err := p.oneText(&all); err != nil {
			return nil, err
		}
	}
	return all.String(), nil
}

func (p *parser) oneText(out *strings.Builder) error {
	quote := p.text[p.at : p.at+1]
	if strings.HasPrefix(p.text[p.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	for p.at += len(quote); p.at < len(p.text); {
		switch c := p.text[p.at]; {
		case strings.HasPrefix(p.text[p.at:], quote):
			p.at += len(quote)
			return nil
		case c == '\n' && len(quote) == 1:
			return errors.New("a string does not end in its line")
		case c == '\\':
			if err := p.escape(out); err != nil {
				return err
			}
		default:
			out.WriteByte(c)
			p.at++
		}
	}
	return errors.New("a string does not end")
}

var simpleEscapes = map[byte]string{
	'\n': "", '\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// escape reads a backslash and what it stands for.
func (p *parser) escape(out *strings.Builder) error {
	if p.at+1 == len(p.text) {
		return errors.New("a string does not end")
	}
	c := p.text[p.at+1]
	p.at += 2
	if text, ok := simpleEscapes[c]; ok {
		out.WriteString(text)
		return nil
	}
	if '0' <= c && c <= '7' {
		n := int(c - '0')
		for range 2 {
			if p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '7' {
				n = 8*n + int(p.text[p.at]-'0')
				p.at++
			}
		}
		out.WriteRune(rune(n))
		return nil
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	if digits == 0 { // Python keeps an unknown one as it is
		out.WriteString(`\` + string(rune(c)))
		return nil
	}
	if p.at+digits > len(p.text) {
		return errors.New("a string does not end")
	}
	n, err := strconv.ParseUint(p.text[p.at:p.at+digits], 16, 32)
	if err != nil || n > 0x10ffff || 0xd800 <= n && n < 0xe000 {
		return fmt.Errorf(`\%c%s is no character`, c, p.text[p.at:p.at+digits])
	}
	out.WriteRune(rune(n))
	p.at += digits
	return nil
}
