package workflows

import (
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/recipe"
)

// acts gives activities their names; it is never called through.
var acts *activities.Activities

// retry is one policy for all work: the store, the server and the machines may
// be away for as long as they like, and come back. A preempted attempt costs
// nothing, so attempts are not counted; ScheduleToClose bounds the whole.
var retry = &temporal.RetryPolicy{
	InitialInterval:        time.Second,
	BackoffCoefficient:     2,
	MaximumInterval:        30 * time.Second,
	NonRetryableErrorTypes: []string{activities.UserErrorType, activities.PermanentType},
}

// onControl is for short work that reads and writes the store: data, reports, decisions.
func onControl(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              ControlQueue,
		StartToCloseTimeout:    30 * time.Minute,
		ScheduleToCloseTimeout: 3 * 24 * time.Hour,
		RetryPolicy:            retry,
		Summary:                summary,
	})
}

// onGPU is for work that computes with weights. A heartbeat follows every update
// and every few sampled tokens; a minute without one means that the worker is
// gone, or hangs. Shorter would let a server's restart kill healthy work.
func onGPU(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              GPUQueue,
		StartToCloseTimeout:    24 * time.Hour,
		ScheduleToCloseTimeout: 7 * 24 * time.Hour,
		HeartbeatTimeout:       heartbeatTimeout,
		RetryPolicy:            retry,
		Summary:                summary,
	})
}

// forVerdicts is for verdicts. A heartbeat follows every program. Graders are for what
// runs programs: answers to math problems need no sandbox, nor a machine that has one.
func forVerdicts(ctx workflow.Context, domain, summary string) workflow.Context {
	queue := ControlQueue
	if recipe.RunsPrograms(domain) {
		queue = GraderQueue
	}
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              queue,
		StartToCloseTimeout:    6 * time.Hour,
		ScheduleToCloseTimeout: 3 * 24 * time.Hour,
		HeartbeatTimeout:       heartbeatTimeout,
		RetryPolicy:            retry,
		Summary:                summary,
	})
}

const heartbeatTimeout = time.Minute

// child is for the run's parts: a readable ID under the run's own, which is free
// again when an earlier run of the same name has ended.
func child(ctx workflow.Context, id, summary string) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:    workflow.GetInfo(ctx).WorkflowExecution.ID + "/" + id,
		TaskQueue:     ControlQueue,
		StaticSummary: summary,
		// A run that was started over meets the parts of the one it replaced, which the server ends a moment later.
		//lint:ignore SA1019 children have no conflict policy, which replaces it for clients
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING,
	})
}
