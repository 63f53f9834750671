package math

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"temper/model/library/latex"
	"temper/model/reward"
)

// Version names the rules of this package in a verdict's lineage. It changes when a
// verdict may change.
const Version = "math/4"

const (
	// MaxAnswer is the length in bytes beyond which an answer is incorrect, and a gold
	// answer cannot be graded against.
	MaxAnswer = 4096
	// MaxText is the length in bytes of the end of a text in which an answer is looked for.
	MaxText = 1 << 20
)

// Grade judges the answer of a response, which is the model's text from its reasoning on
// (never the prompt's), against a gold answer. The answer must be in a box, as Extract says,
// and must not be a sum or product of numbers that is left to the reader.
func Grade(response, gold string) reward.Result {
	answer, err := Extract(response)
	if err != nil {
		return reward.Result{Verdict: reward.Incorrect, Reason: err.Error()}
	}
	result := judge(answer, gold)
	if result.Verdict == reward.Correct && unfinished(answer, gold) {
		return reward.Result{Verdict: reward.Incorrect, Extracted: answer, Reason: "the answer is a calculation that is not carried out"}
	}
	return result
}

// GradeLenient judges a response of a model that may not box its answer: see ExtractLenient.
func GradeLenient(response, gold string) reward.Result {
	answer, err := ExtractLenient(response)
	if err != nil && statedOption(response) == "" {
		return reward.Result{Verdict: reward.Incorrect, Reason: err.Error()}
	}
	result := judge(answer, gold)
	if letter, rest := optionOf(reference(gold)); letter != "" && rest == "" && !isOption(answer) && result.Verdict == reward.Incorrect && statedOption(response) == letter {
		return reward.Result{Verdict: reward.Correct, Extracted: letter, Reason: "equals " + short(gold)}
	}
	return result
}

// GradeAnswer judges an answer that stands alone, or in a text that says it.
func GradeAnswer(answer, gold string) reward.Result {
	if strings.TrimSpace(answer) == "" {
		return reward.Result{Verdict: reward.Incorrect, Reason: "the answer is empty"}
	}
	answer = unboxed(answer)
	if whole := judge(answer, gold); whole.Verdict != reward.Incorrect || !isText(answer) || len(answer) <= shortBound && bound.MatchString(answer) {
		return whole
	}
	return GradeLenient(answer, gold)
}

// bound are the beginnings of a short answer that is a bound or a multiple of the number in
// it, rather than a text that says the number.
var bound = regexp.MustCompile(`^(?i)\s*(?:at (?:least|most)\b|(?:no )?(?:more|less|fewer|greater) than\b|half\b|twice\b|double\b|triple\b|not\b|minus\b|negative\b|[<>≤≥≠]=?\s*[-\d]|\\[lg]e(?:q|qslant)?\b|\\neq?\b)`)

// shortBound is the length in bytes of such an answer.
const shortBound = 30

// unboxed is what stands in the box that an answer is, or the answer.
func unboxed(answer string) string {
	rest, ok := strings.CutPrefix(strings.Trim(answer, "$ \t\r\n"), box)
	if !ok {
		return answer
	}
	inner, size := boxContent(rest)
	if size == 0 || size < len(rest) || strings.TrimSpace(inner) == "" {
		return answer
	}
	return strings.TrimSpace(inner)
}

// CheckGold says why no response can be judged against a gold answer.
func CheckGold(gold string) error {
	value := reference(gold)
	switch {
	case strings.TrimSpace(value) == "":
		return errors.New("is empty")
	case len(value) > MaxAnswer:
		return errors.New("is too long")
	}
	return nil
}

// judge compares an extracted answer with a gold answer. A fault of the grader itself is
// no verdict on the answer.
func judge(answer, gold string) (result reward.Result) {
	result = reward.Result{Verdict: reward.Incorrect, Extracted: answer}
	defer func() {
		if fault := recover(); fault != nil {
			result = reward.Result{Verdict: reward.Ungradable, Extracted: answer, Reason: fmt.Sprintf("the grader failed: %v", fault)}
		}
	}()
	if err := CheckGold(gold); err != nil {
		result.Verdict, result.Reason = reward.Ungradable, "the gold answer "+err.Error()
		return result
	}
	value := reference(gold)
	equal, why := compare(answer, value)
	if equal {
		result.Verdict = reward.Correct
	}
	result.Reason = why + " " + short(value)
	return result
}

