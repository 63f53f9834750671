package math

import (
	"strings"
	"testing"
	"time"

	"temper/model/reward"
)

// TestLenient: the answers that people find in such texts.
func TestLenient(t *testing.T) {
	for _, tc := range [][2]string{
		{"Therefore, the area is $\\boxed{5}$ cm.", "5"}, {"It is \\boxed{3}. Check: 1 + 2 = 3, and 7 is not.", "3"},
		{"First \\boxed{1}, but no: \\boxed{2}", "2"}, {"\\boxed{1} and \\boxed{2}", "1,2"}, {"\\boxed{1}, \\boxed{2}, and \\boxed{3}", "3,2,1"},
		{"$x = \\boxed{2}$ and $y = \\boxed{3}$", "2, 3"}, {"I get \\boxed{1} so then it must be that \\boxed{2}", "2"},
		{"\\boxed{200} ... so the final answer is $455$.", "455"}, {"The final answer is 7. \\boxed{8}", "8"},
		{"The answer is 42.", "42"}, {"The answer is 4, I think.", "4"}, {"The answer is 4, which is even.", "4"}, {"The answer is 12 because 3 times 4 is that.", "12"}, {"**Answer:** 42", "42"}, {"Answer: $\\frac{1}{2}$", "0.5"}, {"The answer is -5.", "-5"}, {"so the answer is therefore 7", "7"},
		{"The answer is 3 apples.", "3"}, {"The answer is x = 5 or x = 7.", "5, 7"}, {"The answer is (3, 4).", "(3,4)"}, {"The answer is 3.5. I checked it twice.", "3.5"},
		{"The answer is $5$. This is because 3 + 1 is 4.", "5"}, {"The answer is 50%.", "50"}, {"The final answer is 1,234.", "1234"}, {"#### 18", "18"}, {"2*9 = 18\n#### $18", "18"},
		{"we get x = 12", "12"}, {"which gives -3/4", "-0.75"}, {"It took 2 1/2 hours", "5/2"}, {"the cost is $15.50", "15.5"}, {"They cost $5 and $7 each, 12 in all", "12"},
		{"There are 1.5 × 10^3 of them", "1500"}, {"The polynomial is x^2 + 2x + 1.", "(x+1)^2"}, {"We find that $x \\neq 3$.", "x != 3"}, {"The values are $1$, $2$ and $3$.", "1,2,3"},
		{"Hence $x = 3$ and $y = 4$.", "x=3, y=4"}, {"Das sind 2,5 Liter", "2.5"}, {"Das sind 1.234,5 Liter", "1234.5"}, {"所以答案是 12。", "12"}, {"一共有30个苹果", "30"}, {"La respuesta es 14.", "14"},
		{"So the answer is $\\text{Evelyn}$.", "Evelyn"}, {"The correct answer is (B).", "B"}, {"The answer is B", "B"}, {"the answer is \\(\\frac{3}{4}\\)", "3/4"}, {"We get\n\\[ x = 9. \\]", "9"},
		{"</think> The answer is 4", "4"}, {"<think>\\boxed{1}</think> The answer is 4", "4"}, {"It is 5 <|im_end|> user 6", "5"}, {"\\fbox{6}", "6"}, {"The sum is \\boxed{12", "12"},
		{"$\\sum_{i=1}^{5} i = 15$", "15"}, {"$\\int_0^1 x\\,dx = \\frac{1}{2}$", "1/2"}, {"$\\lim_{x\\to0}\\frac{\\sin x}{x}=1$", "1"}, {"It is between $12$ and $13$.", "12 and 13"},
		{"The area comes to 26\\pi square inches", "26\\pi"}, {"This leaves 9\\sqrt{7} metres of rope", "9\\sqrt7"}, {"We need 3\\frac{1}{2} cups of flour", "3.5"}, {"It grew to 10^5 in all", "100000"},
		{"Both curves meet at (6, -1) and nowhere else", "(6,-1)"}, {"that makes 60km/h in the end", "60"}, {"They took off at 7:45 again", "7:45"}, {"She made a 12-year plan", "12"}, {"I counted (after all) 31!", "31"},
		{"We guess [8] at first and settle on [13].", "13"}, {"<answer>13</answer>", "13"}, {"The vertex is at (4, -7).", "(4,-7)"}, {"Solving this gives us x=31.", "31"}, {"因此选择 C。", "C"}, {"La réponse est donc D", "D"}, {"La risposta corretta è B.", "B"}, {"Ответ: A", "A"}, {"It takes 350,000/50,000=7 hours", "7"}, {"The answer is the sum of $9$ and $12$, which is $21$.", "21"}, {"It is half of $3$, or $\\frac32$.", "3/2"},
		{"So $7^{50}\\equiv 4\\pmod 5$.", "4"}, {"We get $\\frac{2\\cdot\\cancel{12}}{3\\cdot\\cancel{12}}=\\frac{2}{3}$", "2/3"}, {"Each earns $12/hour", "12"}, {"boxed{31}", "31"}, {"The correct option is (B).", "B"}, {"I believe it's D", "D"}, {"La respuesta correcta es C", "C"}, {"Die richtige Antwort ist A.", "A"}, {"所以选 B", "B"},
	} {
		if got := GradeAnswer(tc[0], tc[1]); got.Verdict != reward.Correct {
			t.Errorf("%q, gold %q: %+v", tc[0], tc[1], got)
		}
	}
	for _, tc := range [][2]string{
		{"The answer is 4.", "5"}, {"AZYUK2A", "2"}, {"x2y", "2"}, {"", "0"}, {"I do not know", "0"}, {"\\boxed{1} no no no no no \\boxed{2}", "1,2"}, {"\\boxed{}", "1"},
		{"<think>The answer is 4</think> I give up.", "4"}, {"\\int_0^2", "2"}, {"(3,-7", "-7"}, {"\\frac{1}{2", "2"}, {"\\sum_{k=0}^{n} k = 3", "n = 3"}, {"5 or more", "5"}, {"at least 9", "9"}, {"≥ 9", "9"}, {"twice 9", "9"}, {"half of 9", "9"}, {"minus 9", "9"}, {"no more than 9", "9"}, {"9 squared", "9"}, {"not 9", "9"},
		{"The area comes to 26\\pi square inches", "26"}, {"This leaves 9\\sqrt{7} metres of rope", "\\sqrt7"}, {"We need 3\\frac{1}{2} cups of flour", "\\frac12"}, {"It grew to 10^5 in all", "5"}, {"x^3 is what we wanted", "3"},
		{"Both curves meet at (6, -1) and nowhere else", "-1"}, {"They took off at 7:45 again", "45"}, {"We end with 5x after all", "5"}, {"The correct option is (B).", "C"}, {"The answer is A and C", "C"}, {"So $7^{50}\\equiv 4\\pmod 5$.", "5"}, {"$\\operatorname{proj} v = \\begin{cases} -6 & 9$", "9"}, {"Because I said so", "B"}, {"\\boxed{A}, so the answer is B", "C"},
	} {
		if got := GradeAnswer(tc[0], tc[1]); got.Verdict != reward.Incorrect {
			t.Errorf("%q, gold %q: %+v", tc[0], tc[1], got)
		}
	}
}

