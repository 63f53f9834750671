package math

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// token is a piece of an answer: a number, a run of letters, a \command, a text in
// \text{…} or one other character.
type token struct {
	kind  tokenKind
	text  string
	space bool // blank space stands before it
}

type tokenKind int

const (
	number  tokenKind = iota // digits with at most one point, no separators
	letters                  // a run of letters
	command                  // \name
	text                     // the content of \text{…}, blanks removed
	other                    // one character
)

// joint stands for a comma that can only separate thousands, as 1{,}234 and 1,\!234.
const joint = '\x01'

var (
	thousandsComma = strings.NewReplacer("{,}", string(joint), `,\!`, string(joint))
	blanks         = regexp.MustCompile(`\s+`)
	grouped        = regexp.MustCompile(`^\d{1,3}(?:(?:,\d{3})+|(?:\x01\s*\d{3})+)(?:\.\d+)?`)
	joined         = regexp.MustCompile(`^\d{1,3}(?:\x01\s*\d{3})+(?:\.\d+)?`)
	plain          = regexp.MustCompile(`^(?:\d+(?:\.\d*)?|\.\d+)`)
	name           = regexp.MustCompile(`^\\(?:[A-Za-z]+|.)`)
	word           = regexp.MustCompile(`^[A-Za-z]+`)
)

// unicodeForms maps signs outside ASCII to what LaTeX would have.
var unicodeForms = strings.NewReplacer("−", "-", "–", "-", "×", `\times `, "·", `\cdot `, "÷", "/", "π", `\pi `, "√", `\sqrt `, "∞", `\infty `,
	"°", `^\circ `, "≤", `\leq `, "≥", `\geq `, "≠", `\neq `, "±", `\pm `, "∪", `\cup `, "∩", `\cap `, "％", "%", "\u00a0", " ", "\u202f", " ")

// clean removes what surrounds an answer: math delimiters, a box, a full stop.
func clean(s string) string {
	s = strings.TrimSpace(s)
	if at := strings.LastIndex(s, `\boxed`); at >= 0 {
		if inner, ok := braced(strings.TrimLeft(s[at+len(`\boxed`):], " \t\n")); ok {
			s = inner
		}
	}
	s = strings.TrimSpace(unicodeForms.Replace(s))
	for _, d := range []string{"$$", "$", `\(`, `\)`, `\[`, `\]`} {
		s = strings.TrimPrefix(strings.TrimSuffix(s, d), d)
	}
	s = strings.TrimRight(s, " \t\n.")
	if strings.HasSuffix(s, `\`) && !strings.HasSuffix(s, `\\`) {
		s = s[:len(s)-1]
	}
	return strings.TrimSpace(s)
}

func stripSpace(s string) string { return blanks.ReplaceAllString(s, "") }

// invisible are commands that only set type.
var invisible = map[string]bool{
	`\left`: true, `\right`: true, `\big`: true, `\Big`: true, `\bigl`: true, `\bigr`: true, `\Bigl`: true, `\Bigr`: true, `\bigg`: true, `\Bigg`: true,
	`\,`: true, `\!`: true, `\;`: true, `\:`: true, `\ `: true, `\>`: true, `\quad`: true, `\qquad`: true,
	`\displaystyle`: true, `\textstyle`: true, `\limits`: true, `\$`: true,
}

// textual are commands whose argument is text.
var textual = map[string]bool{
	`\text`: true, `\textbf`: true, `\textit`: true, `\textrm`: true, `\textnormal`: true, `\mbox`: true, `\hbox`: true, `\emph`: true,
	`\mathrm`: true, `\mathbf`: true, `\mathit`: true, `\mathsf`: true, `\operatorname`: true,
}

// alias gives one name to commands and signs of one meaning.
var alias = map[string]string{
	`\dfrac`: `\frac`, `\tfrac`: `\frac`, `\cfrac`: `\frac`, `\times`: "*", `\cdot`: "*", `\ast`: "*", `\ne`: `\neq`, `\le`: `\leq`, `\ge`: `\geq`,
	`\leqslant`: `\leq`, `\geqslant`: `\geq`, `\lbrace`: `\{`, `\rbrace`: `\}`, `\lbrack`: "[", `\rbrack`: "]", `\degree`: `\circ`, `\%`: "%", `\div`: "/",
	`\to`: `\rightarrow`, `\lt`: "<", `\gt`: ">",
}

// lex splits an answer into tokens. Thousands separators are recognised outside of
// brackets; inside, 1,234 is two elements.
func lex(s string) []token {
	s = thousandsComma.Replace(s)
	var ts []token
	depth, space := 0, false
	for len(s) > 0 {
		t, size := next(s, depth)
		s = s[size:]
		switch {
		case t.text == "":
			space = true
			continue
		case strings.ContainsAny(t.text, "([") && t.kind == other || t.text == `\{`:
			depth++
		case strings.ContainsAny(t.text, ")]") && t.kind == other || t.text == `\}`:
			depth--
		}
		t.space, space = space, false
		ts = append(ts, t)
	}
	return ts
}

// next reads one token; blanks and invisible commands have no text.
func next(s string, depth int) (token, int) {
	if m := blanks.FindStringIndex(s[:min(len(s), 1)]); m != nil || s[0] == '~' || s[0] == '$' {
		return token{}, 1
	}
	thousands := grouped
	if depth > 0 {
		thousands = joined
	}
	if m := thousands.FindString(s); m != "" && !startsWithDigit(s[len(m):]) {
		return token{kind: number, text: strings.NewReplacer(",", "", string(joint), "", " ", "").Replace(m)}, len(m)
	}
	if m := plain.FindString(s); m != "" {
		return token{kind: number, text: m}, len(m)
	}
	if m := name.FindString(s); m != "" {
		return nextCommand(s, m)
	}
	if m := word.FindString(s); m != "" {
		return token{kind: letters, text: m}, len(m)
	}
	_, size := utf8.DecodeRuneInString(s)
	c := s[:size]
	switch two := s[:min(len(s), 2)]; {
	case two == "<=":
		return token{kind: command, text: `\leq`}, 2
	case two == ">=":
		return token{kind: command, text: `\geq`}, 2
	case two == "!=":
		return token{kind: command, text: `\neq`}, 2
	case c == string(joint):
		c = ","
	}
	return token{kind: other, text: c}, size
}

func nextCommand(s, m string) (token, int) {
	size := len(m)
	if invisible[m] {
		return token{}, size
	}
	if textual[m] {
		rest := strings.TrimLeft(s[size:], " ")
		if inner, ok := braced(rest); ok {
			return token{kind: text, text: strings.ReplaceAll(stripSpace(inner), "$", "")}, len(s) - len(rest) + len(inner) + 2
		}
		return token{}, size
	}
	if a, ok := alias[m]; ok {
		m = a
	}
	if strings.HasPrefix(m, `\`) {
		return token{kind: command, text: m}, size
	}
	return token{kind: other, text: m}, size
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
