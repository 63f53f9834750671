package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"temper/activities"
)

// plain turns the nested failures of activity, child and run into one that says
// what went wrong, once: the activity's own message, which names its place in
// the recipe. Each child's page keeps its part of the chain.
func plain(err error) error {
	for rest := err; rest != nil; rest = errors.Unwrap(rest) {
		app, ok := rest.(*temporal.ApplicationError) //nolint:errorlint // the loop unwraps: a layer further in has another type
		if ok && (app.Type() == activities.UserErrorType || app.Type() == activities.PermanentType) {
			return temporal.NewNonRetryableApplicationError(app.Message(), app.Type(), nil)
		}
	}
	return err
}
