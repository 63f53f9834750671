package jinja

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	endOfTemplate tokenKind = iota
	data
	variableBegin
	variableEnd
	blockBegin
	blockEnd
	name
	str
	number
	operator
)

// token is one piece of a template. Text is the data, name, string or operator;
// value is the value of a number.
type token struct {
	kind  tokenKind
	text  string
	value any
	line  int
}

// describe names a token in an error.
func (t token) describe() string {
	switch t.kind {
	case endOfTemplate:
		return "end of template"
	case variableBegin:
		return "begin of print statement"
	case variableEnd:
		return "end of print statement"
	case blockBegin:
		return "begin of statement block"
	case blockEnd:
		return "end of statement block"
	case str:
		return "string"
	case number:
		return "number"
	}
	return "'" + t.text + "'"
}

// operators, the longer ones first.
var operators = []string{"//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"}

var closing = map[string]string{"{": "}", "(": ")", "[": "]"}

// expressionToken reads one token within a tag; it reports false at white space.
func (l *lexer) expressionToken() (token, bool) {
	rest := l.source[l.at:]
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case isSpace(r):
		l.advance(size)
		return token{}, false
	case r >= '0' && r <= '9':
		return l.number(), true
	case isNameRune(r):
		end := strings.IndexFunc(rest, func(r rune) bool { return !isNameRune(r) })
		if end < 0 {
			end = len(rest)
		}
		return l.take(token{kind: name, text: rest[:end]}, end), true
	case r == '\'' || r == '"':
		return l.quoted(byte(r)), true
	}
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			l.balance(op)
			return l.take(token{kind: operator, text: op}, len(op)), true
		}
	}
	failAt(l.line, "unexpected character %q", r)
	return token{}, false
}

func isNameRune(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
}

// balance counts brackets: a tag does not end within them.
func (l *lexer) balance(op string) {
	if end, ok := closing[op]; ok {
		l.open = append(l.open, end)
		return
	}
	if op != "}" && op != ")" && op != "]" {
		return
	}
	if len(l.open) == 0 {
		failAt(l.line, "unexpected '%s'", op)
	}
	if want := l.open[len(l.open)-1]; want != op {
		failAt(l.line, "unexpected '%s', expected '%s'", op, want)
	}
	l.open = l.open[:len(l.open)-1]
}

// number reads an integer or a float literal. Digits may be grouped with "_".
func (l *lexer) number() token {
	rest := l.source[l.at:]
	end := digits(rest)
	float := false
	if end < len(rest) && rest[end] == '.' && digits(rest[end+1:]) > 0 && !l.after('.') {
		end += 1 + digits(rest[end+1:])
		float = true
	}
	if end < len(rest) && (rest[end] == 'e' || rest[end] == 'E') && !l.after('.') {
		sign := 0
		if end+1 < len(rest) && (rest[end+1] == '+' || rest[end+1] == '-') {
			sign = 1
		}
		if n := digits(rest[end+1+sign:]); n > 0 {
			end += 1 + sign + n
			float = true
		}
	}
	if !float {
		return l.take(token{kind: number, value: l.integer(rest[:end])}, end)
	}
	value, err := strconv.ParseFloat(strings.ReplaceAll(rest[:end], "_", ""), 64)
	if err != nil && !math.IsInf(value, 0) {
		failAt(l.line, "%s is not a number", rest[:end])
	}
	return l.take(token{kind: number, value: value}, end)
}

// after reports whether the byte before the current position is b.
func (l *lexer) after(b byte) bool { return l.at > 0 && l.source[l.at-1] == b }

// digits returns the length of the digits that text begins with.
func digits(text string) int {
	n := 0
	for n < len(text) && (text[n] >= '0' && text[n] <= '9' || text[n] == '_' && n > 0 && n+1 < len(text) && text[n+1] >= '0' && text[n+1] <= '9') {
		n++
	}
	return n
}

func (l *lexer) integer(text string) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
	if err != nil {
		failAt(l.line, "%.40s is not an integer of 64 bits", text)
	}
	return n
}

// quoted reads a string literal.
func (l *lexer) quoted(quote byte) token {
	rest := l.source[l.at:]
	for end := 1; end < len(rest); end++ {
		switch rest[end] {
		case '\\':
			end++
		case quote:
			text := l.unescape(rest[1:end])
			return l.take(token{kind: str, text: text}, end+1)
		}
	}
	failAt(l.line, "the string that begins with %c has no end", quote)
	return token{}
}

var simpleEscapes = map[byte]string{'\n': "", '\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v"}

// unescape replaces the escapes of Python's string literals; unknown ones stay.
func (l *lexer) unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		c := text[i]
		if s, ok := simpleEscapes[c]; ok {
			b.WriteString(s)
		} else if width := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]; width > 0 {
			if i+width >= len(text) {
				failAt(l.line, `the escape \%c needs %d hexadecimal digits`, c, width)
			}
			code, err := strconv.ParseUint(text[i+1:i+1+width], 16, 32)
			if err != nil || code > unicode.MaxRune {
				failAt(l.line, `\%s is no character`, text[i:i+1+width])
			}
			b.WriteRune(rune(code))
			i += width
		} else if c >= '0' && c <= '7' {
			n, code := 0, rune(0)
			for n < 3 && i+n < len(text) && text[i+n] >= '0' && text[i+n] <= '7' {
				code = code*8 + rune(text[i+n]-'0')
				n++
			}
			b.WriteRune(code)
			i += n - 1
		} else {
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}
