package main

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"temper/model/recipe"
	"temper/workflows"
)

// TestRecordHistoriesOfEnds records runs in the states that a newer version may find them in: paused, failed, reset, cancelled, and
// one that goes on with another.
func TestRecordHistoriesOfEnds(t *testing.T) {
	s := toRecord(t)
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	rec.Stages = rec.Stages[:2]
	s.start("paused", rec)
	s.waitFor("paused/base-text", "TrainSFT")
	s.update("paused", workflows.UpdatePause)
	s.until("the run is at rest", func() bool { return s.atRest("paused") && s.atRest("paused/base-text") })
	s.record("post_training_paused", "paused")
	s.record("sft_paused", "paused/base-text")

	run := s.start("cancelled", rec)
	s.waitFor("cancelled/base-text", "TrainSFT")
	if err := s.client.CancelWorkflow(t.Context(), "cancelled", ""); err != nil {
		t.Fatal(err)
	}
	if err := run.Get(t.Context(), nil); err == nil {
		t.Fatal("the cancelled run completed")
	}
	s.record("post_training_cancelled", "cancelled")
	s.record("sft_cancelled", "cancelled/base-text")

	run = s.start("reset", rec)
	s.result(run)
	s.reset("reset", run.GetRunID())
	s.result(s.client.GetWorkflow(t.Context(), "reset", ""))
	s.record("post_training_reset", "reset")

	first := s.start("continued", rec)
	s.waitFor("continued/base-text", "TrainSFT")
	s.update("continued", workflows.UpdateStop)
	s.result(first)
	goesOn := rec
	goesOn.ContinueFrom = first.GetRunID()
	s.result(s.start("continued", goesOn))
	s.record("post_training_continued", "continued")

	failing, err := recipe.Named("smoke") // a model that has learnt nothing has no reward to learn from
	if err != nil {
		t.Fatal(err)
	}
	failing.Stages = failing.Stages[2:3]
	failing.Guard = recipe.Guard{Action: recipe.GuardFail, EmptySteps: 1}
	if err := s.start("failed", failing).Get(t.Context(), nil); err == nil {
		t.Fatal("a run of a model that has learnt nothing completed")
	}
	s.record("post_training_failed", "failed")
	s.record("rl_stage_failed", "failed/math")
}

// atRest tells whether a workflow waits for nothing that it has asked for, but for children.
func (s *realStack) atRest(id string) bool {
	described, err := s.client.DescribeWorkflowExecution(s.t.Context(), id, "")
	return err == nil && len(described.GetPendingActivities()) == 0 && described.GetPendingWorkflowTask() == nil
}

// reset begins a run's execution again after its first workflow task.
func (s *realStack) reset(id, run string) {
	s.t.Helper()
	var first int64
	events := s.client.GetWorkflowHistory(s.t.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for first == 0 && events.HasNext() {
		event, err := events.Next()
		if err != nil {
			s.t.Fatal(err)
		}
		if event.EventType == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			first = event.EventId
		}
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	_, err := s.client.ResetWorkflowExecution(ctx, &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: &common.WorkflowExecution{WorkflowId: id, RunId: run},
		Reason: "to be recorded", WorkflowTaskFinishEventId: first, RequestId: "reset " + id,
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
