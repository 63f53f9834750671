package curation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// labelled is a question and the kind that a reader gave it, "" for a plain one; Also are kinds that fit as well. Blind ones
// were read and labelled before the patterns that found the others were corrected, and none was corrected by them.
type labelled struct {
	question string
	Kind     recipe.QuestionKind   `json:"kind"`
	Also     []recipe.QuestionKind `json:"also"`
	Blind    bool                  `json:"blind"`
}

func (l labelled) is(kind recipe.QuestionKind) bool {
	return l.Kind == kind || slices.Contains(l.Also, kind)
}

// found counts what a rule finds: of Found questions Right are what they are left out for, of Wanted Met are left out.
type found struct{ Found, Right, Wanted, Met int }

func (f *found) add(dropped, right, wanted bool) {
	for _, c := range []struct {
		of *int
		is bool
	}{{&f.Found, dropped}, {&f.Right, dropped && right}, {&f.Wanted, wanted}, {&f.Met, dropped && wanted}} {
		if c.is {
			*c.of++
		}
	}
}

func (f found) precision() float64 { return float64(f.Right) / float64(max(f.Found, 1)) }
func (f found) recall() float64    { return float64(f.Met) / float64(max(f.Wanted, 1)) }

// mathKinds are the kinds of questions of mathematics, with the least precision and recall that a kind alone may have.
var mathKinds = map[recipe.QuestionKind][2]float64{
	recipe.QuestionMultiPart: {0.9, 0.9}, recipe.QuestionChoice: {0.9, 0.9}, recipe.QuestionTrueFalse: {0.9, 0.9}, recipe.QuestionProof: {0.9, 0.9},
	recipe.QuestionNonEnglish: {0.9, 0.9}, recipe.QuestionFigure: {0.9, 0.9}, recipe.QuestionShort: {0.9, 0.9},
}

// TestLabelledQuestions measures precision and recall of each kind, and of all together, on 368 questions that were labelled by
// hand: 220 of MATH (testdata/math_labels.jsonl: 170 drawn at random, the others among those with words that
// patterns look for), and 148 in the manner of NuminaMath, which are ours (testdata/questions.jsonl). 105 are blind.
func TestLabelledQuestions(t *testing.T) {
	rows := append(ownLabelled(t), mathLabelled(t)...)
	all := recipe.Questions{MinWords: 4}
	for _, kind := range slices.Sorted(maps.Keys(mathKinds)) {
		all.Drop = append(all.Drop, kind)
		rule := recipe.Questions{Drop: []recipe.QuestionKind{kind}}
		if kind == recipe.QuestionShort {
			rule.MinWords = 4
		}
		var f found
		for _, row := range rows {
			drops := questions(rule, []Row{{Question: row.question}})
			f.add(len(drops) > 0, row.is(kind), row.Kind == kind)
			if len(drops) > 0 && !row.is(kind) && !row.Blind {
				t.Logf("wrongly %s (%q), is %q: %.160q", kind, drops[0].Evidence, row.Kind, row.question)
			}
			if len(drops) == 0 && row.Kind == kind && !row.Blind {
				t.Logf("missed %s: %.160q", kind, row.question)
			}
		}
		t.Logf("%-12s precision %.2f (%d of %d), recall %.2f (%d of %d)", kind, f.precision(), f.Right, f.Found, f.recall(), f.Met, f.Wanted)
		if least := mathKinds[kind]; f.precision() < least[0] || f.recall() < least[1] {
			t.Errorf("%s: precision %.2f, recall %.2f; want at least %.2f and %.2f", kind, f.precision(), f.recall(), least[0], least[1])
		}
	}
	for _, part := range []struct {
		name  string
		takes func(labelled) bool
	}{
		{"all", func(labelled) bool { return true }}, {"blind", func(l labelled) bool { return l.Blind }}, {"not blind", func(l labelled) bool { return !l.Blind }},
	} {
		var f found
		n := 0
		for _, row := range rows {
			if part.takes(row) {
				n++
				f.add(len(questions(all, []Row{{Question: row.question}})) > 0, row.Kind != "", row.Kind != "")
			}
		}
		t.Logf("%s: %d questions: precision %.3f (%d of %d), recall %.3f (%d of %d)", part.name, n, f.precision(), f.Right, f.Found, f.recall(), f.Met, f.Wanted)
		if f.precision() < 0.95 || f.recall() < 0.9 {
			t.Errorf("%s: precision %.3f, recall %.3f; want at least 0.95 and 0.9", part.name, f.precision(), f.recall())
		}
	}
}

// ownLabelled reads our questions.
func ownLabelled(t *testing.T) (rows []labelled) {
	t.Helper()
	eachLine(t, filepath.Join("testdata", "questions.jsonl"), func(line jsonl.Object, data []byte) {
		rows = append(rows, labelOf(t, data))
		rows[len(rows)-1].question = textOf(t, line, "question")
	})
	return rows
}

// mathLabelled reads the labels of MATH's questions, and the questions from the real data.
func mathLabelled(t *testing.T) (rows []labelled) {
	t.Helper()
	files := map[string][]string{}
	eachLine(t, filepath.Join("testdata", "math_labels.jsonl"), func(line jsonl.Object, data []byte) {
		name := textOf(t, line, "file")
		if files[name] == nil {
			path := filepath.Join("..", "..", "..", "shared", "data", name)
			if _, err := os.Stat(path); os.IsNotExist(err) {
				t.Skipf("../shared/data/%s is absent: without it no figures of MATH", name)
			}
			eachLine(t, path, func(line jsonl.Object, _ []byte) { files[name] = append(files[name], textOf(t, line, "problem")) })
		}
		var at struct {
			Row    int
			Digest string
		}
		if err := json.Unmarshal(data, &at); err != nil {
			t.Fatal(err)
		}
		row := labelOf(t, data)
		row.question = files[name][at.Row]
		if sum := sha256.Sum256([]byte(row.question)); hex.EncodeToString(sum[:8]) != at.Digest {
			t.Fatalf("row %d of %s is not the one that was labelled: %.80q", at.Row, name, row.question)
		}
		rows = append(rows, row)
	})
	return rows
}

func labelOf(t *testing.T, data []byte) (l labelled) {
	t.Helper()
	if err := json.Unmarshal(data, &l); err != nil {
		t.Fatal(err)
	}
	if l.Kind == "plain" {
		l.Kind = ""
	}
	return l
}

func textOf(t *testing.T, line jsonl.Object, field string) string {
	t.Helper()
	text, err := line.Text(field)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// eachLine reads the lines of a file.
func eachLine(t *testing.T, path string, read func(line jsonl.Object, data []byte)) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		object, err := jsonl.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		read(object, line)
	}
}
