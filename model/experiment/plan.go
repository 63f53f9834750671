package experiment

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"temper/model/library/spelling"
	"temper/model/recipe"
)

// Planned is one run with one seed.
type Planned struct {
	Run
	Shared bool
	Seed   uint64
	// Label is the run's name within the experiment: NAME-sSEED.
	Label string
	// Needs is the index in the plan of the run whose checkpoint this one begins with, -1 if it begins anew.
	Needs int
	// Recipe is the run's, whole but for the parent, which is known when that run has ended.
	Recipe recipe.Recipe
}

// Plan lists all runs, each after the one that it begins with: seed by seed.
// It is a pure function; the check of workflow code sees only that recipes are copied by reflection.
//
//workflowcheck:ignore
func (e Experiment) Plan() ([]Planned, error) {
	runs := e.Runs()
	recipes := make([]recipe.Recipe, len(runs))
	for i, r := range runs {
		made, err := e.recipeOf(r)
		if err == nil && i >= len(e.Shared) {
			err = e.measures(r, made)
		}
		if err != nil {
			return nil, err
		}
		recipes[i] = made
	}
	var plan []Planned
	for _, seed := range e.Seeds {
		at := map[string]int{}
		for i, r := range runs {
			needs := -1
			if r.Parent != "" {
				needs = at[r.Parent]
				if LastTrained(plan[needs].Recipe) == "" {
					return nil, fmt.Errorf("run %s begins with %s, none of whose stages trains; valid: one that does", r.Name, r.Parent)
				}
			}
			at[r.Name] = len(plan)
			made := recipes[i]
			made.Seed = seed
			plan = append(plan, Planned{Run: r, Shared: i < len(e.Shared), Seed: seed, Label: fmt.Sprintf("%s-s%d", r.Name, seed), Needs: needs, Recipe: made})
		}
	}
	return plan, nil
}

// measures wants a variant's recipe to have the benchmarks that are compared.
func (e Experiment) measures(r Run, made recipe.Recipe) error {
	var valid []string
	for _, b := range made.Evaluation.Benchmarks {
		valid = append(valid, b.Name)
	}
	asked := []string{e.Benchmark}
	for _, c := range e.Claims {
		asked = append(asked, c.Benchmark)
	}
	for _, s := range e.Sections {
		asked = append(asked, s.Benchmark)
	}
	for _, name := range asked {
		if name != "" && !slices.Contains(valid, name) {
			return fmt.Errorf("benchmark is %q, which run %s does not measure; %svalid: %s", name, r.Name, spelling.DidYouMean(name, valid), strings.Join(valid, ", "))
		}
	}
	return nil
}

// recipeOf is the recipe of a run: the base with its changes and its stages.
func (e Experiment) recipeOf(r Run) (recipe.Recipe, error) {
	made := *e.Base
	fail := func(err error) (recipe.Recipe, error) {
		return made, fmt.Errorf("run %s: %w", r.Name, err)
	}
	made.ContinueFrom = ""
	if r.Parent != "" { // which one is known when it has ended
		made.Parent = nil
	}
	for _, set := range r.Set {
		if err := recipe.Set(&made, set); err != nil {
			return fail(err)
		}
	}
	if len(r.Stages) > 0 {
		chosen, err := stagesOf(made, r.Stages)
		if err != nil {
			return fail(err)
		}
		made.Stages = chosen
	}
	made.Data = maps.Clone(made.Data)
	for i, name := range r.Data {
		if e.MadeBy(r, name) == "" {
			return fail(fmt.Errorf("data[%d] is %q, which no stage makes of a run that it begins with; valid: what one makes", i, name))
		}
		// Which one is known when it has been made.
		made.Data[name] = recipe.Dataset{Made: &recipe.Made{Run: "parent", ID: "parent", Data: name, SHA256: strings.Repeat("0", 64)}}
	}
	checked := made
	if r.Parent != "" {
		checked.Parent = &recipe.Parent{Run: "parent", ID: "parent", Stage: "stage", Checkpoint: strings.Repeat("0", 64)}
	}
	if err := checked.Validate(); err != nil {
		return fail(err)
	}
	return made, nil
}

// stagesOf are the named stages of a recipe in the order of the names.
func stagesOf(r recipe.Recipe, names []string) ([]recipe.Stage, error) {
	var chosen []recipe.Stage
	for _, name := range names {
		at := slices.Index(r.StageNames(), name)
		if at < 0 {
			return nil, fmt.Errorf("stages has %q; %svalid: %s", name, spelling.DidYouMean(name, r.StageNames()), strings.Join(r.StageNames(), ", "))
		}
		chosen = append(chosen, r.Stages[at])
	}
	return chosen, nil
}

// LastTrained is the last stage of a recipe that trains, which leaves the checkpoint that another run begins with; "" if none does.
func LastTrained(r recipe.Recipe) string {
	for _, s := range slices.Backward(r.Stages) {
		if s.SFT != nil || s.RL != nil {
			return s.Name
		}
	}
	return ""
}
