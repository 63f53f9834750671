package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"temper/deploy/endpoints"
	"temper/deploy/version"
	"temper/starter/advice"
	"temper/workflows"
)

// recently is how long ago a worker's last poll may be: a poll without work ends
// after a minute at most, and is followed by the next.
const recently = 70 * time.Second

// lastPoll is when a worker last asked a task queue for work, zero if it is not known.
func (t temporalRuns) lastPoll(ctx context.Context, queue string, kind enumspb.TaskQueueType) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var last time.Time
	answer, err := t.client.DescribeTaskQueue(ctx, queue, kind)
	if err != nil {
		return last, fmt.Errorf("ask Temporal for the workers: %s", why(err))
	}
	for _, p := range answer.GetPollers() {
		if at := p.GetLastAccessTime().AsTime(); at.After(last) {
			last = at
		}
	}
	return last, nil
}

// absence says in a line which workers are missing, and how to start one; "" when all are there.
func (t temporalRuns) absence(ctx context.Context, data string) string {
	here := ""
	if !endpoints.TemporalFromEnvironment() {
		held, err := endpoints.Held(filepath.Join(data, "worker.lock"))
		switch {
		case err == nil && held:
			here = "running"
		case err == nil || errors.Is(err, fs.ErrNotExist):
			here = "ended"
		}
	}
	var away []string
	last, err := t.lastPoll(ctx, workflows.ControlQueue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	if err != nil {
		return err.Error()
	}
	if time.Since(last) > recently {
		away = append(away, workflows.ControlQueue)
	}
	numerics, err := t.numericsThere(ctx, workflows.GPUQueue, version.Numerics)
	if err != nil {
		return err.Error()
	}
	if len(numerics) == 0 {
		away = append(away, workflows.QueueOf(workflows.GPUQueue, version.Numerics))
	}
	return absenceLine(away, here, data)
}

// laterNumerics is how many versions of the numerics beyond a known one are looked for.
const laterNumerics = 5

// numericsThere are the versions of the numerics with which workers of a kind of task queue compute, up to some beyond known.
func (t temporalRuns) numericsThere(ctx context.Context, kind string, known int) (found []int, err error) {
	for n := 1; n <= known+laterNumerics; n++ {
		last, err := t.lastPoll(ctx, workflows.QueueOf(kind, n), enumspb.TASK_QUEUE_TYPE_ACTIVITY)
		if err != nil {
			return nil, err
		}
		if time.Since(last) <= recently {
			found = append(found, n)
		}
	}
	return found, nil
}

// noNumerics is the cause where work waits for workers of a version of the numerics that are not there; there are the others.
func noNumerics(queue string, wanted int, there []int) string {
	if len(there) == 0 {
		return fmt.Sprintf("no worker with numerics %d is polling (task queue %s), nor any other that computes", wanted, queue)
	}
	return fmt.Sprintf("no worker with numerics %d is polling (task queue %s), with which the run began; there are workers with numerics %s, which leave it alone: "+
		"start a worker of that version, or let others compute on: bin/worker -allow-numerics %d -reason WHY",
		wanted, queue, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(there)), ", "), "[]"), wanted)
}

// absenceLine puts absence in words. Queues are those that nobody polls; here is
// how the worker of this machine stands: "running", "ended", or "" where none belongs here.
func absenceLine(queues []string, here, data string) string {
	start := "start one: " + advice.Command(data, "up")
	if here == "" {
		start = "start one: bin/worker, with the same environment"
	}
	switch {
	case here == "running" && len(queues) > 0:
		return "the worker is starting; ask again in a moment"
	case len(queues) > 0:
		return fmt.Sprintf("no worker is polling (task queue %s): the run waits; %s", strings.Join(queues, ", "), start)
	case here == "ended":
		return "the worker ended a moment ago, and the run waits for the next; " + start
	}
	return ""
}

// why is what Temporal's client said, in words for people: no codes of gRPC.
func why(err error) string {
	var away *serviceerror.Unavailable
	var late *serviceerror.DeadlineExceeded
	var canceled *serviceerror.Canceled
	switch text := err.Error(); {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &late), strings.Contains(text, "RST_STREAM"):
		return "no answer in time"
	case errors.Is(err, context.Canceled), errors.As(err, &canceled):
		return "interrupted"
	case errors.As(err, &away):
		return "Temporal does not answer"
	default:
		return text
	}
}
