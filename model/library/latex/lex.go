package latex

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"temper/model/library/budget"
)

// token is a piece of an answer.
type token struct {
	kind  tokenKind
	text  string
	space bool // blank space stands before it
	comma bool // of a number: commas stand between thousands
	gap   bool // \quad stands before it
	mark  bool // of a letter: it is bold, or has an arrow or a hat
	cross bool // of *: it is \times
}

type tokenKind int

const (
	number   tokenKind = iota // digits with at most one point, and perhaps an exponent
	letter                    // one letter
	command                   // \name, and the names of functions without the backslash
	words                     // a text
	joiner                    // and, or
	currency                  // the sign of a currency before an amount
	other                     // one character
)

// joint stands for a comma that can only separate thousands, as 1{,}234 and 1,\!234.
const joint = '\x01'

var (
	bracedComma = regexp.MustCompile(`\s*\{\s*,(?:\\!)?\s*\}\s*|,\s*\\!\s*`)
	thinSpace   = strings.NewReplacer(`\,`, "\x02")
	grouped     = regexp.MustCompile(`^\d{1,3}(?:(?:,\d{3})+|(?:\x01\s*\d{3})+|(?:[ \x02]\d{3}){1,20})(?:\.\d+)?`)
	joined      = regexp.MustCompile(`^\d{1,3}(?:(?:\x01\s*\d{3})+|(?:[ \x02]\d{3}){1,20})(?:\.\d+)?`)
	plain       = regexp.MustCompile(`^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,9})?`)
	digitRun    = regexp.MustCompile(`^\d+(?:,\d+)*`)
	basedDigits = regexp.MustCompile(`^(\d[\dA-Za-z]*[A-Za-z][\dA-Za-z]*|[A-F]{2,}|[A-F][\dA-F]*\d[\dA-F]*|[a-f]{2,}|[a-f][\da-f]*\d[\da-f]*)\s*_\s*(?:\{\s*)?(?:1[1-9]|2\d|3[0-6])(?:\s*\}|$|\D)`)
	name        = regexp.MustCompile(`^\\(?:[A-Za-z]+\*?|.)`)
	vowel       = regexp.MustCompile(`[aeiouyAEIOUY]`)
	groupMarks  = strings.NewReplacer(",", "", string(joint), "", " ", "", "\x02", "", "\t", "", "\n", "")
)

// invisible are commands that only set type.
var invisible = set(`\left \right \middle \big \Big \bigl \bigr \Bigl \Bigr \bigg \Bigg \biggl \biggr \Biggl \Biggr \! \; \: \> \displaystyle
	\textstyle \scriptstyle \limits \nolimits \hline \boldsymbol \bm \hat \tilde \underline \mathit \mathsf
	\mathfrak \widehat \angle \triangle \large \Large \small \rm \bf \it \mathstrut \strut \nonumber \notag \boxed \fbox \mathop \therefore \because \star`)

// textual are commands whose argument is text.
var textual = set(`\text \textbf \textit \textrm \textnormal \textsf \texttt \textsc \mbox \hbox \emph \mathrm`)

// functions are the functions that are known with and without a backslash.
var functions = set(`sin cos tan cot sec csc arcsin arccos arctan asin acos atan arccot sinh cosh tanh sech csch coth asinh acosh atanh acoth asec acsc arcsinh arsinh arccosh arcosh arctanh artanh arccoth arcoth arcsec arccsc erf cis ln log lg exp sqrt max min gcd lcm abs floor ceil arg Re Im`)

// alias gives one name to commands and signs of one meaning.
var alias = map[string]string{
	`\dfrac`: `\frac`, `\tfrac`: `\frac`, `\cfrac`: `\frac`, `\dbinom`: `\binom`, `\tbinom`: `\binom`, `\times`: "*", `\cdot`: "*", `\ast`: "*", `\bullet`: "*", `\ne`: `\neq`, `\le`: `\leq`,
	`\ge`: `\geq`, `\leqslant`: `\leq`, `\geqslant`: `\geq`, `\leqq`: `\leq`, `\geqq`: `\geq`, `\lbrace`: `\{`, `\rbrace`: `\}`, `\lbrack`: "[", `\rbrack`: "]", `\degree`: `\circ`,
	`\%`: "%", `\div`: "/", `\to`: `\rightarrow`, `\lt`: "<", `\gt`: ">", `\lvert`: "|", `\rvert`: "|", `\vert`: "|", `\mid`: "|", `\|`: "|", `\lVert`: "|", `\rVert`: "|",
	`\colon`: ":", `\simeq`: `\approx`, `\doteq`: `\approx`, `\varnothing`: `\emptyset`, `\arcsin`: `\asin`, `\arccos`: `\acos`, `\arctan`: `\atan`, `\backslash`: `\setminus`,
	`\land`: `\wedge`, `\lor`: `\vee`, `\dots`: `\ldots`, `\cdots`: `\ldots`, `\lg`: `\log10`, `\Re`: `\re`, `\Im`: `\im`, `\prime`: "'", `\varphi`: `\phi`, `\varepsilon`: `\epsilon`,
	`\mod`: `\bmod`, `\bigcup`: `\cup`, `\bigcap`: `\cap`, `\cr`: `\\`, `\&`: "&", `\oo`: `\infty`, `\arcsinh`: `\asinh`, `\arsinh`: `\asinh`, `\arccosh`: `\acosh`, `\arcosh`: `\acosh`, `\arctanh`: `\atanh`, `\artanh`: `\atanh`, `\arccoth`: `\acoth`, `\arcoth`: `\acoth`,
	`\arcsec`: `\asec`, `\arccsc`: `\acsc`, `\sh`: `\sinh`, `\ch`: `\cosh`, `\th`: `\tanh`, `\intercal`: `\top`, `\tg`: `\tan`, `\ctg`: `\cot`, `\arctg`: `\atan`, `\arcctg`: `\arccot`, `\cosec`: `\csc`, `\iff`: ",", `\Rightarrow`: `\implies`, `\Longrightarrow`: `\implies`,
}

