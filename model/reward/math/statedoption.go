package math

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"temper/model/library/budget"
)

// optionWords are words that say, in several languages, that an option follows.
var optionWords = []string{"is", "be", "est", "donc", "es", "ist", "lautet", "option", "choice", "choose", "pick", "select", "answer", "réponse", "respuesta", "antwort", "risposta",
	"resposta", "jawaban", "go with", "therefore", "it's", "it’s"}

// optionSigns are the ends of such words in writing that has no blanks between words, or
// that stands next to an option without one.
var optionSigns = []string{"è", "é", "—", "是", "为", "选", "择", "擇", "案", "은", "는", "は", "ответ", "Ответ", "هي", "هو", "คือ", "là"}

var (
	// An option of which is said that it is the answer.
	confirmed = regexp.MustCompile(`(?:^|[^\pL])\(?([A-H])\)?\s+is\s+(?:the\s+)?(?:correct|right|best)\b`)
	also      = regexp.MustCompile(`^[\s)*$"]*(?:,|and|or|&|et|ou|y|o|und|oder)[\s(*$"]*[A-H](?:[^\pL]|$)`)
)

// described is what follows an option that a text speaks of; its group is there if it says
// that the option is the answer.
var described = regexp.MustCompile(`^[)"$*}]*\s+(?:is|was|are|fails?|gives|does|has|would|can(?:not)?|isn['’]t|doesn['’]t)\b(\s+(?:therefore\s+|thus\s+)?(?:the\s+)?(?:only\s+)?(?:correct|right|best|true|answer))?`)

// isNot is the beginning of what says that an option is not the answer.
var isNot = regexp.MustCompile(`(?i)(?:\bnot|n['’]t)\s+(?:be\s+)?(?:option|choice)?[\s("$*]*$`)

// typeset are the commands that may stand around an option's letter.
var typeset = regexp.MustCompile(`\\(?:text\w*|mathrm|mathbf)\{$`)

// article is an article before an option.
var article = regexp.MustCompile(`(?:^|[\s:：*])(?:la|the|el|le|die)\s+$`)

// statedOption is the letter of the last option that a text without a box says is the
// answer, as in "the correct choice is (B)"; "" if it says none or several.
func statedOption(b *budget.Budget, s string) string {
	if at := strings.LastIndex(s, think); at >= 0 {
		s = s[at+len(think):]
	}
	s = s[max(0, len(s)-MaxAnswer):]
	if strings.Contains(s, box) {
		return ""
	}
	b.Spend(2*patternSteps*len(s), 0)
	at := lastStatedOption(s)
	if at < 0 {
		all := confirmed.FindAllStringSubmatchIndex(s, -1)
		if len(all) == 0 {
			return ""
		}
		at = all[len(all)-1][2]
	}
	if also.MatchString(s[at+1:]) || denies(s) || isNot.MatchString(s[:at]) {
		return ""
	}
	return s[at : at+1]
}

// lastStatedOption is where the last letter of an option stands that a word says is the
// answer, and of which the text does not go on to say something else; -1 if there is none.
func lastStatedOption(s string) int {
	for at := len(s) - 1; at >= 0; at-- {
		if s[at] < 'A' || s[at] > 'H' || !endsOption(s[at+1:]) || !saysOption(s[:at]) {
			continue
		}
		if m := described.FindStringSubmatchIndex(s[at+1:]); m == nil || m[2] >= 0 {
			return at
		}
	}
	return -1
}

// endsOption says whether a letter before a text is not the beginning of a word.
func endsOption(s string) bool {
	if s == "" || strings.IndexByte(")\"$*}.,;: \t\n\r\f", s[0]) >= 0 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r >= utf8.RuneSelf && !unicode.Is(unicode.Latin, r)
}

// saysOption says whether the end of a text says that an option follows.
func saysOption(s string) bool {
	before := strings.TrimRight(s, `("$*`)
	before = before[:len(before)-len(typeset.FindString(tail(before, 20)))]
	if m := article.FindString(tail(before, 20)); m != "" {
		before = before[:len(before)-len(m)]
	}
	before = strings.TrimRight(before, " \t\n\r\f:：*")
	if slices.ContainsFunc(optionSigns, func(sign string) bool { return strings.HasSuffix(before, sign) }) {
		return true
	}
	lower := strings.ToLower(tail(before, 20))
	return len(before) < len(s) && slices.ContainsFunc(optionWords, func(word string) bool {
		rest, ok := strings.CutSuffix(lower, word)
		last, _ := utf8.DecodeLastRuneInString(rest)
		return ok && !unicode.IsLetter(last)
	})
}

// tail is the end of a text, of at most n bytes.
func tail(s string, n int) string { return s[max(0, len(s)-n):] }
