package math

import (
	"fmt"
	"regexp"
	"strings"

	"temper/model/library/budget"
)

// ExtractLenient finds the answer of a response that may not box it. It looks in the text
// after </think>, or in all of it without one, for the first of:
//
//  1. what the last "final answer is" or "####" says, if it comes after the last box;
//  2. the last box, with the boxes before it that commas or "and" join to it: they are a
//     list, as in \boxed{1} and \boxed{2};
//  3. the whole, if it is an answer without words around it;
//  4. what the last "answer is", "answer:" and their like say;
//  5. in a single line without formulas, the mathematics after its last "is" or its like;
//  6. the last formula between dollar signs or \( \), \[ \] that has a value, or the last
//     number with the expression that it is a part of, whichever comes later;
//  7. the whole, if it is a short text.
//
// A \fbox is a box, and so is one that is cut by the end of the text. Of what is said, the
// part up to the end of the sentence counts, before "because", "not 6" and their like. What
// bounds or denies a number is no number: "at least 42", "not 42". Without a box there is no
// answer if the last that is said of the answer is what it is not, or that there is none.
func ExtractLenient(response string) (answer string, err error) {
	defer func() {
		if fault := recover(); fault == budget.ErrExhausted {
			answer, err = "", fmt.Errorf("the text takes too long to read")
		} else if fault != nil {
			panic(fault)
		}
	}()
	return extractLenient(budget.New(maxSteps, maxBytes), response)
}

func extractLenient(b *budget.Budget, response string) (string, error) {
	text := response
	if at := strings.LastIndex(text, think); at >= 0 {
		text = text[at+len(think):]
	}
	if len(text) > MaxText {
		text = text[len(text)-MaxText:]
	}
	b.Spend(patternSteps*len(text)/2, 4*len(text))
	text = beforeMarks(unescape(text))
	if strings.ContainsAny(text, "√π") {
		text = strings.ReplaceAll(rootSign.ReplaceAllString(text, `\sqrt{$1$2}`), "π", `\pi `)
	}
	boxed, end := boxes(text)
	if said, ok := lastSaid(b, final, text[end:]); ok {
		return said, nil
	}
	if boxed != "" {
		return boxed, nil
	}
	if whole := strings.TrimSpace(text); whole != "" && !isText(b, whole) {
		return whole, nil
	}
	if denies(text) {
		return "", fmt.Errorf("the text says what the answer is not")
	}
	if said, ok := lastSaid(b, answerIs, text); ok {
		return said, nil
	}
	text = contrast.ReplaceAllString(text, "")
	if excluded.MatchString(text) {
		return "", fmt.Errorf("the text says what the answer is not")
	}
	if said, ok := lastStated(b, text); ok {
		return said, nil
	}
	if value := lastValue(b, text); value != "" {
		return value, nil
	}
	if whole := strings.TrimSpace(text); whole != "" && len(whole) <= shortText {
		return whole, nil
	}
	return "", fmt.Errorf("no answer is found in the text")
}

// shortText is the length in bytes up to which a text may be the answer itself.
const shortText = 100

const (
	// most bounds how many boxes, numbers and formulas are looked at, from the end of a text.
	most = 200
	// mostPhrases is the same for phrases like "the answer is".
	mostPhrases = 20
)

// rootSign is a root of a number, a letter or a bracket.
var rootSign = regexp.MustCompile(`√\s*(?:(\d+|[a-z])|\(([^()]*)\))`)

var (
	mark     = regexp.MustCompile(`<\|[a-z_]+\|>`)
	final    = regexp.MustCompile(`(?i)final answer\**\s*(?:\bis\b|[:：=])[\s:*]*|(?m:^[#*\s]*final answer[*:\s]*$)\s*|####\s*`)
	answerIs = regexp.MustCompile(`(?i)\b(?:answers?|result|solution|reply|réponse|respuesta|antwort)(?:\s+(?:is|are|est|es|ist))[\s:]*|\banswer\b\**\s*[:=]\s*\**|答案(?:是|为|：|:)\s*`)
	escaped  = regexp.MustCompile(`\\\\(boxed|fbox|text|frac|dfrac|tfrac|left|right|sqrt|le|leq|ge|geq|pi)\b`)
	stop     = regexp.MustCompile(`(?i)\s*\.?\s*I hope it is correct|\n|\.\s+[A-Z$\\(]|\.\s*$|。|\s+(?:because|since)\b|,\s+(?:which|as|since|because|so|where|not)\b|\s+(?:and|but)\s+not\b|\s+\(not\b|\s+\(?(?:rather than|instead of)\b|,?\s+(?:or|i\.e\.)\s+(?:approximately|about|roughly|around)\b`)
)

