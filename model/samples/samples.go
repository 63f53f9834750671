// Package samples shows what a policy or a teacher said, and what was found of it, to people
// and to other programs.
package samples

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Sample is one judged response. Its JSON form is a line of `starter samples --format jsonl`,
// and its fields are the columns of `--format parquet`.
type Sample struct {
	// Stage is the stage that sampled, after-STAGE-BENCHMARK for an evaluation.
	Stage string `json:"stage" parquet:"stage"`
	// Step is the policy step, from 1; 0 where a stage has none.
	Step int `json:"step" parquet:"step"`
	// Problem is the problem's ID, Index its place in its dataset, and Sample counts the responses to it from 0.
	Problem string `json:"problem" parquet:"problem"`
	Index   int    `json:"index" parquet:"index"`
	Sample  int    `json:"sample" parquet:"sample"`
	// Prompt and Response are whole texts, tokens with a name of their own included.
	Prompt   string `json:"prompt" parquet:"prompt"`
	Response string `json:"response" parquet:"response"`
	// Tokens is the length of the response; Truncated says that its budget ended it.
	Tokens    int  `json:"tokens" parquet:"tokens"`
	Truncated bool `json:"truncated" parquet:"truncated"`
	// Answer is the reference answer of a problem that has one.
	Answer string `json:"answer" parquet:"answer"`
	// Verdict is correct, incorrect or ungradable, for Reason, of what was Extracted.
	Verdict string `json:"verdict" parquet:"verdict"`
	Reason  string `json:"reason" parquet:"reason"`
	// Grader is the version of the rules that gave the verdict: an evaluation may be judged by two.
	Grader    string `json:"grader" parquet:"grader"`
	Extracted string `json:"extracted" parquet:"extracted"`
	// Score is the reward. Advantage is what the update gave the response's tokens; absent where no
	// update learnt from it, or where each token has its own.
	Score     float64  `json:"score" parquet:"score"`
	Advantage *float64 `json:"advantage,omitempty" parquet:"advantage,optional"`
}

// Text writes a sample for people. What could steer a terminal is shown, not obeyed.
func (s Sample) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "── %s", s.Stage)
	if s.Step > 0 {
		fmt.Fprintf(out, ", step %d", s.Step)
	}
	fmt.Fprintf(out, ", problem %s, response %d: %s", oneLine(s.Problem), s.Sample+1, s.Verdict)
	if s.Reason != "" {
		fmt.Fprintf(out, " (%s)", oneLine(s.Reason))
	}
	fmt.Fprintf(out, "\n   score %g", s.Score)
	if s.Advantage != nil {
		fmt.Fprintf(out, ", advantage %.3g", *s.Advantage)
	}
	fmt.Fprintf(out, ", %d tokens", s.Tokens)
	if s.Truncated {
		fmt.Fprint(out, ", cut by the budget")
	}
	if s.Grader != "" {
		fmt.Fprintf(out, ", judged by %s", oneLine(s.Grader))
	}
	fmt.Fprintln(out)
	for _, part := range []struct{ name, text string }{
		{"prompt", s.Prompt}, {"response", s.Response}, {"judged", s.Extracted}, {"reference", s.Answer},
	} {
		if part.text != "" {
			fmt.Fprintf(out, "   %-9s %s\n", part.name, strings.ReplaceAll(Visible(part.text), "\n", "\n             "))
		}
	}
	return out.Flush()
}

// oneLine is a text without line breaks.
func oneLine(text string) string { return strings.Join(strings.Fields(Visible(text)), " ") }

// Visible is a text in which characters that a terminal would act on, or that change the
// direction or the look of what stands around them, are written as their numbers.
func Visible(text string) string {
	if !strings.ContainsFunc(text, steers) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if steers(r) {
			fmt.Fprintf(&b, `\u{%x}`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// steers reports control and format characters, but for line break and tab, and bytes that are no UTF-8.
func steers(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.In(r, unicode.Zl, unicode.Zp)) || r == unicode.ReplacementChar
}
