// Package watchdog finds work whose worker is lost, and has another begin it again.
//
// A heartbeat timeout alone cannot do both: a short one ends healthy work when the
// server was away, because timeouts pass on its clock meanwhile; a long one leaves
// the work of a killed worker lying. So the timeout is long, and a watchdog looks
// at the heartbeats that the server has: where one does not change for as long as
// LostAfter, and the server answered all that time, the attempt is failed, which
// the server retries at once. A server that was away begins every count anew, so
// that all workers have had the time to beat again.
//
// Only the watchdog's own clock is read. Any number of watchdogs may run.
package watchdog

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"temper/activities/liveness"
)

const (
	// lookEvery is how often each execution is looked at.
	lookEvery = 1500 * time.Millisecond
	// lookTime is how long the server may take to answer; one that takes longer counts as away.
	lookTime = 2 * time.Second
	// longestGap between two looks leaves no room for a server that was away.
	longestGap = 2*lookEvery + lookTime
	// sideBySide is the number of requests at a time.
	sideBySide = 8
)

// Execution is a running workflow.
type Execution struct{ WorkflowID, RunID string }

// Attempt is an activity's attempt that is at work, as the server knows it.
type Attempt struct {
	// Activity is the activity's ID within its execution, and Type its name.
	Activity, Type string
	Number         int32
	// Worker is who took it up.
	Worker string
	// Started and Beat, the last heartbeat, are by the server's clock.
	Started, Beat time.Time
}

// Server is what a watchdog asks of Temporal.
type Server interface {
	// Running lists the executions to look at.
	Running(ctx context.Context) ([]Execution, error)
	// Started are the attempts of an execution that are at work and should beat.
	Started(ctx context.Context, e Execution) ([]Attempt, error)
	// Lose fails an attempt whose worker is lost.
	Lose(ctx context.Context, e Execution, a Attempt) error
}

// Watch looks at all executions until ctx ends. Of gone, a worker that is known to have ended, it
// only looks whether another has the same name; "" is none.
func Watch(ctx context.Context, s Server, gone string, log *slog.Logger) {
	w := watch{server: s, gone: gone, log: log, of: map[Execution]*watched{}}
	for ctx.Err() == nil {
		began := time.Now()
		w.list(ctx)
		for time.Since(began) < lookEvery && ctx.Err() == nil {
			w.round(ctx)
			select {
			case <-time.After(time.Until(w.next(began.Add(lookEvery)))):
			case <-ctx.Done():
			}
		}
	}
}

type watch struct {
	server Server
	gone   string
	log    *slog.Logger
	of     map[Execution]*watched
}

// watched is what is known of an execution.
type watched struct {
	looked, next time.Time
	seen         map[string]sighting // by activity
}

// sighting is an attempt that has looked the same since a time.
type sighting struct {
	attempt Attempt
	since   time.Time
}

// list finds the executions to look at. Those that are known stay where the server does not answer.
func (w *watch) list(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	running, err := w.server.Running(ctx)
	if err != nil {
		return
	}
	for e := range w.of {
		if !slices.Contains(running, e) {
			delete(w.of, e)
		}
	}
	for _, e := range running {
		if w.of[e] == nil {
			w.of[e] = &watched{}
		}
	}
}

// round looks at the executions that are due.
func (w *watch) round(ctx context.Context) {
	var group errgroup.Group
	group.SetLimit(sideBySide)
	for e, known := range w.of {
		if !time.Now().Before(known.next) {
			group.Go(func() error { w.look(ctx, e, known); return nil })
		}
	}
	_ = group.Wait() // looks have no errors
}

// next is when the next execution is due, at the latest.
func (w *watch) next(latest time.Time) time.Time {
	for _, known := range w.of {
		if known.next.Before(latest) {
			latest = known.next
		}
	}
	return latest
}

// look compares an execution's attempts with what they were.
func (w *watch) look(ctx context.Context, e Execution, known *watched) {
	within, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	attempts, err := w.server.Started(within, e)
	now := time.Now()
	before := known.seen
	if err != nil || now.Sub(known.looked) > longestGap {
		before = nil
	}
	known.seen, known.next = map[string]sighting{}, now.Add(lookEvery)
	if err != nil {
		return
	}
	known.looked = now
	for _, a := range attempts {
		s, ok := before[a.Activity]
		if !ok || s.attempt != a {
			s = sighting{a, now}
		}
		patience := liveness.LostAfter
		if w.gone != "" && a.Worker == w.gone {
			patience = liveness.GoneAfter
		}
		if now.Sub(s.since) >= patience {
			w.lose(within, e, a)
			continue
		}
		known.seen[a.Activity] = s
		if lost := s.since.Add(patience); lost.Before(known.next) {
			known.next = lost
		}
	}
}

func (w *watch) lose(ctx context.Context, e Execution, a Attempt) {
	log := w.log.With("worker", a.Worker, "activity", a.Type, "workflow", e.WorkflowID, "attempt", a.Number)
	if err := w.server.Lose(ctx, e, a); err != nil {
		log.Debug("work of a lost worker is not given up", "error", err)
		return
	}
	log.Warn("a worker is lost: its work is begun again")
}
