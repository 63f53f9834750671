package recipe

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// paperRecipes are those of the paper, whole.
func paperRecipes() []string {
	return slices.DeleteFunc(Names(), func(name string) bool { return !strings.HasPrefix(name, "acereason-") })
}

// wirings are keys whose values say what goes where, and are no choice of a number or a way.
var wirings = []string{"name", "kind", "data", "into", "domain", "of", "endpoint", "benchmark", "uri", "question", "notation"}

// TestPaperSources: in the paper's recipes a source stands beside every value, text or number, and says that it is
// one paper's, the model card's, another's, or that none prints it.
func TestPaperSources(t *testing.T) {
	for _, name := range paperRecipes() {
		tree, err := treeOf(named(t, name))
		if err != nil {
			t.Fatal(err)
		}
		sources := sourcesOf(t, textOf(t, name))
		leaves(tree, "", "", func(path string, leaf *yaml.Node, _ string) {
			key := path[strings.LastIndexByte(path, '.')+1:]
			if path == "name" || slices.Contains(wirings, key) || leaf.ShortTag() == "!!map" || strings.HasPrefix(path, "data.") && key == "format" {
				return
			}
			if text := sources[path].text; !isSource(text) {
				t.Errorf("%s: the source of %s is %q", name, path, text)
			}
		})
	}
}

// isSource says whether a comment says where a value comes from.
func isSource(text string) bool {
	return slices.ContainsFunc([]string{
		"1.0", "1.1", "model card", "evaluation toolkit", "not printed", "scaled", "ours", "any", "preset ", "benchmark ", "unused by a constant schedule", "the base model", "the longest are", "as above", "Qwen2.5",
	}, func(word string) bool { return strings.Contains(text, word) })
}

// orders are the stages of RL, as the papers and the seed summary have them: domain and response budget.
var orders = map[string]string{
	"acereason-1.0":      "math 8192, math 16384, math 24576, code 24000, code 32768, math 32768",
	"acereason-1.1":      "math 8192, math 16384, math 24576, code 24576, code 32768, math 32768",
	"acereason-1.1-seed": "math 8192, math 16384, math 24576, math 32768, code 24576, code 32768, math 32768",
}

// TestPaperOrder holds the recipes to their stages, and to what the papers print of each.
func TestPaperOrder(t *testing.T) {
	for name, want := range orders {
		r := named(t, name)
		var stages []string
		for _, s := range r.Stages {
			if s.RL == nil {
				continue
			}
			stages = append(stages, fmt.Sprintf("%s %d", s.RL.Domain, s.RL.MaxResponseTokens))
			rate := map[Domain]float64{DomainMath: 1e-6, DomainCode: 5e-6}[s.RL.Domain]
			if s.RL.Optimizer.LearningRate != rate || s.RL.ProblemsPerStep != 128 {
				t.Errorf("%s: %s has the learning rate %g and %d problems per step", name, s.Name, s.RL.Optimizer.LearningRate, s.RL.ProblemsPerStep)
			}
			o := s.RL.Objective.WithDefaults()
			if o.Kind != "grpo" || o.KL.Coefficient != 0 || o.Entropy != 0 || o.Updates.MiniBatches*o.Updates.Epochs != 1 {
				t.Errorf("%s: %s has the objective %+v", name, s.Name, o)
			}
		}
		if got := strings.Join(stages, ", "); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// TestPaperPrompts: the texts are those of the prompt format acereason, but that 1.0 has no system message and asks
// for math as its evaluation toolkit does.
func TestPaperPrompts(t *testing.T) {
	want := Prompt{Format: PromptAceReason}.Texts()
	want.Activity = ""
	for _, name := range []string{"acereason-1.1", "acereason-1.1-seed"} {
		got := named(t, name).Prompt
		got.End = ""
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the prompt is %+v", name, got)
		}
	}
	want.System, want.Math = "", "{question}\nPlease reason step by step, and put your final answer within \\boxed{}."
	if got := named(t, "acereason-1.0").Prompt; !reflect.DeepEqual(got, want) {
		t.Errorf("the prompt is %+v", got)
	}
}

// TestScaledCopies: a scaled copy has the stages of its recipe, with their rules and choices, after those that stand for
// a base model.
func TestScaledCopies(t *testing.T) {
	for _, name := range []string{"acereason-1.0", "acereason-1.1", "acereason-1.1-seed"} {
		whole, scaled := named(t, name), named(t, name+"-scaled")
		ours := scaled.Stages[len(scaled.Stages)-len(whole.Stages):]
		for i, w := range whole.Stages {
			if s := ours[i]; choices(w) != choices(s) {
				t.Errorf("%s: stage %d is\n%s, scaled\n%s", name, i, choices(w), choices(s))
			}
		}
	}
}

// choices are what of a stage is no number.
func choices(s Stage) string {
	text := fmt.Sprint(s.Name, " ", s.Kind, " ", s.Data(), " ", s.Into(), " ", s.HandOn().Policy)
	switch {
	case s.Curate != nil:
		for _, r := range s.Curate.Rules {
			text += " " + r.Name()
			if r.Questions != nil {
				text += fmt.Sprint(r.Questions.Drop)
			}
			if r.Decontaminate != nil {
				text += fmt.Sprint(r.Decontaminate.Words, r.Decontaminate.WordRule)
			}
			if r.Length != nil {
				text += fmt.Sprint(r.Length.Keep, r.Length.Of, r.Length.Tokens)
			}
		}
	case s.Teach != nil:
		text += fmt.Sprint(s.Teach.Domain, s.Teach.Keep, s.Teach.Cut, s.Teach.Judge, s.Teach.AddTo)
	case s.RL != nil:
		r := s.RL
		text += fmt.Sprint(r.Domain, r.GroupSize, r.Temperature, r.ByEpoch, r.Objective, r.Optimizer.State, r.Band.Then, r.Stop.Plateau.On())
	}
	return text
}
