package workflows

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"temper/model/artifact"
	"temper/model/order"
	"temper/model/recipe"
)

// answer is what became of an update.
type answer struct {
	accepted Accepted
	err      error
}

// order sends an update with its input.
func (p *place) order(name order.Name, input any) *answer {
	a := new(answer)
	p.env.UpdateWorkflow(string(name), "", &testsuite.TestUpdateCallback{
		OnReject: func(err error) { a.err = err },
		OnComplete: func(result any, err error) {
			if a.err = err; err == nil {
				a.accepted = result.(Accepted)
			}
		},
	}, input)
	return a
}

type fields = map[string]any

// rlRecipe is smoke with a longer stage of math.
func rlRecipe(t *testing.T, steps int) recipe.Recipe {
	r := smoke(t)
	r.Stages[2].RL.Steps, r.Stages[2].RL.CheckpointEvery = steps, 100
	return r
}

// decisions are the records of what people decided.
func (p *place) decisions(run artifact.RunID) []artifact.Manifest {
	p.t.Helper()
	return slices.DeleteFunc(p.manifests(), func(m artifact.Manifest) bool { return m.Kind != artifact.KindDecision || m.Given == nil })
}

// temperatures are those of a stage's policy steps, in order; the later of two records of one step.
func (p *place) temperatures(run artifact.RunID, stage string) (all []float64) {
	p.t.Helper()
	for _, m := range p.manifests() {
		if m.Kind == artifact.KindUpdate && m.Stage == stage {
			all = append(all, m.Metrics[artifact.MetricTemperature])
		}
	}
	return all
}

// again goes on with a run in a new place, from what is in the store.
func (p *place) again(r recipe.Recipe) (*place, Result) {
	p.t.Helper()
	again := newPlace(p.t, p.store)
	again.firstRunID = "another-run-id"
	r.ContinueFrom = p.firstRunID
	return again, again.mustRun(r)
}

// TestRetune: the temperature is another from the next step on, each step's record has its own, and a run that goes on
// from the store does the same again.
func TestRetune(t *testing.T) {
	r := rlRecipe(t, 6)
	p := newPlace(t, nil)
	var got *answer
	p.after("UpdatePolicy", 2, func() {
		got = p.order(order.Retune, fields{"temperature": 0.6, "reason": "entropy rises", "by": "ada"})
	})
	result := p.mustRun(r)
	if got.err != nil || !strings.Contains(got.accepted.Text, "math obeys after the step") {
		t.Fatalf("%+v", got)
	}
	ts := p.temperatures(result.Run, "math")
	at := slices.Index(ts, 0.6)
	if len(ts) != 6 || at < 2 || at > 3 || ts[0] == 0.6 || ts[5] != 0.6 {
		t.Errorf("temperatures %v", ts)
	}
	d := p.decisions(result.Run)
	if len(d) != 1 || d[0].Name != "retune" || d[0].Stage != "math" || d[0].Step != at || d[0].Given == nil || d[0].Given.By != "ada" || d[0].Given.Reason != "entropy rises" ||
		d[0].Given.At.IsZero() || d[0].Metrics[artifact.MetricTemperature] != 0.6 {
		t.Errorf("recorded %+v", d)
	}
	if orders := p.progress().Orders; len(orders) != 1 || orders[0].Step != at {
		t.Errorf("shown %+v", orders)
	}
	again, ended := p.again(r)
	if ended.Checkpoint != result.Checkpoint || again.learner.Calls("advance") > 0 {
		t.Errorf("gone on with, it ended with %s, want %s, after %d more updates", ended.Checkpoint.Short(), result.Checkpoint.Short(), again.learner.Calls("advance"))
	}
}

// TestRetuneBySearch searches again, under a number of its own.
func TestRetuneBySearch(t *testing.T) {
	p := newPlace(t, nil)
	p.after("UpdatePolicy", 2, func() { p.order(order.Retune, fields{"temperature": "search"}) })
	p.mustRun(rlRecipe(t, 6))
	searches := 0
	for _, m := range p.manifests() {
		if m.Kind == artifact.KindTemperature && m.Stage == "math" {
			searches++
		}
	}
	if searches != 2 {
		t.Errorf("%d searches are recorded", searches)
	}
}

