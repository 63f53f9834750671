package latex

import (
	"regexp"
	"strings"
)

const (
	ofSigns = `,?\s*\(?\s*` + inText + `[(,]?\s*(?:(?:with|where|taking|for)\s+)?(?:both\s+|the\s+)*`
	andText = inText + `and\s*\}|and\b`
	oneName = `[A-Za-z](?:_\{?\d\}?)?`
	several = oneName + `(?:\s*(?:,\s*(?:` + andText + `)?|` + andText + `)\s*` + oneName + `)+`
)

var (
	alikeSigns   = regexp.MustCompile(ofSigns + `(?:(?:equal|same|like|matching|corresponding)\s+signs?[a-z ]*|signs\s+(?:are\s+)?(?:the same|equal|alike|correspond|agree|chosen together|taken together))\)?\s*\}\s*\)?\s*$`)
	opposedSigns = regexp.MustCompile(ofSigns + `(?:(?:opposite|different|unequal|unlike)\s+signs?[a-z ]*|signs\s+(?:are\s+)?(?:opposite|different))\)?\s*\}\s*\)?\s*$`)
	signAlone    = regexp.MustCompile(`(^|[=(,{\[])(\s*)\\pm([^A-Za-z])`)

	forConstants = regexp.MustCompile(`,?\s*` + inText + `,?\s*(?:for|where|with)\s+(?:some\s+|any\s+|arbitrary\s+|real\s+)*constants\s*\}\s*(` + several + `)\s*$`)
	areConstants = regexp.MustCompile(`,?\s*` + inText + `,?\s*(?:for|where|with)\s*\}\s*(` + several + `)\s*` + inText + `are\s+(?:arbitrary\s+|real\s+)*constants\s*\}\s*$`)
	eachName     = regexp.MustCompile(oneName)
)

// pairedSigns reads words after several ± of how they are chosen: those with a value before
// them are chosen together, so a 0 is put there.
func pairedSigns(s string) string {
	opposite := false
	words := alikeSigns.FindStringIndex(s)
	if words == nil {
		words, opposite = opposedSigns.FindStringIndex(s), true
	}
	if words == nil || strings.Count(s, `\pm`) != 2 {
		return s
	}
	s = signAlone.ReplaceAllString(s[:words[0]], `${1}${2}0\pm$3`)
	if at := strings.LastIndex(s, `\pm`); opposite {
		s = s[:at] + `\mp` + s[at+len(`\pm`):]
	}
	return s
}

// declaredConstants reads "for constants m, b" as m ∈ ℝ, b ∈ ℝ.
func declaredConstants(s string) string {
	for _, stated := range [...]*regexp.Regexp{forConstants, areConstants} {
		if m := stated.FindStringSubmatchIndex(s); m != nil {
			names := textGroups.ReplaceAllString(s[m[2]:m[3]], " ")
			s = s[:m[0]]
			for _, name := range eachName.FindAllString(strings.ReplaceAll(names, "and", " "), -1) {
				s += ", " + name + `\in\mathbb{R}`
			}
		}
	}
	return s
}

var textGroups = regexp.MustCompile(inText + `[^{}]*\}`)
