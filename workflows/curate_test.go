package workflows

import (
	"errors"
	"strings"
	"testing"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/samples"
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

// TestProgramsAreTried: a rule's programs are judged where programs are judged, by shards, again while the sandbox
// fails, and what is weak or fails leaves.
func TestProgramsAreTried(t *testing.T) {
	r := curated(t, recipe.Rule{Golden: &recipe.Golden{Shards: 9}}, recipe.Rule{WeakTests: &recipe.WeakTests{Shards: 9}})
	r.Tokenizer, r.Prompt = "bytes", recipe.Prompt{Format: recipe.PromptPlain, Math: "{question}", Code: "{question}"}
	r.Data["programs"] = recipe.Dataset{URI: "/programs.jsonl", Format: recipe.FormatProblems}
	r.Stages[0].Curate.Data, r.Stages[1].RL.Domain, r.Stages[1].RL.ProblemsPerStep, r.Stages[1].RL.Shards = "programs", recipe.DomainCode, 1, 1
	const strong = `{"problem":"double it","tests":{"type":"function","name":"f","cases":[{"args":[1],"expect":2},{"args":[2],"expect":4}]},"golden":"def f(x):return 2*x+0"}` + "\n"
	p := newPlace(t, nil)
	p.sources["/programs.jsonl"] = []byte(strong + strings.Replace(strong, "2*x", "3*x", 1) + strings.ReplaceAll(strings.Replace(strong, "2*x+0", "1*x+0", 1), `"args":[1],"expect":2},{"args":[2],"expect":4`, `"args":[1],"expect":1},{"args":[2],"expect":2`) + strings.Replace(strong, `,"golden":"def f(x):return 2*x+0"`, "", 1))
	p.sandbox.Use(learnertest.Fail(learnertest.OpGrade, 1, errors.New("no slot")))
	queues := map[string]bool{}
	p.options = func(name string, options workflow.ActivityOptions) {
		if name == "TryPrograms" {
			queues[options.TaskQueue] = true
		}
	}
	p.mustRun(r)
	var funnel []string
	for _, passed := range p.progress().Stages[0].Curated {
		funnel = append(funnel, passed.String())
	}
	if got := strings.Join(funnel, "; "); got != "golden left 2 of 4 (1 failed_golden_solution, 1 no_golden_solution); weak_tests left 1 of 2 (1 weak_tests)" {
		t.Errorf("the funnel is %s", got)
	}
	if p.completed["TryPrograms"] != 4+2 || len(queues) != 1 || !queues[GraderQueue] {
		t.Errorf("%d shards were tried, on %v", p.completed["TryPrograms"], queues)
	}
	var passed []string
	err := activities.EachSample(t.Context(), p.store, p.manifests(), activities.SampleFilter{Stage: "curated", Step: 2, Verdict: reward.Correct}, func(s samples.Sample) error {
		passed = append(passed, s.Problem+" "+s.Response)
		return nil
	})
	if err != nil || len(passed) != 1 || !strings.HasPrefix(passed[0], "line-3 def f(") {
		t.Errorf("whoever reads the run sees that %q pass, %v", passed, err)
	}
}