// TestExtendAndEnd change how long stages are, before they begin and at work, and the run that goes on from the store is the same.
func TestExtendAndEnd(t *testing.T) {
	r := rlRecipe(t, 4)
	p := newPlace(t, nil)
	var got []*answer
	give := func(name order.Name, input any) func() {
		return func() { got = append(got, p.order(name, input)) }
	}
	p.after("PrepareData", 1, give(order.Extend, fields{"stage": "base-text", "epochs": 3}))
	p.after("UpdatePolicy", 2, give(order.Extend, fields{"steps": 7, "schedule": "follow"}))
	p.after("UpdatePolicy", 8, func() { // the first of code
		give(order.End, fields{"stage": "code", "reason": "good enough"})()
	})
	r.Stages[3].RL.Steps, r.Stages[3].RL.CheckpointEvery = 9, 100
	result := p.mustRun(r)
	for _, a := range got {
		if a.err != nil {
			t.Error(a.err)
		}
	}
	stages := p.progress().Stages
	if s := stages[0]; s.Step != s.Steps || s.Step < 2*8 {
		t.Errorf("base-text %+v", s)
	}
	if s := stages[2]; s.Step != 7 || s.Steps != 7 || !s.Done {
		t.Errorf("math %+v", s)
	}
	if s := stages[3]; s.Step < 1 || s.Step > 2 || !s.Done {
		t.Errorf("code %+v", s)
	}
	if n := p.trained(result.Checkpoint); n != stages[0].Step+stages[1].Step+stages[2].Step+stages[3].Step {
		t.Errorf("the final checkpoint has %d updates", n)
	}
	if !slices.ContainsFunc(result.Scores, func(s Score) bool { return s.After == "code" }) {
		t.Error("the stage that was ended is not evaluated")
	}
	again, ended := p.again(r)
	if ended.Checkpoint != result.Checkpoint || again.learner.Calls("advance")+again.learner.Calls("train") > 0 {
		t.Errorf("gone on with, it ended with %s, want %s", ended.Checkpoint.Short(), result.Checkpoint.Short())
	}
}

// TestSkip leaves out a stage that has not begun, and one at work, whose updates have no effect.
func TestSkip(t *testing.T) {
	r := rlRecipe(t, 6)
	p := newPlace(t, nil)
	var got []*answer
	p.after("PrepareData", 1, func() { got = append(got, p.order(order.Skip, fields{"stage": "code"})) })
	p.after("UpdatePolicy", 3, func() { got = append(got, p.order(order.Skip, fields{"stage": "math", "by": "ada"})) })
	result := p.mustRun(r)
	for _, a := range got {
		if a.err != nil {
			t.Error(a.err)
		}
	}
	stages := p.progress().Stages
	if !stages[2].Skipped || !stages[3].Skipped || stages[2].Step != 0 {
		t.Errorf("stages %+v", stages)
	}
	if n := p.trained(result.Checkpoint); n != stages[0].Step+stages[1].Step {
		t.Errorf("the final checkpoint has %d updates", n)
	}
	if len(p.decisions(result.Run)) != 2 || result.State != StateCompleted {
		t.Errorf("%s, recorded %+v", result.State, p.decisions(result.Run))
	}
	again, ended := p.again(r)
	if ended.Checkpoint != result.Checkpoint || again.learner.Calls("advance") > 0 {
		t.Error("gone on with, it is another")
	}
}

// TestApproval waits before and after stages until a person approves, refuses resume, and asks nobody twice.
func TestApproval(t *testing.T) {
	r := smoke(t)
	r.Stages[1].Approval, r.Stages[2].Approval = recipe.ApprovalBefore, recipe.ApprovalAfter
	p := newPlace(t, nil)
	var texts []string
	var resumed *error
	var given, refused []*answer
	approve := func() {
		progress := p.progress()
		texts = append(texts, fmt.Sprint(progress.State, ": ", progress.Reason))
		resumed = p.control(UpdateResume, "")
		refused = append(refused, p.order(order.Approve, fields{"stage": "code"}))
		given = append(given, p.order(order.Approve, fields{"by": "ada", "reason": "scores are fine"}))
		refused = append(refused, p.order(order.Approve, fields{}))
	}
	p.env.RegisterDelayedCallback(approve, 10*time.Hour)
	p.env.RegisterDelayedCallback(approve, 20*time.Hour)
	result := p.mustRun(r)
	want := []string{
		`paused: sft waits for a person's approval before it begins, by the update "approve" (starter approve test-run, or stop)`,
		`paused: math waits for a person's approval before the run goes on after it, by the update "approve" (starter approve test-run, or stop)`,
	}
	if !slices.Equal(texts, want) || *resumed == nil || result.State != StateCompleted {
		t.Errorf("%q, resume: %v", texts, *resumed)
	}
	for _, a := range given {
		if a.err != nil {
			t.Error(a.err)
		}
	}
	for _, a := range refused {
		if a.err == nil {
			t.Error("another stage was approved, or one that was approved already")
		}
	}
	if d := p.decisions(result.Run); len(d) != 2 || d[0].Given.By != "ada" {
		t.Errorf("recorded %+v", d)
	}
	if _, ended := p.again(r); ended.Checkpoint != result.Checkpoint {
		t.Error("gone on with, it is another")
	}
}

