package math

import (
	"cmp"
	"regexp"
	"strings"

	"temper/model/library/budget"
	"temper/model/library/latex"
	"temper/model/reward"
)

// Version names the rules of this package in a verdict's lineage. It changes when a
// verdict may change.
const Version = "math/5"

const (
	// MaxAnswer is the length in bytes beyond which an answer is incorrect, and a gold
	// answer cannot be graded against.
	MaxAnswer = 4096
	// MaxText is the length in bytes of the end of a text in which an answer is looked for.
	MaxText = 1 << 15
)

// Grade judges the answer of a response, which is the model's text from its reasoning on
// (never the prompt's), against a gold answer. The answer must be in a box, as Extract says,
// and must not be a sum or product of numbers that is left to the reader.
func Grade(response, gold string) reward.Result {
	answer, err := Extract(response)
	if err != nil {
		return reward.Result{Verdict: reward.Incorrect, Reason: err.Error()}
	}
	return inBudget(gold, func(p *pair) reward.Result {
		result := p.judge(answer)
		if result.Verdict == reward.Correct && p.unfinished(answer) {
			return reward.Result{Verdict: reward.Incorrect, Extracted: answer, Reason: "the answer is a calculation that is not carried out"}
		}
		return result
	})
}

// GradeLenient judges a response of a model that may not box its answer: see ExtractLenient.
func GradeLenient(response, gold string) reward.Result {
	return inBudget(gold, func(p *pair) reward.Result { return p.lenient(response) })
}

func (p *pair) lenient(response string) reward.Result {
	answer, err := extractLenient(p.budget, response)
	if err != nil && statedOption(p.budget, response) == "" {
		return reward.Result{Verdict: reward.Incorrect, Reason: err.Error()}
	}
	result := p.judge(answer)
	if letter, rest := optionOf(reference(p.budget, p.gold)); letter != "" && rest == "" && !isOption(answer) && result.Verdict == reward.Incorrect && statedOption(p.budget, response) == letter {
		return reward.Result{Verdict: reward.Correct, Extracted: letter, Reason: "equals " + short(p.gold)}
	}
	return result
}

// GradeAnswer judges an answer that stands alone, or in a text that says it.
func GradeAnswer(answer, gold string) reward.Result {
	if strings.TrimSpace(answer) == "" {
		return reward.Result{Verdict: reward.Incorrect, Reason: "the answer is empty"}
	}
	answer = unboxed(answer)
	return inBudget(gold, func(p *pair) reward.Result {
		if whole := p.judge(answer); whole.Verdict != reward.Incorrect || !isText(p.budget, answer) || len(answer) <= shortBound && bound.MatchString(answer) {
			return whole
		}
		return p.lenient(answer)
	})
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

// judge compares an extracted answer with the gold answer.
func (p *pair) judge(answer string) reward.Result {
	p.answer = answer
	result := reward.Result{Verdict: reward.Incorrect, Extracted: answer}
	value := reference(p.budget, p.gold)
	if err := usable(value); err != nil {
		result.Verdict, result.Reason = reward.Ungradable, "the gold answer "+err.Error()
		return result
	}
	equal, why := compare(p.budget, answer, value)
	if !equal && value != p.gold && latex.Clean(p.budget, answer) == latex.Clean(p.budget, p.gold) {
		equal, why = true, "equals"
	}
	if equal {
		result.Verdict = reward.Correct
	}
	result.Reason = why + " " + short(value)
	return result
}

// reference is the gold answer in a text that says it; most gold answers are the value.
func reference(b *budget.Budget, gold string) string {
	marked := strings.Contains(gold, `\boxed`) || strings.Contains(gold, `\fbox`) || strings.Contains(gold, "####")
	if !marked && strings.Count(gold, "$") > 2 {
		b.Spend(patternSteps*len(gold), 0)
		marked = answerIs.MatchString(gold) && isText(b, gold)
	}
	if marked {
		if value, err := extractLenient(b, gold); err == nil {
			return value
		}
	}
	return gold
}

// Equal says whether an answer denotes the same value as the gold answer by the rules of
// the package.
func Equal(answer, gold string) bool {
	return inBudget(gold, func(p *pair) reward.Result {
		equal, _ := compare(p.budget, answer, gold)
		return reward.Result{Verdict: map[bool]reward.Verdict{true: reward.Correct, false: reward.Incorrect}[equal]}
	}).Verdict == reward.Correct
}

// compare compares answers, and says in words how they relate.
func compare(b *budget.Budget, answer, gold string) (equal bool, how string) {
	if len(answer) > MaxAnswer || len(gold) > MaxAnswer {
		return false, "is too long to be"
	}
	b.Spend(patternSteps*(len(answer)+len(gold)), 0)
	answer, gold = wording(answer), wording(gold)
	x, y := latex.Clean(b, answer), latex.Clean(b, gold)
	if x == "" || y == "" {
		return false, "differs from"
	}
	if x == y {
		return true, "equals"
	}
	if equal, decided := sameDay(x, y); decided {
		return equal, map[bool]string{true: "equals", false: "is another day than"}[equal]
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
			return compare(b, said, stated)
		}
	}
	if (said == "") != (stated == "") {
		if equal, _ := compare(b, cmp.Or(said, answer), cmp.Or(stated, gold)); equal {
			return true, "equals"
		}
	}
	if spokenRatio.MatchString(answer) && strings.Contains(gold, ":") {
		answer = toWord.ReplaceAllString(answer, ":")
	} else if spokenRatio.MatchString(gold) && strings.Contains(answer, ":") {
		gold = toWord.ReplaceAllString(gold, ":")
	}
	c := &comparison{budget: b}
	a, okA := latex.Parse(b, answer, latex.Options{})
	g, okG := latex.Parse(b, gold, latex.Options{})
	if !okA || !okG {
		return c.texts(answer, gold, a, g)
	}
	if !sameNotes(a, g) {
		return false, "has not the unit of"
	}
	if c.sameAnswer(a, g) {
		return true, "equals"
	}
	if c.otherReadings(answer, gold, a, g) {
		return true, "equals"
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
	if plainText(c.budget, answer) == plainText(c.budget, gold) {
		return true, "is the same text as"
	}
	if c.sameProse(answer, gold) {
		return true, "says the same as"
	}
	if x := measured(c.budget, answer); x != "" && x == measured(c.budget, gold) {
		return true, "means the same as"
	}
	if x, y := sentence(c.budget, answer), sentence(c.budget, gold); (x != nil || y != nil) && sameText(either(x, a), either(y, g)) {
		return true, "means the same as"
	}
	if at := strings.LastIndexByte(gold, '='); at > 0 && !isText(c.budget, gold) && g == nil && a != nil && a.Kind != latex.Relation && !strings.ContainsAny(gold[at-1:at], "<>!") {
		if v, ok := latex.Parse(c.budget, gold[at+1:], latex.Options{}); ok && c.same(a, v) {
			return true, "equals"
		}
	}
	if at := strings.LastIndexByte(answer, '='); at > 0 && !isText(c.budget, answer) && g != nil && g.Kind != latex.Relation && !strings.ContainsAny(answer[at-1:at], "<>!") {
		if a, ok := latex.Parse(c.budget, answer[at+1:], latex.Options{}); ok && c.sameAnswer(a, g) {
			return true, "equals"
		}
	}
	return false, "differs as a text from"
}

func short(s string) string {
	const most = 60
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
