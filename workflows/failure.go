package workflows

import (
	"errors"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
)

// final are the classes of failures that end a run. A store that refuses does so
// only at a run's first read and write: see firstOfRun.
var final = []string{activities.UserErrorType, activities.PermanentType, activities.StoreRefusedType, activities.NothingLearnedType}

// firstOfRun is for the work that reads and writes the store before any other of
// the run. A store that refuses it is not set up rightly, and the run fails at
// once. When it has succeeded, the run has read and written well, and from then on
// waits for a store that refuses. (The history decides, so that the answer does
// not change when a worker does.)
func firstOfRun(ctx workflow.Context) workflow.Context {
	options := workflow.GetActivityOptions(ctx)
	policy := *options.RetryPolicy
	policy.NonRetryableErrorTypes = append(slices.Clone(policy.NonRetryableErrorTypes), activities.StoreRefusedType)
	return workflow.WithRetryPolicy(ctx, policy)
}

// plain turns the nested failures of activity, child and run into one that says
// what went wrong, once: the activity's own message, which names its place in
// the recipe. Each child's page keeps its part of the chain.
func plain(err error) error {
	for rest := err; rest != nil; rest = errors.Unwrap(rest) {
		app, ok := rest.(*temporal.ApplicationError) //nolint:errorlint // the loop unwraps: a layer further in has another type
		if ok && slices.Contains(final, app.Type()) {
			return temporal.NewNonRetryableApplicationError(app.Message(), app.Type(), nil)
		}
	}
	return err
}
