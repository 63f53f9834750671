package workflows

import (
	"fmt"
	"strings"
	"testing"

	"go.temporal.io/sdk/workflow"

	"temper/model/artifact"
	"temper/model/experiment"
	"temper/model/recipe"
)

// forged is a state in which everything is done.
func forged() *State { return &State{State: StateRunning, Evaluated: 9} }

// TestOneInput: what an execution carries to the next cannot come from outside, where it could claim work that was never
// done: not beside the recipe, and not by a schedule or retries that have the server begin the same input again.
func TestOneInput(t *testing.T) {
	rec, err := recipe.Encode(smoke(t))
	if err != nil {
		t.Fatal(err)
	}
	exp, err := experiment.Encode(twoVariants(t))
	if err != nil {
		t.Fatal(err)
	}
	again := func(attempt int, schedule string) func(*place) {
		return func(p *place) {
			p.env.SetContinuedExecutionRunID("the-one-that-was-refused")
			p.info = func(info *workflow.Info) { info.Attempt, info.CronSchedule = int32(attempt), schedule }
		}
	}
	byOther := forged()
	byOther.Run = "guessed"
	for _, test := range []struct {
		name, kind string
		inputs     []any
		outside    func(*place)
		says       string
	}{
		{"state", "PostTraining", []any{rawJSON(rec), forged()}, nil, "PostTraining has a second input; valid: one input, the recipe as JSON"},
		{"null", "PostTraining", []any{rawJSON(rec), nil}, nil, "PostTraining has a second input"},
		{"text", "PostTraining", []any{rawJSON(rec), "state"}, nil, "PostTraining has a second input"},
		{"array", "PostTraining", []any{rawJSON(rec), []int{1}}, nil, "PostTraining has a second input"},
		{"schedule", "PostTraining", []any{rawJSON(rec), forged()}, again(1, "* * * * *"), "PostTraining has a second input"},
		{"retries", "PostTraining", []any{rawJSON(rec), forged()}, again(2, ""), "PostTraining has a second input"},
		{"a guessed run", "PostTraining", []any{rawJSON(rec), byOther}, again(1, ""), "PostTraining has a second input"},
		{"none", "PostTraining", nil, nil, "PostTraining has no input; valid: one input, the recipe as JSON"},
		{"null alone", "PostTraining", []any{nil}, nil, "recipe"},
		{"runs", "Experiment", []any{rawJSON(exp), &ExperimentState{Runs: make([]ExperimentRun, 6)}}, nil, "Experiment has a second input; valid: one input, the experiment as JSON"},
		{"fresh", "Experiment", []any{rawJSON(exp), &ExperimentState{Fresh: true}}, nil, "Experiment has a second input"},
		{"no type", "PostTrainning", []any{rawJSON(rec)}, nil, `the workflow type is "PostTrainning"; valid: PostTraining, whose one input is a recipe as JSON`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			if test.outside != nil {
				test.outside(p)
			}
			p.env.ExecuteWorkflow(test.kind, test.inputs...)
			_, err := result[Result](p)
			checkUserError(t, err, test.says)
			if len(p.completed) != 0 {
				t.Errorf("work was done: %v", p.completed)
			}
		})
	}
}

// TestPartsBelongToRuns: a part of a run names policies and data that the run has made, and is started by nobody else.
func TestPartsBelongToRuns(t *testing.T) {
	parts := Types()[2:]
	for _, name := range parts {
		for _, inputs := range [][]any{nil, {nil}, {map[string]any{}}, {[]int{1}}, {"x", "y"}} {
			t.Run(fmt.Sprint(name, inputs), func(t *testing.T) {
				p := newPlace(t, nil)
				p.outside = true
				p.env.ExecuteWorkflow(name, inputs...)
				_, err := result[any](p)
				checkUserError(t, err, name+" is a part of a run, which starts it; valid from outside: PostTraining", "Experiment", "task queue temper")
			})
		}
	}
	if want := "PrepareData SFT TemperatureSearch RLStage Evaluation Collect Curate Teach"; strings.Join(parts, " ") != want {
		t.Errorf("the parts are %s, want %s", parts, want)
	}
}

// TestFiguresFromOutside: a signal that says that a stage is done, or how good its policy is, counts for nothing unless the stage is
// at work, and what the stage itself returns stands above it.
func TestFiguresFromOutside(t *testing.T) {
	want := newPlace(t, nil).mustRun(smoke(t))
	p := newPlace(t, nil)
	p.after("TrainSFT", 1, func() {
		for _, stage := range []string{"base-text", "sft", "math", "code", "none"} {
			p.env.SignalWorkflow(signalProgress, StageProgress{Name: stage, Done: true, Step: 99})
			p.env.SignalWorkflow(signalScores, []Score{{After: stage, Benchmark: "math", Avg: 7}, {After: artifact.Inside(stage, 7), Benchmark: "math", Avg: 7}})
		}
	})
	got := p.mustRun(smoke(t))
	if got.Checkpoint != want.Checkpoint {
		t.Errorf("it ends with %s, undisturbed with %s", got.Checkpoint.Short(), want.Checkpoint.Short())
	}
	for _, s := range got.Scores {
		if stage, _, inside := artifact.ParseInside(s.After); s.Avg == 7 && (!inside || stage != "base-text") {
			t.Errorf("a score from outside is taken: %+v", s)
		}
	}
	if len(got.Scores) > len(want.Scores)+1 { // that of the stage that was at work
		t.Errorf("%d scores, want %d", len(got.Scores), len(want.Scores))
	}
}
