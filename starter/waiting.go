package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	workflowpb "go.temporal.io/api/workflow/v1"

	"temper/activities"
)

// patience is the number of attempts after which work that fails is spoken of.
const patience = 3

// needPerson are the classes of failures that wait for somebody to do something:
// they are spoken of at once.
var needPerson = []string{activities.BrokenJudgeType, activities.StoreRefusedType, activities.DamagedType, activities.SmallWorkerType}

// delay is a piece of work that has failed again and again and is tried further.
type delay struct {
	work     string // the activity's name
	attempts int
	cause    string
}

func (d delay) String() string {
	return fmt.Sprintf("waiting: %s has failed %d times and is tried again: %s", d.work, d.attempts, d.cause)
}

// delays are those of a run and of its parts.
func (t temporalRuns) delays(ctx context.Context, name string) ([]delay, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var found []delay
	for parts := []string{name}; len(parts) > 0; parts = parts[1:] {
		d, err := t.client.DescribeWorkflowExecution(ctx, parts[0], "")
		if err != nil {
			return nil, err
		}
		for _, a := range d.GetPendingActivities() {
			if isDelayed(a) {
				found = append(found, delayOf(a))
			}
		}
		for _, c := range d.GetPendingChildren() {
			parts = append(parts, c.GetWorkflowId())
		}
	}
	return found, nil
}

// isDelayed reports whether work is worth speaking of.
func isDelayed(a *workflowpb.PendingActivityInfo) bool {
	failure := a.GetLastFailure()
	if failure.GetMessage() == "" {
		return false
	}
	return a.GetAttempt() > patience || slices.Contains(needPerson, failure.GetApplicationFailureInfo().GetType())
}

func delayOf(a *workflowpb.PendingActivityInfo) delay {
	cause, _, _ := strings.Cut(a.GetLastFailure().GetMessage(), "\n")
	return delay{a.GetActivityType().GetName(), int(a.GetAttempt()) - 1, cause}
}
