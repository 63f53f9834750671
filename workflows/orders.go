package workflows

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/order"
	"temper/model/recipe"
)

// signalOrdered carries an order from PostTraining to the child that is at work.
const signalOrdered = "ordered"

// Accepted is what an update that gives an order returns: the run's state, and what will be done, for people.
type Accepted struct {
	State RunState `json:"state"`
	Text  string   `json:"text"`
}

// handleOrders registers the updates that change what the run does.
func (r *run) handleOrders(ctx workflow.Context) error {
	for _, name := range order.Names() {
		handler := func(ctx workflow.Context, input json.RawMessage) (Accepted, error) {
			o, err := order.Decode(name, input)
			if err != nil {
				return Accepted{}, err
			}
			r.accept(ctx, &o)
			text := r.give(ctx, o)
			r.publish(ctx)
			return Accepted{r.state.State, text}, nil
		}
		validator := func(_ workflow.Context, input json.RawMessage) error {
			o, err := order.Decode(name, input)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return r.check(o)
		}
		options := workflow.UpdateHandlerOptions{Validator: validator, Description: name.Description()}
		if err := workflow.SetUpdateHandlerWithOptions(ctx, string(name), handler, options); err != nil {
			return fmt.Errorf("register update %s: %w", name, err)
		}
	}
	return nil
}

// given completes who gave an order with what Temporal says of the update.
func given(ctx workflow.Context, g artifact.Given) artifact.Given {
	g.At, g.Update = workflow.Now(ctx).UTC(), workflow.GetCurrentUpdateInfo(ctx).ID
	g.Execution = workflow.GetInfo(ctx).WorkflowExecution.RunID
	return g
}

// accept numbers an order, and names the stage that it leaves out: the one at work.
func (r *run) accept(ctx workflow.Context, o *order.Order) {
	r.state.LastOrder++
	o.Number, o.Given = r.state.LastOrder, given(ctx, o.Given)
	switch {
	case o.Stage != "":
	case o.Update == order.Approve:
		o.Stage = r.gate.stage
	default:
		o.Stage = r.current().Name
	}
}

// give puts an accepted order into effect, or on its way to the child that will obey it. The text says what follows.
func (r *run) give(ctx workflow.Context, o order.Order) string {
	switch {
	case o.Update == order.Approve:
		o.Gate, o.Step = r.gate.at, 0
		r.state.Orders = append(r.state.Orders, o)
		r.state.State, r.state.Reason = StateRunning, o.Given.Reason
		r.record(ctx, o)
		return o.Stage + " is " + o.Text()
	case o.Update == order.Skip:
		o.Step = 0
		r.state.Orders = append(r.state.Orders, o)
		r.record(ctx, o)
		if r.atWork(o.Stage) {
			r.cancelStage()
			return o.Stage + " ends without effect: the policy is the one that it began with"
		}
		return o.Stage + " will be left out"
	case o.Update == order.Rollback:
		return r.rollBack(ctx, o)
	case r.atWork(o.Stage):
		r.state.Orders = append(r.state.Orders, o)
		r.tellOrders(ctx)
		return fmt.Sprintf("%s obeys after the step that is being done%s", o.Stage, r.whenPaused())
	}
	o.Step = 0
	r.state.Orders = append(r.state.Orders, o)
	r.record(ctx, o)
	return o.Stage + " will obey when it begins"
}

// whenPaused says what an order to a stage waits for beside its step.
func (r *run) whenPaused() string {
	if r.state.State == StatePaused {
		return ", and when the run is resumed"
	}
	return ""
}

// atWork says whether a stage's child is at work, or has handed back what is left.
func (r *run) atWork(stage string) bool {
	return (r.childID != "" || r.state.Rest != nil) && r.current().Name == stage
}

// notObeyed are the orders for a stage that it has not obeyed.
func (r *run) notObeyed(p StageProgress) []order.Order {
	return slices.DeleteFunc(order.For(r.state.Orders, p.Name), func(o order.Order) bool {
		return slices.ContainsFunc(p.Orders, func(done order.Order) bool { return done.Number == o.Number })
	})
}

