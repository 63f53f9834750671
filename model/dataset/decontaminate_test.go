package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"temper/model/library/jsonl"
)

func problemsOf(questions ...string) (problems []Problem) {
	for _, question := range questions {
		problems = append(problems, Problem{Question: question, Prompt: TokenPrompt(question)})
	}
	return problems
}

func questionsOf(problems []Problem) (questions []string) {
	for _, p := range problems {
		questions = append(questions, p.Asked())
	}
	return questions
}

func TestNGrams(t *testing.T) {
	got := ngrams("One, two;THREE four-five six's 7 eight_9 été x")
	want := []string{"one two three four five six s 7 eight_9", "two three four five six s 7 eight_9 été", "three four five six s 7 eight_9 été x"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if short := ngrams("a b c d e f g h"); short != nil {
		t.Errorf("eight words have 9-grams %q", short)
	}
}

func TestDecontaminate(t *testing.T) {
	benchmark := problemsOf("Tom buys 3 apples and then eats 2 of them. How many?", "a b c d e f g h")
	train := problemsOf(
		"Yesterday tom buys 3 APPLES, and then eats 2 of what he has", // nine words shared
		"tom buys 3 apples and then eats 2 pears",                     // eight words shared
		"a b c d e f g h", // too short to have a 9-gram: Dedupe's work
		"something else entirely with more than nine words in it here")
	kept, dropped := Decontaminate(train, benchmark)
	if got := questionsOf(dropped); !slices.Equal(got, questionsOf(train[:1])) {
		t.Errorf("dropped %q", got)
	}
	if got := questionsOf(kept); !slices.Equal(got, questionsOf(train[1:])) {
		t.Errorf("kept %q", got)
	}
	examples := []Example{{Question: train[0].Question}, {Question: "free", Response: benchmark[0].Prompt}}
	if kept, dropped := Decontaminate(examples, benchmark); len(dropped) != 1 || len(kept) != 1 || kept[0] != examples[1] {
		t.Errorf("examples: kept %v, dropped %v", kept, dropped)
	}
}

func TestDedupeKeepsTheFirst(t *testing.T) {
	kept, dropped := Dedupe([]Example{{ID: "1", Question: "p", Response: "a"}, {ID: "2", Question: "q", Response: "b"}, {ID: "3", Question: "p", Response: "c"}})
	if !slices.Equal(kept, []Example{{ID: "1", Question: "p", Response: "a"}, {ID: "2", Question: "q", Response: "b"}}) || !slices.Equal(dropped, []Example{{ID: "3", Question: "p", Response: "c"}}) {
		t.Errorf("kept %v, dropped %v", kept, dropped)
	}
}

// The reference figure was counted independently: 28 training problems of GSM8K
// share a 9-gram with a test problem.
func TestDecontaminateRealGSM8K(t *testing.T) {
	train, test := questions(t, "gsm8k/train.jsonl"), questions(t, "gsm8k/test.jsonl")
	kept, dropped := Decontaminate(train, test)
	if len(dropped) != 28 || len(kept) != 7473-28 {
		t.Errorf("dropped %d, kept %d, want 28 and %d", len(dropped), len(kept), 7473-28)
	}
}

// questions reads those of a file of the real data, which is not part of the repository.
func questions(t *testing.T, name string) (problems []Problem) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", name))
	if os.IsNotExist(err) {
		t.Skip("../shared is absent")
	}
	if err != nil {
		t.Fatal(err)
	}
	err = jsonl.Each(data, 0, func(_ int, line jsonl.Object) error {
		question, err := line.Text("question")
		problems = append(problems, Problem{Question: question})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return problems
}
