package math

import (
	"regexp"
	"strings"

	"temper/model/library/budget"
)

var hyphenated = regexp.MustCompile(`\d-[A-Za-z]{3,}`)

// lastNumber finds the last value in the last MaxAnswer bytes of a text, and where it ends:
// a number, or the expression that it is a part of, as 8\sqrt{3}, x^3 and (1, 2).
func lastNumber(b *budget.Budget, s string) (number string, to int) {
	offset := max(0, len(s)-MaxAnswer)
	tail := s[offset:]
	all := value.FindAllStringSubmatchIndex(tail, -1)
	for i := len(all) - 1; i >= max(0, len(all)-most); i-- {
		at := span{all[i][2], all[i][3]}
		for at.to > at.from && strings.IndexByte(".,", tail[at.to-1]) >= 0 {
			at.to--
		}
		if number, to := expressionAround(b, tail, at); number != "" {
			return number, offset + to
		}
	}
	return "", -1
}

// expressionAround is the expression that a number in a text is a part of: signs without
// blanks between them, or a bracket. It is the number alone if they are not mathematics,
// unless the number is an exponent, a factor or the like; then there is none.
func expressionAround(b *budget.Budget, s string, at span) (text string, to int) {
	number := s[at.from:at.to]
	if group := bracketAround(s, at); group.to > at.to {
		if g := s[group.from:group.to]; strings.Contains(g, ",") && readable(b, g) {
			return g, group.to
		}
	}
	run := runAround(s, at)
	b.Spend(run.to-run.from, 0)
	if run == at || strings.Trim(s[run.from:run.to], "()[]") == number {
		return plainNumber(number), at.to
	}
	if r := s[run.from:run.to]; hyphenated.MatchString(r) { // a 12-year plan
		return plainNumber(number), at.to
	} else if strings.ContainsAny(r, "0123456789") && readable(b, r) {
		return r, run.to
	}
	if at.from > 0 && strings.IndexByte("^_{})\\", s[at.from-1]) >= 0 || at.to < len(s) && (isSign(s, at.to) && strings.IndexByte("\\^_{(", s[at.to]) >= 0) {
		return "", 0
	}
	return plainNumber(number), at.to
}

// runAround widens a span to all signs of mathematics that stand around it without blanks,
// and takes off those that belong to the sentence.
func runAround(s string, at span) span {
	run := at
	for run.from > 0 && (isSign(s, run.from-1) || s[run.from-1] == ' ' && s[run.from] == '\\' && run.from > 1 && startsWithDigit(s[run.from-2:])) {
		run.from--
	}
	for run.to < len(s) && (isSign(s, run.to) || s[run.to] == ' ' && continues(s[run.to+1:])) {
		run.to++
	}
	for run.to > at.to && strings.IndexByte(".,;:!?*'=", s[run.to-1]) >= 0 {
		run.to--
	}
	for run.from < at.from && strings.IndexByte("*'.,:=", s[run.from]) >= 0 {
		run.from++
	}
	for _, pair := range [...]string{"()", "[]", "{}"} {
		for excess := unclosed(s[run.from:run.to], pair); excess < 0 && run.to > at.to && s[run.to-1] == pair[1]; excess++ {
			run.to--
		}
		for excess := unclosed(s[run.from:run.to], pair); excess > 0 && run.from < at.from && s[run.from] == pair[0]; excess-- {
			run.from++
		}
	}
	return run
}

func unclosed(s, pair string) int { return strings.Count(s, pair[:1]) - strings.Count(s, pair[1:]) }

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// isSign says whether a byte of a text may be a part of an expression; a colon or comma
// between digits is.
func isSign(s string, i int) bool {
	c := s[i]
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9':
		return true
	case c == ':' || c == ',':
		return i > 0 && startsWithDigit(s[i-1:]) && startsWithDigit(s[i+1:])
	case c == '\\':
		return i+1 < len(s) && (s[i+1]|0x20 >= 'a' && s[i+1]|0x20 <= 'z' || s[i+1] == '%')
	}
	return strings.IndexByte("^_{}()[]+-*/.=|!<>%", c) >= 0
}

// continues says whether a command that is a factor comes next.
func continues(s string) bool {
	for _, command := range [...]string{`\pi`, `\sqrt`, `\frac`, `\cdot`, `\times`, `\dfrac`} {
		if strings.HasPrefix(s, command) {
			return true
		}
	}
	return false
}

// bracketAround is the nearest round or square bracket around a number in the same
// sentence, empty if there is none.
func bracketAround(s string, at span) span {
	const most = 100
	open, closed := -1, 0
	for i := at.from - 1; i >= max(0, at.from-most) && open < 0; i-- {
		switch s[i] {
		case ')', ']':
			closed++
		case '(', '[':
			if closed--; closed < 0 {
				open = i
			}
		case '\n', '$':
			return span{}
		}
	}
	if open < 0 {
		return span{}
	}
	depth := 0
	for i := open; i < min(len(s), at.to+most); i++ {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return span{open, i + 1}
			}
		}
	}
	return span{}
}
