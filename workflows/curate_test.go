package workflows

import (
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/recipe"
)

// curated is the smoke recipe whose first RL stage trains on what a stage leaves of its problems.
func curated(t *testing.T, rules ...recipe.Rule) recipe.Recipe {
	t.Helper()
	r := smoke(t)
	rl := *r.Stages[2].RL
	raw := rl.Data
	rl.Data = "clean"
	r.Stages = []recipe.Stage{
		{Name: "curated", Kind: recipe.KindCurate, Curate: &recipe.Curate{Data: raw, Into: "clean", Rules: rules}},
		{Name: "math", Kind: recipe.KindRL, RL: &rl},
	}
	return r
}

// TestCurateStage: rules are done in order and a pause holds between two, what they leave is
// what later stages use, and the policy stays as it is.
func TestCurateStage(t *testing.T) {
	r := curated(t, recipe.Rule{Dedupe: &recipe.Dedupe{}}, recipe.Rule{Answers: &recipe.Answered{}}, recipe.Rule{Subset: &recipe.Subset{Prompts: 9}})
	p := newPlace(t, nil)
	p.after("CurateData", 1, func() { p.control(UpdatePause, "lunch") })
	paused := false
	p.env.RegisterDelayedCallback(func() {
		s := p.progress()
		paused = s.State == StatePaused && !s.Stages[0].Done && p.completed["CurateData"] < 3
		p.control(UpdateResume, "")
	}, 1<<40)
	result := p.mustRun(r)
	if !paused {
		t.Error("a pause between two rules does not hold")
	}
	if p.completed["CurateData"] != 3 || p.completed["UpdatePolicy"] != r.Stages[1].RL.Steps {
		t.Errorf("it did %v", p.completed)
	}
	funnel := p.progress().Stages[0].Curated
	if len(funnel) != 3 || funnel[0].Rule != "dedupe" || funnel[2].Rule != "subset" || funnel[2].In != funnel[0].Out || funnel[2].Out != 9 {
		t.Errorf("the funnel is %v", funnel)
	}
	if len(result.Scores) == 0 || result.Scores[0].After != "math" {
		t.Errorf("a stage that trains nothing is evaluated: %v", result.Scores)
	}
	var clean artifact.Ref
	for _, m := range p.manifests() {
		if m.Kind == artifact.KindCuration && m.Step == 3 {
			clean = m.Outputs[artifact.OutputProblems]
		}
	}
	sampled := 0
	for _, m := range p.manifests() {
		if m.Kind == artifact.KindRollouts && m.Stage == "math" && m.Name == "" {
			sampled++
			if m.Inputs["dataset"] != clean || clean.IsZero() {
				t.Errorf("rollouts are of %s, not of the curated problems %s", m.Inputs["dataset"].Short(), clean.Short())
			}
		}
	}
	if sampled == 0 {
		t.Error("nothing was sampled")
	}
}

// TestCurationLeavesNothing: a rule that leaves no row, or no row of the kind that is used, ends the run and says so.
func TestCurationLeavesNothing(t *testing.T) {
	all := recipe.Questions{Drop: []recipe.QuestionKind{recipe.QuestionShort}, MinWords: 1000}
	p := newPlace(t, nil)
	_, err := p.run(curated(t, recipe.Rule{Questions: &all}))
	if err == nil || !strings.Contains(err.Error(), "stages.curated: nothing is left of clean: rule 1, questions left 0 of ") {
		t.Errorf("the error is %v", err)
	}
}
