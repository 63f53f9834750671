package workflows

import (
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// homePatience is how long work that changes a policy waits for the worker that holds it.
const homePatience = 2 * time.Second

// learn does work that changes or stores a policy. The worker that holds it, if it is known
// and not the only one, gets it first; where that is busy or gone, or fails, whoever learns.
func learn[T linked](ctx workflow.Context, home, summary string, activity, in any) (T, error) {
	if home != "" {
		done, err := get[T](ctx, workflow.ExecuteActivity(atHome(ctx, home, summary), activity, in))
		if err == nil || temporal.IsCanceledError(err) || isFinal(err) {
			return done, err
		}
	}
	return get[T](ctx, workflow.ExecuteActivity(onGPU(ctx, summary), activity, in))
}

// atHome is for one try at a worker's own queue.
func atHome(ctx workflow.Context, home, summary string) workflow.Context {
	once := *retry
	once.MaximumAttempts = 1
	ctx = workflow.WithRetryPolicy(on(ctx, home, summary), once)
	return workflow.WithScheduleToStartTimeout(ctx, homePatience)
}

// isFinal tells whether another attempt could not end otherwise.
func isFinal(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && (app.NonRetryable() || slices.Contains(retry.NonRetryableErrorTypes, app.Type()))
}
