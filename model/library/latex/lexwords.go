package latex

import (
	"regexp"
	"strings"
)

var (
	firstMath   = regexp.MustCompile(`^\s*(?:[-+]?(?:\\?\$)?\.?\d|[(\[]\s*[-+]?\d|\\(?:begin|[dt]?frac|sqrt)\b|[-+]?\s*\\money\b)`)
	onlyJoiner  = regexp.MustCompile(`^(?i)[\s,;]*(and|or|&)[\s,;]*$`)
	oneLetter   = regexp.MustCompile(`^\s*\(?\s*[A-Za-z]\s*\)?\s*$`)
	letterList  = regexp.MustCompile(`^\s*\(?[A-Za-z]\)?(?:\s*,\s*(?:and\s+)?\(?[A-Za-z]\)?|\s+(?:and|or)\s+\(?[A-Za-z]\)?)+\s*$`)
	wordList    = regexp.MustCompile(`^\s*[A-Za-z'-]+(?: [A-Za-z'-]+)?(?:\s*,\s*(?:(?:and|or)\s+)?[A-Za-z'-]+(?: [A-Za-z'-]+)?|\s+(?:and|or)\s+[A-Za-z'-]+(?: [A-Za-z'-]+)?)+\s*$`)
	listMark    = regexp.MustCompile(`\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+`)
	joinerAtEnd = regexp.MustCompile(`^(?i)(.*[^\s,]),?\s+(and|or)\s*$`)
	orMark      = regexp.MustCompile(`\sor\s`)
	unitLetter  = regexp.MustCompile(`^[\s~]+[A-Za-z]\s*$`)
	smallLetter = regexp.MustCompile(`^[a-z]$`)
	twoPoints   = regexp.MustCompile(`^[A-Z]{2}$`)
)

// command reads \name: type setting is skipped, the argument of \text becomes words, or
// tokens if it is mathematics.
func (l *lexer) command(m string) {
	switch {
	case strings.HasSuffix(m, "*") && len(m) > 2:
		m = m[:len(m)-1]
		l.rest = m + l.rest[len(m)+1:]
	case m == `\quad` || m == `\qquad`:
		l.gap = true
		l.skip(len(m))
		return
	case m == `\ ` || m == `\,`:
		l.skip(len(m))
		return
	}
	if l.mark = l.mark || vectorMarks[m]; vectorMarks[m] && m != `\overrightarrow` {
		inner, size := Braced(l.rest[len(m):])
		if inner = strings.TrimSpace(inner); len(inner) == 1 && isLetter(inner[0]) && (m != `\mathbf` || !IsNumberSet(inner) && inner != "Q") {
			l.emit(letter, inner, len(m)+size)
			return
		}
	}
	switch {
	case m == `\times`:
		l.emit(other, "*", len(m))
		l.tokens[len(l.tokens)-1].cross = true
		return
	case m == `\imath` || m == `\jmath`:
		l.emit(letter, m[1:2], len(m))
		return
	case m == `\begin` || m == `\end`:
		inner, size := Braced(l.rest[len(m):])
		if inner == "cases" || inner == "dcases" || inner == "rcases" {
			inner = "cases"
			l.cases += map[string]int{`\begin`: 1, `\end`: -1}[m]
		} else if behindBrace[inner] && m == `\begin` && l.last().text == `\{` {
			l.cases, l.arrays = l.cases+1, l.arrays+1
		} else if behindBrace[inner] && m == `\end` && l.arrays > 0 {
			l.cases, l.arrays = l.cases-1, l.arrays-1
		}
		l.emit(command, m+strings.TrimSuffix(strings.TrimSpace(inner), "*"), len(m)+size)
		return
	case lettering[m]:
		l.marked(m)
		return
	case invisible[m]:
		l.skip(len(m))
		return
	case textual[m] || m == `\operatorname`:
		l.text(m)
		return
	case m == `\money`:
		inner, size := Braced(l.rest[len(m):])
		l.money(symbols[inner], len(m)+size)
		return
	case coins[m] != "":
		l.money(coins[m], len(m))
		return
	}
	if l.differential(m) {
		return
	}
	if strings.HasSuffix(m, "frac") && l.unitFraction() {
		return
	}
	if a, ok := alias[m]; ok {
		l.emitNamed(a, len(m))
		return
	}
	if short := m[:len(m)-1]; len(m) > 3 && len(m) <= 6 && gluable[short] && !known(m) {
		m = short // \lex for \le x
		if a, ok := alias[m]; ok {
			l.emitNamed(a, len(short))
			return
		}
	}
	switch m {
	case `\{`:
		l.depth++
	case `\}`:
		l.depth--
	}
	l.emit(command, m, len(m))
}

