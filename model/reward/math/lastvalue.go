package math

import (
	"regexp"
	"strings"

	"temper/model/library/budget"
	"temper/model/library/latex"
)

// span is a part of a text.
type span struct{ from, to int }

var (
	formula = regexp.MustCompile(`\$\$(?s:(.+?))\$\$|\$([^$]+)\$|\\\((?s:(.+?))\\\)|\\\[(?s:(.+?))\\\]`)
	// A number in a text: not in a word, mixed or with a fraction, a power of ten or a sign
	// after it.
	value = regexp.MustCompile(`(?:^|[^\w.\\])([-−]?(?:\d+\s+\d+/\d+|\d{1,3}(?:[ \x{202f}\x{a0}]\d{3})+(?:[.,]\d+)?\b|\d(?:[\d.,]|\{,\}|,\\!\s*)*(?:\s*/\s*\d+)?(?:\s*(?:×|\*|\\times|\\cdot)\s*10\s*\^\s*\{?-?\d+\}?)?)(?:\s*(?:\\?%|％|°))?)`)
)

// lastValue is the last formula that says a value, or the last number, whichever ends
// later; formulas that commas or joining words join are a list.
func lastValue(b *budget.Budget, s string) string {
	b.Spend(patternSteps*len(s)/2, 4*len(s))
	at, text := lastFormula(b, s)
	if number, to := lastNumber(b, withoutFormulas(s)); number != "" && to > at.to {
		return multiplied(number, s[to:])
	}
	if text == "" {
		return ""
	}
	return multiplied(text, s[at.to:])
}

// multiplied is a value with the word after it that multiplies it, as million, if there is one.
func multiplied(value, after string) string {
	const longest = 40
	after = strings.TrimLeft(after[:min(len(after), longest)], " ~$")
	if at := strings.IndexAny(after, " .,;:!?)$\n"); at >= 0 {
		after = after[:at]
	}
	if word := latex.Multiplier(after); word != "" {
		return value + ` \text{ ` + word + "}"
	}
	return value
}

// lastFormula finds the last formula with a value, and the formulas that are joined to it.
func lastFormula(b *budget.Budget, s string) (span, string) {
	all := formula.FindAllStringSubmatchIndex(s, -1)
	for i := len(all) - 1; i >= max(0, len(all)-most); i-- {
		content := formulaValue(b, strings.TrimSpace(submatch(s, all[i])))
		if content == "" {
			continue
		}
		at, from := span{all[i][0], all[i][1]}, all[i][0]
		for i--; i >= 0 && joins(s[all[i][1]:from]); i-- {
			before := strings.TrimSpace(submatch(s, all[i]))
			if !saysValue(b, before) || len(content) > MaxAnswer/2 {
				break
			}
			content, from = before+", "+content, all[i][0]
		}
		return at, content
	}
	return span{-1, -1}, ""
}

var (
	modulus   = regexp.MustCompile(`\\(?:pmod|bmod|mod)\b`)
	concludes = regexp.MustCompile(`.*(?:=|\\equiv|\\approx)`)
	endsRows  = regexp.MustCompile(`\s*\\end\{\w+\*?\}\s*$`)
)

// formulaValue is the formula if it says a value; of one that cannot be read, what stands
// after its last sign of equality; else nothing.
func formulaValue(b *budget.Budget, s string) string {
	if len(s) > MaxAnswer {
		return ""
	}
	if saysValue(b, s) {
		return s
	}
	b.Spend(patternSteps*len(s), 0)
	s = endsRows.ReplaceAllString(s, "")
	if at := modulus.FindStringIndex(s); at != nil {
		s = s[:at[0]]
	}
	at := concludes.FindAllStringIndex(s, -1)
	if at == nil {
		return ""
	}
	if s = strings.TrimSpace(s[at[len(at)-1][1]:]); saysValue(b, s) {
		return s
	}
	return ""
}

// withoutFormulas blanks out the formulas of a text, of which lastFormula has found the
// last that says something. Between two dollar signs of prices is no formula.
func withoutFormulas(s string) string {
	b := []byte(s)
	for _, m := range formula.FindAllStringIndex(s, -1) {
		if strings.Contains(s[m[0]+1:m[1]-1], `\`) {
			for i := m[0]; i < m[1]; i++ {
				b[i] = ' '
			}
		}
	}
	return string(b)
}

func submatch(s string, m []int) string {
	for k := 2; k < len(m); k += 2 {
		if m[k] >= 0 {
			return s[m[k]:m[k+1]]
		}
	}
	return ""
}

// saysValue says whether a formula may be an answer: it has a digit, a relation, a bracket
// or a constant, and can be read.
func saysValue(b *budget.Budget, s string) bool {
	if len(s) > MaxAnswer || !strings.ContainsAny(s, "0123456789=<>[(") && !strings.Contains(s, `\`) {
		return false
	}
	return readable(b, s) || strings.Contains(s, box)
}

// isText says whether an answer stands in a text: a box, a formula between words, or words
// that are no answer by themselves.
func isText(b *budget.Budget, s string) bool {
	if len(s) > MaxAnswer || strings.Contains(s, box) || strings.Contains(s, think) || strings.Contains(s, "####") {
		return true
	}
	b.Spend(patternSteps*len(s), 2*len(s))
	if few.MatchString(s) {
		return false // 5 or more
	}
	if _, isDay := dayOf(s); isDay || several.MatchString(s) || isAmount(b, s) {
		return false
	}
	around := formula.ReplaceAllString(s, " ")
	words := 0
	for _, w := range plainWord.FindAllString(argument.ReplaceAllString(around, " "), -1) {
		switch {
		case w == "and" || w == "or":
		case len(w) >= 4 && strings.ContainsAny(w, "aeiouyAEIOUY"), w[0] >= 0x80, around != s:
			words += 2
		default:
			words++
		}
	}
	return words > 1
}

// isAmount says whether an answer is a number and known words after it: 4 lakh rupees only.
func isAmount(b *budget.Budget, s string) bool {
	const longest = 60
	if s = strings.TrimSpace(s); len(s) > longest || !startsWithDigit(strings.TrimLeft(s, "-")) {
		return false
	}
	n, ok := latex.Parse(b, s, latex.Options{})
	return ok && noteOf(n).Remark == "" && unsigned(withoutUnit(n)).Kind == latex.Number
}

var (
	few       = regexp.MustCompile(`^\s*-?\d(?:[\d.,]*\d)?(?:(?:\s+[a-zA-Z]+){1,2}|\s*[^\x00-\xff\pS\pN\pP\s]+)\s*$`)
	plainWord = regexp.MustCompile(`[A-Za-z]{2,}|[^\x00-\xff\pS\pN\pP\s]+`)
	argument  = regexp.MustCompile(`\\[A-Za-z]+(\s*\{[^{}]*\})?`)
)

// readable says whether an answer can be read as mathematics.
func readable(b *budget.Budget, s string) bool {
	_, ok := latex.Parse(b, s, latex.Options{})
	return ok
}
