package math

import (
	"regexp"
	"strings"
)

var (
	option     = regexp.MustCompile(`^\(?([A-Z])[).:]\)?\s*(.*)$|^\(?([A-Z])\)?$`)
	optionWord = regexp.MustCompile(`(?i)^(?:\\text\{\s*)?(?:option|choice)\s*:?\s*`)
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
	return x == y && (restX == "" || restY == "") && !anotherOption.MatchString(restX+restY)
}

// anotherOption is what follows the first of several options, as in (B) and (C), or A. B.
var anotherOption = regexp.MustCompile(`^(?:and\b|or\b|[,;/&|]|\([A-H]\)|[A-H][).:])|[,;]\s*\([A-H]\)|[\s,;/]\(?[A-H](?:[):]|\.\s)`)

var (
	optionMark = regexp.MustCompile(`^\s*(?:\\(?:text|textbf|textrm|mathrm|mathbf)\s*\{\s*\(?[A-H][).:]\)?\s*\}(?:\s|\\ |~|\\quad)*|(?:(?i:option|choice)\s+)?(?:\([A-H]\)[.:]?(?:\s|\\ |~|\\quad)+|[A-H][).:]\s+))`)
	optionText = regexp.MustCompile(`^\s*(\\(?:text|textbf|textrm)\s*\{\s*)\(?[A-H][).:]\)?\s*([^\s}])`)
)

// saidByOption is what stands after an option's letter, as 12 in (B) 12; "" if there is no
// letter, or nothing after it.
func saidByOption(s string) string {
	s = strings.Trim(s, " \t\n$")
	if at := optionMark.FindStringIndex(s); at != nil {
		return strings.TrimSpace(s[at[1]:])
	}
	if optionText.MatchString(s) {
		return optionText.ReplaceAllString(s, "$1$2")
	}
	return ""
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

// isOption says whether an answer is an option's letter and no more.
func isOption(s string) bool {
	letter, rest := optionOf(s)
	return letter != "" && rest == ""
}

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