// TestApprovalRefusedByStop ends a run that waits for approval.
func TestApprovalRefusedByStop(t *testing.T) {
	r := smoke(t)
	r.Stages[2].Approval = recipe.ApprovalBefore
	p := newPlace(t, nil)
	p.env.RegisterDelayedCallback(func() { p.control(UpdateStop, "no") }, 10*time.Hour)
	if result := p.mustRun(r); result.State != StateStopped || p.learner.Calls("advance") > 0 {
		t.Errorf("%s after %d policy steps", result.State, p.learner.Calls("advance"))
	}
}

// rolledBack executes a recipe, and the execution that a rollback begins.
func (p *place) rolledBack(r recipe.Recipe) (*place, Result) {
	p.t.Helper()
	_, err := p.run(r)
	var recipeJSON json.RawMessage
	var state State
	if !decodeInput(p.t, err, &recipeJSON, &state) {
		p.t.Fatalf("got %v, want a continue-as-new", err)
	}
	again := newPlace(p.t, p.store)
	result, err := again.runJSON(recipeJSON, &state)
	if err != nil {
		p.t.Fatal(err)
	}
	return again, result
}

// TestRollback: a run goes back to an earlier step or stage. Without a change it finds its work again and ends the same; drawn
// anew, or at another temperature, it is another from there on, and the same up to there.
func TestRollback(t *testing.T) {
	r := rlRecipe(t, 6)
	whole := newPlace(t, nil)
	want := whole.mustRun(r).Checkpoint
	for _, test := range []struct {
		name         string
		input        fields
		same         bool
		steps        int // of math, that are done anew at least
		stage, after string
	}{
		{"nothing changed", fields{"stage": "math", "step": 2}, true, 0, "math", "math 3 to"},
		{"drawn anew", fields{"stage": "math", "step": 2, "redraw": true}, false, 4, "math", "math 3 to"},
		{"at another temperature", fields{"stage": "math", "step": 2, "temperature": 0.5}, false, 4, "math", "math 3 to"},
		{"to an earlier stage", fields{"stage": "sft", "step": 0, "redraw": true, "by": "ada"}, false, 6, "sft", "sft 1 to 16, math 1 to"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			var got *answer
			p.after("UpdatePolicy", 4, func() { got = p.order(order.Rollback, test.input) })
			again, result := p.rolledBack(r)
			if got.err != nil {
				t.Fatal(got.err)
			}
			if (result.Checkpoint == want) != test.same || result.State != StateCompleted {
				t.Errorf("it ended with %s, without the rollback with %s", result.Checkpoint.Short(), want.Short())
			}
			if n := again.trained(result.Checkpoint); n != whole.trained(want) {
				t.Errorf("%d updates", n)
			}
			if n := again.learner.Calls("advance"); n < test.steps {
				t.Errorf("%d policy steps were done anew", n)
			}
			d := again.decisions(result.Run)
			if len(d) != 1 || d[0].Name != "rollback" || d[0].Stage != test.stage || !strings.Contains(d[0].Remarks[0], test.after) {
				t.Errorf("recorded %+v", d)
			}
			third, ended := again.again(r)
			if ended.Checkpoint != result.Checkpoint || third.learner.Calls("advance") > 0 {
				t.Errorf("gone on with, it ended with %s, want %s", ended.Checkpoint.Short(), result.Checkpoint.Short())
			}
		})
	}
}

