package math

import (
	"regexp"
	"strings"

	"temper/model/library/budget"
	"temper/model/library/latex"
)

// sameText compares answers of which at least one is a text.
func sameText(a, g *latex.Node) bool {
	x, y := textOf(a), textOf(g)
	return x != "" && (x == y || joined(x) == joined(y))
}

// joined is a text without blanks, as non-zero is nonzero, if there are no digits in it.
func joined(s string) string {
	if strings.ContainsAny(s, "0123456789") {
		return s
	}
	return strings.ReplaceAll(s, " ", "")
}

var onlyWords = regexp.MustCompile(`^(?:\\text)?[\s{]*([A-Za-z][A-Za-z' -]*)[\s}]*$`)

// sentence is an answer of words only, nil if it has other signs.
func sentence(b *budget.Budget, s string) *latex.Node {
	m := onlyWords.FindStringSubmatch(latex.Clean(b, s))
	if m == nil || !strings.Contains(strings.TrimSpace(m[1]), " ") {
		return nil
	}
	return &latex.Node{Kind: latex.Text, Name: latex.Words(m[1])}
}

func either(a, b *latex.Node) *latex.Node {
	if a != nil {
		return a
	}
	return b
}

func textOf(n *latex.Node) string {
	switch {
	case n == nil:
		return ""
	case n.Kind == latex.Set && len(n.Args) == 0:
		return "∅"
	case n.Kind == latex.Relation && len(n.Args) == 2 && len(n.Ops) == 1 && n.Ops[0] == "=" && nameLike(n.Args[0]):
		return textOf(n.Args[1])
	case n.Kind == latex.Quantity && n.Remark != "": // A wins
		if of := textOf(n.Args[0]); of != "" {
			return normalText(of + " " + n.Remark)
		}
	case n.Kind == latex.Product: // letters of a short word
		var b strings.Builder
		for _, a := range n.Args {
			if a.Kind != latex.Symbol && a.Kind != latex.Constant || len(a.Name) != 1 {
				return ""
			}
			b.WriteString(a.Name)
		}
		return normalText(b.String())
	case n.Kind == latex.Text || n.Kind == latex.Symbol || n.Kind == latex.Constant:
		return normalText(n.Name)
	}
	return ""
}

// normalText is a text without an article before it, or one text for those of its meaning.
func normalText(s string) string {
	s = latex.Words(s)
	for _, article := range [...]string{"the ", "a ", "an "} {
		s = strings.TrimPrefix(s, article)
	}
	if t, ok := synonyms[s]; ok {
		return t
	}
	return s
}

// typesetting are the commands that set type in an answer that is compared as a text.
var typesetting = strings.NewReplacer(`\textbf`, "", `\textit`, "", `\textrm`, "", `\text`, "", `\mathrm`, "", `\mathbf`, "", `\mathit`, "", `\left`, "", `\right`, "", `\,`, "", `\!`, "", `\;`, "", `\ `, "", `\quad`, "",
	`\ldots`, "…", `\cdots`, "…", `\dots`, "…", "...", "…", `\dfrac`, `\frac`, `\tfrac`, `\frac`, " ", "", "\n", "", "\t", "", "\r", "", "$", "", `\leq`, "<=", `\le`, "<=", `\geq`, ">=", `\ge`, ">=", "~", "", "-", "-")

var (
	textGroup = regexp.MustCompile(`\\(?:text(?:bf|it|rm|sf|tt|normal)?|mathrm|operatorname\*?|mathbf|mathit|mbox|hbox|emph)\s*\{([^{}]*)\}`)
	oneSign   = regexp.MustCompile(`\{\s*([A-Za-z0-9]|\\[a-z]+)\s*\}`)
)

var oneName = regexp.MustCompile(`[A-Za-z]+`)

// measured is an answer in several units, as 5 ft 6 in, with one name for each unit; "" if
// it has no known unit.
func measured(b *budget.Budget, s string) string {
	known := false
	s = textGroup.ReplaceAllString(latex.Clean(b, s), " $1 ")
	s = oneName.ReplaceAllStringFunc(s, func(name string) string {
		if name == "and" {
			return ""
		}
		unit := latex.UnitOf(strings.ToLower(name))
		if known = known || unit != ""; unit == "" {
			return name
		}
		return unit
	})
	if !known {
		return ""
	}
	return typesetting.Replace(strings.ReplaceAll(s, ",", ""))
}

var twoNumbers = regexp.MustCompile(`(\d)(?:\s|\\[;:]|\\q?quad)+(\d)`)

// plainText is an answer that cannot be read as mathematics, in the form in which it is
// compared. Braces around more than one sign count: \sqrt{2}2 is not \sqrt{22}. Letters' case counts only if there is a single word of one letter.
func plainText(b *budget.Budget, s string) string {
	s = textGroup.ReplaceAllString(latex.Clean(b, s), "$1")
	s = oneSign.ReplaceAllString(s, "$1")
	s = typesetting.Replace(twoNumbers.ReplaceAllString(s, "$1|$2"))
	s = strings.TrimRight(s, ".,;:")
	if len(s) > 1 && !strings.ContainsAny(s, `\^_=<>+*/`) {
		s = strings.ToLower(s)
	}
	return s
}
