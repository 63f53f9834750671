package main

import (
	"context"
	"fmt"
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"temper/activities"
	"temper/workflows"
)

// oneToOne refuses more inputs than a workflow, an activity, an update or a query takes, which the
// converter of the SDK passes over.
type oneToOne struct{ converter.DataConverter }

// FromPayloads implements converter.DataConverter.
func (c oneToOne) FromPayloads(payloads *commonpb.Payloads, to ...any) error {
	if n := len(payloads.GetPayloads()); n > len(to) {
		return fmt.Errorf("%d inputs are given; valid: at most %d", n, len(to))
	}
	return c.DataConverter.FromPayloads(payloads, to...)
}

// unknownActivity answers whoever asks for an activity that is not there. One that a run asks for is of a
// newer version, and waits for a worker that knows it.
func unknownActivity(ctx context.Context, _ converter.EncodedValues) error {
	info := activity.GetInfo(ctx)
	said := fmt.Sprintf("this worker knows no activity type %q on the task queue %s", info.ActivityType.Name, info.TaskQueue)
	if info.WorkflowType != nil && slices.Contains(workflows.Types(), info.WorkflowType.Name) {
		return temporal.NewApplicationError(said+": a newer one may", activities.UnexpectedType)
	}
	return temporal.NewNonRetryableApplicationError(said+"; activities belong to runs: start the workflow PostTraining on the task queue "+workflows.ControlQueue, activities.UserErrorType, nil)
}
