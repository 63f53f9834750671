package main

import (
	"encoding/json"
	"testing"

	"go.temporal.io/sdk/client"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/recipe"
	"temper/worker/learner"
	"temper/worker/machine"
	"temper/workflows"
)

// TestParentTrainsAsTheWhole: with real weights, a run that begins with another's checkpoint and
// carries its optimizer's moments ends with the same bytes as one run of all stages.
func TestParentTrainsAsTheWhole(t *testing.T) {
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	rec.Stages, rec.Evaluation.Benchmarks = rec.Stages[:2], nil // sft carries the moments of base-text
	if rec.Stages[1].SFT.Optimizer.State != recipe.StateCarry {
		t.Fatal("the recipe carries nothing")
	}
	store := objectstore.NewMemory()
	run := func(name string, r recipe.Recipe) workflows.Result {
		t.Helper()
		env := newFieldEnvironment(&activities.Activities{
			Store: store, Learner: learner.New(store, machine.Machine{Cores: 1}), Sources: learnertest.Sources{}, CPU: activities.NewCPUMeter(),
		})
		env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: name, TaskQueue: workflows.ControlQueue})
		data, err := recipe.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		env.ExecuteWorkflow("PostTraining", json.RawMessage(data))
		var result workflows.Result
		if err := env.GetWorkflowResult(&result); err != nil {
			t.Fatal(err)
		}
		return result
	}
	whole := run("whole", rec)
	first, second := rec, rec
	first.Stages, second.Stages = rec.Stages[:1], rec.Stages[1:]
	begun := run("first", first)
	second.Parent = &recipe.Parent{Run: "first", ID: begun.Run.ID, Stage: "base-text", Checkpoint: begun.Checkpoint.SHA256}
	if ended := run("second", second); ended.Checkpoint != whole.Checkpoint {
		t.Errorf("in two runs it ends with %s, in one with %s", ended.Checkpoint.Short(), whole.Checkpoint.Short())
	}
}
