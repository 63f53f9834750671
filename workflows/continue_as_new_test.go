package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
)

// decodeInput reads the arguments that an execution hands on to the next. It
// reports false when the execution did not continue as new.
func decodeInput(t *testing.T, err error, into ...any) bool {
	t.Helper()
	var next *workflow.ContinueAsNewError
	if !errors.As(err, &next) {
		return false
	}
	if err := converter.GetDefaultDataConverter().FromPayloads(next.Input, into...); err != nil {
		t.Fatal(err)
	}
	return true
}

// stageInput is the smoke recipe's math stage with a number of steps, on a store with its data and an initial policy.
func stageInput(t *testing.T, store objectstore.Store, steps int) RLStageInput {
	t.Helper()
	r := smoke(t)
	r.Stages[2].RL.Steps, r.Stages[2].RL.CheckpointEvery = steps, 7
	p := newPlace(t, store)
	vocabulary := p.vocabulary()
	p.env.ExecuteWorkflow(PrepareData, PrepareDataInput{Run: testRunID, Recipe: r, Vocabulary: vocabulary.ref})
	data, err := result[PrepareDataResult](p)
	if err != nil {
		t.Fatal(err)
	}
	initial, err := p.learner.Initial(context.Background(), activities.InitialModel{Model: r.Model, Tokenizer: vocabulary.tokenizer})
	if err != nil {
		t.Fatal(err)
	}
	return RLStageInput{
		Run: testRunID, Seed: r.Seed, Vocabulary: vocabulary.ref, Numerics: r.Numerics, Stage: r.Stages[2], Search: r.TemperatureSearch,
		Dataset: data.Datasets["math"], Desired: StateRunning, State: RLStageState{Policy: artifact.Policy{Checkpoint: initial}},
	}
}

var testRunID = artifact.RunID{Name: testRunName, ID: "first-run-id"}

// runStage runs a stage execution by execution; watch may prepare each. It returns the number of executions.
func runStage(t *testing.T, store objectstore.Store, in RLStageInput, watch func(*place)) (StageResult, int) {
	t.Helper()
	for executions := 1; executions < 100; executions++ {
		p := newPlace(t, store)
		if watch != nil {
			watch(p)
		}
		p.env.ExecuteWorkflow(RLStage, in)
		out, err := result[StageResult](p)
		if err == nil {
			return out, executions
		}
		in = RLStageInput{}
		if !decodeInput(t, err, &in) {
			t.Fatal(err)
		}
	}
	t.Fatal("the stage does not end")
	return StageResult{}, 0
}