// lettering are the commands that make another symbol of a letter.
var lettering = set(`\mathbf \mathbb \mathcal \overrightarrow \vec \bar \overline`)

// vectorMarks are the commands that make a letter a vector or an operator.
var vectorMarks = set(`\mathbf \vec \overrightarrow \boldsymbol \bm \hat \widehat`)

// marked reads ℝ, a small letter with a bar, or the vector from A to B, as one symbol. Of
// others, a line stays and the rest does not count.
func (l *lexer) marked(m string) {
	inner, size := Braced(l.rest[len(m):])
	if next := strings.TrimLeft(l.rest[len(m):], " "); size == 0 && next != "" && isLetter(next[0]) { // \bar x
		inner, size = next[:1], len(l.rest)-len(m)-len(next)+1
	}
	symbol := strings.ReplaceAll(inner, " ", "")
	small, capital, points := smallLetter.MatchString(symbol), len(symbol) == 1 && symbol >= "A" && symbol <= "Z", twoPoints.MatchString(symbol)
	switch {
	case size > 0 && (m == `\mathbb` || m == `\mathcal`) && oneLetter.MatchString(inner):
		l.emit(letter, `\`+symbol, size+len(m))
	case m == `\mathbf` && (symbol == "R" || symbol == "Z" || symbol == "N" || symbol == "Q"):
		l.emit(letter, `\`+symbol, size+len(m))
	case (small || capital) && (m == `\bar` || m == `\overline`):
		l.emit(letter, symbol+"‾", size+len(m))
	case points && (m == `\vec` || m == `\overrightarrow`):
		l.emit(letter, symbol+"→", size+len(m))
	case m == `\overline`, m == `\bar` && (startsWithDigit(symbol) || startsWithDigit(strings.TrimLeft(l.rest[len(m):], " "))):
		l.emit(command, `\overline`, len(m))
	default:
		l.skip(len(m))
	}
}

// gluable are the commands that may have lost the blank before a letter.
var gluable = set(`\le \ge \ne \lt \gt \leq \geq \neq \cdot \cup \cap`)

// known says whether a command is one that is read in some way.
func known(m string) bool {
	return alias[m] != "" || relations[m] != "" || gluable[m] || reserved[m] || invisible[m] || m == `\quad` || m == `\qquad` || functions[m[1:]] || notFactor[m]
}

// emitNamed emits a command or, without its backslash, a character.
func (l *lexer) emitNamed(text string, size int) {
	kind := other
	if strings.HasPrefix(text, `\`) {
		kind = command
	}
	l.emit(kind, text, size)
}

// word reads a run of letters: a function, a joining word, a unit or other word, or
// single letters.
func (l *lexer) word(m string) {
	if size := l.based(); size > 0 && l.last().text != `\\` {
		l.emit(number, strings.ToUpper(l.rest[:size]), size)
		return
	}
	if lower := strings.ToLower(m); len(l.tokens) == 0 && (lower == "a" || lower == "an" || lower == "the") && l.isWord(letters(strings.TrimLeft(l.rest[len(m):], " "))) && l.rest[len(m)] == ' ' {
		if r, size := spokenText(l.near()); size > 0 { // a quarter
			l.emit(number, r.RatString(), size)
			return
		}
		l.skip(len(m)) // a parallelogram
		return
	}
	if l.isUnit(m) || l.isNoteWord(m) {
		l.emit(words, m, len(m))
		return
	}
	if l.code(m, len(m)) {
		return
	}
	if size := l.hyphenated(m); size > 0 {
		l.emit(words, phrase(l.rest[:size]), size)
		return
	}
	for f := range functionsByLength(m) { // sinx, lnx, sqrt2
		l.emitNamed(commandOf(f), len(f))
		return
	}
	lower := strings.ToLower(m)
	switch {
	case l.last().kind == number && !l.space && (m == "st" || m == "nd" || m == "rd" || m == "th"):
		l.skip(len(m)) // 10th
	case lower == "and" || lower == "or":
		l.emit(joiner, lower, len(m))
	case l.spoken(m):
	case (m == "minus" || m == "negative") && startsWithDigit(strings.TrimLeft(l.rest[len(m):], " ")):
		l.emit(other, "-", len(m))
	case m == "times" && strings.TrimSpace(l.rest[len(m):]) == "":
		l.emit(words, m, len(m)) // 5 times
	case spelled[m] != "" && m != "U":
		l.emitNamed(spelled[m], len(m))
	case m == "U" && (l.last().text == ")" || l.last().text == "]"):
		l.emit(command, `\cup`, 1)
	case l.isWord(m):
		l.emit(words, m, len(m))
	default:
		l.letters(m)
	}
}

// letters emits the letters of a run, of which dx at its end is one symbol.
func (l *lexer) letters(m string) {
	if len(m) == 2 && m[0] == 'd' {
		within := l.last().kind == letter && !l.space // the run began before
		if !within && (strings.IndexByte("vwrs", m[1]) >= 0 || m[1] < 'a') || strings.IndexByte("xyztu", m[1]) >= 0 {
			l.emit(letter, m, 2)
			return
		}
	}
	for i := range max(1, len(m)-longestName) {
		l.emit(letter, m[i:i+1], 1)
	}
}

// spoken emits a number in words that comes next; false if none does.
func (l *lexer) spoken(first string) bool {
	if lower := strings.ToLower(first); len(first) < 3 || l.afterValue() && (scales[lower] || lower == "half") {
		return false
	}
	r, size := spokenText(l.near())
	if size == 0 {
		return false
	}
	l.budget.Spend(textSteps*size, 0)
	l.emit(number, r.RatString(), size)
	return true
}

// longestName bounds the end of a run of letters in which the name of a function is looked
// for, so that a long run takes no quadratic time.
const longestName = 16

var compound = regexp.MustCompile(`^[A-Za-z]+(?:-[A-Za-z]{2,})+`)

// hyphenated counts the bytes of a word with hyphens, as obtuse-angled and x-intercept, of
// which a part is no product of variables; 0 if none comes next.
func (l *lexer) hyphenated(first string) int {
	if !strings.HasPrefix(l.rest[len(first):], "-") {
		return 0
	}
	m := compound.FindString(l.near())
	if _, size := spokenText(l.near()); m == "" || size > 0 {
		return 0
	}
	isWord := false
	for part := range strings.SplitSeq(m, "-") {
		if functions[part] || spelled[part] != "" {
			return 0
		}
		_, numeral := numerals[strings.ToLower(part)]
		isWord = isWord || numeral || l.isWord(part)
	}
	if !isWord {
		return 0
	}
	return len(m)
}

// isWord says whether a run of letters is a word rather than a product of variables: four
// letters and more with a vowel.
func (l *lexer) isWord(m string) bool {
	return len(m) >= 4 && vowel.MatchString(m) || shortWords[m]
}

// isUnit says whether a run of letters is a unit after a value. The names of functions,
// as min and sec, are units if no argument follows, and so are those in brackets: 5 (cm).
func (l *lexer) isUnit(m string) bool {
	if len(m) < 2 || oneUnit(m) == "" {
		return false
	}
	rest := strings.TrimLeft(l.rest[len(m):], " ")
	if n := len(l.tokens); n > 1 && (l.last().text == "(" || l.last().text == "[") {
		before := l.tokens[n-2]
		return (before.kind == number || before.text == ")" || before.text == "}") && strings.HasPrefix(rest, map[string]string{"(": ")", "[": "]"}[l.last().text])
	}
	if functions[m] || functions[m[:len(m)-1]] {
		return l.last().kind == number && (rest == "" || strings.ContainsAny(rest[:1], ",.;)"))
	}
	return l.afterValue()
}

// isNoteWord says whether a run of letters is a short word after a number or a word, as in
// 12 men and 2/3 of the cake.
func (l *lexer) isNoteWord(m string) bool {
	lower, last := strings.ToLower(m), l.last()
	switch {
	case !l.space || len(m) < 2:
		return false
	case last.kind == number:
		return lower == "of" || len(m) > 2 && things[lower] != ""
	}
	return last.kind == words && (filler[lower] || things[lower] != "")
}

// afterValue says whether a unit may come next.
func (l *lexer) afterValue() bool {
	last := l.last()
	if n := len(l.tokens); n > 1 && (last.text == "/" || last.text == "*") {
		return l.tokens[n-2].kind == number && last.text == "/" || l.tokens[n-2].kind == words // 7/day
	}
	return last.kind == number || last.text == ")" || last.text == "}" || last.kind == words || last.text == `\circ` || last.text == `\pi`
}

// shortWords are words of few letters that are answers, or begin one, rather than products.
var shortWords = set("yes Yes YES no No odd Odd")

func commandOf(f string) string {
	c := `\` + f
	if a, ok := alias[c]; ok {
		return a
	}
	return c
}

// functionsByLength yields the name of the function that a run of letters is, or begins
// with before at most one more letter.
func functionsByLength(m string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, size := range [...]int{len(m), len(m) - 1} {
			if size > 1 && functions[m[:size]] {
				yield(m[:size])
				return
			}
		}
	}
}
