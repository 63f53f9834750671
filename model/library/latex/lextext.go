package latex

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textSteps is what is spent on a byte of a text, which several patterns are tried on.
const textSteps = 20

// text reads the argument of \text and its like.
func (l *lexer) text(m string) {
	rest := strings.TrimLeft(l.rest[len(m):], " ")
	inner, size := Braced(rest)
	if size == 0 {
		l.skip(len(m))
		return
	}
	size += len(l.rest) - len(rest)
	bare := strings.TrimSpace(inner)
	l.budget.Spend(textSteps*len(inner), 4*len(l.rest))
	if after := strings.TrimLeft(l.rest[size:], " "); bare == "d" && m == `\mathrm` && after != "" && (isLetter(after[0]) || angles[name.FindString(after)]) {
		l.rest = "d" + after // the d of dx
		return
	}
	if code := strings.TrimSuffix(bare, "."); l.code(code, size) {
		return
	} else if r, n := utf8.DecodeRuneInString(bare); n > 0 && n == len(bare) && unicode.Is(unicode.Sc, r) {
		l.money(symbols[bare], size)
		return
	}
	if r, n := spokenText(inner); n > 0 && !(l.afterValue() && scales[firstWord(inner)]) && (n == len(strings.TrimRight(inner, " .")) || !wordList.MatchString(inner)) {
		after := l.rest[size:]
		l.emit(number, r.RatString(), size)
		if strings.Trim(inner[n:], " .") != "" {
			l.rest = `\text{` + inner[n:] + "}" + after
		}
		return
	}
	switch {
	case l.cases > 0 && bare != "" && m != `\operatorname`:
		l.condition(inner, size)
	case unitLetter.MatchString(inner) && symbols[bare] != "" && (l.afterValue() || l.last().kind == letter):
		l.emit(words, strings.Trim(inner, " ~\t\r\n"), size) // 5\mathrm{~N}
	case wordList.MatchString(inner) && !l.afterValue() && l.last().kind != words && !letterList.MatchString(inner):
		l.list(listMark.Split(bare, -1), orMark.MatchString(bare), size)
	case onlyJoiner.MatchString(inner):
		l.emit(joiner, strings.ToLower(onlyJoiner.FindStringSubmatch(inner)[1]), size)
	case m == `\operatorname` && alias[`\`+bare] != "":
		l.emitNamed(alias[`\`+bare], size)
	case namedFunctions[bare] && !l.afterValue() && (m == `\operatorname` || m == `\mathrm` || strings.IndexAny(strings.TrimLeft(l.rest[size:], " "), "(_") == 0):
		l.emit(command, `\`+bare, size)
	case (bare == "min" || bare == "max") && !l.afterValue() && label.MatchString(l.rest[size:]):
		l.emit(words, bare, size) // min 3, which is no function of 3
	case bare == "," || bare == ";":
		l.emit(other, ",", size)
	case l.unitLetter(bare, size):
		l.emit(words, bare, size) // 100\,\text{m}
	case mathText(inner) && (!l.afterValue() || strings.ContainsAny(inner, "=<>")):
		l.rest = strings.TrimSpace(inner) + " " + l.rest[size:]
	case strings.HasPrefix(bare, `\text`) || firstMath.MatchString(inner) || oneLetter.MatchString(inner) || letterList.MatchString(inner) || functions[bare] || bare == "pi":
		l.rest = strings.TrimSpace(inner) + " " + l.rest[size:] // mathematics: read it in its turn
	case l.last().kind == number && (bare == "st" || bare == "nd" || bare == "rd" || bare == "th"):
		l.skip(size) // 10\text{th}
	case bare == "" || strings.Trim(bare, ".:!") == "":
		l.skip(size)
	case spelled[bare] != "" && !(bare == "times" && strings.TrimSpace(l.rest[size:]) == ""):
		l.emitNamed(spelled[bare], size)
	case joinerAtEnd.MatchString(inner):
		m := joinerAtEnd.FindStringSubmatch(inner)
		l.emit(words, phrase(m[1]), 0)
		l.emit(joiner, strings.ToLower(m[2]), size)
	default:
		l.emit(words, phrase(unitMarks.Replace(unitPower.ReplaceAllString(inner, "^$1"))), size)
	}
}

// label is what follows a word for what a value is.
var label = regexp.MustCompile(`^\s*(?:[=:]|-?\s*\d)`)

var (
	unitMarks = strings.NewReplacer("\x02", " ", `\,`, " ", `\ `, " ", `\;`, " ", `\cdot`, "·", `\times`, "·", `\dollar`, "$")
	unitPower = regexp.MustCompile(`\^\s*\{\s*(-?\d+)\s*\}`)
	// unitRatio is a fraction of two units.
	unitRatio = regexp.MustCompile(`^\\[dt]?frac\s*\{\s*` + unitGroup + `\}\s*\{\s*` + unitGroup + `\}`)
)

const unitGroup = `\\(?:text|mathrm|rm|textrm|mbox)\s*\{\s*([A-Za-zμΩ ]+)\s*\}\s*(?:\^\s*\{?(\d)\}?\s*)?`

// unitFraction emits \frac{\text{km}}{\text{h}} after a value as the unit that it is; false if
// it is none.
func (l *lexer) unitFraction() bool {
	m := unitRatio.FindStringSubmatch(l.near())
	if m == nil || !l.afterValue() {
		return false
	}
	text := strings.TrimSpace(m[1])
	if m[2] != "" {
		text += "^" + m[2]
	}
	text += "/" + strings.TrimSpace(m[3])
	if m[4] != "" {
		text += "^" + m[4]
	}
	if UnitOf(text) == "" {
		return false
	}
	l.emit(words, text, len(m[0]))
	return true
}

// unitLetter says whether a text of one letter is a unit after a value, rather than a symbol
// with an index, an exponent or an argument.
func (l *lexer) unitLetter(bare string, size int) bool {
	next := strings.TrimLeft(l.rest[size:], " ")
	return len(bare) == 1 && symbols[bare] != "" && (l.afterValue() || l.last().kind == letter && l.space) && (next == "" || !isLetter(next[0]) && !startsWithDigit(next) && strings.IndexByte("_(", next[0]) < 0 && !strings.HasPrefix(next, "^{-"))
}

var (
	operator   = regexp.MustCompile(`[=<>+*/^]|[A-Za-z\d)]\s*-\s*[A-Za-z\d(]|[=<>(,]\s*-\s*[A-Za-z\d(]`)
	wordInMath = regexp.MustCompile(`\\?[A-Za-z]{2,}`)
)

// mathText says whether a text is mathematics: it has an operator, and no words but those
// that join.
func mathText(s string) bool {
	if strings.Contains(s, `\text`) || !operator.MatchString(s) && !strings.Contains(s, `\`) {
		return false
	}
	for _, w := range wordInMath.FindAllString(s, -1) {
		if w[0] != '\\' && !functions[w] && w != "and" && w != "or" && spelled[w] == "" {
			return false
		}
	}
	return true
}

// list emits texts with commas, or with "or", between them.
func (l *lexer) list(elements []string, either bool, size int) {
	for i, e := range elements {
		if i > 0 && either {
			l.emit(joiner, "or", 0)
		} else if i > 0 {
			l.emit(other, ",", 0)
		}
		if r, n := spokenText(e); n > 0 && n == len(e) {
			l.emit(number, r.RatString(), 0)
			continue
		}
		l.emit(words, phrase(e), 0)
	}
	l.rest = l.rest[size:]
}

// firstWord is the first word of a text, in lower case.
func firstWord(s string) string {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(s)), " ")
	return first
}
