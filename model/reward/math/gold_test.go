package math

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/reward"
)

func TestReadGold(t *testing.T) {
	for gold, want := range map[string]Form{
		"5": FormNumber, "-2.5": FormNumber, "2{,}000": FormNumber, "101_2": FormNumber, `\frac{3}{4}`: FormFraction, "-1/2": FormFraction, `5\text{ cm}`: FormQuantity, `30^\circ`: FormQuantity, `50\%`: FormQuantity,
		`2\sqrt{3}`: FormExpression, "x^2+1": FormExpression, `\frac{x}{2}`: FormExpression, "C": FormOption, `\text{(B)}`: FormOption, "(1,2)": FormTuple, "1:2:3": FormTuple, "[1,2)": FormInterval, `(-\infty,3)`: FormInterval,
		`(0,1)\cup(2,3)`: FormInterval, `\{1,2\}`: FormSet, "1, 2": FormList, `\begin{pmatrix}1\\2\end{pmatrix}`: FormMatrix, "y=2x": FormEquation, `x\le 3`: FormInequality, `x\in\mathbb{R}`: FormInequality,
		`\text{even}`: FormText, "the sum of all of them": FormText, `\int f`: FormText, `We find $x=3$, so $\boxed{\frac{1}{3}}$.`: FormFraction, "2 * 3 = 6\n#### 6": FormNumber,
	} {
		if got := ReadGold(gold); got.Form != want || got.Self.Verdict != reward.Correct {
			t.Errorf("%s: %s, %+v; want %s", gold, got.Form, got.Self, want)
		}
	}
	for _, gold := range []string{"", strings.Repeat("7", MaxAnswer+1)} {
		if got := ReadGold(gold); got.Self.Verdict != reward.Ungradable {
			t.Errorf("%s: %+v, want ungradable", short(gold), got.Self)
		}
	}
}

// Of the gold answers of real data sets at most 0.2 % fail against themselves, and at most
// 2 % are compared as texts only.
func TestRealGolds(t *testing.T) {
	const shared = "../../../../shared/data"
	total, failing, texts := 0, 0, 0
	for _, set := range []struct{ file, field string }{
		{"math/math500.jsonl", "answer"}, {"math/prm800k_style_train4500.jsonl", "answer_boxed"}, {"math/prm800k_style_train4500.jsonl", "solution"},
		{"math_eval/aime24.jsonl", "expected_answer"}, {"math_eval/aime_1983_2023_train.jsonl", "answer"}, {"math_eval/amc23.jsonl", "answer"}, {"math_eval/svamp.jsonl", "Answer"},
		{"gsm8k/train.jsonl", "answer"}, {"gsm8k/test.jsonl", "answer"},
		{"verifier/verifier_tests.jsonl", "gold"}, {"verifier/model_outputs.jsonl", "gold"}, {"verifier/derived_mutations.jsonl", "gold"},
	} {
		for i, gold := range golds(t, filepath.Join(shared, set.file), set.field) {
			got := ReadGold(gold)
			total++
			if got.Form == FormText {
				texts++
			}
			if got.Self.Verdict != reward.Correct {
				failing++
				t.Logf("%s line %d: %s", set.file, i+1, got.Self.Reason)
			}
		}
	}
	t.Logf("of %d gold answers %d fail against themselves, %d are compared as texts only", total, failing, texts)
	if total < 20000 || 1000*failing > 2*total || 100*texts > 2*total {
		t.Errorf("of %d gold answers, at least 20000, %d fail against themselves, at most 0.2 %%, and %d are compared as texts only, at most 2 %%", total, failing, texts)
	}
}

// golds are the values of a field of a file of JSON lines, strings or numbers.
func golds(t *testing.T, path, field string) []string {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is absent", path)
	} else if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var row map[string]any
		d := json.NewDecoder(strings.NewReader(lines.Text()))
		d.UseNumber()
		if err := d.Decode(&row); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(row[field]))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
