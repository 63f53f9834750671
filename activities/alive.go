package activities

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"temper/activities/liveness"
)

// HungType is work that made no progress for longer than it can take. Its worker
// ends and is started again; another attempt follows.
const HungType = "Hung"

// hungRetryDelay is longer than a worker takes to stop, so that the one that hangs does not get the next attempt.
const hungRetryDelay = 45 * time.Second

// outcome is how work ended.
type outcome[T any] struct {
	result   T
	err      error
	panicked string // with its stack
}

// alive does an activity's work. A heartbeat is sent every few seconds as long as
// the work goes on by its own count, see package liveness, however long it takes.
//
// Work that hangs is given up. As nothing can end it but the end of its process,
// and as whatever it holds is held for ever, hung is told, which stops the worker.
func alive[T any](ctx context.Context, hung func(error), work func(context.Context) (T, error)) (T, error) {
	watch := &liveness.Watch{}
	ended := make(chan outcome[T], 1)
	go func() {
		var o outcome[T]
		defer func() {
			if p := recover(); p != nil {
				o.panicked = fmt.Sprintf("%v\n%s", p, debug.Stack())
			}
			ended <- o
		}()
		o.result, o.err = work(liveness.With(ctx, watch))
	}()
	beat := time.NewTicker(liveness.BeatEvery)
	defer beat.Stop()
	for {
		select {
		case o := <-ended:
			if o.panicked != "" {
				panic(o.panicked)
			}
			return o.result, o.err
		case <-beat.C:
		}
		if hangs, patience := watch.Tick(liveness.BeatEvery); hangs {
			info := activity.GetInfo(ctx)
			err := fmt.Errorf("%s of %s hangs: no progress for %s, after %d parts; the worker ends, and the work is begun again where it is started anew",
				info.ActivityType.Name, info.WorkflowExecution.ID, patience, watch.Parts())
			if hung != nil {
				hung(err)
			}
			var none T
			return none, temporal.NewApplicationErrorWithOptions(err.Error(), HungType, temporal.ApplicationErrorOptions{NextRetryDelay: hungRetryDelay})
		}
		activity.RecordHeartbeat(ctx, watch.Parts(), watch.Said())
	}
}
