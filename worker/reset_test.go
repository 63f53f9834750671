package main

import (
	"fmt"
	"testing"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"temper/model/recipe"
	"temper/workflows"
)

// TestLongReset resets a finished run to its beginning and to points all over its history, one of its stages, and a run whose
// stage is at work: each ends with the same checkpoint, from what is in the store, and leaves nothing running.
func TestLongReset(t *testing.T) {
	long(t)
	s := newRealStack(t)
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	first := s.start("reset", rec)
	want := s.result(first)
	points := s.resetPoints("reset", first.GetRunID())
	for i := 0; i < 6; i++ {
		s.resetTo("reset", first.GetRunID(), points[i*(len(points)-1)/5])
		got := s.result(s.client.GetWorkflow(t.Context(), "reset", ""))
		if got.State != workflows.StateCompleted || got.Checkpoint != want.Checkpoint {
			t.Errorf("reset to event %d it is %s, with %s; want %s", points[i*(len(points)-1)/5], got.State, got.Checkpoint.Short(), want.Checkpoint.Short())
		}
	}
	child := s.client.GetWorkflow(t.Context(), "reset/math", "")
	points = s.resetPoints("reset/math", child.GetRunID())
	s.resetTo("reset/math", child.GetRunID(), points[len(points)/2])
	var stage workflows.StageResult
	if err := s.client.GetWorkflow(t.Context(), "reset/math", "").Get(t.Context(), &stage); err != nil || !stage.Progress.Done {
		t.Errorf("a stage that is reset ends as %+v, %v", stage.Progress, err)
	}
	if err := recipe.Set(&rec, "stages.math.steps=12"); err != nil {
		t.Fatal(err)
	}
	whole := s.result(s.start("whole", rec))
	second := s.start("second", rec)
	s.waitFor("second/math", "UpdatePolicy")
	s.resetTo("second", second.GetRunID(), s.resetPoints("second", second.GetRunID())[0])
	if got := s.result(s.client.GetWorkflow(t.Context(), "second", "")); got.Checkpoint != whole.Checkpoint {
		t.Errorf("reset at work it ends with %s, want %s", got.Checkpoint.Short(), whole.Checkpoint.Short())
	}
	s.until("nothing runs", func() bool {
		listed, err := s.client.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: "ExecutionStatus = 'Running'"})
		return err == nil && len(listed.Executions) == 0
	})
}

// resetPoints are the workflow tasks of an execution, to which it can be reset.
func (s *realStack) resetPoints(id, run string) (points []int64) {
	s.t.Helper()
	events := s.client.GetWorkflowHistory(s.t.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			s.t.Fatal(err)
		}
		if event.EventType == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			points = append(points, event.EventId)
		}
	}
	if len(points) == 0 {
		s.t.Fatalf("%s has no workflow task", id)
	}
	return points
}

// resetTo begins an execution again after one of its workflow tasks.
func (s *realStack) resetTo(id, run string, event int64) {
	s.t.Helper()
	_, err := s.client.ResetWorkflowExecution(s.t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: "default", WorkflowExecution: &common.WorkflowExecution{WorkflowId: id, RunId: run},
		Reason: "test", RequestId: fmt.Sprint(id, event, time.Now().UnixNano()), WorkflowTaskFinishEventId: event,
	})
	if err != nil {
		s.t.Fatalf("reset %s to event %d: %v", id, event, err)
	}
}
