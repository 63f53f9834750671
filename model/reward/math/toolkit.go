package math

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"temper/model/reward"
)

// The places in which the evaluation toolkit of AceReason-Nemotron's authors looks for an answer,
// in order; of several the last counts. A box may hold braces within braces within it.
var toolkitPlaces = []*regexp.Regexp{
	regexp.MustCompile(`(?s)\\boxed\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}`),
	regexp.MustCompile(`(?s)\*\*(.*?)\*\*`),
	regexp.MustCompile(`(?s)\\\[\n(.*?)\n\\\]`),
	regexp.MustCompile(`(?s)is \\\((.*?)\\\)`),
	regexp.MustCompile(`(?s)\\\[\\n(.*?)\\n\\\]`),
}

// GradeToolkit judges a response as the evaluation toolkit of AceReason-Nemotron's authors does,
// for comparison with published figures and never for a reward. It differs from Grade:
//
//   - the answer is looked for in the whole output, reasoning included: the last box, or else
//     what stands between the last ** and **, in the last \[ \] on lines of its own, or in the
//     last "is \( \)". A model that boxes a trial in its reasoning and never ends has an answer;
//   - units, degrees, commas, blanks, \text and a short left side of an equation are taken away;
//   - numbers are equal within a ten-thousandth, and an answer is right too that is a hundredth
//     or a hundred times of the gold answer ("percentage");
//   - numbers below 1 are equal if they agree when rounded to two digits.
//
// What is no number is compared there by sympy, and here by Equal.
func GradeToolkit(response, gold string) reward.Result {
	extracted, found := "", false
	for _, place := range toolkitPlaces {
		if all := place.FindAllStringSubmatch(response, -1); len(all) > 0 {
			extracted, found = all[len(all)-1][1], true
			break
		}
	}
	result := reward.Result{Verdict: reward.Incorrect, Extracted: extracted}
	switch {
	case !found:
		result.Reason = "no box, nor another mark of an answer"
	case len(extracted) > MaxAnswer:
		result.Extracted, result.Reason = extracted[:MaxAnswer], "the answer is too long"
	case toolkitEqual(toolkitClean(extracted), toolkitClean(gold)):
		result.Verdict, result.Reason = reward.Correct, "equals "+short(gold)
	default:
		result.Reason = "differs from " + short(gold)
	}
	return result
}

// toolkitCleaning is what is taken away or rewritten before a comparison, in order.
var toolkitCleaning = []struct {
	what *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`,\\!|\{,\}|\\\$`), ""},
	{regexp.MustCompile(`[dt]frac\{`), "frac{"},
	{regexp.MustCompile(`\^\\circ|\^\{\\circ\}|\\quad`), ""},
	{regexp.MustCompile(`(?:\\,)?\\text\{[^\n]*?\}`), ""},
	{regexp.MustCompile(`\s\^\{-\d+\}`), ""},
	{regexp.MustCompile(`[ \n]|\\n`), ""},
	{regexp.MustCompile(`([+-]?\d*\.?\d+)\\times10\^(?:\{([+-]?\d+)\}|([+-]?\d+))`), "${1}e${2}${3}"},
	{regexp.MustCompile(`10\^\{(-\d+)\}`), "1e$1"},
	{regexp.MustCompile(`(\d+)\^\{(\d+)\}`), "$1^$2"},
	{regexp.MustCompile(`,`), ""},
}

var (
	toolkitText = regexp.MustCompile(`^\\text\{(.*)\}$`)
	toolkitSide = regexp.MustCompile(`^[a-zA-Z_]\w*\([a-zA-Z_]\w*\)$`)
)

func toolkitClean(answer string) string {
	if m := toolkitText.FindStringSubmatch(answer); m != nil && m[1] != "" {
		answer = strings.NewReplacer("(", "", ")", "", ",", "").Replace(m[1])
	}
	for _, c := range toolkitCleaning {
		answer = c.what.ReplaceAllString(answer, c.by)
	}
	answer = strings.TrimSuffix(strings.ToLower(answer), `\`)
	if left, right, ok := strings.Cut(answer, "="); ok && (len(left) <= 3 || toolkitSide.MatchString(left)) {
		answer = right
	}
	return answer
}

func toolkitEqual(answer, gold string) bool {
	if answer == gold {
		return true
	}
	x, okX := toolkitNumber(answer)
	y, okY := toolkitNumber(gold)
	if okX && okY {
		for _, want := range []float64{y / 100, y, y * 100} {
			if math.Abs(x-want) <= 1e-4*max(math.Abs(x), math.Abs(want)) {
				return true
			}
		}
		return x < 1 && y < 1 && strconv.FormatFloat(x, 'g', 2, 64) == strconv.FormatFloat(y, 'g', 2, 64)
	}
	return answer != "" && Equal(answer, gold)
}

// toolkitNumber reads a number, or one in percent.
func toolkitNumber(text string) (float64, bool) {
	percent := strings.HasSuffix(text, "%")
	x, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSuffix(text, "%"), `\`), 64)
	if percent {
		x /= 100
	}
	return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}
