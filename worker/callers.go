package main

import (
	"context"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

// callers looks up in histories who sent an update.
type callers struct{ client client.Client }

// Caller is the identity of the program that sent an update, and the principal that the server authenticated; "" where the
// history does not say, or cannot be read by this worker.
func (c callers) Caller(ctx context.Context, workflowID, runID, update string) (caller, principal string) {
	events := c.client.GetWorkflowHistory(ctx, workflowID, runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return "", ""
		}
		meta := event.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetMeta()
		if meta.GetUpdateId() != update {
			continue
		}
		if p := event.GetPrincipal(); p.GetName() != "" {
			principal = p.GetType() + ":" + p.GetName()
		}
		return meta.GetIdentity(), principal
	}
	return "", ""
}
