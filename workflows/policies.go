package workflows

import (
	"strings"
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
// nothing, so attempts are not counted.
var retry = &temporal.RetryPolicy{
	InitialInterval:        time.Second,
	BackoffCoefficient:     2,
	MaximumInterval:        30 * time.Second,
	NonRetryableErrorTypes: []string{activities.UserErrorType, activities.PermanentType},
}

// onControl is for work that reads and writes the store: data, reports, decisions.
func onControl(ctx workflow.Context, summary string) workflow.Context {
	return on(ctx, ControlQueue, summary)
}

// onGPU is for work that computes with weights and may change them.
func onGPU(ctx workflow.Context, summary string) workflow.Context {
	return on(ctx, queueOf(ctx, GPUQueue), summary)
}

// toSample is for work that samples from weights as they are.
func toSample(ctx workflow.Context, summary string) workflow.Context {
	return on(ctx, queueOf(ctx, SamplingQueue), summary)
}

// forVerdicts is for verdicts. Graders are for what runs programs: answers to math
// problems need no sandbox, nor a machine that has one.
func forVerdicts(ctx workflow.Context, domain recipe.Domain, summary string) workflow.Context {
	if recipe.RunsPrograms(domain) {
		return on(ctx, GraderQueue, summary)
	}
	return on(ctx, ControlQueue, summary)
}

const (
	// heartbeatTimeout: all work lives by its heartbeat, which a worker sends every
	// few seconds as long as the work goes on by its own count. That a worker is gone
	// is found by a watchdog, in seconds; this is how long a server may be away
	// without ending healthy work, since timeouts pass on its clock meanwhile.
	heartbeatTimeout = 10 * time.Minute
	// attemptTimeout is beyond all work: a large model samples a shard for days.
	// What hangs is known by its heartbeat, and what waits for a store, a disk or a
	// judge waits until somebody has seen to it.
	attemptTimeout = 90 * 24 * time.Hour
)

func on(ctx workflow.Context, queue, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           queue,
		StartToCloseTimeout: attemptTimeout,
		HeartbeatTimeout:    heartbeatTimeout,
		RetryPolicy:         retry,
		Summary:             summary,
		Priority:            temporal.Priority{FairnessKey: fairnessKey(ctx)},
		// Work that is cut off ends before the workflow goes on: what it still records is in the chain.
		WaitForCancellation: true,
	})
}

// fairnessKey is the run's name: where a server has fair task queues, runs that share workers take
// turns by it, however much work each of them asks for at a time. Others hand work out in the order in which it was asked for.
func fairnessKey(ctx workflow.Context) string {
	name, _, _ := strings.Cut(workflow.GetInfo(ctx).WorkflowExecution.ID, "/")
	return name
}

// child is for the run's parts: a readable ID under the run's own, which is free
// again when an earlier run of the same name has ended.
func child(ctx workflow.Context, id, summary string) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:    workflow.GetInfo(ctx).WorkflowExecution.ID + "/" + id,
		TaskQueue:     ControlQueue,
		StaticSummary: summary,
		// One that is cancelled ends before the run does, which it hands what it has done.
		WaitForCancellation: true,
		// A run that was started over meets the parts of the one it replaced, which the server ends a moment later.
		//lint:ignore SA1019 children have no conflict policy, which replaces it for clients
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING,
	})
}