// TestOrdersThatMakeNoSense are refused in one line that says what is valid, and change nothing.
func TestOrdersThatMakeNoSense(t *testing.T) {
	want := newPlace(t, nil).mustRun(rlRecipe(t, 6)).Checkpoint
	p := newPlace(t, nil)
	refusals := map[string]*answer{}
	refuse := func(says string, name order.Name, input any) { refusals[says] = p.order(name, input) }
	p.after("UpdatePolicy", 2, func() {
		refuse(`unknown field "temprature"; valid: stage, temperature, reason, by`, order.Retune, fields{"temprature": 1})
		refuse("temperature is -1; valid: a number above 0", order.Retune, fields{"temperature": -1})
		refuse(`temperature is "hot"; valid: a number above 0`, order.Retune, fields{"temperature": "hot"})
		refuse("temperature is missing", order.Retune, nil)
		refuse("cannot retune base-text: it has ended; valid: math, code, or roll back first", order.Retune, fields{"temperature": 1, "stage": "base-text"})
		refuse(`stage is "maths", which the recipe has not; did you mean math?`, order.Skip, fields{"stage": "maths"})
		refuse("stage is missing", order.Skip, fields{})
		refuse("cannot extend math by epochs: it is of kind rl; valid: steps", order.Extend, fields{"epochs": 3})
		refuse("steps is 1, but math has done", order.Extend, fields{"steps": 1})
		refuse("steps and epochs", order.Extend, fields{})
		refuse(`schedule is "long"; valid: keep, follow`, order.Extend, fields{"steps": 9, "schedule": "long"})
		refuse("cannot end code: it has not begun", order.End, fields{"stage": "code"})
		refuse("there is nothing to approve", order.Approve, fields{})
		refuse("cannot roll back to code: the run has not been there; valid: base-text, sft, math", order.Rollback, fields{"stage": "code", "step": 0})
		refuse("math has no checkpoint after 40 updates; valid: 0 to", order.Rollback, fields{"stage": "math", "step": 40})
		refuse("sft has no checkpoint after 3 updates; valid: 0, 4, 8, 12, 16", order.Rollback, fields{"stage": "sft", "step": 3})
		refuse("cannot rollback sft: it is of kind sft, which has no temperature", order.Rollback, fields{"stage": "sft", "step": 0, "temperature": 1})
		refuse("step is missing", order.Rollback, fields{"stage": "math"})
		refuse("step is -1", order.Rollback, fields{"stage": "math", "step": -1})
		refuse("reason has 3000 bytes", order.End, fields{"reason": strings.Repeat("x", 3000)})
		refuse("it is a string; valid: an object", order.End, "now")
	})
	if got := p.mustRun(rlRecipe(t, 6)); got.Checkpoint != want || len(p.decisions(got.Run)) > 0 {
		t.Error("a refused order changed the run")
	}
	for says, a := range refusals {
		if a.err == nil || !strings.Contains(a.err.Error(), says) || strings.Contains(a.err.Error(), "\n") {
			t.Errorf("got %v, want %q", a.err, says)
		}
	}
}

// TestOrdersAtOnce are obeyed in the order in which they were accepted; a repeated one is the server's to find.
func TestOrdersAtOnce(t *testing.T) {
	p := newPlace(t, nil)
	p.after("UpdatePolicy", 2, func() {
		p.order(order.Retune, fields{"temperature": 0.5})
		p.order(order.Retune, fields{"temperature": 0.7})
		p.order(order.Extend, fields{"steps": 8})
	})
	result := p.mustRun(rlRecipe(t, 6))
	ts := p.temperatures(result.Run, "math")
	if len(ts) != 8 || ts[7] != 0.7 || slices.Contains(ts, 0.5) || len(p.decisions(result.Run)) != 3 {
		t.Errorf("temperatures %v", ts)
	}
}

// TestOrdersSurviveContinueAsNew: a stage that continues as new takes with it what it has been told.
func TestOrdersSurviveContinueAsNew(t *testing.T) {
	p := newPlace(t, nil)
	for _, n := range []int{stepsPerExecution - 1, stepsPerExecution, stepsPerExecution + 1} {
		p.after("UpdatePolicy", n, func() { p.order(order.Retune, fields{"temperature": float64(n) / 100}) })
	}
	result := p.mustRun(rlRecipe(t, stepsPerExecution+5))
	ts := p.temperatures(result.Run, "math")
	if last := ts[len(ts)-1]; last != float64(stepsPerExecution+1)/100 || len(p.decisions(result.Run)) != 3 {
		t.Errorf("temperatures %v", ts)
	}
}
