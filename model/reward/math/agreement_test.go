package math

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"temper/model/reward"
)

// labelled is a row of a file of labelled answers.
type labelled struct {
	Gold, Pred, Response, Kind, Mutation string
	Equal                                bool
	line                                 int
}

func rows(t *testing.T, file string) []labelled {
	t.Helper()
	f, err := os.Open(filepath.Join("../../../../shared/data/verifier", file))
	if os.IsNotExist(err) {
		t.Skip("../shared is absent")
	} else if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []labelled
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		r := labelled{line: len(all) + 1}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// core are the kinds of verifier_tests on whose conventions most graders agree.
var core = []string{"math_verify", "lighteval", "nemo_math_equal", "rllm_response", "areal_response", "verifiers", "nemo_rl_env"}

// disagreements are all rows whose label is not our verdict, by file and line, with who is
// right. An option is a row that tests a setting of another tool, which our conventions decide
// the other way.
var disagreements = map[string]map[int]string{
	"verifier_tests.jsonl": {
		41:  "option: the gold text holds the letter",
		42:  "option: an answer without reasoning earns nothing",
		52:  "we are: 9 is 9; the label records that blanks and a line's end within $ $ stopped the other tool",
		58:  "option: order counts in bare lists",
		62:  "option: an answer without a box earns nothing",
		63:  "option: [x] stands for a box",
		66:  "we are: two different texts; the label comes from a stub",
		85:  "option: order counts in bare lists",
		99:  "we are: 75 is not 0.75; the other tool takes any number for a percentage",
		142: "option: case of an option letter",
		165: "option: an answer without a box earns nothing",
		178: "option: the gold text holds the letter",
		185: "option: words after a number that are not known do not count",
	},
	"derived_mutations.jsonl": {},
	"model_outputs.jsonl": {
		450: `we are: \fbox{958}; the upstream grader knows \boxed only`,
		453: "we are: the first turn's box is right; the upstream grader took the empty box of an invented next turn",
	},
}

// bars are the least shares of rows in agreement.
var bars = map[string]float64{"verifier_tests.jsonl": 0.93, "derived_mutations.jsonl": 1, "model_outputs.jsonl": 0.99}

// TestAgreement: every disagreement is listed, and no other row disagrees.
func TestAgreement(t *testing.T) {
	for file, bar := range bars {
		all := rows(t, file)
		agreed, agreedCore, ofCore := 0, 0, 0
		for _, r := range all {
			grade, text := GradeAnswer, r.Pred
			if r.Response != "" {
				grade, text = GradeLenient, r.Response
			}
			got := grade(text, r.Gold)
			agrees := (got.Verdict == reward.Correct) == r.Equal
			if slices.Contains(core, r.Kind) {
				ofCore++
				if agrees {
					agreedCore++
				}
			}
			if agrees {
				agreed++
			}
			if why, listed := disagreements[file][r.line]; listed == agrees {
				t.Errorf("%s:%d: gold %s, %s; label %v, listed: %q", file, r.line, end(r.Gold), fmt.Sprintf("%s: %+v", end(text), got), r.Equal, why)
			}
		}
		t.Logf("%s: %d of %d agree, of the core set %d of %d", file, agreed, len(all), agreedCore, ofCore)
		if float64(agreed) < bar*float64(len(all)) || float64(agreedCore) < 0.975*float64(ofCore) {
			t.Errorf("%s: agreement is below the bar", file)
		}
	}
}

// TestNoFalseAcceptance: no near miss is accepted, in a box either.
func TestNoFalseAcceptance(t *testing.T) {
	for _, r := range rows(t, "derived_mutations.jsonl") {
		if got := Grade("</think>\\boxed{"+r.Pred+"}", r.Gold); (got.Verdict == reward.Correct) != r.Equal {
			t.Errorf("line %d (%s): gold %q, answer %q: %+v", r.line, r.Mutation, r.Gold, r.Pred, got)
		}
	}
}

func end(s string) string {
	if len(s) > 100 {
		s = "…" + s[len(s)-100:]
	}
	return fmt.Sprintf("%q", s)
}
