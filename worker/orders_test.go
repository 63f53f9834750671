package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"temper/model/artifact"
	"temper/model/order"
	"temper/model/recipe"
	"temper/workflows"
)

// TestLongOrders gives a run orders while its worker is away and twice under one update ID, and one after its end: the
// first is obeyed when a worker is back, the second once, and the last is refused.
func TestLongOrders(t *testing.T) {
	long(t)
	s := newRealStack(t)
	rec := recipeWith(t, "smoke", "stages.math.steps=12", "stages.math.temperature=1.1", "data.math.synthetic.count=100")
	run := s.start("told", rec)
	s.waitFor("told/math", "UpdatePolicy")
	kill(s.t, s.worker)
	give := func(wait time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		defer cancel()
		handle, err := s.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
			UpdateID: "the only one", WorkflowID: "told", UpdateName: string(order.Retune), WaitForStage: client.WorkflowUpdateStageCompleted,
			Args: []any{order.RetuneInput{Stage: "math", Temperature: &recipe.Temperature{Value: 0.7}, Said: order.Said{By: "ada", Reason: "test"}}},
		})
		if err == nil {
			err = handle.Get(ctx, nil)
		}
		return err
	}
	if err := give(3 * time.Second); err == nil {
		t.Error("an order was accepted without a worker")
	}
	s.startWorker()
	for range 2 {
		if err := give(2 * time.Minute); err != nil {
			t.Errorf("the order is refused: %v", err)
		}
	}
	if got := s.result(run); got.State != workflows.StateCompleted {
		t.Fatalf("it ended %s", got.State)
	}
	orders, last := 0, 0.0
	for _, m := range s.manifests(artifact.RunID{Name: "told", ID: run.GetRunID()}) {
		if m.Kind == artifact.KindDecision && m.Name == string(order.Retune) {
			if orders++; m.Given == nil || m.Given.By != "ada" || m.Given.Caller == "" || m.Given.Update != "the only one" {
				t.Errorf("recorded as given by %+v", m.Given)
			}
		}
		if m.Kind == artifact.KindUpdate && m.Stage == "math" && m.Step == 12 {
			last = m.Metrics[artifact.MetricTemperature]
		}
	}
	if orders != 1 || last != 0.7 {
		t.Errorf("%d orders are recorded, and the last temperature is %g", orders, last)
	}
	_, err := s.client.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
		WorkflowID: "told", UpdateName: string(order.End), Args: []any{order.EndInput{}}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if missing := new(serviceerror.NotFound); !errors.As(err, &missing) {
		t.Errorf("an order after the end gives %v", err)
	}
}
