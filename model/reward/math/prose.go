package math

import (
	"strings"

	"temper/model/library/latex"
)

// part is a part of an answer in prose: words, or a formula.
type part struct {
	text    string // of words in normal form, of a formula as it stands
	formula *latex.Node
}

// maxParts bounds the parts of an answer in prose.
const maxParts = 40

// sameProse says whether two answers of words and formulas are the same: the same words, and
// between them formulas of the same values.
func (c *comparison) sameProse(answer, gold string) bool {
	a, g := c.prose(answer), c.prose(gold)
	if len(a) != len(g) || len(a) < 2 {
		return false
	}
	for i := range a {
		switch {
		case (a[i].formula == nil) != (g[i].formula == nil):
			return false
		case a[i].formula == nil && a[i].text != g[i].text:
			return false
		case a[i].formula != nil && !c.same(a[i].formula, g[i].formula):
			return false
		}
	}
	return true
}

// prose takes an answer apart: formulas between dollar signs in a text, or texts in a formula.
// It is nil if there are not both.
func (c *comparison) prose(s string) []part {
	c.budget.Spend(patternSteps*len(s), 4*len(s))
	marks, between := formula.FindAllStringSubmatchIndex(s, maxParts), true
	if marks == nil {
		marks, between = textGroup.FindAllStringSubmatchIndex(s, maxParts), false
	}
	var parts []part
	add := func(s string, mathematics bool) {
		if mathematics {
			parts = c.addFormula(parts, s)
		} else if s = plainWords(s); s != "" {
			parts = append(parts, part{text: s})
		}
	}
	at := 0
	for _, m := range marks {
		add(s[at:m[0]], !between)
		add(submatch(s, m), between)
		at = m[1]
	}
	add(s[at:], !between)
	if len(marks) == 0 {
		return nil
	}
	return parts
}

// addFormula adds a formula, or what it says as a text if it cannot be read.
func (c *comparison) addFormula(parts []part, s string) []part {
	s = strings.Trim(s, " ,;.\t\n")
	if s == "" {
		return parts
	}
	n, ok := latex.Parse(c.budget, s, latex.Options{})
	if !ok {
		return append(parts, part{text: plainText(c.budget, s)})
	}
	return append(parts, part{text: s, formula: n})
}

// plainWords are the words of a text but for articles and "and".
func plainWords(s string) string {
	words := strings.Fields(latex.Words(argument.ReplaceAllStringFunc(s, func(m string) string {
		if g := textGroup.FindStringSubmatch(m); g != nil {
			return " " + g[1] + " "
		}
		return " "
	})))
	kept := words[:0]
	for _, w := range words {
		switch w {
		case "the", "a", "an", "and":
		default:
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}
