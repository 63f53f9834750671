package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"temper/activities"
)

// do does an activity that came in by the door and takes so long, and says how long that took with the waiting.
func (d *door) do(takes time.Duration) (time.Duration, error) {
	suite := testsuite.WorkflowTestSuite{}
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{d}})
	env.SetTestTimeout(time.Hour)
	work := func(context.Context) error { time.Sleep(takes); return nil }
	env.RegisterActivityWithOptions(work, activity.RegisterOptions{Name: "work"})
	began := time.Now()
	_, err := env.ExecuteActivity("work")
	return time.Since(began), err
}

// TestOnePlace: what comes to a place that is taken waits, and asks for nothing more meanwhile; where another
// worker could do it, it is given back after a second.
func TestOnePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace()
		company := false
		learns, samples := p.door(func(context.Context) bool { return company }), p.door(func(context.Context) bool { return false })
		go func() {
			if _, err := samples.do(time.Minute); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if _, err := learns.ReserveSlot(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a worker at work asks for more (%v)", err)
		}
		company = true
		took, err := learns.do(time.Second)
		var app *temporal.ApplicationError
		if !errors.As(err, &app) || app.Type() != activities.BusyType || took > 2*time.Second {
			t.Errorf("after %s work that another could do ended with %v", took, err)
		}
		company = false
		if took, err = learns.do(time.Second); err != nil || took < 29*time.Second || took > 31*time.Second {
			t.Errorf("work that nobody else can do ended with %v after %s", err, took)
		}
		permit, err := learns.ReserveSlot(t.Context(), nil)
		if err != nil || permit == nil {
			t.Errorf("a free worker does not ask: %v", err)
		}
		learns.ReleaseSlot(nil)
	})
}
