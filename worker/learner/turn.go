package learner

import (
	"context"
	"sync/atomic"

	"temper/activities/liveness"
)

// turn lets one piece of work at a time compute. Those that wait obey their
// contexts, and are alive as long as the one whose turn it is.
type turn struct {
	taken  chan struct{} // holds one element while it is somebody's turn
	holder atomic.Pointer[liveness.Watch]
}

func newTurn() *turn { return &turn{taken: make(chan struct{}, 1)} }

// take waits until it is the caller's turn, which ends with the function returned.
func (t *turn) take(ctx context.Context) (end func(), err error) {
	defer liveness.Wait(ctx, t.holder.Load)()
	select {
	case t.taken <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t.holder.Store(liveness.From(ctx))
	return func() {
		t.holder.Store(nil)
		<-t.taken
	}, nil
}
