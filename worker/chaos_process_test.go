package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// chaosWorker is a worker that is started again when it ends, as a supervisor does.
type chaosWorker struct {
	data     string
	program  string
	flags    []string
	temporal *temporalProxy
	cmd      *exec.Cmd
	ended    chan struct{} // closed with its process's end
	told     time.Time     // when it was told to end, zero if it was not
	again    time.Time     // not started before
}

func (c *chaos) newWorker(i int, program string, flags ...string) *chaosWorker {
	data := filepath.Join(c.data, fmt.Sprintf("worker-%d", i))
	if err := os.Mkdir(data, 0o755); err != nil {
		c.t.Fatal(err)
	}
	w := &chaosWorker{data: data, program: program, flags: flags, temporal: newTemporalProxy(c.t, c.proxy.where.Temporal.HostPort)}
	c.launch(w)
	return w
}

func (c *chaos) launch(w *chaosWorker) {
	c.realStack.env = append(c.proxy.env(), "TEMPORAL_ADDRESS="+w.temporal.address(), "TEMPORAL_NAMESPACE="+c.proxy.where.Temporal.Namespace)
	w.cmd, w.ended, w.told = c.spawn(w.program, w.data, w.flags...), make(chan struct{}), time.Time{}
	cmd, ended := w.cmd, w.ended
	go func() { _ = cmd.Wait(); close(ended) }()
	c.say("%s is process %d", filepath.Base(w.data), cmd.Process.Pid)
}

// restartEnded starts the workers again that have ended.
func (c *chaos) restartEnded() {
	for _, w := range c.workers {
		select {
		case <-w.ended:
		default:
			continue
		}
		if w.again.IsZero() { // seen for the first time
			w.again = time.Now().Add(time.Second)
			if w.told.IsZero() {
				c.say("%s has ended by itself: %v", filepath.Base(w.data), w.cmd.ProcessState)
			} else {
				c.outcome.stops = append(c.outcome.stops, time.Since(w.told))
			}
		}
		if time.Now().After(w.again) {
			w.again = time.Time{}
			c.launch(w)
		}
	}
}

func (c *chaos) stopWorkers() {
	for _, w := range c.workers {
		_ = w.cmd.Process.Signal(syscall.SIGCONT)
		_ = w.cmd.Process.Signal(syscall.SIGTERM)
	}
	for _, w := range c.workers {
		select {
		case <-w.ended:
		case <-time.After(time.Minute):
			c.t.Errorf("%s did not stop within a minute of SIGTERM", filepath.Base(w.data))
			_ = w.cmd.Process.Kill()
		}
	}
}

// busy is the worker that an event is for: one that computes with weights now, nil if none does.
func (c *chaos) busy(e event) *chaosWorker {
	var busy []*chaosWorker
	for _, w := range c.workers {
		if c.watch.computes(w.cmd.Process.Pid) {
			busy = append(busy, w)
		}
	}
	if len(busy) == 0 {
		return nil
	}
	return busy[int(e.Choice*float64(len(busy)))]
}

// strike ends a worker that is at work, which comes back after the event's time.
func (c *chaos) strike(e event, signal syscall.Signal) func() {
	w := c.busy(e)
	if w == nil || w.cmd.Process.Signal(signal) != nil {
		return c.notYet(e)
	}
	c.watch.interrupt(w.cmd.Process.Pid, e.Kind)
	c.say("%s gets %s", filepath.Base(w.data), signal)
	w.told, w.again = time.Now(), time.Now().Add(time.Duration(e.For)*time.Millisecond)
	if signal == syscall.SIGTERM { // how long it takes is measured
		w.again = time.Time{}
	}
	return nil
}

// notYet begins an event at another look, unless it came too late for its run.
func (c *chaos) notYet(e event) func() {
	if c.over {
		c.say("%s came too late", e.Kind)
	} else {
		c.later(0, func() { c.begin(e) })
	}
	return nil
}

// freeze halts a worker: its machine is gone for a while, and then it is back with all that it had begun.
func (c *chaos) freeze(e event) func() {
	w := c.busy(e)
	if w == nil || w.cmd.Process.Signal(syscall.SIGSTOP) != nil {
		return c.notYet(e)
	}
	cmd := w.cmd
	c.watch.interrupt(cmd.Process.Pid, e.Kind)
	c.say("%s is halted", filepath.Base(w.data))
	return func() { _ = cmd.Process.Signal(syscall.SIGCONT) }
}