// FuzzLenient: whatever text is graded, it takes no long time, and there is a verdict.
func FuzzLenient(f *testing.F) {
	for _, form := range lenientForms {
		f.Add(form.response, form.gold)
	}
	f.Fuzz(func(t *testing.T, response, gold string) {
		start := time.Now()
		got := GradeLenient(response, gold)
		if d := time.Since(start); d > time.Minute {
			t.Errorf("%q, gold %q: took %v", response, gold, d)
		}
		if got.Verdict == reward.Ungradable && strings.HasPrefix(got.Reason, "the grader failed") {
			t.Errorf("%q, gold %q: %+v", response, gold, got)
		}
	})
}

// TestUnfinished: in a response, a calculation is no answer; a value in any form is.
func TestUnfinished(t *testing.T) {
	for answer, want := range map[string]reward.Verdict{
		"9-2": reward.Incorrect, "3+4": reward.Incorrect, `7 \cdot 1`: reward.Incorrect, "(3+4)": reward.Incorrect, "14/2": reward.Correct, "7.0": reward.Correct, "-(-7)": reward.Correct,
		`\sqrt{49}`: reward.Incorrect, "x = 7": reward.Correct, `7\text{ cm}`: reward.Correct, `6\frac{2}{2}`: reward.Incorrect,
	} {
		if got := Grade(`</think>\boxed{`+answer+`}`, "7"); got.Verdict != want {
			t.Errorf("%s: %+v, want %s", answer, got, want)
		}
	}
	if got := Grade(`</think>\boxed{1+\sqrt{2}}`, `\sqrt{2}+1`); got.Verdict != reward.Correct {
		t.Errorf("a sum with a root: %+v", got)
	}
	if got := GradeAnswer("3+4", "7"); got.Verdict != reward.Correct {
		t.Errorf("alone: %+v", got)
	}
}

// TestUngradable: a gold answer that says nothing gives no verdict.
func TestUngradable(t *testing.T) {
	for _, gold := range []string{"", "  ", strings.Repeat("7", MaxAnswer+1)} {
		if got := Grade(`</think>\boxed{7}`, gold); got.Verdict != reward.Ungradable {
			t.Errorf("gold of %d bytes: %+v", len(gold), got)
		}
	}
}
