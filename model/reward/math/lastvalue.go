package math

import (
	"regexp"
	"strings"

	"temper/model/reward/math/latex"
)

// span is a part of a text.
type span struct{ from, to int }

var (
	formula = regexp.MustCompile(`\$\$(?s:(.+?))\$\$|\$([^$]+)\$|\\\((?s:(.+?))\\\)|\\\[(?s:(.+?))\\\]`)
	// A number in a text: not in a word, mixed or with a fraction, a power of ten or a sign
	// after it.
	value = regexp.MustCompile(`(?:^|[^\w.\\])([-−]?(?:\d+\s+\d+/\d+|\d{1,3}(?:[ \x{202f}\x{a0}]\d{3})+(?:[.,]\d+)?\b|\d(?:[\d.,]|\{,\}|,\\!\s*)*(?:\s*/\s*\d+)?(?:\s*(?:×|\*|\\times|\\cdot)\s*10\s*\^\s*\{?-?\d+\}?)?)(?:\s*(?:\\?%|％|°))?)`)
	frac  = regexp.MustCompile(`-?\\[dt]?frac\s*\{[^{}]*\}\s*\{[^{}]*\}|-?\\sqrt\s*\{[^{}]*\}`)
)

// lastValue is the last formula that says a value, or the last number, whichever ends
// later; formulas that commas or joining words join are a list.
func lastValue(s string) string {
	at, text := lastFormula(s)
	if number, to := lastNumber(s); number != "" && to > at.to {
		return number
	}
	return text
}

// lastFormula finds the last formula with a value, and the formulas that are joined to it.
func lastFormula(s string) (span, string) {
	all := formula.FindAllStringSubmatchIndex(s, -1)
	for i := len(all) - 1; i >= max(0, len(all)-most); i-- {
		content := strings.TrimSpace(submatch(s, all[i]))
		if !saysValue(content) {
			continue
		}
		at, from := span{all[i][0], all[i][1]}, all[i][0]
		for i--; i >= 0 && joins(s[all[i][1]:from]); i-- {
			before := strings.TrimSpace(submatch(s, all[i]))
			if !saysValue(before) || len(content) > MaxAnswer/2 {
				break
			}
			content, from = before+", "+content, all[i][0]
		}
		return at, content
	}
	return span{-1, -1}, ""
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
func saysValue(s string) bool {
	if len(s) > MaxAnswer || !strings.ContainsAny(s, "0123456789=<>[(") && !strings.Contains(s, `\`) {
		return false
	}
	return readable(s) || strings.Contains(s, box)
}

// lastNumber finds the last number of the last MaxAnswer bytes of a text, and where it ends.
func lastNumber(s string) (number string, to int) {
	offset := max(0, len(s)-MaxAnswer)
	tail := s[offset:]
	to = -1
	if all := value.FindAllStringSubmatchIndex(tail, -1); len(all) > 0 {
		last := all[len(all)-1]
		number, to = strings.TrimRight(tail[last[2]:last[3]], ".,"), offset+last[3]
		number = plainNumber(number)
	}
	if all := frac.FindAllStringIndex(tail, -1); len(all) > 0 && offset+all[len(all)-1][1] >= to {
		last := all[len(all)-1]
		return tail[last[0]:last[1]], offset + last[1]
	}
	return number, to
}

var (
	commaDecimal = regexp.MustCompile(`^-?\d+,\d{1,2}$`)
	spaced       = regexp.MustCompile(`^-?\d{1,3}(?:[\s\x{202f}\x{a0}]\d{3})+(?:,\d+)?$`)
	continental  = regexp.MustCompile(`^-?\d{1,3}(?:\.\d{3})+,\d+$`)
)

// plainNumber reads a comma in a text's number as a point if no thousands can follow it, as
// in 2,74 and in 1.234,5.
func plainNumber(s string) string {
	s = strings.ReplaceAll(s, "−", "-")
	if spaced.MatchString(s) {
		s = strings.Join(strings.Fields(s), "")
	}
	if continental.MatchString(s) {
		return strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	}
	if commaDecimal.MatchString(s) {
		return strings.Replace(s, ",", ".", 1)
	}
	return s
}

// isText says whether an answer stands in a text: a box, a formula between words, or words
// that are no answer by themselves.
func isText(s string) bool {
	if len(s) > MaxAnswer || strings.Contains(s, box) || strings.Contains(s, think) || strings.Contains(s, "####") {
		return true
	}
	if few.MatchString(s) {
		return false // 5 or more
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

var (
	few       = regexp.MustCompile(`^\s*-?\d(?:[\d.,]*\d)?(?:\s+[a-zA-Z]+){1,2}\s*$`)
	plainWord = regexp.MustCompile(`[A-Za-z]{2,}|[^\x00-\xff]+`)
	argument  = regexp.MustCompile(`\\[A-Za-z]+(\{[^{}]*\})?`)
)

// readable says whether an answer can be read as mathematics.
func readable(s string) bool {
	_, ok := latex.Parse(s, latex.Options{})
	return ok
}
