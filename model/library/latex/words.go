package latex

import (
	"strings"
	"unicode/utf8"
)

// Words is a text in the form in which texts are compared: lower case, single blanks, no
// punctuation, but signs, decimal points and primes. A single letter keeps its case.
func Words(s string) string {
	s = phrase(s)
	if utf8.RuneCountInString(s) == 1 {
		return s
	}
	b := []byte(strings.ToLower(s))
	for i := 1; i+1 < len(b); i++ {
		if b[i] == '-' && isLetter(b[i-1]) && isLetter(b[i+1]) {
			b[i] = ' '
		}
	}
	return string(b)
}

// phrase is a text with single blanks and without punctuation. A minus sign stays before
// what it belongs to, a point and a comma between digits, a prime after a letter, a hyphen
// in a word.
func phrase(s string) string {
	b := make([]byte, 0, len(s))
	blank := func() {
		if n := len(b); n > 0 && b[n-1] != ' ' && b[n-1] != '-' {
			b = append(b, ' ')
		}
	}
	for i := 0; i < len(s); i++ {
		before, after := neighbours(s, i)
		switch c := s[i]; c {
		case '.', ',':
			if isDigit(before) && isDigit(after) && i+1 < len(s) && isDigit(s[i+1]) {
				if c == '.' || len(s) > i+3 && isDigit(s[i+2]) && isDigit(s[i+3]) {
					b = append(b, c)
					continue
				}
			}
			blank()
		case '\'':
			if i > 0 && (isLetter(s[i-1]) || isDigit(s[i-1]) || s[i-1] == '\'') && (isLetter(after) || i < 2 || !isLetter(s[i-2])) {
				b = append(b, c)
				continue
			}
			blank()
		case '-':
			if isLetter(before) && isLetter(after) && s[i-1] != before {
				blank() // a dash between words
				continue
			}
			if before != '^' && (!isLetter(before) || !isLetter(after)) {
				blank()
			}
			b = append(b, c)
		case ' ', '\t', '\r', '\n', ';', ':', '!', '?', '"', '$', '\\', '{', '}', '(', ')', '[', ']', '~':
			blank()
		default:
			b = append(b, c)
		}
	}
	return strings.TrimSpace(string(b))
}

// neighbours are the signs before and after a place in a text, but for blanks; 0 at an end.
func neighbours(s string, i int) (before, after byte) {
	if t := strings.TrimRight(s[:i], " "); t != "" {
		before = t[len(t)-1]
	}
	if t := strings.TrimLeft(s[i+1:], " "); t != "" {
		after = t[0]
	}
	return before, after
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// Braced returns what stands between the brace that s begins with, after blanks, and its
// partner, and the size of it all; 0 if there is none. \{ and \} are not braces.
func Braced(s string) (inner string, size int) {
	start := 0
	for start < len(s) && (s[start] == ' ' || s[start] == '\t' || s[start] == '\n' || s[start] == '\r') {
		start++
	}
	if start == len(s) || s[start] != '{' {
		return "", 0
	}
	depth := 0
	for i := start; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[start+1 : i], i + 1
			}
		}
	}
	return "", 0
}