// reference is the gold answer in a text that says it; most gold answers are the value.
func reference(gold string) string {
	if strings.Contains(gold, `\boxed`) || strings.Contains(gold, `\fbox`) || strings.Count(gold, "$") > 2 && isText(gold) {
		if value, err := ExtractLenient(gold); err == nil {
			return value
		}
	}
	return gold
}

// Equal says whether an answer denotes the same value as the gold answer by the rules of
// the package.
func Equal(answer, gold string) bool {
	equal, _ := compare(answer, gold)
	return equal
}

// compare compares answers, and says in words how they relate.
func compare(answer, gold string) (equal bool, how string) {
	if len(answer) > MaxAnswer || len(gold) > MaxAnswer {
		return false, "is too long to be"
	}
	x, y := latex.Clean(answer), latex.Clean(gold)
	if x == "" || y == "" {
		return false, "differs from"
	}
	if x == y {
		return true, "equals"
	}
	if sameOption(answer, gold) || decimalComma(answer, gold) {
		return true, "equals"
	}
	said, stated := saidByOption(answer), saidByOption(gold)
	if said != "" && stated != "" {
		x, _ := optionOf(answer)
		if y, _ := optionOf(gold); x != "" && y != "" {
			if x != y {
				return false, "is another option than"
			}
			return compare(said, stated)
		}
	}
	if (said == "") != (stated == "") {
		if equal, _ := compare(cmp.Or(said, answer), cmp.Or(stated, gold)); equal {
			return true, "equals"
		}
	}
	if spokenRatio.MatchString(answer) && strings.Contains(gold, ":") {
		answer = toWord.ReplaceAllString(answer, ":")
	}
	c := &comparison{steps: maxSteps}
	a, okA := latex.Parse(answer, latex.Options{})
	g, okG := latex.Parse(gold, latex.Options{})
	if !okA || !okG {
		return c.texts(answer, gold, a, g)
	}
	if isMoney(answer) && otherUnit(g) || isMoney(gold) && otherUnit(a) {
		return false, "has not the unit of"
	}
	if c.same(a, g) {
		return true, "equals"
	}
	if a.Grouped != g.Grouped && (a.Kind == latex.List || g.Kind == latex.List) && c.sameLists(answer, gold) {
		return true, "equals"
	}
	if c.steps < 0 {
		return false, "takes too long to compare with"
	}
	return false, "differs from"
}

var (
	spokenRatio = regexp.MustCompile(`^[\s$]*\d+(?:(?:\s*\\text\s*\{\s*to\s*\}\s*|\s+to\s+)\d+)+[\s$.]*$`)
	toWord      = regexp.MustCompile(`\s*\\text\s*\{\s*to\s*\}\s*|\s+to\s+`)
)

// texts compares answers of which at least one cannot be read. Of an answer like
// \sum_{i=1}^{5} i = 15 the last part counts if the gold answer is no equation, and the other way round.
func (c *comparison) texts(answer, gold string, a, g *latex.Node) (equal bool, how string) {
	if plainText(answer) == plainText(gold) {
		return true, "is the same text as"
	}
	if x := measured(answer); x != "" && x == measured(gold) {
		return true, "means the same as"
	}
	if x, y := sentence(answer), sentence(gold); (x != nil || y != nil) && sameText(either(x, a), either(y, g)) {
		return true, "means the same as"
	}
	if at := strings.LastIndexByte(gold, '='); at > 0 && !isText(gold) && g == nil && a != nil && a.Kind != latex.Relation && !strings.ContainsAny(gold[at-1:at], "<>!") {
		if v, ok := latex.Parse(gold[at+1:], latex.Options{}); ok && c.same(a, v) {
			return true, "equals"
		}
	}
	if at := strings.LastIndexByte(answer, '='); at > 0 && !isText(answer) && g != nil && g.Kind != latex.Relation && !strings.ContainsAny(answer[at-1:at], "<>!") {
		if a, ok := latex.Parse(answer[at+1:], latex.Options{}); ok && c.same(a, g) {
			return true, "equals"
		}
	}
	return false, "differs as a text from"
}

var zeroFirst = regexp.MustCompile(`,\s*0\d`)

// sameLists compares again with commas between all digits read as ends of elements.
// 00 and 000 are not elements.
func (c *comparison) sameLists(answer, gold string) bool {
	if zeroFirst.MatchString(answer) || zeroFirst.MatchString(gold) {
		return false
	}
	a, okA := latex.Parse(answer, latex.Options{Lists: true})
	g, okG := latex.Parse(gold, latex.Options{Lists: true})
	return okA && okG && c.same(a, g)
}

func short(s string) string {
	const most = 60
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
