package experiment

import (
	"errors"
	"strings"
	"testing"

	"temper/model/recipe"
)

// complete gives a named experiment its recipe, as the starter does.
func complete(t *testing.T, name string) Experiment {
	t.Helper()
	text, err := Text(name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Decode(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	base, err := recipe.Named(e.Recipe)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, set := range e.Set {
		if err := recipe.Set(&base, set); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	e.Base = &base
	return e
}

// TestNamedExperimentsPlan: every named experiment has a valid recipe for every run, cites what it looks for,
// and shares what its variants have in common.
func TestNamedExperimentsPlan(t *testing.T) {
	for _, name := range Names() {
		e := complete(t, name)
		plan, err := e.Plan()
		var faults *recipe.FaultsError
		if errors.As(err, &faults) && faults.OnlyToGive() { // files that whoever runs it names
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if e.Name != name || e.Title == "" || len(e.Sections) == 0 {
			t.Errorf("%s: named %q, titled %q, %d sections", name, e.Name, e.Title, len(e.Sections))
		}
		if len(plan) != len(e.Seeds)*len(e.Runs()) {
			t.Errorf("%s: %d runs planned", name, len(plan))
		}
		begun := map[string]string{}
		for i, p := range plan {
			if p.Needs >= i || p.Needs >= 0 && (plan[p.Needs].Name != p.Parent || plan[p.Needs].Seed != p.Seed) {
				t.Errorf("%s: %s begins with %d", name, p.Label, p.Needs)
			}
			if p.Recipe.Seed != p.Seed {
				t.Errorf("%s: %s has the seed %d", name, p.Label, p.Recipe.Seed)
			}
			if p.Needs < 0 { // nothing that begins anew may do the same first stage as another
				first, err := recipe.Encode(recipe.Recipe{Model: p.Recipe.Model, Seed: p.Seed, Data: map[string]recipe.Dataset{"x": p.Recipe.Data[p.Recipe.Stages[0].Data()]}, Stages: p.Recipe.Stages[:1]})
				if err != nil {
					t.Fatal(err)
				}
				if other := begun[string(first)]; other != "" {
					t.Errorf("%s: %s and %s both do stage %s", name, other, p.Label, p.Recipe.Stages[0].Name)
				}
				begun[string(first)] = p.Label
			}
		}
	}
}

const small = `
name: small
title: A question
recipe: smoke
seeds: [1, 2]
benchmark: math
shared: [{name: sft, stages: [base-text, sft]}]
variants:
  - {name: a, parent: sft, stages: [math], x: {lr: 1}}
  - {name: b, parent: sft, stages: [code, math], set: [stages.math.steps=1], x: {lr: 2}}
claims: [{text: b is better, source: nobody, metric: accuracy, more: b, less: a}]
sections: [{kind: curve, x: [lr]}, {kind: flips, pairs: [[sft, b]]}]
`

func TestPlan(t *testing.T) {
	e, err := Decode([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	base, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	steps := base.Stages[2].RL.Steps
	e.Base = &base
	wrong := e
	wrong.Benchmark = "mth"
	if _, err := wrong.Plan(); err == nil || !strings.Contains(err.Error(), `benchmark is "mth", which run a does not measure; did you mean math? valid: math`) {
		t.Errorf("a benchmark that there is not: %v", err)
	}
	plan, err := e.Plan()
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, p := range plan {
		labels = append(labels, p.Label+":"+strings.Join(p.Recipe.StageNames(), "+"))
	}
	if got, want := strings.Join(labels, " "), "sft-s1:base-text+sft a-s1:math b-s1:code+math sft-s2:base-text+sft a-s2:math b-s2:code+math"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if plan[5].Needs != 3 || plan[3].Needs != -1 || plan[5].Recipe.Stages[1].RL.Steps != 1 || plan[4].Recipe.Stages[0].RL.Steps != steps || base.Stages[2].RL.Steps != steps {
		t.Errorf("the changes of one run are another's, or the parents are wrong: %+v", plan[5])
	}
	if got := LastTrained(plan[0].Recipe); got != "sft" {
		t.Errorf("the last that trains is %q", got)
	}
}

func TestExperimentFaults(t *testing.T) {
	for _, row := range []struct{ from, to, says string }{
		{"title:", "titel:", `titel is unknown; did you mean title? valid: name, title, recipe,`},
		{"name: small", "name: Small", `name is "Small"; valid: 1 to 63`},
		{"seeds: [1, 2]", "seeds: one", "seeds is a string; valid: what"},
		{"parent: sft, stages: [math]", "parnet: sft, stages: [math]", "variants[0].parnet is unknown; did you mean parent? valid: name, parent, stages, data, set, x"},
		{"seeds: [1, 2]", "seeds: []", "seeds is empty; valid: at least one number"},
		{"seeds: [1, 2]", "seeds: [2, 2]", "seeds has 2 twice"},
		{"parent: sft, stages: [math]", "parent: stf, stages: [math]", `run a has the parent "stf"; did you mean sft? valid: a run before it: sft`},
		{"name: b,", "name: a,", `two runs have the name "a"`},
		{"metric: accuracy", "metric: acuracy", `claims[0].metric is "acuracy"; did you mean accuracy? valid: accuracy, pass,`},
		{"more: b", "more: c", `claims[0].more is "c"; `},
		{"source: nobody, ", "", "claims[0].text or source is missing"},
		{"kind: curve", "kind: curves", `sections[0].kind is "curves"; did you mean curve? valid: scaling`},
		{"x: [lr]}", "x: [rl]}", `sections[0].x is "rl", of which variant a has 0; valid: above 0`},
		{"x: [lr]}", "x: []}", "sections[0].x has 0 axes; valid with kind curve: 1"},
		{"[[sft, b]]", "[[sft]]", "sections[1].pairs has [sft]; valid: two runs"},
		{"[[sft, b]]", "[[sft, z]]", `sections[1].pairs is "z"; `},
		{"recipe: smoke", "", "recipe is missing"},
		{"benchmark: math", "", "benchmark is missing"},
	} {
		_, err := Decode([]byte(strings.Replace(small, row.from, row.to, 1)))
		if err == nil || !strings.Contains(err.Error(), row.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q in a line", row.to, err, row.says)
		}
	}
}

// TestParentThatTrainsNothing: a run cannot begin with one that leaves no checkpoint of its own.
func TestParentThatTrainsNothing(t *testing.T) {
	e, err := Decode([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	base, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	base.Stages = append(base.Stages, recipe.Stage{Name: "look", Kind: recipe.KindEvaluate, Evaluate: &recipe.Evaluate{}})
	e.Base, e.Shared[0].Stages = &base, []string{"look"}
	if _, err := e.Plan(); err == nil || !strings.Contains(err.Error(), "run a begins with sft, none of whose stages trains") {
		t.Errorf("got %v", err)
	}
}