// display is a formula on lines of its own.
var display = regexp.MustCompile(`^(?:\$\$(?s:.+?)\$\$|\\\[(?s:.+?)\\\])`)

// denied is what a text says that the answer is not, or that there is none.
var denied = regexp.MustCompile(`(?i)\banswer\s+(?:is\s+not|isn['’]t|cannot|can\s+not|can['’]t)\b|(?:\bnot|n['’]t)\s+(?:the|an)\s+(?:\w+\s+)?answer\b`)

// denies says whether the last that a text says of the answer is what it is not.
func denies(s string) bool {
	all := denied.FindAllStringIndex(s, -1)
	return all != nil && !strings.Contains(strings.ToLower(s[all[len(all)-1][1]:]), "answer")
}

var (
	// contrast is the end of a text that says which number is not meant.
	contrast = regexp.MustCompile(`(?i),?\s+\(?(?:(?:and|but)\s+)?(?:not|instead of|rather than)\s+\$?[-−]?\d[\d.,/]*(?:\s+[A-Za-z]+)?[\s.)!$]*$`)
	// excluded is the end of a text that says what a number is not.
	excluded = regexp.MustCompile(`(?i)(?:≠|\b(?:not equal to|cannot be|except|other than|anything but))\s*\$?[-−]?\d[^A-Za-z]*$`)
	// operand is the end of what is said if its last number only takes part in a calculation,
	// or bounds the answer.
	operand = regexp.MustCompile(`(?i)(?:≠|\b(?:times|modulo|mod|power(?: of)?|base|out of|over|under|than|root of|multiple of|divisible by|up to|per|not equal to|except|other than|anything but))\s*\$?[-−]?\d[^A-Za-z]*$|\d\s+(?:squared|cubed|factorial|and a half)[^A-Za-z]*$`)
)

// whichIs says what a sum or product that was named before is.
var whichIs = regexp.MustCompile(`^,\s+which\s+(?:is|equals|gives|makes)\s+`)

// beforeMarks cuts a text where the model begins to write another turn.
func beforeMarks(s string) string {
	if at := mark.FindStringIndex(s); at != nil && strings.TrimSpace(s[:at[0]]) != "" {
		return s[:at[0]]
	}
	return s
}

// unescape undoes what escaped LaTeX twice.
func unescape(s string) string {
	if strings.Contains(s, `\\`) && !strings.Contains(s, `\begin`) {
		s = escaped.ReplaceAllString(s, `\$1`)
	}
	if strings.Contains(s, "oxed{") && !strings.Contains(s, box) {
		s = bareBox.ReplaceAllString(s, `$1\boxed{`)
	}
	return strings.NewReplacer(`\fbox`, box, `\framebox`, box).Replace(s)
}

// bareBox is a box whose backslash was lost, or became a backspace, on its way.
var bareBox = regexp.MustCompile(`(^|[^\\A-Za-z])(?:boxed|\x08oxed)\{`)

// boxes returns the last box of a text, with those that are joined to it, and where it ends.
func boxes(s string) (joined string, end int) {
	type found struct {
		content  string
		from, to int
	}
	var all []found
	at := len(s)
	for range most {
		at = max(0, strings.LastIndex(s[:at], box))
	}
	for {
		next := strings.Index(s[at:], box)
		if next < 0 {
			break
		}
		from := at + next
		at = from + len(box)
		content, size := boxContent(s[at:])
		switch {
		case size > 0 && strings.TrimSpace(content) != "":
			all = append(all, found{content, from, at + size})
			at += size
		case size == 0 && len(s)-at < MaxAnswer && !strings.Contains(s[at:], box) && strings.HasPrefix(s[at:], "{"):
			all = append(all, found{s[at+1:], from, len(s)})
		}
	}
	if len(all) == 0 {
		return "", 0
	}
	last := all[len(all)-1]
	joined = strings.TrimSpace(last.content)
	for i := len(all) - 2; i >= 0 && len(joined) < MaxAnswer; i-- {
		if !joins(s[all[i].to:all[i+1].from]) {
			break
		}
		joined = strings.TrimSpace(all[i].content) + ", " + joined
	}
	return joined, last.to
}

var (
	unmark    = strings.NewReplacer("$", " ", `\(`, " ", `\)`, " ", `\[`, " ", `\]`, " ", `\text`, " ", `\quad`, " ", `\qquad`, " ", `\ `, " ", "{", " ", "}", " ", `\,`, " ")
	nameFirst = regexp.MustCompile(`[A-Za-z](?:_\s*\w+)?(?:\(\w\))?\s*=\s*$`)
	oneWord   = regexp.MustCompile(`[A-Za-z]+`)
)