// cutOff takes Temporal from a worker that is at work, and from no other: its work is begun elsewhere while it goes on.
func (c *chaos) cutOff(e event) func() {
	w := c.busy(e)
	if w == nil {
		return c.notYet(e)
	}
	c.watch.interrupt(w.cmd.Process.Pid, e.Kind)
	c.say("%s is cut off", filepath.Base(w.data))
	return w.temporal.away()
}

// temporalAway takes Temporal from all workers, which have their store.
func (c *chaos) temporalAway(event) func() {
	var back []func()
	for _, w := range c.workers {
		back = append(back, w.temporal.away())
	}
	return func() {
		for _, f := range back {
			f()
		}
	}
}

// killServer ends Temporal, and the store with it, until the event's time is over.
func (c *chaos) killServer(event) func() {
	if c.devstack.ProcessState != nil {
		return nil // it is down already
	}
	kill(c.t, c.devstack)
	return c.startDevstack
}

// freezeServer halts Temporal while the store answers.
func (c *chaos) freezeServer(event) func() {
	cmd := c.devstack
	_ = cmd.Process.Signal(syscall.SIGSTOP)
	return func() { _ = cmd.Process.Signal(syscall.SIGCONT) }
}

// strikeStore sends the store a signal, if it is there.
func (c *chaos) strikeStore(signal syscall.Signal) func() {
	if err := c.signalStore(signal); err != nil {
		c.say("the store was not there: %v", err)
	}
	return nil
}

func (c *chaos) freezeStore(event) func() {
	c.strikeStore(syscall.SIGSTOP)
	return func() { c.strikeStore(syscall.SIGCONT) }
}

// soon is a context for a look at a server that may be away.
func soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 500*time.Millisecond)
}

func (c *chaos) describe(workflow string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	ctx, cancel := soon()
	defer cancel()
	return c.client.DescribeWorkflowExecution(ctx, workflow, "")
}

// order gives Temporal an order about the run chaos, as soon as it is there.
func (c *chaos) order(what string, give func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := give(ctx)
	var gone *serviceerror.NotFound
	switch {
	case err == nil:
		c.say("%s", what)
	case errors.As(err, &gone):
		c.say("%s: the run has ended: %v", what, err)
	default:
		c.say("%s: not yet: %v", what, err)
		c.later(time.Second, func() { c.order(what, give) })
	}
}

// end ends the run chaos from outside; it is then run again.
func (c *chaos) end(what string, how func(context.Context, string, string) error) {
	c.order(what, func(ctx context.Context) error {
		if err := how(ctx, "chaos", ""); err != nil {
			return err
		}
		c.ends["chaos"] = true
		c.watch.interruptAll("chaos", what)
		return nil
	})
}

func (c *chaos) terminate(ctx context.Context, workflow, run string) error {
	return c.client.TerminateWorkflow(ctx, workflow, run, "a schedule says so")
}

// resetRun resets the run to a point of its history, and resetStage what is at work below it.
func (c *chaos) resetRun(e event) func() { c.reset("chaos", e); return nil }

func (c *chaos) resetStage(e event) func() {
	target := "chaos"
	if described, err := c.describe(target); err == nil && len(described.PendingChildren) > 0 {
		target = described.PendingChildren[0].WorkflowId
	}
	c.reset(target, e)
	return nil
}

func (c *chaos) reset(workflow string, e event) {
	c.order("reset of "+workflow, func(ctx context.Context) error {
		var points []int64
		for events := c.client.GetWorkflowHistory(ctx, workflow, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
			event, err := events.Next()
			if err != nil {
				return err
			}
			if event.EventType == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
				points = append(points, event.EventId)
			}
		}
		if len(points) == 0 {
			return errors.New("it has no point yet")
		}
		point := points[int(e.Choice*float64(len(points)))]
		request := &workflowservice.ResetWorkflowExecutionRequest{
			Namespace: client.DefaultNamespace, WorkflowExecution: &common.WorkflowExecution{WorkflowId: workflow},
			Reason: "a schedule says so", WorkflowTaskFinishEventId: point, RequestId: fmt.Sprint(c.seed, " ", e.Kind),
		}
		_, err := c.client.ResetWorkflowExecution(ctx, request)
		if err == nil {
			c.watch.interruptAll(workflow, e.Kind)
			c.say("%s is reset to event %d", workflow, point)
		}
		return err
	})
}
