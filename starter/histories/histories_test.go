package histories

import (
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	updatepb "go.temporal.io/api/update/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"temper/model/audit"
)

func payload(text string) *commonpb.Payloads {
	return &commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(text)}}}
}

var at = timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))

// events are those of a run that a person whom the server knows has started, one whom it does not has paused, and
// others have cancelled, reset and terminated; one activity was preempted.
func events() []*historypb.HistoryEvent {
	return []*historypb.HistoryEvent{
		{EventId: 1, EventTime: at, EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, Principal: &commonpb.Principal{Type: "jwt", Name: "ada@example.org"},
			Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{
				WorkflowType: &commonpb.WorkflowType{Name: "PostTraining"}, Input: payload(`{"name":"demo","continue_from":"0a"}`), Identity: "laptop"}}},
		{EventId: 5, EventTime: at, EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
			Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{
				ActivityType: &commonpb.ActivityType{Name: "TrainSFT"}, Input: payload(`{"a":1}`)}}},
		{EventId: 6, EventTime: at, EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED,
			Attributes: &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{
				ScheduledEventId: 5, Attempt: 3, LastFailure: &failurepb.Failure{FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
					ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: "Preempted"}}}}}},
		{EventId: 7, EventTime: at, EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
			Attributes: &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{
				ScheduledEventId: 5, Result: payload(`{"b":2}`)}}},
		{EventId: 8, EventTime: at, EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAcceptedEventAttributes{WorkflowExecutionUpdateAcceptedEventAttributes: &historypb.WorkflowExecutionUpdateAcceptedEventAttributes{
				AcceptedRequest: &updatepb.Request{Meta: &updatepb.Meta{Identity: "bob@desk"}, Input: &updatepb.Input{Name: "pause", Args: payload(`{"reason":"look"}`)}}}}},
		{EventId: 9, EventTime: at, EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, // a child's, which nobody has sent
			Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{
				SignalName: "stage-progress", ExternalWorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "demo/sft"}}}},
		{EventId: 10, EventTime: at, EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED,
			Attributes: &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{
				Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW, BaseRunId: "0b", Identity: "carol", Failure: &failurepb.Failure{Message: "bad step"}}}},
		{EventId: 11, EventTime: at, EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionTerminatedEventAttributes{WorkflowExecutionTerminatedEventAttributes: &historypb.WorkflowExecutionTerminatedEventAttributes{
				Reason: "no money", Identity: "dave"}}},
	}
}

func checkRun(t *testing.T, e audit.Execution) {
	t.Helper()
	if e.Type != "PostTraining" || string(e.Input) != `{"name":"demo","continue_from":"0a"}` || e.Gone || !e.Root {
		t.Errorf("the execution is %+v", e)
	}
	if len(e.Activities) != 1 {
		t.Fatalf("%d activities", len(e.Activities))
	}
	if a := e.Activities[0]; a.Type != "TrainSFT" || string(a.Input) != `{"a":1}` || string(a.Result) != `{"b":2}` || a.Attempt != 3 || a.LastFailure != "Preempted" || a.Event != 5 {
		t.Errorf("the activity is %+v", a)
	}
	want := []audit.Change{
		{What: "started again, going on from Run ID 0a", Who: "jwt ada@example.org", SaidToBe: "laptop"},
		{What: "update pause", SaidToBe: "bob@desk", Why: "look", Order: `{"reason":"look"}`},
		{What: "reset from Run ID 0b", SaidToBe: "carol", Why: "bad step"},
		{What: "terminated", SaidToBe: "dave", Why: "no money"},
	}
	if len(e.Changes) != len(want) {
		t.Fatalf("changes are %+v", e.Changes)
	}
	for i, c := range e.Changes {
		if c.At = (time.Time{}); c != want[i] {
			t.Errorf("change %d is %+v, want %+v", i, c, want[i])
		}
	}
}

func TestRead(t *testing.T) { checkRun(t, Read("demo", "0c", true, events())) }

func TestKeptAsJSON(t *testing.T) {
	data, err := Encode("demo", "0c", true, events())
	if err != nil {
		t.Fatal(err)
	}
	e, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	checkRun(t, e)
	if data, err = Encode("demo", "0c", true, nil); err != nil {
		t.Fatal(err)
	}
	if e, err = Decode(data); err != nil || !e.Gone || !e.Root || e.RunID != "0c" {
		t.Errorf("one that is gone is %+v, error %v", e, err)
	}
}