// TestStageContinuesAsNew: a stage that the server asks to continue at many
// points ends like one that runs in one piece.
func TestStageContinuesAsNew(t *testing.T) {
	whole, pieces := objectstore.NewMemory(), objectstore.NewMemory()
	want, n := runStage(t, whole, stageInput(t, whole, 18), nil)
	if n != 1 || want.Progress.Step != 18 || !want.Progress.Done {
		t.Fatalf("%d executions, %+v", n, want)
	}
	got, n := runStage(t, pieces, stageInput(t, pieces, 18), func(p *place) {
		p.after("UpdatePolicy", 4, func() { p.env.SetContinueAsNewSuggested(true) })
	})
	if n != 5 { // 4 steps each, but for the last
		t.Errorf("%d executions", n)
	}
	want.Progress.TokensPerSecond, got.Progress.TokensPerSecond = 0, 0
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

// TestLongStage continues after stepsPerExecution steps by itself, as a child too.
func TestLongStage(t *testing.T) {
	const steps = 2*stepsPerExecution + 5
	store := objectstore.NewMemory()
	got, n := runStage(t, store, stageInput(t, store, steps), nil)
	if n != 3 || got.Progress.Step != steps || !got.Progress.Done || len(got.Policy.Updates) != 0 {
		t.Errorf("%d executions, %+v", n, got)
	}
	if n, err := learnertest.New(store).Updates(context.Background(), got.Policy); err != nil || n != steps {
		t.Errorf("%d updates, %v", n, err)
	}
	p := newPlace(t, nil)
	r := smoke(t)
	r.Stages[2].RL.Steps = steps
	p.mustRun(r)
	if s := p.progress().Stages[2]; s.Step != steps || !s.Done {
		t.Errorf("as a child: %+v", s)
	}
}

// TestDesiredIsNotLostBetweenExecutions: the order arrives with the end of the step after which the stage continues as new.
func TestDesiredIsNotLostBetweenExecutions(t *testing.T) {
	for _, test := range []struct {
		name  string
		steps int
	}{{"after a step", 3}, {"before the next execution", stepsPerExecution}} {
		t.Run(test.name, func(t *testing.T) {
			store := objectstore.NewMemory()
			in := stageInput(t, store, 2*stepsPerExecution)
			out, n := runStage(t, store, in, func(p *place) {
				// The last activity of the step before: the signal is there when UpdatePolicy ends, and starts no task of its own.
				p.after("ScoreRollouts", 2*test.steps, func() { p.env.SignalWorkflowSkippingWorkflowTask(signalControl, StateStopping) })
			})
			if n != 1 || out.Progress.Step != test.steps || out.Progress.Done {
				t.Errorf("stopped after %d executions at step %d, want 1 and %d", n, out.Progress.Step, test.steps)
			}
		})
	}
}

// sftStageInput is the smoke recipe's second supervised stage, on a store with its data and an initial policy.
func sftStageInput(t *testing.T, store objectstore.Store) SFTInput {
	t.Helper()
	r, base := smoke(t), stageInput(t, store, 1)
	p := newPlace(t, store)
	vocabulary := p.vocabulary()
	p.env.ExecuteWorkflow(PrepareData, PrepareDataInput{Run: testRunID, Recipe: r, Vocabulary: vocabulary.ref})
	data, err := result[PrepareDataResult](p)
	if err != nil {
		t.Fatal(err)
	}
	return SFTInput{
		Run: testRunID, Seed: r.Seed, Vocabulary: vocabulary.ref, Numerics: r.Numerics, Stage: r.Stages[1],
		Dataset: data.Datasets["demonstrations"], Policy: base.State.Policy, Desired: StateRunning,
	}
}

// TestSFTContinuesAsNew cuts a supervised stage, and pauses it at the cut.
func TestSFTContinuesAsNew(t *testing.T) {
	store := objectstore.NewMemory()
	first := sftStageInput(t, store)
	run := func(in SFTInput, suggest bool) (StageResult, int) {
		for executions := 1; executions < 100; executions++ {
			p := newPlace(t, store)
			p.env.SetContinueAsNewSuggested(suggest)
			p.env.ExecuteWorkflow(SFT, in)
			out, err := result[StageResult](p)
			if err == nil {
				return out, executions
			}
			in = SFTInput{}
			if !decodeInput(t, err, &in) {
				t.Fatal(err)
			}
		}
		t.Fatal("the stage does not end")
		return StageResult{}, 0
	}
	want, _ := run(first, false)
	got, n := run(first, true)
	if n != 4 || got.Policy.Checkpoint != want.Policy.Checkpoint || got.Progress.Step != 16 || got.Progress.Tokens != want.Progress.Tokens || !got.Progress.Done {
		t.Errorf("%d executions: got\n%+v, want\n%+v", n, got, want)
	}
	p := newPlace(t, store)
	p.env.SetContinueAsNewSuggested(true)
	p.learner.Use(func(context.Context, learnertest.Op, int) error {
		p.env.SignalWorkflowSkippingWorkflowTask(signalControl, StatePaused)
		return nil
	})
	other := first
	other.Seed++ // work that is not there yet
	p.env.ExecuteWorkflow(SFT, other)
	_, err := result[StageResult](p)
	var next SFTInput
	if !decodeInput(t, err, &next) || next.Desired != StatePaused || next.Progress.Step != 4 {
		t.Errorf("the next execution begins with %q at update %d: %v", next.Desired, next.Progress.Step, err)
	}
}

// TestRunContinuesAsNew: a run cut after every stage does each once and ends like one that is not cut.
func TestRunContinuesAsNew(t *testing.T) {
	reference := newPlace(t, nil)
	want := reference.mustRun(smoke(t))
	store := objectstore.NewMemory()
	completed := map[string]int{}
	var got Result
	var state *State
	input, err := json.Marshal(smoke(t))
	if err != nil {
		t.Fatal(err)
	}
	executions := 1
	for ; executions < 10; executions++ {
		p := newPlace(t, store)
		p.env.SetCurrentHistoryLength(maxHistoryEvents + 1)
		got, err = p.runJSON(input, state)
		for activity, n := range p.completed {
			completed[activity] += n
		}
		if err == nil {
			break
		}
		var raw json.RawMessage
		state = nil
		if !decodeInput(t, err, &raw, &state) {
			t.Fatal(err)
		}
		if state.Evaluated != executions || !state.Stages[executions-1].Done || state.Stages[executions].Step != 0 {
			t.Fatalf("execution %d hands on stages %+v, %d evaluated", executions, state.Stages, state.Evaluated)
		}
		input = raw
	}
	if n := reference.completed["WriteLedger"]; completed["WriteLedger"] != n+executions-1 {
		t.Errorf("%d ledgers, of a run in one piece %d", completed["WriteLedger"], n)
	}
	delete(completed, "WriteLedger")
	delete(reference.completed, "WriteLedger")
	if executions != 4 || !reflect.DeepEqual(completed, reference.completed) {
		t.Errorf("%d executions did %v, want %v", executions, completed, reference.completed)
	}
	if got.Checkpoint != want.Checkpoint || !reflect.DeepEqual(got.Scores, want.Scores) || got.State != StateCompleted {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}
