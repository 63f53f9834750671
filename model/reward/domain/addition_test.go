package domain

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
)

// palindrome is what a new domain takes: it asks for a text that reads the same backwards, and
// scores by its length.
var palindrome = Domain{
	Name: "palindrome",
	Text: func(p recipe.Prompt) string { return p.Math },
	Check: func(p dataset.Problem) error {
		if p.Answer == "" {
			return errors.New(`field "answer" is missing, the letter in the middle`)
		}
		return nil
	},
	Version: func(Means) string { return "palindrome/1" },
	Part: func(_ Means, _ dataset.Problem, response string) (part, none string) {
		_, part, found := strings.Cut(response, "</think>")
		if !found {
			return "", "no </think>"
		}
		return part, ""
	},
	Judge: func(_ context.Context, _ Means, p dataset.Problem, text string) (reward.Result, error) {
		for i := range len(text) / 2 {
			if text[i] != text[len(text)-1-i] {
				return reward.Result{Verdict: reward.Incorrect, Score: -1, Extracted: text, Reason: fmt.Sprintf("byte %d differs", i)}, nil
			}
		}
		if len(text)%2 == 0 || text[len(text)/2:len(text)/2+1] != p.Answer {
			return reward.Result{Verdict: reward.Incorrect, Extracted: text, Reason: "another middle"}, nil
		}
		return reward.Result{Verdict: reward.Correct, Score: float64(len(text)), Extracted: text}, nil
	},
	Longest: func(Means, dataset.Problem) time.Duration { return 0 },
	Alive:   func(context.Context, Means) error { return nil },
}

// TestAddition: a domain is a value and a line in the table, with scores of its own.
func TestAddition(t *testing.T) {
	before := table
	defer func() { table = before }()
	table = append(table[:len(table):len(table)], palindrome)
	d, err := Of("palindrome")
	if err != nil {
		t.Fatal(err)
	}
	p := dataset.Problem{Answer: "c"}
	if d.Check(p) != nil || d.Check(dataset.Problem{}) == nil {
		t.Error("what a problem lacks is not seen")
	}
	for response, want := range map[string]reward.Result{
		"so</think>abcba": {Verdict: reward.Correct, Score: 5, Extracted: "abcba"},
		"</think>abxba":   {Verdict: reward.Incorrect, Extracted: "abxba", Reason: "another middle"},
		"</think>abcda":   {Verdict: reward.Incorrect, Score: -1, Extracted: "abcda", Reason: "byte 1 differs"},
	} {
		part, none := d.Part(Means{}, p, response)
		if got, err := d.Judge(context.Background(), Means{}, p, part); none != "" || err != nil || got != want {
			t.Errorf("%s: %+v, %v", response, got, err)
		}
	}
}
