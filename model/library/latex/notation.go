package latex

import (
	"regexp"
	"strings"
)

// rewrite is a form of notation that is put in another form before an answer is read. It
// applies to answers with the sign in them.
type rewrite struct {
	sign string
	from *regexp.Regexp
	to   string
}

const (
	operatorName = `\\(?:operatorname|mathrm|text)\*?\s*\{\s*`

	inText  = `\\(?:text|mathrm|textbf|textit|textrm|mbox)\s*\{\s*`
	answers = `(?i:the\s+)?(?i:final\s+)?(?i:answer|ans)`
	every   = `(?:any\s+|all\s+|every\s+|some\s+|each\s+)?(?:an?\s+)?(?:(?:positive|non-?negative|non-?zero|real|natural|whole|arbitrary|constants?|integers?|reals?|numbers?|values? of)\s*)*`
)

// rewrites are applied in order.
var rewrites = []rewrite{
	{`\not`, regexp.MustCompile(`\\not\s*=`), `\neq `},
	{"color", regexp.MustCompile(`\\(?:text)?color\s*(?:\[\w*\])?\s*\{[^{}]*\}`), ""},
	{`phantom`, regexp.MustCompile(`\\[hv]?phantom\s*\{[^{}]*\}`), ""},
	{`space`, regexp.MustCompile(`\\[hv]space\*?\s*\{[^{}]*\}`), " "},
	{`\left.`, regexp.MustCompile(`\\left\.`), " "},
	{`\right.`, regexp.MustCompile(`\\right\.`), " "},
	{`\left`, regexp.MustCompile(`\\left\s*([\[\]])`), "$1"},
	{`\right`, regexp.MustCompile(`\\right\s*([\[\]])`), "$1"},
	{`div`, regexp.MustCompile(operatorName + `div\s*\}(\s*[\\A-Z({])`), `\nabla\cdot$1`},
	{`curl`, regexp.MustCompile(operatorName + `curl\s*\}(\s*[\\A-Z({])`), `\nabla\times$1`},
	{`rot`, regexp.MustCompile(operatorName + `rot\s*\}(\s*[\\A-Z({])`), `\nabla\times$1`},
	{`grad`, regexp.MustCompile(operatorName + `grad\s*\}(\s*[\\A-Za-z({])`), `\nabla$1`},
	{`ll`, regexp.MustCompile(`^\s*` + inText + `(?:[Ff]or\s+)?[Aa]ll\s*\}\s*([A-Za-z]\s*(?:\\g|\\l|[<>]))`), `$1`},
	{`point`, regexp.MustCompile(`^\s*` + inText + `(?:[Tt]he\s+)?[Pp]oint\s*\}\s*\(`), `(`},
	{`Li_`, regexp.MustCompile(`(^|[^\\{A-Za-z])Li_`), `$1\operatorname{Li}_`},
	{`\dot`, regexp.MustCompile(`\\dot\s*\{?(\d)\}?\s*(\d*)\s*\\dot\s*\{?(\d)\}?`), `\overline{$1$2$3}`},
	{`\text`, regexp.MustCompile(`\\text\s*\{\s*([-+]?\d[\d.,]*)\s+([mgshLNJWV](?:\^?[23])?(?:/s)?)\s*\}`), `$1\text{ $2}`},
	{`\overline`, regexp.MustCompile(`(^|[^\d])\.\s*\\overline`), `${1}0.\overline`},
	{`\bar`, regexp.MustCompile(`(^|[^\d])\.\s*\\bar`), `${1}0.\overline`},
	{",(", regexp.MustCompile(`^(\s*-?\d+),(\d*\(\d+\)\s*)$`), `$1.$2`},
	{"10", regexp.MustCompile(`(\d)\s*[xX]\s*10\s*(\^|\*\*)`), `$1\times 10$2`},
	{`\mu`, regexp.MustCompile(`\\mu\s*` + inText + `([mgsLlAFVN])`), `\text{μ$1`},
	{`\Omega`, regexp.MustCompile(inText + `([kMmG])\s*\}\s*\\Omega`), `\text{${1}Ω}`},
	{"e", regexp.MustCompile(`(\d)\s*` + inText + `[eE]\s*(?:\}\s*\{\s*)?([+-]?\d+)\s*\}`), `${1}e$2`},
	{`{\`, regexp.MustCompile(`(\d)\{\s*(\\(?:text|mathrm)\s*\{[^{}]*\})\s*\}`), `$1$2`},
	{"0x", regexp.MustCompile(`^\s*` + inText + `(0x[0-9A-Fa-f]+)\s*\}\s*$`), `$1`},
	{"x", regexp.MustCompile(`^(\s*)0x([0-9A-Fa-f]+)(\s*)$`), `$1${2}_{16}`},
	{"_", regexp.MustCompile(`\\(?:text|mathrm)\s*\{\s*([0-9A-F]+)\s*\}([0-9A-F]*\s*_\s*\{?\s*\d)`), `$1$2`},
	{"{.}", regexp.MustCompile(`(\d)\{\.\}(\d)`), "$1.$2"},
	{"{:}", regexp.MustCompile(`\{:\}`), ":"},
	{"nsw", regexp.MustCompile(`^\s*` + inText + answers + `(?:\s+is)?\s*[:=]?\s*\}\s*`), ""},
	{"nsw", regexp.MustCompile(`^\s*(\\text\s*\{\s*)` + answers + `(?:\s+is\b\s*:?|\s*[:=])\s*`), "$1"},
	{"ns", regexp.MustCompile(`^\s*` + answers + `(?:\s+is\b\s*:?|\s*[:=])\s*`), ""},
	{"mod", regexp.MustCompile(`\(\s*(?:\\?mod|\\bmod|` + inText + `mod\s*\})\s*\{?\s*(\w+)\s*\}?\s*\)`), `\pmod{$1}`},
	{"base", regexp.MustCompile(`([0-9A-F)])\s*_?[\s{(]*(?:` + inText + `\(?\s*)?(?:in\s+)?base[\s-]*(?:\}\s*|\s)\s*\{?(\d{1,2}|[a-z]{3,8})[\s})]*$`), `${1}_{$2}`},
	{"base", regexp.MustCompile(`([0-9A-F)])\s*_?[\s{(]*` + inText + `\(?\s*(?:in\s+)?base[\s-]*(\d{1,2}|[a-z]{3,8})[\s})]*$`), `${1}_{$2}`},
	{"C", regexp.MustCompile(`(?:\{\s*\}\s*|^\s*)[_^]\s*\{?\s*(\w+)\s*\}?\s*(?:C|\\mathrm\{C\}|\\text\{C\})\s*_\s*\{?\s*(\w+)\s*\}?`), ` \binom{$1}{$2}`},
	{" for ", regexp.MustCompile(`,?\s*` + inText + `,?\s*(?:for|where|with)\s+` + every + `(?:\w\s*)?\}\s*\w?\s*$`), ""},
	{"or", regexp.MustCompile(`,?\s*` + inText + `,?\s*(?:for|where)\s*(?:all|any|every|each)?\s*\}\s*n\s*(?:\\ge(?:q|qslant)?\b|>=)\s*[01]\s*$`), ""},
	{"where", regexp.MustCompile(`,?\s*` + inText + `,?\s*(?:for|where|with)\s+` + every + `(?:\w\s*)?\}\s*\w?\s*$`), ""},
	{"where", regexp.MustCompile(`,?\s*` + inText + `,?\s*(?:where|with|for)\s*\}\s*\w(?:_\{?\d\}?)?\s*` + inText + `(?:is|are)\s+` + every + `\}\s*$`), ""},
	{"nteger", regexp.MustCompile(`,\s*\w\s*` + inText + `(?:is|are)\s+` + every + `\}\s*$`), ""},
	{`\in`, regexp.MustCompile(`,?\s*` + inText + `,?\s*(?:for|where|with)\s*(?:any|all|every|some|each)?\s*\}\s*(\w+\s*\\in\b)`), `,$1`},
}

// rewritten applies the rewrites, and reads ]1,2[ as (1,2).
func rewritten(s string) string {
	if strings.Contains(s, "sign") && strings.Contains(s, `\pm`) {
		s = pairedSigns(s)
	}
	if strings.Contains(s, "constants") {
		s = declaredConstants(s)
	}
	for _, r := range rewrites {
		if strings.Contains(s, r.sign) {
			s = r.from.ReplaceAllString(s, r.to)
		}
	}
	if strings.ContainsAny(s, ",;") && (strings.HasPrefix(s, "]") || strings.HasSuffix(s, "[") || opensOutward.MatchString(s)) {
		s = outward.ReplaceAllStringFunc(s, inward)
	}
	return s
}

// opensOutward is the beginning of I = ]1,2] and of x ∈ ]1,2].
var opensOutward = regexp.MustCompile(`(?:=|\\in)\s*\]`)

// outward is an interval in square brackets, of which those that open outward leave out
// the end.
var outward = regexp.MustCompile(`[\[\]][^,;()\[\]]+[,;][^,;()\[\]]+[\[\]]`)

func inward(s string) string {
	open, end := "[", "]"
	if s[0] == ']' {
		open = "("
	}
	if s[len(s)-1] == '[' {
		end = ")"
	}
	return open + s[1:len(s)-1] + end
}
