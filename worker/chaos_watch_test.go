package main

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflow/v1"

	"temper/activities"
)

// watch follows the attempts of all activities of a schedule's runs: what each cause cost, and how long it took until
// another worker had the work.
type watch struct {
	c       *chaos
	current map[string]*attempt // by run of a workflow and activity
}

// attempt is one attempt of an activity.
type attempt struct {
	workflow, activity string
	number             int32
	worker             string // PID@HOST@…
	began              time.Time
	cause              string    // what interrupted it, "" if nothing is known to have
	until              time.Time // when it was interrupted
	seen, beat         time.Time // when it was seen last, and heard of
}

func newWatch(c *chaos) *watch { return &watch{c: c, current: map[string]*attempt{}} }

// look notes what is at work now. What is no more has ended, well or not, unless the server did not say.
func (w *watch) look() {
	pending, whole := map[string]bool{}, true
	for _, name := range w.c.runs {
		whole = w.lookAt(name, pending) && whole
	}
	for key := range w.current {
		if whole && !pending[key] {
			delete(w.current, key)
		}
	}
}

// lookAt notes what is at work in a workflow and below it.
func (w *watch) lookAt(name string, pending map[string]bool) bool {
	described, err := w.c.describe(name)
	if err != nil {
		return false // it has not begun, or the server is away
	}
	info := described.WorkflowExecutionInfo
	for _, p := range described.PendingActivities {
		key := info.Execution.RunId + " " + p.ActivityId
		pending[key] = true
		w.follow(key, info.Execution.WorkflowId, p)
	}
	whole := true
	for _, child := range described.PendingChildren {
		whole = w.lookAt(child.WorkflowId, pending) && whole
	}
	return whole
}

// follow notes one pending activity.
func (w *watch) follow(key, workflow string, p *workflow.PendingActivityInfo) {
	now, before := time.Now(), w.current[key]
	started := p.State == enums.PENDING_ACTIVITY_STATE_STARTED
	if before != nil && p.Attempt > before.number {
		if before.cause == "" { // no event of ours interrupted it
			before.cause, before.until = causeOf(p), before.seen
			if p.LastFailure.GetTimeoutFailureInfo() != nil || before.cause == activities.LostWorkerType { // it was lost on its way to a worker, or with the worker
				before.until = before.beat
			}
		}
		w.lost(before)
		before.number = p.Attempt
		w.c.say("%s of %s: attempt %d follows, after %s: %s", before.activity, workflow, p.Attempt, before.cause, p.LastFailure.GetMessage())
		if !started {
			before.worker, before.began = "", time.Time{} // waits
		}
	}
	if !started {
		return
	}
	if before == nil || before.began.IsZero() || p.Attempt > 1 && !p.LastStartedTime.AsTime().Equal(before.began) {
		if before != nil && before.cause != "" {
			w.c.outcome.handed(before.cause, p.LastStartedTime.AsTime().Sub(before.until))
		}
		w.current[key] = &attempt{workflow: workflow, activity: p.ActivityType.GetName(), number: p.Attempt, worker: p.LastWorkerIdentity,
			began: p.LastStartedTime.AsTime(), seen: now, beat: p.LastStartedTime.AsTime()}
		return
	}
	before.seen = now
	if p.LastHeartbeatTime != nil && p.LastHeartbeatTime.AsTime().After(before.beat) {
		before.beat = p.LastHeartbeatTime.AsTime()
	}
}

// causeOf says in a word or two why an attempt failed.
func causeOf(p *workflow.PendingActivityInfo) string {
	if app := p.LastFailure.GetApplicationFailureInfo(); app != nil {
		return app.Type
	}
	if timeout := p.LastFailure.GetTimeoutFailureInfo(); timeout != nil {
		return "timeout (" + timeout.TimeoutType.String() + ")"
	}
	return "unknown"
}

// lost counts what an attempt had done.
func (w *watch) lost(a *attempt) {
	if a.began.IsZero() || a.cause == activities.BusyType { // it had done nothing
		return
	}
	w.c.outcome.redo(a.cause, a.workflow, a.activity, max(0, a.until.Sub(a.began)))
}

// computes says whether a process has had work with weights for a moment.
func (w *watch) computes(pid int) bool {
	for _, a := range w.current {
		if strings.HasPrefix(a.worker, fmt.Sprint(pid, "@")) && w.c.outcome.rates[a.activity] > 0 && time.Since(a.began) > 50*time.Millisecond {
			return true
		}
	}
	return false
}

// interrupt notes that what a process has at work is interrupted now. It counts once another attempt follows.
func (w *watch) interrupt(pid int, cause string) {
	for _, a := range w.current {
		if strings.HasPrefix(a.worker, fmt.Sprint(pid, "@")) {
			a.cause, a.until = cause, time.Now()
		}
	}
}

// interruptAll counts what is at work in a workflow and below it as lost.
func (w *watch) interruptAll(workflow, cause string) {
	for key, a := range w.current {
		if a.workflow == workflow || strings.HasPrefix(a.workflow, workflow+"/") {
			a.cause, a.until = cause, time.Now()
			w.lost(a)
			delete(w.current, key)
		}
	}
}
