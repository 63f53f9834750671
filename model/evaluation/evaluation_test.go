package evaluation

import (
	"errors"
	"math"
	"strconv"
	"testing"

	"temper/model/goldentest"
	"temper/model/reward"
)

func wantNear(t *testing.T, what string, got, want float64) {
	t.Helper()
	if diff := math.Abs(got - want); !(diff <= 1e-12) {
		t.Errorf("%s = %v, want %v (off by %g)", what, got, want, diff)
	}
}

type golden struct {
	Rows     [][]float64
	Datasets []struct {
		Problems, N int
		Correct     [][]int
		PassAtK     map[string]float64 `json:"pass_at_k"`
		PassSE      map[string]float64 `json:"pass_at_k_se_across_problems"`
		Avg         float64            `json:"avg_at_n"`
		AvgSE       float64            `json:"se_across_problems"`
		SamplingSE  float64            `json:"se_sampling_given_problems"`
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	goldentest.JSON(t, "eval/pass_at_k.json", &g)
	return g
}

func TestPassAtKGolden(t *testing.T) {
	rows := readGolden(t).Rows
	for _, row := range rows { // n, c, k, reference implementation, exact
		got, err := PassAtK(int(row[0]), int(row[1]), int(row[2]))
		if err != nil {
			t.Fatal(err)
		}
		wantNear(t, "pass@k", got, row[4])
	}
	if len(rows) < 500 {
		t.Errorf("only %d rows", len(rows))
	}
}

func TestDatasetsGolden(t *testing.T) {
	for _, d := range readGolden(t).Datasets {
		var problems [][]reward.Verdict
		var tallies []tally
		for _, row := range d.Correct {
			var verdicts []reward.Verdict
			for _, correct := range row {
				verdicts = append(verdicts, []reward.Verdict{reward.Incorrect, reward.Correct}[correct])
			}
			problems = append(problems, verdicts)
			count, err := tallyOf(verdicts)
			if err != nil {
				t.Fatal(err)
			}
			tallies = append(tallies, count)
		}
		result, err := Evaluate("golden", problems)
		if err != nil {
			t.Fatal(err)
		}
		if result.Problems != d.Problems || result.Samples != d.N || result.PassProblems != d.Problems {
			t.Errorf("%+v, want %d problems with %d samples", result, d.Problems, d.N)
		}
		wantNear(t, "avg", result.Avg, d.Avg)
		wantNear(t, "avg SE", result.AvgSE, d.AvgSE)
		wantNear(t, "sampling SE", result.AvgSamplingSE, d.SamplingSE)
		k := strconv.Itoa(d.N)
		wantNear(t, "pass", result.Pass, d.PassAtK[k])
		wantNear(t, "pass SE", result.PassSE, d.PassSE[k])
		for k, want := range d.PassAtK {
			number, _ := strconv.Atoi(k)
			mean, se, err := pass(tallies, number)
			if err != nil {
				t.Fatal(err)
			}
			wantNear(t, "pass@"+k, mean, want)
			wantNear(t, "SE of pass@"+k, se, d.PassSE[k])
		}
	}
}

// verdictsOf writes verdicts as letters: c correct, i incorrect, u ungradable.
func verdictsOf(problems ...string) [][]reward.Verdict {
	var out [][]reward.Verdict
	for _, letters := range problems {
		row := []reward.Verdict{}
		for _, letter := range letters {
			row = append(row, map[rune]reward.Verdict{
				'c': reward.Correct, 'i': reward.Incorrect, 'u': reward.Ungradable, 'x': "odd",
			}[letter])
		}
		out = append(out, row)
	}
	return out
}

func TestUngradableIsCountedNotWrong(t *testing.T) {
	got, err := Evaluate("b", verdictsOf("ccii", "cuuu", "uuuu", "iiii"))
	if err != nil {
		t.Fatal(err)
	}
	want := Result{
		Benchmark: "b", Problems: 3, Samples: 4, PassProblems: 2,
		Avg: 0.5, Pass: 0.5, Ungradable: 7, UngradableProblems: 1,
	}
	wantNear(t, "avg SE", got.AvgSE, 0.5/math.Sqrt(3))
	wantNear(t, "pass SE", got.PassSE, 0.5)
	wantNear(t, "sampling SE", got.AvgSamplingSE, 0) // one problem has a single verdict
	got.AvgSE, got.PassSE = 0, 0
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestOneProblemHasNoStandardError(t *testing.T) {
	got, err := Evaluate("b", verdictsOf("ci"))
	if err != nil || got.AvgSE != 0 || got.PassSE != 0 || got.Avg != 0.5 || got.Pass != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	wantNear(t, "sampling SE", got.AvgSamplingSE, 0.5)
}

func TestEvaluateRefuses(t *testing.T) {
	for _, problems := range [][][]reward.Verdict{nil, verdictsOf("uu", "uu"), verdictsOf("")} {
		if _, err := Evaluate("b", problems); !errors.Is(err, ErrNothingGraded) {
			t.Errorf("error %v, want ErrNothingGraded", err)
		}
	}
	for want, problems := range map[string][][]reward.Verdict{
		"evaluate b: problem 1 has 1 samples, problem 0 has 2":                                      verdictsOf("ci", "c"),
		`evaluate b: problem 1: unknown verdict "odd"; valid: "correct", "incorrect", "ungradable"`: verdictsOf("ci", "cx"),
	} {
		if _, err := Evaluate("b", problems); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	for _, nck := range [][3]int{{4, 5, 1}, {4, -1, 1}, {4, 2, 5}, {4, 2, 0}} {
		if _, err := PassAtK(nck[0], nck[1], nck[2]); err == nil {
			t.Errorf("pass@k of %v has no error", nck)
		}
	}
}
