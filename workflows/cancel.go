package workflows

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
)

// StateCancelled is a run that Temporal was asked to cancel: its work was cut off, what was done is durable and reported.
const StateCancelled RunState = "cancelled"

// changeEndShown is the change after which an execution that ends shows so in its search attributes.
const changeEndShown = "the end in the search attributes"

// showsEnd says whether the execution shows its end in its search attributes; those that an earlier version began do not.
func showsEnd(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, changeEndShown, workflow.DefaultVersion, 1) == 1
}

// wasCancelled says whether err is the end of work because the execution was cancelled.
func wasCancelled(ctx workflow.Context, err error) bool {
	return temporal.IsCanceledError(err) && ctx.Err() != nil
}

// ended shows the end of a run that failed, and ends one that was cancelled as a stop does, but for the work at hand, which is cut off.
func (r *run) ended(ctx workflow.Context, result Result, err error) (Result, error) {
	switch {
	case wasCancelled(ctx, err):
		return r.cancelled(ctx)
	case r.rewinding:
		return Result{}, r.rewind(ctx)
	case err == nil:
		return result, r.settled(ctx)
	}
	var again *workflow.ContinueAsNewError
	if !errors.As(err, &again) && showsEnd(ctx) {
		r.state.State = StateFailed
		r.publish(ctx)
	}
	return result, plain(err)
}

// cancelled makes a cancelled run's policy durable, writes the report and ends the run, which has the status Canceled.
// Its children have ended before.
func (r *run) cancelled(ctx workflow.Context) (Result, error) {
	ctx, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	r.state.State, r.state.Reason = StateStopping, "it was cancelled; what was done is made durable and reported"
	r.publish(ctx)
	if len(r.state.Policy.Updates) > 0 {
		ctx := withNumerics(ctx, r.recipe.Numerics)
		p := r.current()
		saved, err := get[activities.SavedPolicy](ctx, workflow.ExecuteActivity(onGPU(ctx, p.Name+": checkpoint before the end"), acts.SaveCheckpoint, activities.SaveCheckpointInput{
			Run: r.id, Stage: p.Name, Step: p.Step, Policy: r.state.Policy,
		}))
		if err != nil {
			return Result{}, plain(fmt.Errorf("%s: checkpoint before the end: %w", p.Name, err))
		}
		r.state.Policy = saved.Policy
	}
	if !r.state.Recipe.IsZero() { // else nothing is recorded that a report could be of
		if err := r.writeReport(ctx); err != nil {
			return Result{}, plain(err)
		}
	}
	if err := r.settled(ctx); err != nil {
		return Result{}, plain(err)
	}
	r.state.State, r.state.Reason = StateCancelled, "it was cancelled; the same start command goes on with it"
	r.publish(ctx)
	return Result{}, temporal.NewCanceledError(r.result())
}

// partOf takes over what a stage that was cancelled had done, which its error carries.
func (r *run) partOf(i int, err error) {
	var cancelled *temporal.CanceledError
	var part StageResult
	if !errors.As(err, &cancelled) || !cancelled.HasDetails() || cancelled.Details(&part) != nil || part.Progress.Name != r.state.Stages[i].Name {
		return
	}
	r.state.Stages[i] = part.Progress
	if part.Progress.Step > 0 {
		r.state.Policy = part.Policy
	}
}

// stageEnded shows the end of a stage's execution in its search attributes. One that was cancelled hands what it had done to the run.
func stageEnded(ctx workflow.Context, part, result StageResult, err error) (StageResult, error) {
	state := StateFailed
	var again *workflow.ContinueAsNewError
	switch {
	case errors.As(err, &again), err == nil && result.Rest != nil: // it goes on
		return result, err
	case wasCancelled(ctx, err):
		state, err = StateCancelled, temporal.NewCanceledError(part)
	case !showsEnd(ctx):
		return result, err
	case err == nil && result.Progress.Done:
		state = StateCompleted
	case err == nil:
		state = StateStopped
	}
	if set := upsertStage(ctx, state, part.Progress); set != nil {
		workflow.GetLogger(ctx).Warn("search attributes not set", "error", set)
	}
	return result, err
}
