package source

import (
	"strings"
	"testing"

	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/domain"
)

// TestGraph: the generator frames questions and solutions as a file's are, and its domain judges them.
func TestGraph(t *testing.T) {
	spec := recipe.Graph{Kind: recipe.Problems, Count: 9, MinNodes: 5, MaxNodes: 6, Notation: recipe.GraphEnglish, Seed: 3}
	d := recipe.Dataset{Graph: &spec}
	from, err := Of(d)
	if err != nil || from.IsFile() {
		t.Fatalf("%+v, %v", from, err)
	}
	problems, none, err := from.Generate("x", d, TokenFrame(), 1)
	if err != nil || len(problems) != 9 || none != nil {
		t.Fatalf("%d problems, %v", len(problems), err)
	}
	spec.Kind = recipe.Demonstrations
	noProblems, examples, err := from.Generate("x", d, TokenFrame(), 1)
	if err != nil || len(examples) != 9 || noProblems != nil {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	judge, err := domain.Of(recipe.DomainGraph)
	if err != nil {
		t.Fatal(err)
	}
	for k, p := range problems {
		e := examples[k]
		if p.Prompt != "<user>"+p.Question+"<asst><think>" || e.Prompt != p.Prompt || !strings.HasPrefix(e.ID, p.ID+"/") || judge.Check(p) != nil {
			t.Errorf("problem %+v, example %+v", p, e)
		}
		if got, err := judge.Judge(t.Context(), domain.Means{}, p, e.Response); err != nil || got.Verdict != reward.Correct {
			t.Errorf("%s: %s: %+v, %v", p.Question, e.Response, got, err)
		}
	}
	plain := Frame{Prompt: recipe.Prompt{Format: recipe.PromptPlain}}
	spec.AnswerOnly = 1
	if _, examples, err = from.Generate("x", d, plain, 1); err != nil || examples[0].Prompt != problems[0].Question ||
		!strings.HasPrefix(examples[0].Response, "</think>\n\n\\boxed{") {
		t.Errorf("plain: %+v, %v", examples[0], err)
	}
	spec.Count, spec.Tasks, spec.MaxNodes, spec.HeldOut = 300, []recipe.GraphTask{"edge-count"}, 5, true
	if _, _, err := from.Generate("x", d, plain, 1); err == nil {
		t.Error("there are 300 graphs of five nodes held out")
	}
}
