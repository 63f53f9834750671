package curation

import (
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/synthetic"
)

// generated are problems of the synthetic task as rules see them.
func generated(t *testing.T, spec recipe.Synthetic) []Row {
	t.Helper()
	problems, _, err := synthetic.Generate("d", spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]Row, len(problems))
	for i, p := range problems {
		rows[i] = Row{ID: p.ID, Domain: p.Domain, Question: p.Question, Answer: p.Answer, Released: p.Released, URL: p.URL}
	}
	return rows
}

// TestPlanted: every planted row is found by the rule that it was planted for, which leaves others.
func TestPlanted(t *testing.T) {
	math := recipe.Synthetic{Kind: recipe.Problems, Count: 300, Operations: []int{2, 3, 4, 5}, Worded: true,
		Planted: &recipe.Planted{Repeated: 5, Contaminated: 6, BenchmarkSeed: 9, Unusable: 14, Unfit: 4}}
	program := recipe.Synthetic{Kind: recipe.Problems, Count: 100, CodeFraction: 1, Worded: true,
		Planted: &recipe.Planted{Repeated: 5, Contaminated: 4, SameSource: 3, BenchmarkSeed: 9, Unusable: 6}}
	kinds := []recipe.QuestionKind{recipe.QuestionMultiPart, recipe.QuestionChoice, recipe.QuestionTrueFalse, recipe.QuestionProof, recipe.QuestionNonEnglish, recipe.QuestionFigure, recipe.QuestionShort}
	ofCode := []recipe.QuestionKind{recipe.QuestionSeveralOutputs, recipe.QuestionInteractive, recipe.QuestionImage}
	for _, of := range []struct {
		spec  recipe.Synthetic
		field string
		rule  recipe.Rule
		rows  int
	}{
		{math, "repeated", recipe.Rule{Dedupe: &recipe.Dedupe{}}, 5},
		{math, "contaminated", recipe.Rule{Decontaminate: &recipe.Decontaminate{Against: []string{"held"}, Words: 9}}, 6},
		{math, "unusable", recipe.Rule{Questions: &recipe.Questions{Drop: kinds, MinWords: 5}}, 14},
		{math, "unfit", recipe.Rule{Answers: &recipe.Answered{MaxCharacters: 60}}, 4},
		{program, "repeated", recipe.Rule{Dedupe: &recipe.Dedupe{}}, 5},
		{program, "contaminated", recipe.Rule{Decontaminate: &recipe.Decontaminate{Against: []string{"held"}, Words: 14}}, 4},
		{program, "same_source", recipe.Rule{SameSource: &recipe.SameSource{Against: []string{"held"}}}, 3},
		{program, "unusable", recipe.Rule{Questions: &recipe.Questions{Drop: ofCode}}, 6},
	} {
		held := of.spec
		held.HeldOut, held.Seed, held.Count, held.Planted = true, 9, 20, nil
		rows := generated(t, of.spec)
		if len(rows) != of.spec.Count+of.spec.Planted.Rows() {
			t.Fatalf("%d rows", len(rows))
		}
		drops, err := Apply(of.rule, rows, Given{Others: map[string][]Row{"held": generated(t, held)}})
		if err != nil {
			t.Fatal(err)
		}
		found, others := 0, 0
		for _, d := range drops {
			switch {
			case strings.HasPrefix(d.ID, "planted/"+of.field+"/"):
				found++
			case !strings.HasPrefix(d.ID, "planted/"):
				others++
			}
		}
		if t.Logf("%s: %d found, and %d of %d others", of.rule.Name(), found, others, of.spec.Count); found != of.rows || others > of.spec.Count/2 {
			t.Errorf("%s: %d of %d found, and %d of %d others", of.rule.Name(), found, of.rows, others, of.spec.Count)
		}
	}
}

// TestWorded: questions in English keep their prompts, and say what rules of programs ask for.
func TestWorded(t *testing.T) {
	for _, c := range []struct {
		spec recipe.Synthetic
		want func(dataset.Problem) bool
	}{
		{recipe.Synthetic{Kind: recipe.Problems, Count: 50, Operations: []int{2}, Worded: true}, func(p dataset.Problem) bool {
			return strings.HasPrefix(p.Question, "What is ") && strings.Count(p.Question, ",") == 1 && strings.HasPrefix(p.Prompt, "<user>")
		}},
		{recipe.Synthetic{Kind: recipe.Problems, Count: 50, CodeFraction: 1, Worded: true}, func(p dataset.Problem) bool {
			return strings.HasPrefix(p.Question, "Write a function f(x) with f(") && p.Golden != "" && p.Released < "2024-08-01" && p.URL != "" && p.Tests != nil
		}},
	} {
		problems, _, err := synthetic.Generate("d", c.spec, 1)
		if err != nil {
			t.Fatal(err)
		}
		plain := c.spec
		plain.Worded = false
		same, _, err := synthetic.Generate("d", plain, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range problems {
			if !c.want(p) || p.Prompt != same[i].Prompt || p.Answer != same[i].Answer {
				t.Errorf("%+v, without words %+v", p, same[i])
			}
		}
	}
}
