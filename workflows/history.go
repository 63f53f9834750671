package workflows

import "go.temporal.io/sdk/workflow"

// maxHistoryEvents keeps each execution's history small enough to read and to
// replay in a moment; the server itself would suggest a new one at 4,096 events.
const maxHistoryEvents = 1000

// historyIsLong reports whether the workflow should continue as new at its next
// safe point.
func historyIsLong(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() > maxHistoryEvents
}
