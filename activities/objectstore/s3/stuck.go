package s3

import (
	"context"
	"errors"
	"io"
	"time"

	"temper/activities/liveness"
)

// errStuck ends a request in which nothing moved for too long.
var errStuck = errors.New("no end to the request in time")

// watched is a request under way. It is stuck when nothing moves for as long as
// all of it should take: a slow store is none that is away.
type watched struct {
	ctx    context.Context // the caller's
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
	// expected ends what was said of the limit, which is the request's own bound.
	expected func()
}

type watchedKey struct{}

// watch returns a context for one request that moves size bytes.
func (s *Store) watch(ctx context.Context, size int64) (context.Context, *watched) {
	w := &watched{ctx: ctx, limit: s.attemptTime(size)}
	w.expected = liveness.Expect(ctx, w.limit)
	limited, cancel := context.WithCancelCause(ctx)
	w.cancel, w.timer = cancel, time.AfterFunc(w.limit, func() { cancel(errStuck) })
	return context.WithValue(limited, watchedKey{}, w), w
}

// end is the end of the request, also of one that failed: what comes next is progress.
func (w *watched) end() {
	w.timer.Stop()
	w.cancel(nil)
	w.expected()
	liveness.Done(w.ctx)
}

// sized says how many bytes move, when that shows later.
func (w *watched) sized(limit time.Duration) {
	w.limit = limit
	w.expected()
	w.expected = liveness.Expect(w.ctx, limit)
	w.moved()
}

// moved says that the request goes on.
func (w *watched) moved() {
	w.timer.Reset(w.limit)
	liveness.Done(w.ctx)
}

// moving is an io.Reader that passes on what it reads for the request of ctx,
// each piece of which is a sign of life; without a source it is told of pieces.
type moving struct {
	ctx    context.Context
	source io.Reader
}

func (m moving) Read(p []byte) (n int, err error) {
	n = len(p)
	if m.source != nil {
		n, err = m.source.Read(p)
	}
	if w, ok := m.ctx.Value(watchedKey{}).(*watched); ok && n > 0 {
		w.moved()
	}
	return n, err
}
