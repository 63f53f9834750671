package latex

import (
	"regexp"
	"strings"

	"temper/model/library/budget"
)

// unicodeForms maps signs outside ASCII to what LaTeX would have.
var unicodeForms = strings.NewReplacer("−", "-", "–", "-", "﹣", "-", "－", "-", "×", `\times `, "·", `\cdot `, "⋅", `\cdot `, "∙", `\cdot `, "÷", "/", "∕", "/", "⁄", "/", "：", ":",
	"π", `\pi `, "√", `\sqrt `, "∛", `\sqrt[3]`, "∞", `\infty `, "°", `^\circ `, "º", `^\circ `, "≤", `\leq `, "≥", `\geq `, "⩽", `\leq `, "⩾", `\geq `, "≠", `\neq `, "≈", `\approx `, "≡", `\equiv `,
	"±", `\pm `, "∓", `\mp `, "∪", `\cup `, "∩", `\cap `, "∈", `\in `, "∖", `\setminus `, "∅", `\emptyset `, "ℝ", `\mathbb{R}`, "ℤ", `\mathbb{Z}`,
	"⟨", `\langle `, "⟩", `\rangle `, "⌊", `\lfloor `, "⌋", `\rfloor `, "⌈", `\lceil `, "⌉", `\rceil `, "∠", `\angle `, "′", "'", "’", "'", "“", "", "”", "", "\"", "",
	"０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9", "％", "%", "＝", "=", "＋", "+", "（", "(", "）", ")", "［", "[", "］", "]", "，", ",", "、", ",", "；", ";", "。", ".", "…", `\ldots `,
	"⁰", "^{0}", "¹", "^{1}", "²", "^{2}", "³", "^{3}", "⁴", "^{4}", "⁵", "^{5}", "⁶", "^{6}", "⁷", "^{7}", "⁸", "^{8}", "⁹", "^{9}", "⁻¹", "^{-1}", "ⁿ", "^{n}",
	"₀", "_{0}", "₁", "_{1}", "₂", "_{2}", "₃", "_{3}", "₄", "_{4}", "₅", "_{5}", "₆", "_{6}", "₇", "_{7}", "₈", "_{8}", "₉", "_{9}",
	"½", `\frac{1}{2}`, "⅓", `\frac{1}{3}`, "⅔", `\frac{2}{3}`, "¼", `\frac{1}{4}`, "¾", `\frac{3}{4}`, "⅕", `\frac{1}{5}`, "⅛", `\frac{1}{8}`, "⅜", `\frac{3}{8}`,
	"α", `\alpha `, "β", `\beta `, "γ", `\gamma `, "δ", `\delta `, "θ", `\theta `, "λ", `\lambda `, "μ", `\mu `, "σ", `\sigma `, "φ", `\phi `, "ω", `\omega `,
	"¢", ` \text{cents}`, "€", `\$`, "£", `\$`, "¥", `\$`, "\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u200b", "", "\ufeff", "")

var (
	doubled    = regexp.MustCompile(`\\\\(text|textbf|mathrm|boxed|frac|dfrac|tfrac|sqrt|left|right|leq?|geq?|neq?|pi|cdot|times|cup|cap|infty|pm|begin|end|in|circ|theta|log|ln|sin|cos|tan)\b|\\\\([{}])`)
	joinedWord = regexp.MustCompile(`([\d)\]}])\s*(or|and)\s*([A-Za-z])`)
	halfDay    = regexp.MustCompile(`(?i)\b([ap])\.\s?m\b\.?`)
	ordinal    = regexp.MustCompile(`\^\s*(?:\{\s*)?\\(?:text|mathrm|textrm)\s*\{\s*(?:st|nd|rd|th)\s*\}(?:\s*\})?`)
	dots       = regexp.MustCompile(`(\.\d{2,})\.\.\.`)
	currency   = regexp.MustCompile(`^(?:USD|EUR|GBP|CAD|AUD)\s*(\d)`)
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
	if !ascii(s) || strings.Contains(s, `"`) {
		s = unicodeForms.Replace(s)
	}
	if !strings.Contains(s, `\begin`) && strings.Contains(s, `\\`) {
		s = doubled.ReplaceAllString(s, `\$1$2`) // LaTeX that was escaped twice
	}
	s = strings.TrimSpace(s)
	s = unmarked(s)
	s = rewritten(s)
	s = strings.ReplaceAll(strings.ReplaceAll(s, `US\$`, `\$`), `\$`, ` \dollar `)
	if len(s) > 3 && s[0] >= 'A' && s[0] <= 'Z' {
		s = currency.ReplaceAllString(s, `\dollar $1`)
	}
	s = delimiters.Replace(strings.ReplaceAll(s, `\\[`, `\\ [`))
	if strings.Contains(s, `^{\`) || strings.Contains(s, `^\`) {
		s = ordinal.ReplaceAllString(s, "")
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

// unmarked takes off Markdown's signs for bold type and code.
func unmarked(s string) string {
	for _, mark := range [...]string{"**", "__", "`"} {
		if strings.HasPrefix(s, mark) && strings.HasSuffix(s, mark) && len(s) > 2*len(mark) {
			s = s[len(mark) : len(s)-len(mark)]
		}
	}
	return s
}
