package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/collection"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/domain"
	"temper/workflows"
)

// collectRecipes are the recipes of examples that collect.
var collectRecipes = []string{"expert-iteration", "rejection-fine-tuning", "return-conditioned", "alternation"}

// collectRecipe is a recipe of deploy/examples with assignments.
func collectRecipe(t *testing.T, name string, assignments ...string) recipe.Recipe {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../deploy/examples/recipes", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, string(text), assignments...)
}

// collectedBy is the record of what a stage has collected.
func collectedBy(t *testing.T, store *objectstore.Memory, run artifact.RunID, stage string) artifact.Manifest {
	t.Helper()
	keys, err := store.List(t.Context(), run.Prefix()+stage+"/dataset-")
	if err != nil || len(keys) != 1 {
		t.Fatalf("stage %s has recorded %v, %v", stage, keys, err)
	}
	data, err := store.Read(t.Context(), keys[0])
	if err != nil {
		t.Fatal(err)
	}
	m, err := artifact.DecodeManifest(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// collected are the examples that a stage has collected, and the problems that it sampled by their prompts.
func collected(t *testing.T, store *objectstore.Memory, run artifact.RunID, stage string) ([]dataset.Example, map[string]dataset.Problem) {
	t.Helper()
	m := collectedBy(t, store, run, stage)
	examples, err := dataset.DecodeExamples(observed{}.get(t, store, m.Outputs["examples"]))
	if err != nil {
		t.Fatal(err)
	}
	problems, err := dataset.DecodeProblems(observed{}.get(t, store, m.Inputs["dataset"]))
	if err != nil {
		t.Fatal(err)
	}
	byPrompt := map[string]dataset.Problem{}
	for _, p := range problems {
		byPrompt[p.Prompt] = p
	}
	return examples, byPrompt
}

// TestExpertIterationCollectsCorrectResponses: two rounds with the real learner keep what the verifier calls correct and
// nothing else, the second what the first has kept too, and each is measured on problems held out.
func TestExpertIterationCollectsCorrectResponses(t *testing.T) {
	r := collectRecipe(t, "expert-iteration", "model.hidden_size=48", "model.intermediate_size=96", "model.num_hidden_layers=1",
		"data.demonstrations.synthetic.count=1600", "data.demonstrations.synthetic.styles={concise: 1}", "data.demonstrations.synthetic.operations=[1]",
		"data.problems.synthetic.operations=[1]", "data.problems.synthetic.count=24", "data.held-out.synthetic.operations=[1]", "data.held-out.synthetic.count=8",
		"evaluation.benchmarks.math.max_response_tokens=16", "stages.round-1.max_response_tokens=16", "stages.round-2.max_response_tokens=16",
		"stages.sft.optimizer.learning_rate=0.01", "stages.fine-1.epochs=1")
	r.Stages = r.Stages[1:] // from demonstrations alone
	_, store, result := observe(t, r, nil)
	math, err := domain.Of(recipe.DomainMath)
	if err != nil {
		t.Fatal(err)
	}
	var before []dataset.Example
	for _, stage := range []string{"round-1", "round-2"} {
		examples, problems := collected(t, store, result.Run, stage)
		for _, e := range examples {
			part, none := math.Part(domain.Means{}, problems[e.Prompt], e.Response)
			verdict, err := math.Judge(t.Context(), domain.Means{}, problems[e.Prompt], part)
			if err != nil || none != "" || verdict.Verdict != reward.Correct {
				t.Errorf("%s has kept %+v: %+v, %v", stage, e, verdict, err)
			}
		}
		if len(examples) <= len(before) {
			t.Errorf("%s holds %d examples after %d", stage, len(examples), len(before))
		}
		before = examples
		t.Logf("%s holds %d examples", stage, len(examples))
	}
	var after []string
	for _, s := range result.Scores {
		after = append(after, s.After)
		t.Logf("after %s: avg@%d %.3f ± %.3f, gain %s", s.After, s.Samples, s.Avg, s.AvgSE, s.GainText())
	}
	if want := "sft fine-1 fine-2"; strings.Join(after, " ") != want || result.State != workflows.StateCompleted {
		t.Errorf("%s, measured after %v", result.State, after)
	}
}

// TestLongCollectRecipes runs each example whole, with the seed it has: what it prints is a row of model/RECIPE.md. The
// correct responses of the policy that stage sft left make it better at problems held out. The runs
// share a store, so that the stages that all have alike are done once.
func TestLongCollectRecipes(t *testing.T) {
	long(t)
	store := objectstore.NewMemory()
	for _, name := range collectRecipes {
		t.Run(name, func(t *testing.T) {
			r := collectRecipe(t, name)
			_, result := observeOn(t, store, r, nil)
			for _, s := range result.Scores {
				t.Logf("after %s: %s avg@%d %.3f ± %.3f, pass %s, gain %s", s.After, s.Benchmark, s.Samples, s.Avg, s.AvgSE, s.PassText(), s.GainText())
				if (s.After == "fine-1" || name == "rejection-fine-tuning" && s.After == "fine") && s.Gain < 2*s.GainSE {
					t.Errorf("after %s the gain is %s, want two standard errors", s.After, s.GainText())
				}
			}
			for _, s := range r.Stages {
				if s.Collect != nil {
					m := collectedBy(t, store, result.Run, s.Name)
					t.Logf("%s: %s; %s holds %g", s.Name, collection.FromMetrics(m.Metrics), m.Name, m.Metrics[artifact.MetricNumExamples])
				}
			}
		})
	}
}

// TestCollectRecipesAreValid: the examples are recipes.
func TestCollectRecipesAreValid(t *testing.T) {
	for _, name := range collectRecipes {
		if r := collectRecipe(t, name); r.Name != name {
			t.Errorf("recipe %s calls itself %s", name, r.Name)
		}
	}
}
