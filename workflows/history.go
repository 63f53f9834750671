package workflows

import "go.temporal.io/sdk/workflow"

// maxHistoryEvents keeps each execution's history small enough to read and to
// replay in a moment; the server itself would suggest a new one at 4,096 events.
const maxHistoryEvents = 1000

// historyIsLong reports whether the workflow should continue as new at its next
// safe point, also where workers of another deployment version are to take it over.
func historyIsLong(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() > maxHistoryEvents || info.GetTargetWorkerDeploymentVersionChanged()
}

// again continues as new. An execution stays with the deployment version of the worker that began it, where workers have
// one; the next begins with the version that is current then.
func again(ctx workflow.Context, f any, args ...any) error {
	return workflow.NewContinueAsNewErrorWithOptions(ctx, workflow.ContinueAsNewErrorOptions{
		InitialVersioningBehavior: workflow.ContinueAsNewVersioningBehaviorAutoUpgrade,
	}, f, args...)
}
