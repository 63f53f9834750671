package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"temper/activities"
	"temper/deploy/version"
	"temper/workflows"
)

// patience is the number of attempts after which work that fails is spoken of.
const patience = 3

// needPerson are the classes of failures that wait for somebody to do something:
// they are spoken of at once.
var needPerson = []string{activities.BrokenJudgeType, activities.OtherGraderType, activities.StoreRefusedType, activities.DamagedType, activities.SmallWorkerType,
	activities.NoEndpointType}

// delay is a piece of work that has failed again and again and is tried further, that
// nobody has taken up, or that takes long and says how far it is.
type delay struct {
	work     string // the activity's name
	attempts int    // that failed
	cause    string
	atWork   bool // it goes on, and cause says how far it is
}

// noGrader is the cause where programs wait to be judged.
const noGrader = "no worker that judges programs is polling (task queue " + workflows.GraderQueue +
	"): one is at its start, or this machine cannot judge them; bin/starter doctor says what it lacks"

func (d delay) String() string {
	if d.atWork {
		return fmt.Sprintf("at work: %s: %s", d.work, d.cause)
	}
	if d.attempts == 0 {
		return fmt.Sprintf("waiting: %s: %s", d.work, d.cause)
	}
	return fmt.Sprintf("waiting: %s has failed %d times and is tried again: %s", d.work, d.attempts, d.cause)
}

// delays are those of a run and of its parts.
func (t temporalRuns) delays(ctx context.Context, name string) ([]delay, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var found []delay
	unserved := map[string]string{} // by task queue: work that no worker has taken up
	for parts := []string{name}; len(parts) > 0; parts = parts[1:] {
		d, err := t.client.DescribeWorkflowExecution(ctx, parts[0], "")
		if err != nil {
			return nil, err
		}
		for _, a := range d.GetPendingActivities() {
			if isDelayed(a) {
				found = append(found, delayOf(a))
			} else if queue := awaits(a); queue != "" {
				unserved[queue] = a.GetActivityType().GetName()
			} else if how := howFar(a); how != "" {
				found = append(found, delay{work: a.GetActivityType().GetName(), cause: how, atWork: true})
			}
		}
		for _, c := range d.GetPendingChildren() {
			parts = append(parts, c.GetWorkflowId())
		}
	}
	for _, queue := range slices.Sorted(maps.Keys(unserved)) {
		last, err := t.lastPoll(ctx, queue, enumspb.TASK_QUEUE_TYPE_ACTIVITY)
		if err != nil {
			return nil, err
		}
		if time.Since(last) <= recently {
			continue
		}
		cause := noPoller(queue)
		if kind, wanted, ok := workflows.NumericsOf(queue); ok {
			there, err := t.numericsThere(ctx, kind, max(wanted, version.Numerics))
			if err != nil {
				return nil, err
			}
			if len(there) == 0 && wanted == version.Numerics { // as is said of the run
				continue
			}
			cause = noNumerics(queue, wanted, there)
		}
		found = append(found, delay{work: unserved[queue], cause: cause})
	}
	return found, nil
}

// noPoller is the cause where work waits on a task queue that nobody polls.
func noPoller(queue string) string {
	if queue == workflows.GraderQueue {
		return noGrader
	}
	return fmt.Sprintf("no worker is polling task queue %s: the reward is judged by a worker of your own; start it", queue)
}

// awaits is the task queue of work that is at no worker: a grader's, one of a version of the numerics, or one of
// the user's. The common one is that of every worker, whose absence is told elsewhere.
func awaits(a *workflowpb.PendingActivityInfo) string {
	queue := a.GetActivityOptions().GetTaskQueue().GetName()
	if a.GetState() != enumspb.PENDING_ACTIVITY_STATE_SCHEDULED || queue == workflows.ControlQueue || isCommon(queue) {
		return ""
	}
	return queue
}

// isCommon tells task queues of work that waits for any worker, or was at one alone, which others take over.
func isCommon(queue string) bool {
	_, version, ok := workflows.NumericsOf(queue)
	return ok && version == workflows.AnyNumerics || strings.HasPrefix(queue, workflows.HomeQueue(""))
}

// howFar is what work that goes on says of itself with its heartbeat, "" for nothing.
func howFar(a *workflowpb.PendingActivityInfo) string {
	var parts int64
	var how string
	if converter.GetDefaultDataConverter().FromPayloads(a.GetHeartbeatDetails(), &parts, &how) != nil {
		return "" // a worker of an older version says nothing
	}
	return how
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
	return delay{work: a.GetActivityType().GetName(), attempts: int(a.GetAttempt()) - 1, cause: cause}
}
