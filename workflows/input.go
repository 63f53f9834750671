package workflows

import (
	"encoding/json"
	"fmt"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
)

// valid says what may be started from outside.
const valid = "PostTraining, whose one input is a recipe as JSON, or Experiment, whose one input is an experiment as JSON, on the task queue " + ControlQueue

// wrong is a failure of whoever started a workflow.
func wrong(format string, args ...any) error {
	return temporal.NewNonRetryableApplicationError(activities.UserErrorf(format, args...).Error(), activities.UserErrorType, nil)
}

// whole makes of a workflow that people start one that takes a single document from outside. The second
// input is what an execution carries to the next: a forged one could claim work that was never done.
func whole[S, O any](document string, f func(workflow.Context, json.RawMessage, *S) (O, error)) func(workflow.Context, converter.RawValue, converter.RawValue) (O, error) {
	return func(ctx workflow.Context, first, second converter.RawValue) (none O, err error) {
		name := workflow.GetInfo(ctx).WorkflowType.Name
		var input json.RawMessage
		if err := decode(first, &input); err != nil {
			return none, wrong("%s has %v; valid: one input, the %s as JSON", name, err, document)
		}
		if second.Payload() == nil {
			return f(ctx, input, nil)
		}
		var carried struct {
			S    *S
			From struct {
				Run string `json:"run"`
			}
		}
		refused := wrong("%s has a second input; valid: one input, the %s as JSON", name, document)
		if decode(second, &carried.S) != nil || carried.S != nil && decode(second, &carried.From) != nil {
			return none, refused
		}
		// What an older starter sent with a run that is still at work is as it was.
		if !isCarried(ctx, carried.From.Run) && workflow.GetVersion(ctx, "one-input", workflow.DefaultVersion, 1) != workflow.DefaultVersion {
			return none, refused
		}
		return f(ctx, input, carried.S)
	}
}

// isCarried reports whether an execution's second input is from the one before it: run is the ID that it has of the
// run's first execution. Whoever starts a run cannot know that ID, but can have the server begin the
// same input again, by a schedule or by retries; before the ID was carried, neither had a state.
func isCarried(ctx workflow.Context, run string) bool {
	info := workflow.GetInfo(ctx)
	if info.ContinuedExecutionRunID == "" {
		return false
	}
	return run == info.FirstRunID || run == "" && info.Attempt <= 1 && info.CronSchedule == ""
}

// part makes of a workflow that is a part of a run one that only a run can start: what it is given names
// policies and data that a run has made.
func part[I, O any](f func(workflow.Context, I) (O, error)) func(workflow.Context, converter.RawValue) (O, error) {
	return func(ctx workflow.Context, input converter.RawValue) (none O, err error) {
		info := workflow.GetInfo(ctx)
		if info.ParentWorkflowExecution == nil {
			return none, wrong("%s is a part of a run, which starts it; valid from outside: %s", info.WorkflowType.Name, valid)
		}
		var in I
		if err := decode(input, &in); err != nil {
			return none, wrong("%s has %v", info.WorkflowType.Name, err)
		}
		return f(ctx, in)
	}
}

// decode reads one input. The error follows "has".
func decode(input converter.RawValue, to any) error {
	if input.Payload() == nil {
		return fmt.Errorf("no input")
	}
	if err := converter.GetDefaultDataConverter().FromPayload(input.Payload(), to); err != nil {
		return fmt.Errorf("an input that cannot be read: %w", err)
	}
	return nil
}
