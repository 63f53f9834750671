package workflows

import (
	"encoding/json"
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"

	"temper/model/order"
)

// signalOrder carries an experiment's pause, resume or stop to a run of it that is at work.
const signalOrder = "order"

// passed is an update of a run that its experiment passes on.
type passed struct {
	Update string `json:"update"`
	order.Control
}

// handleUpdates registers pause, resume and stop. Each is passed to the runs at work, and no other begins while the
// experiment is paused or once it is stopping.
func (x *experimenting) handleUpdates(ctx workflow.Context) error {
	for _, u := range []struct {
		name, description string
		from              []RunState
		to                RunState
	}{
		{UpdatePause, "Pause the experiment: its runs at work after the step that is being done; no other begins.", []RunState{StateRunning}, StatePaused},
		{UpdateResume, "Go on after a pause, with the runs that were paused with the experiment.", []RunState{StatePaused}, StateRunning},
		{UpdateStop, "Stop the experiment: its runs at work after the step that is being done, each with a checkpoint and a report; then the page is written.", []RunState{StateRunning, StatePaused}, StateStopping},
	} {
		handler := func(ctx workflow.Context, input json.RawMessage) (RunState, error) {
			c, err := order.DecodeControl(input)
			if err != nil {
				return "", err
			}
			x.state.State, x.state.Reason = u.to, c.Reason
			if u.to == StateRunning { // why it was paused is over, what it was resumed for stands in the history
				x.state.Reason = ""
			}
			x.publish(ctx)
			for i := range x.state.Runs {
				x.pass(ctx, i, passed{u.name, c})
			}
			return u.to, nil
		}
		validator := func(_ workflow.Context, input json.RawMessage) error {
			if _, err := order.DecodeControl(input); err != nil {
				return fmt.Errorf("%s: %w", u.name, err)
			}
			if !slices.Contains(u.from, x.state.State) {
				return fmt.Errorf("cannot %s an experiment that is %s", u.name, x.state.State)
			}
			return nil
		}
		if err := workflow.SetUpdateHandlerWithOptions(ctx, u.name, handler, workflow.UpdateHandlerOptions{Validator: validator, Description: u.description}); err != nil {
			return fmt.Errorf("register update %s: %w", u.name, err)
		}
	}
	return nil
}

// pass passes an order to run i, if it is at work. One that is just being started gets it when it has begun.
func (x *experimenting) pass(ctx workflow.Context, i int, o passed) {
	r := x.state.Runs[i]
	if r.State != string(StateRunning) || !x.begun[i] {
		return
	}
	future := workflow.SignalExternalWorkflow(ctx, r.Run.Name, "", signalOrder, o)
	workflow.Go(ctx, func(ctx workflow.Context) {
		if err := future.Get(ctx, nil); err != nil { // it has ended in the meantime
			workflow.GetLogger(ctx).Debug("order not delivered", "run", r.Run.Name, "error", err)
		}
	})
}

// passState tells run i, which has just begun, what was ordered while it was being started.
func (x *experimenting) passState(ctx workflow.Context, i int) {
	x.begun[i] = true
	switch x.state.State {
	case StatePaused:
		x.pass(ctx, i, passed{UpdatePause, order.Control{Said: order.Said{Reason: x.state.Reason}}})
	case StateStopping:
		x.pass(ctx, i, passed{UpdateStop, order.Control{Said: order.Said{Reason: x.state.Reason}}})
	}
}

// proceed waits while the experiment is paused. It reports false when it is to stop.
func (x *experimenting) proceed(ctx workflow.Context) (bool, error) {
	err := workflow.Await(ctx, func() bool { return x.state.State != StatePaused })
	return x.state.State != StateStopping, err
}

// followExperiment obeys the experiment that the run belongs to.
func (r *run) followExperiment(ctx workflow.Context) {
	r.passed = workflow.GetSignalChannelWithOptions(ctx, signalOrder, workflow.SignalChannelOptions{
		Description: "What the run's experiment was told: pause, resume or stop. Sent by the experiment.",
	})
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var o passed
			r.passed.Receive(ctx, &o)
			r.obey(ctx, o)
		}
	})
}

// takeOrders obeys what came with the last event, which a new execution would not see.
func (r *run) takeOrders(ctx workflow.Context) {
	var o passed
	for r.passed.ReceiveAsync(&o) {
		r.obey(ctx, o)
	}
}

// obey does an order where it makes sense: a run that a person or a rule has paused is not resumed with its experiment.
func (r *run) obey(ctx workflow.Context, o passed) {
	switch s := r.state.State; {
	case o.Update == UpdatePause && s == StateRunning:
		r.state.State, r.state.Held = StatePaused, true
	case o.Update == UpdateResume && s == StatePaused && r.state.Held:
		r.state.State, r.state.Held = StateRunning, false
	case o.Update == UpdateStop && (s == StateRunning || s == StatePaused):
		r.state.State = StateStopping
	default:
		return
	}
	r.state.Reason = o.Reason
	if r.state.State == StateRunning {
		r.state.Reason = ""
	}
	r.publish(ctx)
	r.tellChild(ctx)
}
