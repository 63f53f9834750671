package math

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/reward"
)

// TestForms grades the pairs of testdata: on each line a gold answer, ≡ or ≢, and an answer
// that is correct or incorrect, alone and in a box; those of alone.txt only alone.
func TestForms(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pairs in testdata: %v", err)
	}
	for _, file := range files {
		table, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(table)) {
			line = strings.TrimSuffix(line, "\n")
			want := reward.Correct
			gold, answer, ok := strings.Cut(line, " ≡ ")
			if !ok {
				want = reward.Incorrect
				gold, answer, ok = strings.Cut(line, " ≢ ")
			}
			if !ok && !strings.HasPrefix(line, "#") {
				t.Fatalf("%s: %q is no pair", file, line)
			}
			switch got := GradeAnswer(answer, gold); {
			case !ok:
			case got.Verdict != want:
				t.Errorf("gold %s, answer %s: %+v, want %s", gold, answer, got, want)
			case filepath.Base(file) != "alone.txt":
				boxedForm(t, gold, answer, want)
			}
		}
	}
}

func boxedForm(t *testing.T, gold, answer string, want reward.Verdict) {
	t.Helper()
	boxed := `</think>\boxed{` + answer + `}`
	for how, got := range map[string]reward.Result{"in a box": Grade(boxed, gold), "lenient": GradeLenient(boxed, gold)} {
		if got.Verdict != want {
			t.Errorf("gold %s, answer %s, %s: %+v, want %s", gold, answer, how, got, want)
		}
	}
}
