// Package math judges mathematical answers by rule.
//
// The answer of a response is the content of the last \boxed{…} after its last
// </think> (AceReason-Nemotron 1.0 §3.1); see Extract for the exact rule. It is correct
// if it denotes the same value as the gold answer:
//
//   - Numbers (integers, decimals, fractions a/b and \frac, mixed numbers, m × 10^k,
//     with signs and thousands separators) are compared exactly, as rationals.
//   - Tuples, intervals, sets and lists are compared element by element, in order, and
//     with the same brackets.
//   - Everything else is compared as text in a normal form: spacing, \left and \right,
//     \dfrac, redundant braces of arguments, \text{} and dollar signs do not count.
//
// Conventions where public graders differ:
//
//   - The answer must be a value: sums, products and powers are not carried out, so the
//     problem's own expression in a box earns nothing.
//   - A unit after a number (\text{ cm}, degrees, %) may be left out by either side; two
//     different units are a difference. 50% equals 50 and never 0.5.
//   - "x = 5" equals 5, a letter on one side only; an option (C) equals C.
//   - 12,345 is one number; 12, 345 is two. There is no tolerance: 0.333 is not 1/3.
//   - Order counts in lists and sets. Letters' case counts.
//
// An answer longer than MaxAnswer, nested deeper than maxDepth or with a number of more
// than maxDigits digits never hangs the grader: the first is incorrect, the others are
// compared as plain text.
package math

import (
	"fmt"
	"strings"

	"temper/model/reward"
)

// Version names the rules of this package in a verdict's lineage. It changes when a
// verdict may change.
const Version = "math/1"

// MaxAnswer is the length in bytes beyond which an answer is incorrect.
const MaxAnswer = 4096

// Grade judges the answer of a response, which is the model's text from its reasoning on
// (never the prompt's), against a gold answer.
func Grade(response, gold string) reward.Result {
	answer, err := Extract(response)
	if err != nil {
		return reward.Result{Verdict: reward.Incorrect, Reason: err.Error()}
	}
	if !Equal(answer, gold) {
		return reward.Result{Verdict: reward.Incorrect, Extracted: answer, Reason: "differs from " + short(gold)}
	}
	return reward.Result{Verdict: reward.Correct, Extracted: answer, Reason: "equals " + short(gold)}
}

// Extract returns the answer of a response: the content of the last \boxed{…} of the text
// after the last </think>. Without </think>, without a box after it, or if that last box
// is not closed, there is no answer; an earlier box does not stand in. Braces nest, and
// \{ and \} are not braces.
func Extract(response string) (string, error) {
	const think, box = "</think>", `\boxed`
	at := strings.LastIndex(response, think)
	if at < 0 {
		return "", fmt.Errorf("no </think>")
	}
	text := response[at+len(think):]
	at = strings.LastIndex(text, box)
	if at < 0 {
		return "", fmt.Errorf(`no \boxed{} after </think>`)
	}
	answer, ok := braced(strings.TrimLeft(text[at+len(box):], " \t\n"))
	switch {
	case !ok:
		return "", fmt.Errorf(`the last \boxed{} is not closed or holds more than %d bytes`, MaxAnswer)
	case strings.TrimSpace(answer) == "":
		return "", fmt.Errorf(`the last \boxed{} is empty`)
	}
	return strings.TrimSpace(answer), nil
}

// braced returns what stands between the brace that s begins with and its partner.
func braced(s string) (string, bool) {
	if !strings.HasPrefix(s, "{") {
		return "", false
	}
	depth := 0
	for i := 0; i < len(s) && i <= MaxAnswer+1; i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[1:i], true
			}
		}
	}
	return "", false
}

// Equal says whether an answer denotes the same value as the gold answer by the rules of
// the package. It holds in both directions.
func Equal(answer, gold string) bool {
	if len(answer) > MaxAnswer || len(gold) > MaxAnswer {
		return false
	}
	answer, gold = clean(answer), clean(gold)
	if answer == "" || gold == "" {
		return false
	}
	a, okA := parse(answer)
	b, okB := parse(gold)
	if !okA || !okB {
		return stripSpace(answer) == stripSpace(gold)
	}
	return equal(a, b)
}

func short(s string) string {
	const most = 60
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
