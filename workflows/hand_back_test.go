package workflows

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
)

// longRecipe is the smoke recipe's math stage alone, with a number of steps.
func longRecipe(t *testing.T, steps int) recipe.Recipe {
	t.Helper()
	r := smoke(t)
	r.Stages = r.Stages[2:3]
	r.Stages[0].RL.Steps, r.Stages[0].RL.CheckpointEvery = steps, 7
	r.Evaluation.Benchmarks = nil
	return r
}

// TestStageHandsBack: a stage of many steps is a child after a child, and ends as one that hands nothing back.
func TestStageHandsBack(t *testing.T) {
	const steps = 2*handBackAfter + 30
	store, children := objectstore.NewMemory(), 0
	p := newPlace(t, store)
	p.env.SetOnChildWorkflowCompletedListener(func(info *workflow.Info, _ converter.EncodedValue, err error) {
		if info.WorkflowExecution.ID == testRunName+"/math" && err == nil {
			children++
		}
	})
	got := p.mustRun(longRecipe(t, steps))
	in := stageInput(t, store, steps)
	in.Run.Name = "other"
	for _, m := range p.manifests() {
		if m.Kind == artifact.KindCheckpoint && m.Name == "initial" {
			in.State.Policy.Checkpoint = m.Outputs[artifact.OutputCheckpoint]
		}
	}
	want, _ := runStage(t, store, in, nil)
	if got.Checkpoint != want.Policy.Checkpoint || children != 3 {
		t.Errorf("%d children end with %s, want 3 and %s", children, got.Checkpoint.Short(), want.Policy.Checkpoint.Short())
	}
	stage := p.progress().Stages[0]
	if !stage.Done || stage.Step != steps || stage.Tokens != want.Progress.Tokens || stage.Temperature != want.Progress.Temperature || p.completed["RecordTemperature"] != 1 {
		t.Errorf("it ended as %+v", stage)
	}
}

// TestSFTHandsBack: a supervised stage hands back where it would continue as new, and what it hands back is the rest.
func TestSFTHandsBack(t *testing.T) {
	store := objectstore.NewMemory()
	in := sftStageInput(t, store)
	p := newPlace(t, store)
	p.env.ExecuteWorkflow(SFT, in)
	want, err := result[StageResult](p)
	if err != nil || want.Rest != nil {
		t.Fatalf("%+v, %v", want, err)
	}
	in.Run.Name, in.HandBack = "other", 8
	for _, step := range []int{4, 8} {
		p := newPlace(t, store)
		p.env.SetContinueAsNewSuggested(true)
		p.env.ExecuteWorkflow(SFT, in)
		part, err := result[StageResult](p)
		if step == 4 {
			in = SFTInput{}
			if !decodeInput(t, err, &in) || in.HandBack != 8 || in.Progress.Step != 4 {
				t.Fatalf("it continues with %+v, %v", in, err)
			}
			continue
		}
		if err != nil || part.Rest == nil || part.Progress.Step != 8 || part.Progress.Done {
			t.Fatalf("it hands back %+v, %v", part, err)
		}
		in.Policy, in.Progress, in.Inside, in.HandBack = part.Policy, part.Progress, part.Rest.Inside, 0
	}
	p = newPlace(t, store)
	p.env.ExecuteWorkflow(SFT, in)
	if got, err := result[StageResult](p); err != nil || got.Policy.Checkpoint != want.Policy.Checkpoint || got.Progress.Tokens != want.Progress.Tokens {
		t.Errorf("it ends with %+v, want %+v, %v", got, want, err)
	}
}

// handedBackTo is the state with which a run continues as new in the middle of its first stage.
func handedBackTo(t *testing.T, store objectstore.Store, r recipe.Recipe) (state *State) {
	t.Helper()
	p := newPlace(t, store)
	p.env.SetCurrentHistoryLength(maxHistoryEvents + 1)
	_, err := p.run(r)
	var raw json.RawMessage
	if !decodeInput(t, err, &raw, &state) {
		t.Fatalf("it does not continue as new: %v", err)
	}
	return state
}

// TestOrdersBetweenParts: what an operator wants while no child is at work is done by the next one: a stop makes the policy durable.
func TestOrdersBetweenParts(t *testing.T) {
	store, r := objectstore.NewMemory(), longRecipe(t, 2*handBackAfter)
	state := handedBackTo(t, store, r)
	if state.Rest == nil || state.Stages[0].Step != handBackAfter || len(state.Policy.Updates) == 0 {
		t.Fatalf("it hands back %+v", state)
	}
	input, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	again := func(from RunState, watch func(*place)) (Result, Progress) {
		p, next := newPlace(t, store), *state
		next.State = from
		watch(p)
		result, err := p.runJSON(input, &next)
		if err != nil {
			t.Fatal(err)
		}
		return result, p.progress()
	}
	stopped, progress := again(StateStopping, func(*place) {})
	if stopped.State != StateStopped || progress.Stages[0].Step != handBackAfter || len(progress.Policy.Updates) != 0 {
		t.Errorf("stopped it is %s at step %d with %+v", stopped.State, progress.Stages[0].Step, progress.Policy)
	}
	var waited Progress
	whole, progress := again(StatePaused, func(p *place) {
		p.env.RegisterDelayedCallback(func() { waited = p.progress(); p.control(UpdateResume, "go on") }, time.Hour)
	})
	if waited.Stages[0].Step != handBackAfter || whole.State != StateCompleted || !progress.Stages[0].Done {
		t.Errorf("paused it is at step %d, and then %s", waited.Stages[0].Step, whole.State)
	}
	if n, err := newPlace(t, store).learner.Updates(context.Background(), progress.Policy); err != nil || n != 2*handBackAfter {
		t.Errorf("%d updates, %v", n, err)
	}
}
