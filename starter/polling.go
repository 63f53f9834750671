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
	for _, queue := range []struct {
		name string
		kind enumspb.TaskQueueType
	}{
		{workflows.ControlQueue, enumspb.TASK_QUEUE_TYPE_WORKFLOW},
		{workflows.GPUQueue, enumspb.TASK_QUEUE_TYPE_ACTIVITY},
	} {
		last, err := t.lastPoll(ctx, queue.name, queue.kind)
		if err != nil {
			return err.Error()
		}
		if time.Since(last) > recently {
			away = append(away, queue.name)
		}
	}
	return absenceLine(away, here, data)
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
