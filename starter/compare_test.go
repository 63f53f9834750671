package main

import (
	"strings"
	"testing"

	"temper/model/evaluation"
	"temper/model/recipe"
)

// TestCompareMistakes: a mistake is a line that names what is valid.
func TestCompareMistakes(t *testing.T) {
	data := recordedData(t)
	for want, words := range map[string][]string{
		"1 runs are given; valid: two, each RUN or RUN@STAGE": {"my-run"},
		`--format is "csv"; valid: text, json`:                {"my-run", "my-run", "--format", "csv"},
		"--problems is -1; valid: 0 and above":                {"my-run", "my-run", "--problems", "-1"},
		`"my-run@" names no stage; valid: RUN, RUN@STAGE`:     {"my-run@", "my-run"},
		"did you mean my-run?":                                {"my-rnu", "my-run"},
	} {
		code, stdout, stderr := cli(t, append([]string{"compare", "--data", data}, words...)...)
		if code == exitOK || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%v: code %d\n%s%s\nwant %s", words, code, stdout, stderr, want)
		}
	}
}

// TestCompareWrites: the table, the problems that flipped and what else is different.
func TestCompareWrites(t *testing.T) {
	c := comparedBenchmark{Benchmark: "aime24", First: comparedSide{"sft", 4, 0.5, 0.1}, Second: comparedSide{"rl", 8, 0.625, 0.09},
		Paired: evaluation.Comparison{Problems: 30, Difference: 0.125, SE: 0.03}, Gained: []string{"a", "b", "c\x1b"}, Lost: []string{"d"}, Differences: []string{"k: 4, and 8"}}
	var b strings.Builder
	if err := (compareOptions{flips: 2}).write(&b, "one@sft", "two", []comparedBenchmark{c}); err != nil {
		t.Fatal(err)
	}
	want := `avg@k in percent ± standard error over problems; the difference is paired by problem
benchmark  problems  k     one@sft      two         difference   gained  lost
aime24     30        4, 8  50.0 ± 10.0  62.5 ± 9.0  +12.5 ± 3.0  3       1
aime24: solved by the second alone: a, b and 1 more (--problems 0 names all)
aime24: solved by the first alone: d
! aime24: the two differ in k: 4, and 8
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestSettingsDiffer: every setting that makes figures incomparable is named.
func TestSettingsDiffer(t *testing.T) {
	a, err := recipe.Decode([]byte(`{"name":"r","seed":1,"model":{"served":{"endpoint":"e","model":"m"}},"prompt":{"format":"chat"},"data":{"g":{"uri":"/g.jsonl"}},
		"stages":[{"name":"s","kind":"evaluate"}],"evaluation":{"benchmarks":[{"benchmark":"gsm8k","data":"g","also_grading":"acereason-toolkit"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := settingsDiffer(a, a, "gsm8k"); got != nil {
		t.Errorf("a recipe differs from itself: %q", got)
	}
	b := a
	b.Evaluation.Benchmarks = []recipe.Benchmark{a.Evaluation.Benchmarks[0]}
	b.Evaluation.Benchmarks[0].Temperature, b.Evaluation.Benchmarks[0].Grading, b.Prompt.System = 1, recipe.GradingLenient, "s"
	want := "temperature: 0.6, and 1; grading: strict, and lenient; system text: none, and s"
	if got := strings.Join(settingsDiffer(a, b, "gsm8k"), "; "); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
