package samples

import (
	"strings"
	"testing"
)

// A sample is shown with all that was found of it, and what it holds cannot steer a terminal.
func TestText(t *testing.T) {
	advantage := -0.5
	var b strings.Builder
	err := Sample{
		Stage: "math-8k", Step: 3, Problem: "p\n7", Sample: 1, Prompt: "2+2?\nThink.", Response: "it is \x1b[2J\u202e5\r", Tokens: 9, Truncated: true,
		Answer: "4", Verdict: "incorrect", Reason: "cut by\nthe budget", Extracted: "5", Advantage: &advantage,
	}.Text(&b)
	want := "── math-8k, step 3, problem p 7, response 2: incorrect (cut by the budget)\n" +
		"   score 0, advantage -0.5, 9 tokens, cut by the budget\n" +
		"   prompt    2+2?\n             Think.\n" +
		"   response  it is \\u{1b}[2J\\u{202e}5\\u{d}\n" +
		"   judged    5\n" +
		"   reference 4\n"
	if err != nil || b.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, b.String(), want)
	}
}

// Ordinary text of any language stays as it is.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"x² ≤ 3,\tund 数学\n": "x² ≤ 3,\tund 数学\n", "a\u200bb": `a\u{200b}b`, "\u2028": `\u{2028}`, "\x07": `\u{7}`, "\xff": `\u{fffd}`, "": "",
	} {
		if got := Visible(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
