package math

import (
	"strings"
	"testing"

	"temper/model/reward"
)

func TestExtract(t *testing.T) {
	for _, tc := range []struct{ name, response, want, fault string }{
		{"plain", `so 2+2=4</think>\boxed{4}`, "4", ""},
		{"nested", `</think>It is \boxed{\frac{1}{\sqrt{2}}}.`, `\frac{1}{\sqrt{2}}`, ""},
		{"last of two", `</think>\boxed{1} no, \boxed{2}`, "2", ""},
		{"box in the reasoning does not count", `\boxed{42}</think>The answer is 42.`, "", `no \boxed{} after </think>`},
		{"no end of reasoning", `<think>\boxed{4}`, "", "no </think>"},
		{"after the last end of reasoning", `</think>\boxed{1}</think>\boxed{2}`, "2", ""},
		{"nothing after the last end", `</think>\boxed{1}</think>`, "", "no \\boxed{}"},
		{"open box", `</think>\boxed{1} \boxed{2`, "", "not closed"},
		{"escaped braces", `</think>\boxed{\{1,2\}}`, `\{1,2\}`, ""},
		{"unbalanced escaped brace", `</think>\boxed{1\}`, "", "not closed"},
		{"empty", `</think>\boxed{ }`, "", "empty"},
		{"blank before the brace", "</think>\\boxed {7}", "7", ""},
		{"no brace", `</think>\boxed 7`, "", "not closed"},
		{"not a box", `</think>\boxedx{7}`, "", "not closed"},
	} {
		got, err := Extract(tc.response)
		if got != tc.want || (err == nil) != (tc.fault == "") || err != nil && !strings.Contains(err.Error(), tc.fault) {
			t.Errorf("%s: got %q, %v; want %q, %q", tc.name, got, err, tc.want, tc.fault)
		}
	}
}

func TestGrade(t *testing.T) {
	for _, tc := range []struct {
		response, gold string
		want           reward.Result
	}{
		{`</think>\boxed{1234}`, "1,234", reward.Result{Verdict: reward.Correct, Extracted: "1234", Reason: "equals 1,234"}},
		{`</think>\boxed{5}`, "4", reward.Result{Verdict: reward.Incorrect, Extracted: "5", Reason: "differs from 4"}},
		{`\boxed{4}`, "4", reward.Result{Verdict: reward.Incorrect, Reason: "no </think>"}},
	} {
		if got := Grade(tc.response, tc.gold); got != tc.want {
			t.Errorf("Grade(%q, %q) = %+v, want %+v", tc.response, tc.gold, got, tc.want)
		}
	}
}

func TestEqual(t *testing.T) {
	for _, pair := range [][2]string{
		{"4", "4"}, {"4", "4.0"}, {"4", "+4"}, {"-4", "−4"}, {"4", "04"}, {".5", "0.5"}, {"0.5", "1/2"}, {"0.50", `\frac12`},
		{"-3.5", `-\frac{7}{2}`}, {"-3.5", `\frac{-7}{2}`}, {"-3.5", `-3\frac{1}{2}`}, {"3/2", "1 1/2"}, {"2/4", "1/2"}, {"(1)/(2)", "0.5"},
		{"1,234", "1234"}, {"1,234,567.5", `1{,}234{,}567.5`}, {`11,\! 111`, "11111"}, {`\$1,234`, "1234"}, {"$5$", "5"}, {"18.", "18"},
		{`\frac{1/2}{3/4}`, "2/3"}, {`1.5 \times 10^{3}`, "1500"}, {`2 \cdot 10^{-2}`, "1/50"}, {"{5}", "5"}, {"(5)", "5"},
		{`36\text{ cm}`, "36"}, {"36 cm", "36"}, {`36\text{ cm}^2`, `36`}, {`90^\circ`, "90"}, {"90°", "90 degrees"}, {`28\%`, "28 percent"}, {"28%", "28"},
		{"18 dollars", `\$18`}, {"x = 5", "5"}, {`\boxed{5}`, "5"}, {`\text{Evelyn}`, "Evelyn"}, {"(C)", "C"}, {`\text{(C)}`, `\textbf{C}`},
		{"(1, 2)", `\left( 1.0, \frac{4}{2} \right)`}, {`(-\infty,2)\cup[3,4]`, `(-\infty, 2) \cup [3, 4]`}, {"1, 2", "1,2"}, {`\{1,2\}`, `\left\{1, 2\right\}`},
		{"2x+3", "2x + 3"}, {"x^2", "x^{2}"}, {`\sqrt3`, `\sqrt{3}`}, {`x\le 5`, `x \leq 5`}, {`x \ne 3`, "x!=3"}, {`\frac{\pi}{3}`, `\dfrac\pi3`}, {"11.50x", "11.5x"},
		{"12345678901234567890123456789012345678901", "12345678901234567890123456789012345678901.0"},
	} {
		if !Equal(pair[0], pair[1]) || !Equal(pair[1], pair[0]) {
			t.Errorf("%q and %q: want equal both ways, got %v and %v", pair[0], pair[1], Equal(pair[0], pair[1]), Equal(pair[1], pair[0]))
		}
	}
}

func TestNotEqual(t *testing.T) {
	for _, pair := range [][2]string{
		{"4", "5"}, {"4", "-4"}, {"4", "40"}, {"1/3", "0.333"}, {"1/3", "3"}, {"", "0"}, {"", ""}, {"0", "1/0"},

		{"1, 234", "1234"}, {"1,2345", "12345"}, {"3 3", "33"}, {"1 2", "12"}, {`3 \sqrt{3}`, "3 3"},
		{"(1,2)", "(2,1)"}, {"(1,2)", "[1,2]"}, {"(1,2]", "(1,2)"}, {"(1,234)", "1234"}, {"1,2", "1"}, {`\{1,2\}`, "(1,2)"}, {"[5]", "5"},
		{"5 cm", "5 m"}, {`5\text{ cm}`, `5\text{ km}`}, {`5\text{ million}`, "5"}, {`5\text{ or more}`, "5"}, {`5\text{ dozen}`, "5"}, {"5x", "5"}, {"5i", "5"},
		{"x=5", "y=5"}, {"5^2", "5"}, {`\text{yes}`, `\text{no}`}, {"C", "c"}, {"A", "B"}, {`\pm 5`, "5"}, {`26\pi`, "26"}, {"2pi", "2"},
		{`\sqrt[3]{x}`, `\sqrt{3}{x}`}, {"{a+b}^2", "a+b^2"}, {"x_1", "x1"}, {"212_3", "212"}, {"1.5.2", "1.52"}, {"3:2", "32"},
	} {
		if Equal(pair[0], pair[1]) || Equal(pair[1], pair[0]) {
			t.Errorf("%q and %q: want different both ways", pair[0], pair[1])
		}
	}
}

// TestUnboxed: of an answer that is a box, the content is what was extracted.
func TestUnboxed(t *testing.T) {
	for answer, want := range map[string]string{`\boxed{7}`: "7", `$\boxed{ \frac{1}{2} }$`: `\frac{1}{2}`, "7": "7", `\boxed{7} cm`: "7", `\boxed{`: `\boxed{`} {
		if got := GradeAnswer(answer, "9"); got.Extracted != want {
			t.Errorf("%s: extracted %q, want %q", answer, got.Extracted, want)
		}
	}
}
