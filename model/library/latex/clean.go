package latex

import (
	"regexp"
	"strings"

	"temper/model/library/budget"
)

var (
	joinedWord = regexp.MustCompile(`([\d)\]}])\s*(or|and)\s*([A-Za-z])`)
	halfDay    = regexp.MustCompile(`(?i)\b([ap])\.\s?m\b\.?`)
	ordinal    = regexp.MustCompile(`(\d)\s*\^\s*(?:\{\s*(?:\\(?:text|mathrm|textrm|rm)\s*\{?\s*)?(?:st|nd|rd|th)\s*\}(?:\s*\})?|\\(?:text|mathrm|textrm)\s*\{\s*(?:st|nd|rd|th)\s*\})`)
	dots       = regexp.MustCompile(`(\.\d{2,})\.\.\.`)
	inches     = regexp.MustCompile(`(\d)"`)
	dollars    = regexp.MustCompile(`\b(US|HK|NZ|AU|CA|A|C|S|R)\\\$`)
	loneDollar = regexp.MustCompile(`\$(-?\s*\.?\d)|(\d\s*)\$$`)
	primes     = regexp.MustCompile(`\^\s*(?:\{\s*((?:\\prime\s*|'\s*)+)\}|((?:\\prime\b\s*)+))`)
	delimiters = strings.NewReplacer("$", " ", `\(`, " ", `\)`, " ", `\[`, " ", `\]`, " ", "**", "^")
)

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// What is spent on a byte of an answer that is cleaned, which many patterns are tried on.
const (
	cleanSteps = 60
	cleanBytes = 40
)

// Clean gives an answer in the form that is read: ASCII, and without math delimiters and
// the full stop at its end.
func Clean(b *budget.Budget, s string) string {
	b.Spend(cleanSteps*len(s), cleanBytes*len(s))
	if !ascii(s) {
		s = plainSigns(s)
	}
	if strings.Contains(s, `"`) {
		if strings.Count(s, `"`)%2 == 1 {
			s = inches.ReplaceAllString(s, "$1''")
		}
		s = strings.ReplaceAll(s, `"`, "")
	}
	s = strings.TrimSpace(unescaped(s))
	s = unmarked(s)
	s = rewritten(s)
	if strings.Contains(s, "$") {
		s = money(s)
	}
	s = delimiters.Replace(strings.ReplaceAll(s, `\\[`, `\\ [`))
	if strings.Contains(s, "^") {
		s = ordinal.ReplaceAllString(s, "$1")
		s = primes.ReplaceAllStringFunc(s, func(m string) string {
			return strings.Repeat("'", strings.Count(m, `\prime`)+strings.Count(m, "'"))
		})
	}
	if strings.Contains(s, "per cent") {
		s = strings.ReplaceAll(s, "per cent", "percent")
	}
	if strings.Contains(s, ".") {
		s = dots.ReplaceAllString(s, `$1\ldots `)
		s = halfDay.ReplaceAllString(s, " ${1}m ")
	}
	if strings.Contains(s, "or") || strings.Contains(s, "and") {
		s = joinedWord.ReplaceAllString(s, "$1 $2 $3")
	}
	s = strings.TrimRight(s, " \t\r\n.,;:")
	return strings.TrimSpace(strings.TrimRight(s, `\`))
}

// money marks dollar signs that are no delimiters: those with a backslash, and one without
// a partner at a number.
func money(s string) string {
	s = strings.ReplaceAll(dollars.ReplaceAllString(s, `\money{${1}D}`), `\$`, `\money{USD}`)
	if strings.Count(s, "$")%2 == 1 {
		if at := loneDollar.FindStringIndex(s); at != nil {
			s = s[:at[0]] + strings.Replace(s[at[0]:], "$", `\money{USD}`, 1)
		}
	}
	return s
}

// unmarked takes off Markdown's signs for bold type and code.
func unmarked(s string) string {
	for _, mark := range [...]string{"**", "__", "`"} {
		if strings.HasPrefix(s, mark) && strings.HasSuffix(s, mark) && len(s) > 2*len(mark) {
			s = s[len(mark) : len(s)-len(mark)]
		}
	}
	return s
}
