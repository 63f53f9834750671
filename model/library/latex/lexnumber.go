package latex

import "strings"

func (l *lexer) number() bool {
	if c := l.rest[0]; c != '.' && !startsWithDigit(l.rest) {
		return false
	}
	if digits := len(l.rest) - len(strings.TrimLeft(l.rest, "0123456789")); digits == len(l.rest) {
		l.emit(number, l.rest, digits)
		return true
	}
	thousands := grouped
	if l.depth > 0 || l.lists {
		thousands = joined
	}
	if size := l.based(); size > 0 {
		l.emit(number, strings.ToUpper(l.rest[:size]), size)
		return true
	}
	if m := thousands.FindString(l.rest); m != "" && !l.tight(m) && !strings.HasPrefix(m, "0,") && !startsWithDigit(l.rest[len(m):]) && !mixedNumber(m, l.rest[len(m):]) {
		l.emit(number, groupMarks.Replace(m), len(m))
		l.tokens[len(l.tokens)-1].comma = strings.Contains(m, ",")
		return true
	}
	m := plain.FindString(l.rest)
	if m == "" {
		return false
	}
	if at := strings.IndexByte(m, 'e'); at > 0 && !strings.Contains(m, ".") && !startsWithDigit(m[at+1:]) && (l.euler || !l.alone(m)) {
		m = m[:at] // 2e-1 is 2e minus 1
	}
	l.emit(number, m, len(m))
	if !strings.ContainsAny(m, ".eE") && strings.HasPrefix(strings.TrimLeft(l.rest, " "), "and ") {
		l.andFraction()
	}
	return true
}

// alone says whether a number is an answer, or an element of it, but for a sign and a unit.
func (l *lexer) alone(m string) bool {
	before, after := len(l.tokens)-1, strings.TrimLeft(l.rest[len(m):], " ")
	if before >= 0 && (l.tokens[before].text == "-" || l.tokens[before].text == "+") {
		before--
	}
	return (before < 0 || strings.Contains(",=", l.tokens[before].text)) && (after == "" || strings.IndexByte(",;%", after[0]) >= 0 || strings.HasPrefix(after, `\text`) || strings.HasPrefix(after, `\mathrm`))
}

// tight says whether the commas of a number rather separate elements, as some in the same run
// of digits do, which have not three digits between them: 25,100,55.
func (l *lexer) tight(m string) bool {
	if !strings.Contains(m, ",") {
		return false
	}
	if n := len(l.tokens); n > 1 && l.tokens[n-1].text == "," && !l.space && !l.tokens[n-1].space && l.tokens[n-2].kind == number {
		return true
	}
	run := len(digitRun.FindString(l.near()))
	return run > len(strings.TrimRight(m, "0123456789."))+3 && strings.IndexByte(m, '.') < 0 && run > len(m)
}

// based counts the bytes of digits with letters among them that a base stands after, as
// 1A3_{16}; 0 if none come next.
func (l *lexer) based() int {
	m := basedDigits.FindStringSubmatchIndex(l.near())
	if m == nil {
		return 0
	}
	return m[3]
}

// andFraction adds to a number the fraction in words after it, as in 2 and a half.
func (l *lexer) andFraction() {
	near := l.near()
	w := spokenWords{near}
	f := w.andFraction()
	if f == nil {
		return
	}
	t := &l.tokens[len(l.tokens)-1]
	if r, ok := decimal(t.text); ok {
		t.text, l.rest = r.Add(r, f).RatString(), l.rest[len(near)-len(w.rest):]
	}
}

// mixedNumber says whether digits with a blank between them, and a slash after them, are a
// mixed number such as 5 123/200 rather than thousands.
func mixedNumber(digits, after string) bool {
	return strings.Contains(digits, " ") && strings.HasPrefix(after, "/")
}
