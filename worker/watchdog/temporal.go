package watchdog

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"temper/activities"
	"temper/activities/liveness"
	"temper/workflows"
)

// retryDelay is long enough for a second watchdog to find that the attempt is over.
const retryDelay = 500 * time.Millisecond

// Temporal is the server of a client.
type Temporal struct {
	Client    client.Client
	Namespace string
}

// Running implements Server: all workflows of workers of ours.
func (t Temporal) Running(ctx context.Context) (running []Execution, err error) {
	request := &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: 1000, Query: fmt.Sprintf("ExecutionStatus = 'Running' AND TaskQueue = '%s'", workflows.ControlQueue),
	}
	for {
		page, err := t.Client.ListWorkflow(ctx, request)
		if err != nil {
			return nil, err
		}
		for _, e := range page.GetExecutions() {
			running = append(running, Execution{e.GetExecution().GetWorkflowId(), e.GetExecution().GetRunId()})
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return running, nil
		}
	}
}

// Started implements Server.
func (t Temporal) Started(ctx context.Context, e Execution) (started []Attempt, err error) {
	d, err := t.Client.DescribeWorkflowExecution(ctx, e.WorkflowID, e.RunID)
	if err != nil {
		return nil, err
	}
	for _, a := range d.GetPendingActivities() {
		if beats(a) {
			started = append(started, Attempt{
				Activity: a.GetActivityId(), Type: a.GetActivityType().GetName(), Number: a.GetAttempt(), Worker: a.GetLastWorkerIdentity(),
				Started: a.GetLastStartedTime().AsTime(), Beat: a.GetLastHeartbeatTime().AsTime(),
			})
		}
	}
	return started, nil
}

// beats tells whether an activity is at work and one of ours: a reward of the user's own beats as its author likes.
func beats(a *workflowpb.PendingActivityInfo) bool {
	switch a.GetState() {
	case enumspb.PENDING_ACTIVITY_STATE_STARTED, enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED:
		_, ours := reflect.TypeFor[*activities.Activities]().MethodByName(a.GetActivityType().GetName())
		return ours && a.GetLastStartedTime() != nil
	}
	return false
}

// Lose implements Server.
func (t Temporal) Lose(ctx context.Context, e Execution, a Attempt) error {
	reason := temporal.NewApplicationErrorWithOptions(
		fmt.Sprintf("%s sent no sign of life for %s: the work is begun again by whoever is there", a.Worker, liveness.LostAfter), activities.LostWorkerType,
		temporal.ApplicationErrorOptions{NextRetryDelay: retryDelay})
	err := t.Client.CompleteActivityByID(ctx, t.Namespace, e.WorkflowID, e.RunID, a.Activity, nil, reason)
	var over *serviceerror.NotFound
	if errors.As(err, &over) {
		return fmt.Errorf("another was first: %w", err)
	}
	return err
}
