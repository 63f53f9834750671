package math

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/reward"
)

// TestForms grades the pairs of testdata: on each line a gold answer, ≡ or ≢, and an answer
// that is correct or incorrect, alone and in a box; those of alone.txt only alone. With ⇔ and
// ⇎ each of the two is the gold answer once.
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
			if strings.HasPrefix(line, "#") {
				continue
			}
			gold, answer, sign := split(line)
			want := reward.Correct
			if sign == " ≢ " || sign == " ⇎ " {
				want = reward.Incorrect
			}
			switch sign {
			case "":
				t.Fatalf("%s: %q is no pair", file, line)
			case " ⇔ ", " ⇎ ":
				form(t, answer, gold, want, true)
			}
			form(t, gold, answer, want, filepath.Base(file) != "alone.txt")
		}
	}
}

// split takes a line apart at its sign, "" if it has none.
func split(line string) (gold, answer, sign string) {
	for _, sign := range [...]string{" ≡ ", " ≢ ", " ⇔ ", " ⇎ "} {
		if gold, answer, ok := strings.Cut(line, sign); ok {
			return gold, answer, sign
		}
	}
	return line, "", ""
}

func form(t *testing.T, gold, answer string, want reward.Verdict, boxed bool) {
	t.Helper()
	if got := GradeAnswer(answer, gold); got.Verdict != want {
		t.Errorf("gold %s, answer %s: %+v, want %s", gold, answer, got, want)
	} else if boxed {
		boxedForm(t, gold, answer, want)
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
