package curation

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// labelledMATH are the rows of MATH's training file, by number, that were drawn at random and read; those with
// a kind are of it, the others plain questions.
var labelledMATH = map[int]recipe.QuestionKind{
	1362: recipe.QuestionFigure, 1539: recipe.QuestionFigure, 1687: recipe.QuestionFigure, 1787: recipe.QuestionFigure, 1828: recipe.QuestionFigure,
	3454: recipe.QuestionFigure, 3782: recipe.QuestionFigure, 3883: recipe.QuestionFigure, 1999: recipe.QuestionChoice, 2573: recipe.QuestionChoice,
}

// drawnMATH are the numbers of all rows of MATH that were read.
var drawnMATH = []int{
	184, 307, 321, 381, 395, 406, 475, 482, 484, 488, 497, 506, 514, 532, 563, 572, 593, 599, 635, 660, 670, 704, 743, 766, 771, 798, 844, 959, 964, 967, 1014,
	1059, 1090, 1121, 1181, 1235, 1245, 1351, 1362, 1376, 1472, 1480, 1539, 1687, 1758, 1787, 1811, 1828, 1971, 1999, 2028, 2035, 2211, 2276, 2280, 2331, 2354,
	2358, 2372, 2455, 2459, 2527, 2536, 2570, 2573, 2652, 2786, 2802, 2813, 2842, 2868, 2911, 2962, 2995, 3050, 3160, 3202, 3234, 3249, 3259, 3290, 3402, 3425,
	3433, 3454, 3477, 3502, 3526, 3552, 3650, 3676, 3679, 3712, 3737, 3782, 3814, 3883, 4005, 4044, 4055, 4066, 4067, 4068, 4156, 4193, 4302, 4355, 4389, 4429, 4487,
}

// labelled is a question and the kind that a reader gave it, "" for a plain one.
type labelled struct {
	question string
	kind     recipe.QuestionKind
}

// TestLabelledQuestions measures precision and recall of the kinds on 200 questions that were labelled by
// hand: 110 of MATH, and 90 in the manner of NuminaMath, which are ours (testdata/questions.jsonl).
func TestLabelledQuestions(t *testing.T) {
	rows := append(readLabelled(t, filepath.Join("testdata", "questions.jsonl"), "question", nil),
		readLabelled(t, filepath.Join("..", "..", "..", "shared", "data", "math", "prm800k_style_train4500.jsonl"), "problem", drawnMATH)...)
	rule := recipe.Questions{MinWords: 3, Drop: []recipe.QuestionKind{
		recipe.QuestionMultiPart, recipe.QuestionChoice, recipe.QuestionTrueFalse, recipe.QuestionProof, recipe.QuestionNonEnglish, recipe.QuestionFigure, recipe.QuestionShort}}
	var found, right, wanted, sameKind int
	for _, row := range rows {
		drops := questions(rule, []Row{{Question: row.question}})
		if row.kind != "" {
			wanted++
		}
		if len(drops) == 0 {
			if row.kind != "" {
				t.Logf("missed %s: %.120q", row.kind, row.question)
			}
			continue
		}
		found++
		switch reason := drops[0].Reason; {
		case row.kind == "":
			t.Logf("wrongly %s (%q): %.120q", reason, drops[0].Evidence, row.question)
		case reason == string(row.kind):
			right++
			sameKind++
		default:
			right++
		}
	}
	precision, recall := float64(right)/float64(found), float64(right)/float64(wanted)
	t.Logf("%d questions, %d to leave out: precision %.3f, recall %.3f, %d of %d found for the kind that the reader gave", len(rows), wanted, precision, recall, sameKind, right)
	if precision < 0.95 || recall < 0.9 {
		t.Errorf("precision %.3f, recall %.3f; want at least 0.95 and 0.9", precision, recall)
	}
}

// readLabelled reads questions; numbers choose rows of MATH, whose labels stand above.
func readLabelled(t *testing.T, path, field string, numbers []int) (rows []labelled) {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) && numbers != nil {
		t.Logf("%s is absent: its %d questions are not counted", path, len(numbers))
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	err = jsonl.Each(data, 0, func(number int, line jsonl.Object) error {
		number-- // lines count from 1
		if numbers != nil && !slices.Contains(numbers, number) {
			return nil
		}
		question, err := line.Text(field)
		if err != nil {
			return err
		}
		row := labelled{question, labelledMATH[number]}
		if numbers == nil {
			kind, err := line.Text("kind")
			if err != nil {
				return err
			}
			if kind != "plain" {
				row.kind = recipe.QuestionKind(kind)
			}
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
