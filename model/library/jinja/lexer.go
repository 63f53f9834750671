package jinja

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer cuts a template into tokens.
type lexer struct {
	source string
	at     int
	line   int
	tokens []token
	open   []string // the closing brackets that are awaited
	// lineStart says that what was read last ended a line.
	lineStart bool
}

var (
	rawBegin = regexp.MustCompile(`^\{%([-+]?)\s*raw\s*(-%\}\s*|%\})`)
	rawEnd   = regexp.MustCompile(`(?s)^(.*?)\{%([-+]?)\s*endraw\s*(\+%\}|-%\}\s*|%\}\n?)`)
	newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")
)

// lex returns the tokens of a template. The last one is its end.
func lex(source string) []token {
	source = strings.ToValidUTF8(newlines.Replace(source), "\ufffd")
	l := &lexer{source: strings.TrimSuffix(source, "\n"), line: 1, lineStart: true}
	for l.at < len(l.source) {
		l.root()
	}
	return append(l.tokens, token{kind: endOfTemplate, line: l.line})
}

// advance moves over n bytes.
func (l *lexer) advance(n int) {
	l.line += strings.Count(l.source[l.at:l.at+n], "\n")
	l.at += n
}

// take gives t the current line and moves over its n bytes.
func (l *lexer) take(t token, n int) token {
	t.line = l.line
	l.advance(n)
	return t
}

func (l *lexer) add(t token) { l.tokens = append(l.tokens, t) }

// root reads data up to the next tag, and the tag.
func (l *lexer) root() {
	rest := l.source[l.at:]
	begin := nextTag(rest)
	if begin < 0 {
		l.add(l.take(token{kind: data, text: rest}, len(rest)))
		return
	}
	if m := rawBegin.FindStringSubmatch(rest[begin:]); m != nil {
		l.data(rest[:begin], m[1], true)
		l.advance(len(m[0]))
		l.lineStart = strings.HasSuffix(m[0], "\n")
		l.raw()
		return
	}
	mark := rest[begin+1]
	sign := ""
	if s := rest[begin+2:]; s != "" && (s[0] == '-' || s[0] == '+') {
		sign = s[:1]
	}
	l.data(rest[:begin], sign, mark != '{')
	l.lineStart = false
	l.advance(2 + len(sign))
	switch mark {
	case '#':
		l.comment()
	case '%':
		l.tag(blockBegin, blockEnd, "%}", true)
	default:
		l.tag(variableBegin, variableEnd, "}}", false)
	}
}

// nextTag returns where the next tag begins in text, or -1.
func nextTag(text string) int {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], '{')
		if i < 0 || from+i+1 >= len(text) {
			return -1
		}
		from += i
		if c := text[from+1]; c == '{' || c == '%' || c == '#' {
			return from
		}
		from++
	}
}

// data adds the text before a tag, without the white space that the tag strips.
func (l *lexer) data(text, sign string, lstrip bool) {
	kept := text
	switch {
	case sign == "-":
		kept = strings.TrimRightFunc(text, isSpace)
	case sign != "+" && lstrip:
		lineBegin := strings.LastIndexByte(text, '\n') + 1
		if (lineBegin > 0 || l.lineStart) && strings.TrimFunc(text[lineBegin:], isSpace) == "" {
			kept = text[:lineBegin]
		}
	}
	if kept != "" {
		l.add(token{kind: data, text: kept, line: l.line})
	}
	l.advance(len(text))
}

// raw reads data up to {% endraw %}.
func (l *lexer) raw() {
	m := rawEnd.FindStringSubmatch(l.source[l.at:])
	if m == nil {
		failAt(l.line, "{%% raw %%} has no end")
	}
	l.data(m[1], m[2], true)
	l.advance(len(m[0]) - len(m[1]))
	l.lineStart = strings.HasSuffix(m[0], "\n")
}

func (l *lexer) comment() {
	end := strings.Index(l.source[l.at:], "#}")
	if end < 0 {
		failAt(l.line, "missing end of comment tag")
	}
	sign := byte(0)
	if end > 0 {
		sign = l.source[l.at+end-1]
	}
	l.advance(end + 2)
	l.endTag(sign, true)
}

// endTag skips the white space after a tag that ended with sign.
func (l *lexer) endTag(sign byte, trim bool) {
	start := l.at
	switch rest := l.source[l.at:]; {
	case sign == '-':
		l.advance(len(rest) - len(strings.TrimLeftFunc(rest, isSpace)))
	case sign != '+' && trim && strings.HasPrefix(rest, "\n"):
		l.advance(1)
	}
	l.lineStart = l.at > start && l.source[l.at-1] == '\n'
}

// tag reads the expression tokens of a tag up to its end.
func (l *lexer) tag(begin, end tokenKind, mark string, trim bool) {
	l.add(token{kind: begin, line: l.line})
	l.open = nil
	for l.at < len(l.source) {
		if len(l.open) == 0 {
			if sign, n, ok := tagEnd(l.source[l.at:], mark, trim); ok {
				l.add(l.take(token{kind: end}, n))
				l.endTag(sign, trim)
				return
			}
		}
		if t, ok := l.expressionToken(); ok {
			l.add(t)
		}
	}
}

// tagEnd reports whether text begins with the end of a tag, its sign and its length.
func tagEnd(text, mark string, plus bool) (sign byte, n int, ok bool) {
	if strings.HasPrefix(text, mark) {
		return 0, len(mark), true
	}
	if text != "" && (text[0] == '-' || plus && text[0] == '+') && strings.HasPrefix(text[1:], mark) {
		return text[0], len(mark) + 1, true
	}
	return 0, 0, false
}

// isSpace reports whether Python's str.isspace holds for r.
func isSpace(r rune) bool {
	return r != utf8.RuneError && unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}
