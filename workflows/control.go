package workflows

import (
	"encoding/json"
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/order"
)

// changeControlsRecorded is the change after which pause, resume and stop are recorded.
const changeControlsRecorded = "controls are recorded"

// signalControl carries the operator's order from PostTraining to the child that is at work.
const signalControl = "control"

// signalProgress carries a child's figures to PostTraining.
const signalProgress = "stage-progress"

// signalScores carries the scores of an evaluation inside a stage to PostTraining.
const signalScores = "scores"

// desired is the state that a run's operator wants, as a child sees it.
type desired struct {
	state   RunState
	ctx     workflow.Context
	channel workflow.ReceiveChannel
}

// newDesired begins with a state and follows the control signals.
func newDesired(ctx workflow.Context, state RunState) *desired {
	return &desired{state: state, ctx: ctx, channel: workflow.GetSignalChannelWithOptions(ctx, signalControl, workflow.SignalChannelOptions{
		Description: "What PostTraining's operator wants: running, paused or stopping. Sent by PostTraining.",
	})}
}

// now is the newest desired state. It takes the signals at the moment of the decision: a
// coroutine that followed the channel would come too late for one that arrives
// with the end of a step, and continue-as-new would lose it.
func (w *desired) now() RunState {
	for w.channel.ReceiveAsync(&w.state) {
	}
	return w.state
}

// proceed waits while the run is paused. It reports false when the run is to stop.
func (w *desired) proceed() (bool, error) {
	err := workflow.Await(w.ctx, func() bool { return w.now() != StatePaused })
	return w.state != StateStopping, err
}

// handleUpdates registers pause, resume, stop and choose. Each is refused where it makes no sense.
func (r *run) handleUpdates(ctx workflow.Context) error {
	for _, u := range []struct {
		name, description string
		from              []RunState
		to                RunState
	}{
		{UpdatePause, "Pause the run after the step that is being done.", []RunState{StateRunning}, StatePaused},
		{UpdateResume, "Go on after a pause.", []RunState{StatePaused}, StateRunning},
		{UpdateChoose, "Choose the policy that a stage hands on, a candidate by its name, and go on.", []RunState{StatePaused}, StateRunning},
		{UpdateStop, "Stop the run after the step that is being done, with a checkpoint and a report.", []RunState{StateRunning, StatePaused}, StateStopping},
	} {
		handler := func(ctx workflow.Context, input json.RawMessage) (RunState, error) {
			c, err := order.DecodeControl(input)
			if err != nil {
				return "", err
			}
			r.state.State, r.state.Reason, r.state.Held = u.to, c.Reason, false
			by := given(ctx, artifact.Given{By: c.By, Reason: c.Reason})
			if u.name == UpdateChoose {
				r.state.Choice.Chosen, r.state.Choice.Given = c.Candidate, by
			} else if workflow.GetVersion(ctx, changeControlsRecorded, workflow.DefaultVersion, 1) == 1 {
				r.recordGiven(ctx, activities.RecordDecisionInput{Run: r.id, About: u.name, Text: "the run was told to " + u.name + order.By(by), Given: &by})
			}
			r.publish(ctx)
			r.tellChild(ctx)
			return u.to, nil
		}
		validator := func(_ workflow.Context, input json.RawMessage) error {
			c, err := order.DecodeControl(input)
			switch asked := r.asked(); {
			case err != nil:
				return fmt.Errorf("%s: %w", u.name, err)
			case u.name == UpdateChoose:
				return r.checkChoice(c.Candidate)
			case u.name == UpdateResume && asked != nil:
				return fmt.Errorf("cannot resume: %s", asked.text(r.id.Name))
			case u.name == UpdateResume && r.gate != gate{}:
				return fmt.Errorf("cannot resume: %s", r.gate.text(r.id.Name))
			}
			if slices.Contains(u.from, r.state.State) {
				return nil
			}
			return fmt.Errorf("cannot %s a run that is %s", u.name, r.state.State)
		}
		options := workflow.UpdateHandlerOptions{Validator: validator, Description: u.description}
		if err := workflow.SetUpdateHandlerWithOptions(ctx, u.name, handler, options); err != nil {
			return fmt.Errorf("register update %s: %w", u.name, err)
		}
	}
	return nil
}

// proceed waits while the run is paused. It reports false when the run is to stop.
func (r *run) proceed(ctx workflow.Context) (bool, error) {
	err := workflow.Await(ctx, func() bool { return r.state.State != StatePaused })
	return r.state.State != StateStopping, err
}

// tellChild passes the operator's order to the child that is at work, if there is one. One that is being started is told
// when it has begun; earlier versions told it then too, in vain.
func (r *run) tellChild(ctx workflow.Context) {
	if r.childID == "" || !r.childBegun && workflow.GetVersion(ctx, "only children that have begun are told", workflow.DefaultVersion, 1) == 1 {
		return
	}
	future := workflow.SignalExternalWorkflow(ctx, r.childID, "", signalControl, r.state.State)
	workflow.Go(ctx, func(ctx workflow.Context) {
		if err := future.Get(ctx, nil); err != nil { // the child ended first: PostTraining itself acts on the order
			workflow.GetLogger(ctx).Debug("control signal not delivered", "child", r.childID, "error", err)
		}
	})
}

// reportTo sends a child's figures to PostTraining without waiting for the answer.
func reportTo(ctx workflow.Context, p StageProgress) {
	parent := workflow.GetInfo(ctx).ParentWorkflowExecution
	if parent == nil { // a part that someone started on its own
		return
	}
	workflow.SignalExternalWorkflow(ctx, parent.ID, "", signalProgress, p)
}
