package main

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"temper/model/artifact"
	"temper/model/order"
	"temper/model/recipe"
	"temper/workflows"
)

// One worker does a recipe several times: one run after the other, two at once,
// one after another was stopped or started over in the middle of its supervised
// stage. All end with one digest, and every checkpoint names its true parent.
func TestRunsOfOneWorkerEndAlike(t *testing.T) {
	s := newRealStack(t)
	rec := sftOnly(t)
	first := s.result(s.start("first", rec))
	same := func(what string, result workflows.Result) {
		t.Helper()
		if result.State != workflows.StateCompleted || result.Checkpoint != first.Checkpoint {
			t.Errorf("%s: %s with %s, the first run ended with %s; first differences: %s", what, result.State,
				result.Checkpoint.Short(), first.Checkpoint.Short(), s.differences(result.Run, first.Run))
		}
	}
	same("a second run", s.result(s.start("second", rec)))
	one, two := s.start("one", rec), s.start("two", rec)
	same("one of two at once", s.result(one))
	same("the other of two at once", s.result(two))

	stopped := s.start("stopped", rec)
	s.waitFor("stopped/sft", "TrainSFT")
	s.stopRun("stopped")
	if result := s.result(stopped); result.State != workflows.StateStopped {
		t.Errorf("the stopped run ended %s", result.State)
	}
	same("a run after a stopped one", s.result(s.start("after", rec)))

	s.start("fresh", rec)
	s.waitFor("fresh/sft", "TrainSFT")
	again, err := s.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: "fresh", TaskQueue: workflows.ControlQueue, WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
	}, "PostTraining", rec)
	if err != nil {
		t.Fatal(err)
	}
	same("a run that was started over", s.result(again))
	s.parentsAreTrue(first.Run)
}

// sftOnly is a recipe whose supervised stage has several segments, and nothing after it.
func sftOnly(t *testing.T) recipe.Recipe {
	t.Helper()
	rec := slowSmoke(t)
	for _, set := range []string{"stages.sft.checkpoint_every=10"} {
		if err := recipe.Set(&rec, set); err != nil {
			t.Fatal(err)
		}
	}
	rec.Stages = rec.Stages[:2]
	return rec
}

// stopRun asks a run to stop after its step.
func (s *realStack) stopRun(name string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	handle, err := s.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: name, UpdateName: workflows.UpdateStop, Args: []any{order.Control{Said: order.Said{Reason: "test"}}},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	if err != nil {
		s.t.Fatalf("stop %s: %v", name, err)
	}
}

// parentsAreTrue follows the segments of a run: each begins with the checkpoint that the one before it made.
func (s *realStack) parentsAreTrue(run artifact.RunID) {
	s.t.Helper()
	made := map[artifact.Ref]bool{}
	segments := 0
	for _, m := range s.manifests(run) {
		made[m.Outputs["checkpoint"]] = true
	}
	for _, m := range s.manifests(run) {
		if m.Kind != artifact.KindSFT {
			continue
		}
		segments++
		if !made[m.Inputs["parent"]] || m.Inputs["parent"] == m.Outputs["checkpoint"] {
			s.t.Errorf("segment to update %d: its parent %s is not a checkpoint before it", m.Step, m.Inputs["parent"].Short())
		}
	}
	if segments < 3 {
		s.t.Errorf("%d segments; the test needs several", segments)
	}
}
