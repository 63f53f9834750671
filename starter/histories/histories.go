// Package histories reads what Temporal has of a run as package audit wants it, and keeps it as JSON.
package histories

import (
	"cmp"
	"encoding/json"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"temper/model/audit"
)

// Read takes the history of an execution apart; no events are one that the server has no longer.
func Read(workflow, runID string, root bool, events []*historypb.HistoryEvent) audit.Execution {
	r := reader{e: audit.Execution{Workflow: workflow, RunID: runID, Root: root, Gone: len(events) == 0}, activities: map[int64]int{}}
	for _, event := range events {
		r.event(event)
	}
	return r.e
}

// reader is an execution that is being read.
type reader struct {
	e audit.Execution
	// activities are the numbers of activities by the event that scheduled them.
	activities map[int64]int
}

func (r *reader) event(event *historypb.HistoryEvent) {
	switch {
	case event.GetWorkflowExecutionStartedEventAttributes() != nil:
		r.started(event)
	case event.GetActivityTaskScheduledEventAttributes() != nil:
		a := event.GetActivityTaskScheduledEventAttributes()
		r.activities[event.GetEventId()] = len(r.e.Activities)
		r.e.Activities = append(r.e.Activities, audit.Activity{Type: a.GetActivityType().GetName(), Event: event.GetEventId(), Input: first(a.GetInput())})
	case event.GetActivityTaskStartedEventAttributes() != nil:
		a := event.GetActivityTaskStartedEventAttributes()
		if i, ok := r.activities[a.GetScheduledEventId()]; ok {
			r.e.Activities[i].Attempt, r.e.Activities[i].LastFailure = int(a.GetAttempt()), failureType(a.GetLastFailure())
		}
	case event.GetActivityTaskCompletedEventAttributes() != nil:
		a := event.GetActivityTaskCompletedEventAttributes()
		if i, ok := r.activities[a.GetScheduledEventId()]; ok {
			r.e.Activities[i].Result, r.e.Activities[i].Ended = first(a.GetResult()), event.GetEventTime().AsTime()
			if r.e.Activities[i].Result == nil { // it returns nothing but success
				r.e.Activities[i].Result = []byte("null")
			}
		}
	case event.GetWorkflowExecutionCompletedEventAttributes() != nil:
		r.e.Result = first(event.GetWorkflowExecutionCompletedEventAttributes().GetResult())
	default:
		r.change(event)
	}
}

// started notes who started a run, or which experiment. A part of it, and an execution that goes on from another, was started by nobody.
func (r *reader) started(event *historypb.HistoryEvent) {
	s := event.GetWorkflowExecutionStartedEventAttributes()
	r.e.Type, r.e.Input = s.GetWorkflowType().GetName(), first(s.GetInput())
	parent := s.GetParentWorkflowExecution()
	if s.GetContinuedExecutionRunId() != "" || parent != nil && !r.e.Root {
		return
	}
	what := "started"
	if parent != nil {
		what = fmt.Sprintf("started as a part of %s, Run ID %s", parent.GetWorkflowId(), parent.GetRunId())
	}
	if from := continuedFrom(r.e.Input); from != "" {
		what = "started again, going on from Run ID " + from
	}
	r.add(event, what, s.GetIdentity(), "", nil)
}

// change notes what a person did: an update, a signal, a cancellation, a termination, a reset.
func (r *reader) change(event *historypb.HistoryEvent) {
	switch event.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
		a := event.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest()
		order := first(a.GetInput().GetArgs())
		r.add(event, "update "+a.GetInput().GetName(), a.GetMeta().GetIdentity(), reasonIn(order), order)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		a := event.GetWorkflowExecutionSignaledEventAttributes()
		if a.GetExternalWorkflowExecution() == nil { // those of workflows are the run's own
			order := first(a.GetInput())
			r.add(event, "signal "+a.GetSignalName(), a.GetIdentity(), reasonIn(order), order)
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		a := event.GetWorkflowExecutionCancelRequestedEventAttributes()
		if a.GetExternalWorkflowExecution() == nil {
			r.add(event, "cancelled", a.GetIdentity(), a.GetCause(), nil)
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
		a := event.GetWorkflowExecutionTerminatedEventAttributes()
		r.add(event, "terminated", a.GetIdentity(), a.GetReason(), nil)
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
		a := event.GetWorkflowTaskFailedEventAttributes()
		if a.GetCause() == enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW {
			r.add(event, "reset from Run ID "+a.GetBaseRunId(), a.GetIdentity(), a.GetFailure().GetMessage(), nil)
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
		r.add(event, "options changed", event.GetWorkflowExecutionOptionsUpdatedEventAttributes().GetIdentity(), "", nil)
	}
}

func (r *reader) add(event *historypb.HistoryEvent, what, saidToBe, why string, order []byte) {
	c := audit.Change{At: event.GetEventTime().AsTime(), What: what, SaidToBe: saidToBe, Why: why, Order: string(order)}
	if p := event.GetPrincipal(); p != nil {
		c.Who = cmp.Or(p.GetType(), "identity") + " " + p.GetName()
	}
	r.e.Changes = append(r.e.Changes, c)
}

// first is the first of some arguments, as JSON; nil if there is none.
func first(payloads *commonpb.Payloads) []byte {
	if len(payloads.GetPayloads()) == 0 {
		return nil
	}
	return payloads.GetPayloads()[0].GetData()
}

// reasonIn is the reason that an order names, "" if it names none.
func reasonIn(order []byte) string {
	var c struct {
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(order, &c); err != nil {
		return ""
	}
	return c.Reason
}

// failureType is the type of a failure, as the history of a run has it.
func failureType(f *failurepb.Failure) string {
	switch {
	case f == nil:
		return ""
	case f.GetTimeoutFailureInfo() != nil:
		return "timeout: " + f.GetTimeoutFailureInfo().GetTimeoutType().String()
	case f.GetApplicationFailureInfo() != nil:
		return f.GetApplicationFailureInfo().GetType()
	}
	return f.GetMessage()
}

// continuedFrom is the Run ID that a recipe goes on from, "" if none.
func continuedFrom(recipe []byte) string {
	var asked struct {
		ContinueFrom string `json:"continue_from"`
	}
	if err := json.Unmarshal(recipe, &asked); err != nil {
		return ""
	}
	return asked.ContinueFrom
}
