package main

import (
	"testing"

	failurepb "go.temporal.io/api/failure/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"temper/activities"
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
