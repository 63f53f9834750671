package math

import (
	"math/big"
	"regexp"
	"strings"

	"temper/model/reward/math/latex"
)

var (
	option      = regexp.MustCompile(`^\(?([A-Z])[).:]\)?\s*(.*)$|^\(?([A-Z])\)?$`)
	optionWord  = regexp.MustCompile(`(?i)^(?:\\text\{\s*)?(?:option|choice)\s*:?\s*`)
	digitsComma = regexp.MustCompile(`^-?\d+,\d+$`)
	thousands   = regexp.MustCompile(`^-?[1-9]\d{0,2},\d{3}$`)
	point10     = regexp.MustCompile(`^-?\d+\.\d+$`)
)

// sameOption says whether both answers are the same option letter, of which one may be
// followed by what the option says: (C) 5 and C.
func sameOption(a, g string) bool {
	if options(a) != "" && options(a) == options(g) {
		return true
	}
	x, restX := optionOf(a)
	if x == "" {
		return false
	}
	y, restY := optionOf(g)
	return x == y && (restX == "" || restY == "")
}

var severalOptions = regexp.MustCompile(`^[A-H](?:\s*(?:,|;|and|&)?\s*[A-H])+$`)

// options are the letters of several options, as BD and B, D; "" if they are none, or do
// not stand in the order of the alphabet.
func options(s string) string {
	if len(s) > 60 || !strings.ContainsAny(s, "ABCDEFG") {
		return ""
	}
	s = strings.TrimSpace(unset.Replace(strings.Trim(s, " \t\n$.")))
	if !severalOptions.MatchString(s) {
		return ""
	}
	letters := strings.NewReplacer(" ", "", ",", "", ";", "", "and", "", "&", "").Replace(s)
	for i := 1; i < len(letters); i++ {
		if letters[i] <= letters[i-1] {
			return ""
		}
	}
	return letters
}

var unset = strings.NewReplacer(`\textbf`, "", `\textrm`, "", `\text`, "", `\mathrm`, "", `\mathbf`, "", "{", "", "}", "", "~", " ", `\ `, " ", "*", "")

func optionOf(s string) (letter, rest string) {
	if !strings.ContainsAny(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		return "", ""
	}
	s = optionWord.ReplaceAllString(strings.Trim(s, " \t\n$."), "")
	m := option.FindStringSubmatch(strings.TrimSpace(unset.Replace(strings.Trim(strings.TrimSpace(s), "$."))))
	if m == nil {
		return "", ""
	}
	return m[1] + m[3], strings.TrimSpace(m[2])
}

var (
	stated = regexp.MustCompile(`(?:(?:^|[^\pL])(?i:is|be|est|est donc|es|ist|lautet|option|choice|choose|pick|select|answer|réponse|respuesta|antwort|risposta|resposta|it['’]s)\b|[èé是为选選择擇案]|ответ|Ответ)[\s:：*]*(?:\\(?:text\w*|mathrm|mathbf)\{)?[("$*]*([A-H])(?:[)"$*}.,;:。，]|\s|$)`)
	also   = regexp.MustCompile(`^[\s)*$"]*(?:,|and|or|&|et|ou|y|o|und|oder)[\s(*$"]*[A-H](?:[^\pL]|$)`)
)

// statedOption is the letter of the last option that a text without a box says is the
// answer, as in "the correct choice is (B)"; "" if it says none or several.
func statedOption(s string) string {
	if at := strings.LastIndex(s, think); at >= 0 {
		s = s[at+len(think):]
	}
	s = s[max(0, len(s)-MaxAnswer):]
	if strings.Contains(s, box) {
		return ""
	}
	all := stated.FindAllStringSubmatchIndex(s, -1)
	if len(all) == 0 {
		return ""
	}
	last := all[len(all)-1]
	if also.MatchString(s[last[3]:]) {
		return ""
	}
	return s[last[2]:last[3]]
}

// decimalComma says whether an answer like 2,74 or 1.002,74 is the gold answer 2.74 or 1002.74. A gold answer like
// 0,111 can only be a decimal.
func decimalComma(a, g string) bool {
	if !strings.Contains(a, ",") && !strings.Contains(g, ",") {
		return false
	}
	a, g = strings.TrimSpace(strings.Trim(a, "$ ")), strings.TrimSpace(strings.Trim(g, "$ "))
	if digitsComma.MatchString(g) && strings.HasPrefix(strings.TrimPrefix(g, "-"), "0,") && len(g) > 4 {
		g = strings.Replace(g, ",", ".", 1)
	}
	if continental.MatchString(a) {
		a = plainNumber(a)
	}
	if digitsComma.MatchString(a) && !thousands.MatchString(a) && point10.MatchString(g) {
		a = strings.Replace(a, ",", ".", 1)
	}
	if !point10.MatchString(a) || !point10.MatchString(g) {
		return false
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(g)
	return okX && okY && x.Cmp(y) == 0
}

// unfinished says whether an answer to a gold number is a sum, difference or product of
// plain numbers: often the problem's own expression, which took no work.
func unfinished(answer, gold string) bool {
	if !strings.ContainsAny(strings.TrimLeft(answer, "-"), `+-*(·×−\`) {
		return false
	}
	a, okA := latex.Parse(answer, latex.Options{})
	g, okG := latex.Parse(reference(gold), latex.Options{})
	if !okA || !okG || unsigned(withoutUnit(g)).Kind != latex.Number {
		return false
	}
	a = withoutUnit(a)
	plain := a.Walk(func(n *latex.Node) bool {
		return n.Kind == latex.Number || n.Kind == latex.Negative || n.Kind == latex.Sum || n.Kind == latex.Product || n.Kind == latex.Quotient
	})
	return plain && a.Has(latex.Sum, latex.Product)
}
