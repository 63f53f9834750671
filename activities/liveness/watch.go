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

// A stretch without progress may last for leastPatience, and for timesEstimate as
// long as it was estimated to take.
const (
	leastPatience = 5 * time.Minute
	timesEstimate = 10
)

// Watch follows the progress of one piece of work. It has no clock: whoever
// looks at it says how much time went by, so that a machine that was suspended
// is not taken for one that hangs. It is safe for concurrent use, and a nil
// Watch watches nothing.
type Watch struct {
	mu    sync.Mutex
	parts int64         // that are done
	said  string        // how far the work is, for people
	still time.Duration // since the last of them
	// estimates are of the stretches that are under way, which may be several at a time.
	estimates map[*time.Duration]struct{}
	// leads returns the watch of the work that this one waits for; nil if it waits for none.
	leads func() *Watch
}

type key struct{}

// With returns a context whose work is watched by w.
func With(ctx context.Context, w *Watch) context.Context { return context.WithValue(ctx, key{}, w) }

// From returns the watch of ctx; nil if its work is not watched.
func From(ctx context.Context) *Watch {
	w, _ := ctx.Value(key{}).(*Watch)
	return w
}

// Done says that one more part of ctx's work is done.
func Done(ctx context.Context) {
	From(ctx).set(func(w *Watch) { w.parts++ })
}

// Say says to people how far ctx's work is.
func Say(ctx context.Context, how string) {
	From(ctx).set(func(w *Watch) { w.said = how })
}

// Said is what Say said last, "" for nothing.
func (w *Watch) Said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.said
}

// Expect says that from now on a part of ctx's work is estimated to take that
// long, by its size and the rate of earlier ones, until the function that it
// returns is called. The longest of several estimates counts.
func Expect(ctx context.Context, estimate time.Duration) (end func()) {
	w := From(ctx)
	w.set(func(w *Watch) {
		if w.estimates == nil {
			w.estimates = map[*time.Duration]struct{}{}
		}
		w.estimates[&estimate] = struct{}{}
	})
	return func() { w.set(func(w *Watch) { delete(w.estimates, &estimate) }) }
}

// Wait says that ctx's work waits for another, whose watch leads returns, until
// the function that it returns is called: meanwhile it is alive as long as the
// other is.
func Wait(ctx context.Context, leads func() *Watch) (end func()) {
	w := From(ctx)
	w.set(func(w *Watch) { w.leads = leads })
	return func() { w.set(func(w *Watch) { w.leads = nil }) }
}

// set changes w, which is a sign of life.
func (w *Watch) set(change func(*Watch)) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
	w.still = 0
}

// Parts is the number of parts that are done.
func (w *Watch) Parts() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.parts
}

// Tick says that so much time went by. It returns whether the work hangs, and
// the patience that it is, or was, given.
func (w *Watch) Tick(passed time.Duration) (hangs bool, patience time.Duration) {
	w.mu.Lock()
	w.still += passed
	w.mu.Unlock()
	return w.hangs()
}

func (w *Watch) hangs() (hangs bool, patience time.Duration) {
	w.mu.Lock()
	still, leads := w.still, w.leads
	var longest time.Duration
	for estimate := range w.estimates {
		longest = max(longest, *estimate)
	}
	w.mu.Unlock()
	if leads != nil {
		if leader := leads(); leader != nil && leader != w {
			return leader.hangs()
		}
	}
	patience = max(leastPatience, timesEstimate*longest)
	return still > patience, patience
}