// record keeps an order among the run's records, beside the run's work. The run waits for that before it ends.
func (r *run) record(ctx workflow.Context, o order.Order) { r.recordGiven(ctx, decisionOf(r.id, o)) }

// recordGiven is record for any decision of a person's.
func (r *run) recordGiven(ctx workflow.Context, in activities.RecordDecisionInput) {
	ctx, cancel := workflow.NewDisconnectedContext(chained(ctx, r.links))
	r.recording++
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer cancel()
		_, err := get[activities.Recorded](ctx, workflow.ExecuteActivity(onControl(ctx, fmt.Sprintf("record the order %q", in.About)), acts.RecordDecision, in))
		if err != nil {
			r.unrecorded = errors.Join(r.unrecorded, err)
		}
		r.recording--
	})
}

// settled waits until all that people ordered is recorded.
func (r *run) settled(ctx workflow.Context) error {
	if err := workflow.Await(ctx, func() bool { return r.recording == 0 && workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	return r.unrecorded
}

// decisionOf is the record of an order.
func decisionOf(run artifact.RunID, o order.Order) activities.RecordDecisionInput {
	in := activities.RecordDecisionInput{
		Run: run, Stage: o.Stage, Step: max(0, o.Step), About: o.About(), Text: o.Text() + order.By(o.Given), Order: &o, Given: &o.Given,
	}
	in.Metrics = map[string]float64{artifact.MetricOrder: float64(o.Number)}
	if o.Temperature != nil && !o.Temperature.Search {
		in.Metrics[artifact.MetricTemperature] = o.Temperature.Value
	}
	if o.Update == order.Extend {
		in.Metrics[artifact.MetricSteps] = float64(max(o.Steps, o.Epochs))
	}
	if o.Redraw {
		in.Metrics[artifact.MetricRedraw] = 1
	}
	for _, number := range o.Dropped {
		in.Series = map[string][]float64{artifact.MetricTakenBack: append(in.Series[artifact.MetricTakenBack], float64(number))}
	}
	return in
}

// tellOrders passes the orders that the child at work does not know yet, once it has started.
func (r *run) tellOrders(ctx workflow.Context) {
	if !r.childBegun {
		return
	}
	for _, o := range order.For(r.state.Orders, r.current().Name) {
		if o.Number <= r.told {
			continue
		}
		r.told = o.Number
		future := workflow.SignalExternalWorkflow(ctx, r.childID, "", signalOrdered, o)
		workflow.Go(ctx, func(ctx workflow.Context) {
			if err := future.Get(ctx, nil); err != nil { // the child ended first, so that the order came too late
				workflow.GetLogger(ctx).Debug("order not delivered", "child", r.childID, "error", err)
			}
		})
	}
}

// obeyed notes when a stage obeyed its orders.
func (r *run) obeyed(p StageProgress) {
	for _, done := range p.Orders {
		if i := slices.IndexFunc(r.state.Orders, func(o order.Order) bool { return o.Number == done.Number }); i >= 0 {
			r.state.Orders[i] = done
		}
	}
}

// tooLate lets go the orders that a stage has not obeyed before its end.
func (r *run) tooLate(stage string) {
	r.state.Orders = slices.DeleteFunc(r.state.Orders, func(o order.Order) bool { return o.Stage == stage && o.Step == order.Next })
}

// ordered says whether the run has an order of a kind for a stage.
func (r *run) ordered(name order.Name, stage string) (order.Order, bool) {
	for _, o := range slices.Backward(r.state.Orders) {
		if o.Update == name && o.Stage == stage {
			return o, true
		}
	}
	return order.Order{}, false
}

// leftOut marks a stage that a person skipped as done, without effect.
func (r *run) leftOut(i int) {
	p := StageProgress{Name: r.state.Stages[i].Name, Kind: r.state.Stages[i].Kind, Done: true, Skipped: true, Activity: "skipped"}
	r.state.Stages[i], r.state.Rest = p, nil
	r.state.Evaluated = i + 1
}

// rollBack takes back what was done after a stage's step: the work at hand is cut off, and the run goes through its work
// from the beginning, which it finds in the store, to where it goes back to.
func (r *run) rollBack(ctx workflow.Context, o order.Order) string {
	to := r.stageIndex(o.Stage)
	for _, old := range r.state.Orders {
		if at := r.stageIndex(old.Stage); r.takesBack(o, to, old, at) {
			o.Dropped = append(o.Dropped, old.Number)
		}
	}
	o.Abandoned = r.abandoned(to, o.Step)
	r.state.Orders = order.Effective(append(r.state.Orders, o))
	r.record(ctx, o)
	r.rewinding = true
	r.state.Reason = o.Text()
	r.cancelWork()
	return o.Text() + r.whenPaused()
}

// takesBack says whether a rollback to a stage takes back an order for stage at: one that was obeyed after it, or that the
// stage at work has not obeyed. Orders for stages that have not begun stay.
func (r *run) takesBack(o order.Order, to int, old order.Order, at int) bool {
	begun := r.state.Stages[at].Done || r.state.Stages[at].Step > 0 || r.atWork(old.Stage) || old.Update == order.Approve
	switch {
	case !begun || at < to:
		return false
	case at > to || old.Step == order.Next:
		return true
	case old.Update == order.Approve:
		return old.Gate == recipe.ApprovalAfter
	case old.Update == order.Rollback && old.Step < o.Step:
		return false
	}
	return old.Step >= o.Step
}

// abandoned says what a rollback to a stage's step leaves behind.
func (r *run) abandoned(to, step int) string {
	text := ""
	for i := to; i < len(r.state.Stages); i++ {
		p := r.state.Stages[i]
		first := 1
		if i == to {
			first = step + 1
		}
		if p.Step < first {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%s %d to %d", p.Name, first, p.Step)
	}
	return text
}

// stageIndex is the place of a stage in the recipe, -1 if there is none of the name.
func (r *run) stageIndex(name string) int {
	return slices.IndexFunc(r.state.Stages, func(p StageProgress) bool { return p.Name == name })
}

// rewind begins a fresh history that knows the orders alone.
func (r *run) rewind(ctx workflow.Context) error {
	r.state = State{
		Run: r.state.Run, State: r.state.State, Reason: r.state.Reason, Held: r.state.Held, Chain: r.state.Chain, Orders: r.state.Orders, LastOrder: r.state.LastOrder,
	}
	return r.continueAsNew(ctx)
}

// skippedAtWork says whether err is the end of stage i because a person skipped it, and leaves it out then.
func (r *run) skippedAtWork(ctx workflow.Context, i int, err error) bool {
	if _, skipped := r.ordered(order.Skip, r.state.Stages[i].Name); !skipped || r.rewinding || !temporal.IsCanceledError(err) {
		return false
	}
	r.leftOut(i)
	r.publish(ctx)
	return true
}

// recordLeft records which policy stage i leaves after a rollback: in the store it is one of several that the stage has had.
func (r *run) recordLeft(ctx workflow.Context, i int) error {
	stage, p := r.recipe.Stages[i], r.state.Stages[i]
	back := slices.IndexFunc(r.state.Orders, func(o order.Order) bool { return o.Update == order.Rollback && r.stageIndex(o.Stage) <= i })
	if back < 0 || stage.SFT == nil && stage.RL == nil || stage.HandOn().Chooses() || len(r.state.Policy.Updates) > 0 {
		return nil
	}
	left := evaluation.Candidate{Name: artifact.Inside(p.Name, p.Step), Step: p.Step, Checkpoint: r.state.Policy.Checkpoint}
	_, err := get[activities.Recorded](ctx, workflow.ExecuteActivity(onControl(ctx, p.Name+": record what it hands on"), acts.RecordDecision, activities.RecordDecisionInput{
		Run: r.id, Stage: p.Name, Step: p.Step, About: artifact.AboutHandOn, Text: fmt.Sprintf("it hands on %s, its last policy after the run went back (order %d)", left.Name, r.state.Orders[back].Number),
		Candidates: []evaluation.Candidate{left}, Chosen: left.Name, Metrics: map[string]float64{artifact.MetricOrder: float64(r.state.LastOrder)},
	}))
	return err
}
