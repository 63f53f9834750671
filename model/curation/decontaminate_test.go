package curation

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// rowsOf are rows of questions, with their places as IDs.
func rowsOf(questions ...string) []Row {
	rows := make([]Row, len(questions))
	for i, q := range questions {
		rows[i] = Row{ID: string(rune('a' + i)), Question: q}
	}
	return rows
}

// dropped applies a rule and gives the IDs of the rows that it leaves out, with the reasons.
func dropped(t *testing.T, rule recipe.Rule, rows []Row, given Given) []string {
	t.Helper()
	drops, err := Apply(rule, rows, given)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, d := range drops {
		if rows[d.Row].ID != d.ID {
			t.Errorf("row %d has the ID %q, not %q", d.Row, rows[d.Row].ID, d.ID)
		}
		out = append(out, d.ID+" "+d.Reason)
	}
	return out
}

func TestGrams(t *testing.T) {
	const text = "One, two;THREE four-five six's 7 eight_9 été x"
	got := grams(wordsOf(text, ""), 9)
	want := []string{"one two three four five six s 7 eight_9", "two three four five six s 7 eight_9 été", "three four five six s 7 eight_9 été x"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := wordsOf("One, two;THREE x", recipe.WordBlanks); !slices.Equal(got, []string{"one,", "two;three", "x"}) {
		t.Errorf("between blanks: %q", got)
	}
	if short := grams([]string{"a", "b"}, 9); !slices.Equal(short, []string{"a b"}) {
		t.Errorf("two words are %q", short)
	}
}

func TestDecontaminate(t *testing.T) {
	given := Given{Others: map[string][]Row{"bench": rowsOf("Tom buys 3 apples and then eats 2 of them. How many?", "a b c d e f g h")}}
	rows := rowsOf(
		"Yesterday tom buys 3 APPLES, and then eats 2 of what he has", // nine words shared
		"tom buys 3 apples and then eats 2 pears",                     // eight words shared
		"A b c d e f, g h!", // all of a short text
		"a b c d e f g",     // a part of it
		"something else entirely with more than nine words in it here")
	rule := recipe.Rule{Decontaminate: &recipe.Decontaminate{Against: []string{"bench"}, Words: 9}}
	if got := dropped(t, rule, rows, given); !slices.Equal(got, []string{"a in_bench", "c in_bench"}) {
		t.Errorf("dropped %q", got)
	}
	drops, _ := Apply(rule, rows, given)
	if drops[0].Evidence != "tom buys 3 apples and then eats 2 of" {
		t.Errorf("the evidence is %q", drops[0].Evidence)
	}
	rule.Decontaminate.Words = 8
	if got := dropped(t, rule, rows, given); !slices.Equal(got, []string{"a in_bench", "b in_bench", "c in_bench"}) {
		t.Errorf("with 8 words: dropped %q", got)
	}
	rule.Decontaminate.WordRule = recipe.WordBlanks
	if got := dropped(t, rule, rows, given); !slices.Equal(got, []string{"b in_bench"}) {
		t.Errorf("with words between blanks: dropped %q", got)
	}
}

// The reference figure was counted independently: 28 training problems of GSM8K
// share a 9-gram with a test problem.
func TestDecontaminateRealGSM8K(t *testing.T) {
	rows := realQuestions(t, "gsm8k/train.jsonl")
	given := Given{Others: map[string][]Row{"test": realQuestions(t, "gsm8k/test.jsonl")}}
	rule := recipe.Rule{Decontaminate: &recipe.Decontaminate{Against: []string{"test"}, Words: 9}}
	if got := dropped(t, rule, rows, given); len(got) != 28 {
		t.Errorf("dropped %d of %d, want 28", len(got), len(rows))
	}
}

// realQuestions reads those of a file of the real data, which is not part of the repository.
func realQuestions(t *testing.T, name string) (rows []Row) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", name))
	if os.IsNotExist(err) {
		t.Skipf("../shared/data/%s is absent", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	err = jsonl.Each(data, 0, func(_ int, line jsonl.Object) error {
		question, err := line.Text("question")
		rows = append(rows, Row{Question: question})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
