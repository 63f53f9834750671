package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/recipe"
)

const objectivesFolder = "../deploy/examples/objectives"

// methodRecipes are recipe.yaml as every method of methods.yaml has it.
func methodRecipes(t *testing.T) map[string]recipe.Recipe {
	t.Helper()
	base, err := os.ReadFile(filepath.Join(objectivesFolder, "recipe.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(filepath.Join(objectivesFolder, "methods.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var methods map[string][]string
	if err := yaml.Unmarshal(list, &methods); err != nil {
		t.Fatal(err)
	}
	recipes := map[string]recipe.Recipe{}
	for name, sets := range methods {
		recipes[name] = decoded(t, string(base), sets...)
	}
	return recipes
}

// Every method is a recipe, and trains: a step or two of each changes the policy.
func TestMethodsAreRecipes(t *testing.T) {
	for name, r := range methodRecipes(t) {
		t.Run(name, func(t *testing.T) {
			for i := range r.Stages[:2] { // enough to write something
				r.Stages[i].SFT.BatchSize = 64
			}
			for _, set := range []string{"data.base-text.synthetic.count=640", "data.taught.synthetic.count=640", "data.held-out.synthetic.count=4",
				"stages.rl.steps=1", "stages.rl.problems_per_step=4", "stages.rl.group_size=4"} {
				if err := recipe.Set(&r, set); err != nil {
					t.Fatal(err)
				}
			}
			o, _, _ := observe(t, r, learnertest.Sources{})
			if o["weights"] == "" || o["figures of updates"] == "" {
				t.Errorf("the run shows %v", o)
			}
		})
	}
}

// TestMeasureObjectives prints what every method gains over SFT on the demo's task, with
// TEMPER_MEASURE=1: it takes a quarter of an hour, and asserts nothing but that the runs end.
func TestMeasureObjectives(t *testing.T) {
	if os.Getenv("TEMPER_MEASURE") == "" {
		t.Skip("TEMPER_MEASURE is not set")
	}
	recipes := methodRecipes(t)
	for _, name := range slices.Sorted(maps.Keys(recipes)) {
		row := "| " + name + " |"
		for seed := range uint64(3) {
			r := recipes[name]
			r.Seed = seed + 1
			_, store, result := observe(t, r, learnertest.Sources{})
			keys, err := store.List(t.Context(), result.Run.Prefix())
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range keys {
				data, err := store.Read(t.Context(), key)
				if err != nil {
					t.Fatal(err)
				}
				if m, err := artifact.DecodeManifest(data); err == nil && m.Kind == artifact.KindEvaluation && m.Stage == "rl" {
					row += fmt.Sprintf(" %.3f → %.3f, %+.3f ± %.3f |", m.Metrics[artifact.MetricAvg]-m.Metrics[artifact.MetricGain],
						m.Metrics[artifact.MetricAvg], m.Metrics[artifact.MetricGain], m.Metrics[artifact.MetricGainSE])
				}
			}
		}
		fmt.Println(row)
	}
}