// spelled are words that stand for commands.
var spelled = map[string]string{"pi": `\pi`, "Pi": `\pi`, "infinity": `\infty`, "inf": `\infty`, "infty": `\infty`, "oo": `\infty`, "theta": `\theta`, "alpha": `\alpha`, "beta": `\beta`,
	"percent": "%", "pct": "%", "percentage": "%", "degree": `\circ`, "degrees": `\circ`, "deg": `\circ`, "U": `U`, "mod": `\bmod`, "arcsin": `\asin`, "arccos": `\acos`, "arctan": `\atan`, "lg": `\log10`, "binom": `\binom`,
	"cup": `\cup`, "frac": `\frac`, "union": `\cup`, "times": "*"}

func set(names string) map[string]bool {
	m := map[string]bool{}
	for _, n := range strings.Fields(names) {
		m[n] = true
	}
	return m
}

// lexer splits a cleaned answer into tokens. Commas between thousands are recognised
// outside of brackets, unless lists is set; inside, 1,234 is two elements.
type lexer struct {
	budget *budget.Budget
	rest   string
	lists  bool
	euler  bool
	depth  int
	cases  int // open environments of cases
	arrays int // those of them that are arrays
	mark   bool
	tokens []token
	space  bool
	gap    bool
}

func lex(b *budget.Budget, s string, o Options) []token {
	if strings.Contains(s, ",") || strings.Contains(s, `\,`) {
		s = thinSpace.Replace(bracedComma.ReplaceAllString(s, string(joint)))
	}
	l := &lexer{budget: b, rest: s, lists: o.Lists, euler: o.Euler}
	for l.rest != "" {
		b.Spend(tokenSteps, tokenBytes)
		l.next()
	}
	return l.tokens
}

func (l *lexer) emit(kind tokenKind, text string, size int) {
	marked := l.mark && (kind == letter || kind == command && greek[text])
	l.tokens = append(l.tokens, token{kind: kind, text: text, space: l.space, gap: l.gap, mark: marked})
	l.rest, l.space, l.gap = l.rest[size:], false, false
	l.mark = l.mark && text == "{"
}

// near is as much of what comes next as patterns look at that are tried at every token: with
// all of it, reading would take the square of the length.
func (l *lexer) near() string {
	const most = 160
	s := l.rest[:min(len(l.rest), most)]
	l.budget.Spend(nearSteps*len(s), 0)
	return s
}

func (l *lexer) skip(size int) { l.rest, l.space = l.rest[size:], true }

// last is the token before, if any.
func (l *lexer) last() token {
	if len(l.tokens) == 0 {
		return token{kind: other}
	}
	return l.tokens[len(l.tokens)-1]
}

func (l *lexer) next() {
	s := l.rest
	if strings.IndexByte(" \t\r\n~\x02\x0b\x0c", s[0]) >= 0 {
		l.skip(1)
		return
	}
	if l.number() {
		return
	}
	if s[0] == '\\' {
		if m := name.FindString(s); m != "" {
			l.command(m)
			return
		}
	}
	if run := letters(s); len(run) > 0 && !ascii(run) {
		l.foreign(run)
		return
	} else if run != "" {
		l.word(run)
		return
	}
	for _, two := range [...][2]string{{"<=", `\leq`}, {">=", `\geq`}, {"!=", `\neq`}, {"=>", `\implies`}, {"==", "="}, {"~=", `\approx`}} {
		if strings.HasPrefix(s, two[0]) && (s[0] != '!' || !l.afterNumber()) {
			l.emit(command, two[1], 2)
			return
		}
	}
	r, size := utf8.DecodeRuneInString(s)
	c := s[:size]
	switch {
	case unicode.Is(unicode.Sc, r) && r != '$' && symbols[c] != "":
		l.money(symbols[c], size)
		return
	case c == string(joint):
		c = ","
	case c == "(" || c == "[":
		l.depth++
	case c == ")" || c == "]":
		l.depth--
	}
	l.emit(other, c, size)
}

// letters is the run of letters, of any script, that a text begins with.
func letters(s string) string {
	for i, r := range s {
		if r < 0x80 && !isLetter(byte(r)) || r >= 0x80 && !unicode.IsLetter(r) && !unicode.IsMark(r) {
			return s[:i]
		}
	}
	return s
}

// foreignJoiners are "and" and "or" of scripts without blanks.
var foreignJoiners = map[string]string{"和": "and", "与": "and", "及": "and", "と": "and", "或": "or", "或者": "or", "または": "or", "и": "and", "или": "or"}

// foreign reads a word with letters that are not ASCII.
func (l *lexer) foreign(run string) {
	if j := foreignJoiners[run]; j != "" {
		l.emit(joiner, j, len(run))
		return
	}
	l.emit(words, run, len(run))
}

// afterNumber says whether a number or a bracket ends right here: then ! is a factorial, as
// in 5!=120.
func (l *lexer) afterNumber() bool {
	t := l.last()
	return !l.space && (t.kind == number || t.text == ")")
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
