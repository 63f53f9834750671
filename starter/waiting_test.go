package main

import (
	"strings"
	"testing"

	activitypb "go.temporal.io/api/activity/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"temper/activities"
	"temper/workflows"
)

// Work that waits for a person is spoken of at its first failure, other work when it fails again and again.
func TestWhatIsSpokenOf(t *testing.T) {
	pending := func(class string, attempt int32) *workflowpb.PendingActivityInfo {
		return &workflowpb.PendingActivityInfo{Attempt: attempt, LastFailure: &failurepb.Failure{
			Message: "put: no space\nmore", FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
				ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: class}},
		}}
	}
	for _, test := range []struct {
		class   string
		attempt int32
		want    bool
	}{
		{activities.StoreRefusedType, 2, true}, {activities.DamagedType, 2, true}, {activities.BrokenJudgeType, 2, true},
		{activities.TransientType, 2, false}, {activities.TransientType, 4, true}, {activities.UnexpectedType, 3, false},
	} {
		if got := isDelayed(pending(test.class, test.attempt)); got != test.want {
			t.Errorf("%s at attempt %d: %v", test.class, test.attempt, got)
		}
	}
	if isDelayed(&workflowpb.PendingActivityInfo{Attempt: 9}) {
		t.Error("work that has not failed is delayed")
	}
	if got := delayOf(pending(activities.StoreRefusedType, 2)).cause; got != "put: no space" {
		t.Errorf("the cause is %q", got)
	}
}

// Work for a grader or for a worker of the user's that none has taken up is spoken of, other work is not.
func TestWorkThatAwaitsAWorker(t *testing.T) {
	for _, test := range []struct {
		queue string
		state enumspb.PendingActivityState
		want  bool
	}{
		{workflows.GraderQueue, enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, true}, {workflows.GraderQueue, enumspb.PENDING_ACTIVITY_STATE_STARTED, false},
		{workflows.GPUQueue, enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, true}, {workflows.ControlQueue, enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, false},
		{"mine", enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, true}, {"mine", enumspb.PENDING_ACTIVITY_STATE_STARTED, false},
	} {
		a := &workflowpb.PendingActivityInfo{State: test.state, ActivityOptions: &activitypb.ActivityOptions{TaskQueue: &taskqueuepb.TaskQueue{Name: test.queue}}}
		if got := awaits(a); (got != "") != test.want {
			t.Errorf("%s on %s: %v", test.state, test.queue, got)
		}
	}
	for queue, want := range map[string]string{
		workflows.GraderQueue: "waiting: judge: no worker that judges programs is polling (task queue temper-grader)",
		"mine":                "waiting: judge: no worker is polling task queue mine: the reward is judged by a worker of your own; start it",
	} {
		if got := (delay{work: "judge", cause: noPoller(queue)}).String(); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestHowFar: work that goes on says how far it is, and that of older workers says nothing.
func TestHowFar(t *testing.T) {
	for want, details := range map[string][]any{"data.train: 3 of 9 MB": {int64(7), "data.train: 3 of 9 MB"}, "": {int64(7)}} {
		beat, err := converter.GetDefaultDataConverter().ToPayloads(details...)
		if err != nil {
			t.Fatal(err)
		}
		if got := howFar(&workflowpb.PendingActivityInfo{HeartbeatDetails: beat}); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	if got := howFar(&workflowpb.PendingActivityInfo{}); got != "" {
		t.Errorf("without a heartbeat it says %q", got)
	}
	if got := (delay{work: "PrepareData", cause: "half", atWork: true}).String(); got != "at work: PrepareData: half" {
		t.Errorf("it reads %s", got)
	}
}