// joins says whether what stands between two boxes makes one list of them: at most four
// words, of which the last is and, or, or has a comma after it; or a few signs. The name
// of the second, as in y =, does not count.
func joins(between string) bool {
	if len(between) > 80 {
		return false
	}
	s := strings.TrimSpace(nameFirst.ReplaceAllString(unmark.Replace(between), ""))
	words := oneWord.FindAllString(s, -1)
	if len(words) == 0 {
		return len(s) <= 10 && !strings.ContainsAny(s, "=.<>") && s != ""
	}
	last := strings.ToLower(words[len(words)-1])
	if last == "or" && len(words) == 1 && strings.HasPrefix(strings.TrimLeft(between, " $"), ",") && !nameFirst.MatchString(unmark.Replace(between)) {
		return false // half of 1, or 1/2
	}
	connected := strings.HasSuffix(s, ",") || strings.HasSuffix(s, "&") || (last == "and" || last == "or") && strings.HasSuffix(strings.ToLower(s), last)
	return connected && len(words) <= 4
}

// lastSaid returns what follows the last occurrence of a phrase, up to the end of its sentence.
func lastSaid(b *budget.Budget, phrase *regexp.Regexp, s string) (string, bool) {
	all := phrase.FindAllStringIndex(s, -1)
	for i := len(all) - 1; i >= max(0, len(all)-mostPhrases); i-- {
		said := s[all[i][1]:min(len(s), all[i][1]+MaxAnswer)]
		b.Spend(patternSteps*len(said), 0)
		from := 0
		if at := display.FindStringIndex(said); at != nil {
			from = at[1]
		}
		if at := stop.FindStringIndex(said[from:]); at != nil {
			at[0] += from
			if rest := whichIs.FindStringIndex(said[at[0]:]); rest != nil && isText(b, said[:at[0]]) {
				return lastSaid(b, whichIs, said[at[0]:])
			}
			said = said[:at[0]]
		}
		if said = sentenceValue(b, said); strings.Trim(said, ".,;:!?$~ ") != "" {
			return said, true
		}
	}
	return "", false
}

// lead are words before what is said.
var lead = regexp.MustCompile(`^(?i:(?:at|to|by|in|of|between|us|you|that|exactly|only|just|simply|therefore|then|thus|now|also|indeed)\s+)+`)

var states = regexp.MustCompile(`(?i)(?:\b(?:is|are|equals|equal to|gives|get|obtain|be)\b|[^\d\s][:：]|[:：]\s)\s*`)

// lastStated returns the mathematics that ends a line, after "is" and its like.
func lastStated(b *budget.Budget, s string) (string, bool) {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "$\n") || len(s) > MaxAnswer {
		return "", false
	}
	all := states.FindAllStringIndex(s, -1)
	if len(all) == 0 {
		return "", false
	}
	said := strings.TrimRight(strings.TrimSpace(s[all[len(all)-1][1]:]), ".!")
	if len(said) <= shortBound && bound.MatchString(said) {
		return said, true
	}
	said = lead.ReplaceAllString(said, "")
	if inner, ok := strings.CutPrefix(said, "["); ok && strings.HasSuffix(said, "]") && !strings.ContainsAny(said, ",;") {
		said = strings.TrimSpace(strings.TrimSuffix(inner, "]")) // a box of some models
	}
	return said, strings.ContainsAny(said, "0123456789") && !isText(b, said) && readable(b, said)
}

var (
	// several are two numbers, or two values with units, that are one answer.
	several    = regexp.MustCompile(`^\d[\d.,]*\s*[A-Za-z]*,?\s+(?:and\s+)?\d[\d.,]*\s*[A-Za-z]*$`)
	onlyDigits = regexp.MustCompile(`^[\d\s]+$`)
)

// sentenceValue reduces what is said to the answer: a box, formulas joined by words, the
// whole if it is mathematics, or else the last value in it.
func sentenceValue(b *budget.Budget, s string) string {
	s = strings.TrimSpace(strings.Trim(strings.ReplaceAll(s, `\"`, ""), " \t*:\""))
	if boxed, _ := boxes(s); boxed != "" {
		return boxed
	}
	if len(s) <= shortBound && bound.MatchString(s) || several.MatchString(s) && (measured(b, s) != "" || onlyDigits.MatchString(s)) {
		return s
	}
	if s = lead.ReplaceAllString(s, ""); s == "" || len(s) > MaxAnswer {
		return ""
	}
	if option.MatchString(s) || !isText(b, s) && readable(b, s) {
		return s
	}
	if operand.MatchString(s) {
		return s
	}
	if value := lastValue(b, s); value != "" {
		return value
	}
	if len(s) <= 60 {
		return s
	}
	return ""
}
