package activities_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
)

// TestFailureClasses: what the learner says decides what Temporal does.
func TestFailureClasses(t *testing.T) {
	for _, test := range []struct {
		name    string
		err     error
		attempt int32
		class   string
		retried bool
		message string
	}{
		{"user", activities.UserErrorf("model.hidden_size is 7; valid: even"), 1, activities.UserErrorType, false, "model.hidden_size is 7; valid: even"},
		{"wrapped user", fmt.Errorf("here: %w", activities.UserErrorf("field")), 1, activities.UserErrorType, false, "here: field"},
		{"corrupt", fmt.Errorf("get x: %w", artifact.ErrCorrupt), 1000, activities.DamagedType, true, "init model: get x: bytes differ from their ref; the work waits and looks again: put the object back"},
		{"missing", fmt.Errorf("get x: %w", objectstore.ErrNotFound), 1000, activities.DamagedType, true, "init model: get x: not in the store; the work waits"},
		{"refused", &objectstore.RefusedError{Op: objectstore.OpPut, Where: "s3 bucket \"b\" at http://h:1", Err: errors.New("expired: set the keys")}, 1000,
			activities.StoreRefusedType, true, "the work waits for somebody who sees to the store: init model: put: s3 bucket \"b\" at http://h:1: expired: set the keys"},
		{"refused elsewhere", &objectstore.RefusedError{Op: objectstore.OpRead, Elsewhere: true, Err: errors.New("no such bucket")}, 1, activities.UserErrorType, false, "no such bucket"},
		{"bad key", fmt.Errorf("put: %w", objectstore.ErrBadKey), 1, activities.PermanentType, false, "bad key"},
		{"corrupt on the way", &objectstore.TransientError{Op: objectstore.OpPut, Err: artifact.ErrCorrupt}, 1000, activities.TransientType, true, "init model: put"},
		{"transient", &objectstore.TransientError{Op: objectstore.OpPut, Err: errors.New("away")}, 1, activities.TransientType, true, "away"},
		{"transient for ever", &objectstore.TransientError{Op: objectstore.OpPut, Err: errors.New("away")}, 1000, activities.TransientType, true, "away"},
		{"unexpected", errors.New("matrix is singular"), 1, activities.UnexpectedType, true, "init model: matrix is singular"},
		{"unexpected, last but one", errors.New("matrix is singular"), activities.MaxAttempts - 1, activities.UnexpectedType, true, "singular"},
		{"unexpected, last", errors.New("matrix is singular"), activities.MaxAttempts, activities.PermanentType, false, "init model: matrix is singular (gave up after 6 attempts)"},
		{"already classified", temporal.NewApplicationError("broken", activities.UngradableType), activities.MaxAttempts, activities.UngradableType, true, "broken"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			p.attempt = test.attempt
			p.learner.Use(learnertest.Fail(learnertest.OpInitial, 0, test.err))
			_, err := do(p, p.acts.InitModel, initInput(1))
			app := checkFailure(t, err, test.class, test.retried)
			if !strings.Contains(app.Message(), test.message) {
				t.Errorf("message is %q, want %q", app.Message(), test.message)
			}
			if n := len(p.manifests(testRun)); n != 0 {
				t.Errorf("failed work left %d manifests", n)
			}
		})
	}
}

// TestPreempted: a worker that is told to stop gives long work away at once.
func TestPreempted(t *testing.T) {
	p := newPlace(t, nil)
	hook, began := learnertest.Block(learnertest.OpInitial, 1)
	p.learner.Use(hook)
	go func() {
		<-began
		close(p.stop)
	}()
	_, err := do(p, p.acts.InitModel, initInput(1))
	app := checkFailure(t, err, activities.PreemptedType, true)
	if app.NextRetryDelay() <= 0 || app.NextRetryDelay() > time.Second || app.Category() != temporal.ApplicationErrorCategoryBenign {
		t.Errorf("retry delay %v, category %v", app.NextRetryDelay(), app.Category())
	}
	next := newPlace(t, p.store) // another worker
	if got := must(next, next.acts.InitModel, initInput(1)); got.Policy.Checkpoint.IsZero() {
		t.Error("no checkpoint")
	}
}

// TestPreemptedAfterTheWork: a result that is there is recorded, stop or no stop.
func TestPreemptedAfterTheWork(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Use(func(context.Context, learnertest.Op, int) error { close(p.stop); return nil })
	got, err := do(p, p.acts.InitModel, initInput(1))
	if err != nil {
		checkFailure(t, err, activities.PreemptedType, true) // the fake may see the end of its context first
		return
	}
	if got.Policy.Checkpoint.IsZero() || len(p.manifests(testRun)) != 1 {
		t.Error("no manifest of finished work")
	}
}

// TestCancelled: an activity that Temporal itself ends is nobody's fault.
func TestCancelled(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Use(learnertest.Fail(learnertest.OpInitial, 1, context.Canceled))
	_, err := do(p, p.acts.InitModel, initInput(1))
	if err == nil {
		t.Fatal("no error")
	}
	must(p, p.acts.InitModel, initInput(1))
}
