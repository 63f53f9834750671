// Package liveness tells work that takes long from work that hangs.
//
// A Watch travels in the context of a piece of work. Whoever does a part of it
// (a micro-batch, a decode step, a block of bytes, a program, a row) calls Done,
// and says with Expect if a part may take long by its size. The work is alive as
// long as Done is called often enough.
package liveness

import (
	"context"
	"sync"
	"time"
)

// Patience bounds a stretch without progress: leastPatience, or timesEstimate as
// long as the stretch was estimated to take.
const (
	leastPatience = 5 * time.Minute
	timesEstimate = 10
)

// Watch follows the progress of one piece of work. It is safe for concurrent
// use. A nil Watch watches nothing.
type Watch struct {
	mu       sync.Mutex
	done     int64         // parts
	moved    time.Time     // when the last of them was done
	estimate time.Duration // of the longest stretch between two of them
	// leads returns the watch of the work that this one waits for, nil if it waits for none.
	leads func() *Watch
}

// New returns a watch of work that begins now.
func New() *Watch { return &Watch{moved: time.Now()} }

type key struct{}

// With returns a context whose work is watched by w.
func With(ctx context.Context, w *Watch) context.Context { return context.WithValue(ctx, key{}, w) }

// From returns the watch of ctx; nil if its work is not watched.
func From(ctx context.Context) *Watch {
	w, _ := ctx.Value(key{}).(*Watch)
	return w
}

// Done says that one more part of ctx's work is done.
func Done(ctx context.Context) { From(ctx).Done() }

// Done says that one more part is done.
func (w *Watch) Done() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done++
	w.moved = time.Now()
}

// Expect says that from now on a part of ctx's work is estimated to take that
// long, by its size and the rate of earlier ones, until the function it returns
// is called.
func Expect(ctx context.Context, estimate time.Duration) (end func()) {
	w := From(ctx)
	if w == nil {
		return func() {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.estimate
	w.estimate = estimate
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.estimate = before
		w.moved = time.Now()
	}
}

// Wait says that ctx's work waits for that of another watch, whichever leads
// returns at the time, until the function it returns is called: meanwhile it is
// alive as long as the other is.
func Wait(ctx context.Context, leads func() *Watch) (end func()) {
	w := From(ctx)
	if w == nil {
		return func() {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leads = leads
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.leads = nil
		w.moved = time.Now()
	}
}

// Parts is the number of parts that are done.
func (w *Watch) Parts() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.done
}

// Hangs says whether the work has made no progress for longer than its patience,
// and how long that is.
func (w *Watch) Hangs() (hangs bool, patience time.Duration) {
	w.mu.Lock()
	moved, estimate, leads := w.moved, w.estimate, w.leads
	w.mu.Unlock()
	if leads != nil {
		if leader := leads(); leader != nil && leader != w {
			return leader.Hangs()
		}
	}
	patience = max(leastPatience, timesEstimate*estimate)
	return time.Since(moved) > patience, patience
}
