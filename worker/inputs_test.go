package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"temper/model/recipe"
	"temper/workflows"
)

// raw are inputs as `temporal workflow start --input` sends them, one by one.
func raw(texts ...string) []any {
	var inputs []any
	for _, text := range texts {
		inputs = append(inputs, converter.NewRawValue(&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(text)}))
	}
	return inputs
}

// TestInputsFromOutside starts on a real server whatever somebody may start: each is answered in a
// line that says what is right, and none does any work, waits, or fails again and again.
func TestInputsFromOutside(t *testing.T) {
	s := newRealStack(t)
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	data, err := recipe.Encode(rec)
	if err != nil {
		t.Fatal(err)
	}
	good, done := string(data), `{"state": "running", "evaluated": 9}`
	for i, test := range []struct {
		kind, queue string
		inputs      []any
		says        string
	}{
		{"PostTraining", workflows.ControlQueue, raw(), "PostTraining has no input; valid: one input, the recipe as JSON"},
		{"PostTraining", workflows.ControlQueue, raw("null"), "the recipe is null; valid: keys"},
		{"PostTraining", workflows.ControlQueue, raw("[]"), "the recipe is []; valid: keys"},
		{"PostTraining", workflows.ControlQueue, raw(`"smoke"`), `the recipe is "smoke"; valid: keys`},
		{"PostTraining", workflows.ControlQueue, raw("{"), "recipe"},
		{"PostTraining", workflows.ControlQueue, raw(strings.Replace(good, `"seed"`, `"sedd"`, 1)), "sedd is unknown; did you mean seed? valid: name, seed"},
		{"PostTraining", workflows.ControlQueue, raw(good, done), "PostTraining has a second input; valid: one input, the recipe as JSON"},
		{"PostTraining", workflows.ControlQueue, raw(good, "null"), "PostTraining has a second input"},
		{"PostTraining", workflows.ControlQueue, raw(good, "[]"), "PostTraining has a second input"},
		{"PostTraining", workflows.ControlQueue, raw(good, "null", "null", "null"), "4 inputs are given; valid: at most 2"},
		{"PostTraining", workflows.GPUQueue, raw(good), "PostTraining was started on the task queue temper-gpu, which is for activities of runs; valid: PostTraining"},
		{"Experiment", workflows.ControlQueue, raw("{}", `{"fresh": true}`), "Experiment has a second input; valid: one input, the experiment as JSON"},
		{"Experiment", workflows.ControlQueue, raw("[]"), "experiment: the whole is a array"},
		{"posttraining", workflows.ControlQueue, raw(good), `the workflow type is "posttraining"; valid: PostTraining, whose one input is a recipe as JSON`},
		{"SFT", workflows.ControlQueue, raw("{}"), "SFT is a part of a run, which starts it; valid from outside: PostTraining"},
		{"RLStage", workflows.ControlQueue, raw(`{"state": {"step": 3}}`), "RLStage is a part of a run"},
		{"Evaluation", workflows.ControlQueue, raw("7"), "Evaluation is a part of a run"},
		{"PrepareData", workflows.ControlQueue, raw(), "PrepareData is a part of a run"},
		{"Collect", workflows.ControlQueue, raw("[]"), "Collect is a part of a run"},
		{"Curate", workflows.ControlQueue, raw("null"), "Curate is a part of a run"},
		{"Teach", workflows.ControlQueue, raw(`"x"`), "Teach is a part of a run"},
		{"TemperatureSearch", workflows.ControlQueue, raw("{}"), "TemperatureSearch is a part of a run"},
		{"SFT", workflows.GPUQueue, raw("{}"), "SFT was started on the task queue temper-gpu"},
	} {
		t.Run(fmt.Sprint(test.kind, " ", i), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			run, err := s.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: fmt.Sprintf("outside-%d", i), TaskQueue: test.queue}, test.kind, test.inputs...)
			if err != nil {
				t.Fatal(err)
			}
			err = run.Get(ctx, nil)
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
	t.Run("a schedule begins it again", func(t *testing.T) { s.beginAgain(t, good, done) })
	t.Run("an activity", func(t *testing.T) { s.unknownActivity(t) })
	if keys, err := s.openStore().List(t.Context(), "runs/"); err != nil || len(keys) > 0 {
		t.Errorf("the store has %q, %v", keys, err)
	}
}

// beginAgain has the server begin a refused input again and again: as the next execution of the first one.
func (s *realStack) beginAgain(t *testing.T, recipe, state string) {
	run, err := s.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "by-schedule", TaskQueue: workflows.ControlQueue, CronSchedule: "@every 1s"},
		"PostTraining", raw(recipe, state)...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.client.TerminateWorkflow(context.Background(), run.GetID(), "", "the test is over")
	refused := 0
	for refused < 2 {
		at := s.client.GetWorkflow(t.Context(), run.GetID(), run.GetRunID())
		history := s.client.GetWorkflowHistory(t.Context(), at.GetID(), at.GetRunID(), true, 1)
		for history.HasNext() {
			event, err := history.Next()
			if err != nil {
				t.Fatal(err)
			}
			failed := event.GetWorkflowExecutionFailedEventAttributes()
			if failed == nil {
				continue
			}
			if said := failed.GetFailure().GetMessage(); !strings.Contains(said, "PostTraining has a second input") {
				t.Fatalf("execution %d ended with %q", refused, said)
			}
			refused++
			run = s.client.GetWorkflow(t.Context(), run.GetID(), failed.GetNewExecutionRunId())
		}
		if s.t.Failed() {
			return
		}
	}
}

// unknownActivity has a workflow of somebody else's ask for an activity that is not there.
func (s *realStack) unknownActivity(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	err := s.begin("Train", "x").Get(ctx, nil)
	if err == nil || !strings.Contains(err.Error(), `no activity type "Train" on the task queue temper-gpu; activities belong to runs`) {
		t.Errorf("got %v", err)
	}
}
