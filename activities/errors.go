package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"temper/activities/objectstore"
	"temper/model/library/jsonkind"
)

// The failure classes, as the types of application errors in a history.
const (
	// UserErrorType is a mistake in the recipe or its data: never retried.
	UserErrorType = "UserError"
	// PermanentType is a failure that no retry cures: never retried.
	PermanentType = "Permanent"
	// TransientType is a store or server that is away: retried.
	TransientType = "Transient"
	// UnexpectedType is everything else: retried a few times, on whatever worker, then permanent.
	UnexpectedType = "Unexpected"
	// PreemptedType is a worker that was told to stop: retried at once, elsewhere.
	PreemptedType = "Preempted"
	// LostWorkerType is a worker that sends no heartbeats any more, as a watchdog found: retried at once, elsewhere.
	LostWorkerType = "LostWorker"
	// BusyType is work that came to a worker at other work, and that another could do: retried at once.
	BusyType = "Busy"
	// NoWeightsType is sampling that came to a worker that only samples, from a policy whose weights
	// are not stored: retried until a worker that learns takes it up.
	NoWeightsType = "NoWeights"
	// UngradableType is a response that could not be judged: retried, then counted as ungradable.
	UngradableType = "Ungradable"
	// BrokenJudgeType is a sandbox that cannot judge a program that is known to be right: the
	// work waits, however long it takes, until it is repaired or another worker takes it up.
	BrokenJudgeType = "BrokenJudge"
	// OtherGraderType is a grader of another version than the recipe pins: the work waits for
	// one that has it.
	OtherGraderType = "OtherGrader"
	// StoreRefusedType is a store that refuses until a person has seen to it: expired keys, lost
	// rights, a bucket that is gone, no space. The work waits, unless it is a run's first.
	StoreRefusedType = "StoreRefused"
	// DamagedType is something in the store that is damaged or not there. It was read several
	// times; another look, or a person, may find it whole: the work waits.
	DamagedType = "Damaged"
	// NothingLearnedType is a run that had nothing to learn from, or lost what it had learned, and
	// whose recipe wants it to fail then: see recipe.Guard.
	NothingLearnedType = "NothingLearned"
	// NoEndpointType is a teacher's endpoint that the worker's configuration does not have: the
	// work waits for a worker that has it.
	NoEndpointType = "NoEndpoint"
	// SmallWorkerType is work that takes more memory than the worker has that took it up: it
	// waits for one that has more, or until this one has more to give.
	SmallWorkerType = "SmallWorker"
)

// ErrSmallWorker is wrapped by errors of work that takes more memory than this worker has.
var ErrSmallWorker = errors.New("the work waits for a worker with more memory")

// ErrNoWeights is wrapped by errors of sampling from a policy whose weights are not stored, by a worker that computes none.
var ErrNoWeights = errors.New("the policy's weights are not stored yet: a worker that learns (-roles gpu) takes the work up")

// ErrNoEndpoint is wrapped by errors of work for an endpoint that this worker does not define.
var ErrNoEndpoint = errors.New("the work waits for a worker that defines the endpoint (-endpoints)")

// ErrTeacherAway is wrapped by errors of an endpoint that does not answer, or not yet.
var ErrTeacherAway = errors.New("the teacher is away")

// ErrUser is wrapped by errors that the run's owner can mend: they name the field or file and the valid values.
var ErrUser = errors.New("user error")

// userError carries a message for the run's owner, without a prefix that says so.
type userError struct{ msg string }

func (e userError) Error() string { return e.msg }
func (e userError) Unwrap() error { return ErrUser }

// UserErrorf makes an error of the class UserError: one line, no longer than a screen can show.
func UserErrorf(format string, args ...any) error {
	return userError{jsonkind.Clip(fmt.Sprintf(format, args...))}
}

// maxAttempts is how often work that fails for no known reason is tried.
const maxAttempts = 6

// preemptRetryDelay is short: a stopping worker gives its work away.
const preemptRetryDelay = 200 * time.Millisecond

// noWeightsRetryDelay leaves a worker that learns the time to take the work up.
const noWeightsRetryDelay = time.Second

// classify turns an error into the application error that tells Temporal what to do.
func classify(ctx context.Context, operation string, err error) error {
	var app *temporal.ApplicationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &app):
		return err
	case errors.Is(err, ErrUser):
		return temporal.NewNonRetryableApplicationError(err.Error(), UserErrorType, nil)
	}
	message := operation + ": " + err.Error()
	switch {
	case stopping(ctx):
		return temporal.NewApplicationErrorWithOptions(operation+": worker stopping", PreemptedType, temporal.ApplicationErrorOptions{
			NextRetryDelay: preemptRetryDelay,
			Category:       temporal.ApplicationErrorCategoryBenign,
			Cause:          err,
		})
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", operation, err)
	case errors.Is(err, ErrSmallWorker):
		return temporal.NewApplicationErrorWithCause(message, SmallWorkerType, err)
	case errors.Is(err, ErrNoWeights):
		return temporal.NewApplicationErrorWithOptions(message, NoWeightsType, temporal.ApplicationErrorOptions{
			NextRetryDelay: noWeightsRetryDelay, Category: temporal.ApplicationErrorCategoryBenign, Cause: err,
		})
	case errors.Is(err, ErrNoEndpoint):
		return temporal.NewApplicationErrorWithCause(message, NoEndpointType, err)
	case errors.Is(err, ErrTeacherAway):
		return temporal.NewApplicationErrorWithCause(message, TransientType, err)
	case objectstore.IsPermanent(err):
		return temporal.NewNonRetryableApplicationError(message, PermanentType, err)
	case objectstore.IsTransient(err):
		return temporal.NewApplicationErrorWithCause(message, TransientType, err)
	case isElsewhere(err):
		return temporal.NewNonRetryableApplicationError(message, UserErrorType, err)
	case objectstore.IsRefused(err):
		return temporal.NewApplicationErrorWithCause("the work waits for somebody who sees to the store: "+message, StoreRefusedType, err)
	case objectstore.IsDamage(err):
		return temporal.NewApplicationErrorWithCause(message+"; "+whatToDoAboutDamage, DamagedType, err)
	case activity.GetInfo(ctx).Attempt < maxAttempts:
		return temporal.NewApplicationErrorWithCause(message, UnexpectedType, err)
	}
	return temporal.NewNonRetryableApplicationError(fmt.Sprintf("%s (gave up after %d attempts)", message, maxAttempts), PermanentType, err)
}

// whatToDoAboutDamage is said of what the store has lost.
const whatToDoAboutDamage = "the work waits and looks again: put the object back from a copy, or end the run (Terminate in " +
	"Temporal's UI) and give its command again: what made the object is then computed again"

// isElsewhere reports whether a bucket that the recipe names refuses: the
// recipe's mistake, not the store's.
func isElsewhere(err error) bool {
	var refused *objectstore.RefusedError
	return errors.As(err, &refused) && refused.Elsewhere
}

// stopping reports whether this worker was told to stop.
func stopping(ctx context.Context) bool {
	select {
	case <-activity.GetWorkerStopChannel(ctx):
		return true
	default:
		return false
	}
}

// untilStop returns a context that also ends when the worker is told to stop, so
// that long work gives up at its next step and is done elsewhere.
func untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := activity.GetWorkerStopChannel(ctx)
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
