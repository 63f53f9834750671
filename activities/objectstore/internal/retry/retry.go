// Package retry tries again what failed for a moment.
package retry

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Backoff says how often to try, and how long to wait before trying again.
type Backoff struct {
	Attempts int           // at least 1
	First    time.Duration // the wait before the second attempt; doubles from then on
}

// Default bridges a hiccup of about a second. What lasts longer is the
// caller's to wait for: Temporal does it with heartbeats and a visible attempt count.
var Default = Backoff{Attempts: 4, First: 200 * time.Millisecond}

// Do calls f until it succeeds, fails with an error that again does not want
// repeated, or the attempts are used up; it returns f's last error, or one that
// wraps ctx.Err() when ctx ends during a wait.
func (b Backoff) Do(ctx context.Context, again func(error) bool, f func() error) error {
	wait := b.First
	for attempt := 1; ; attempt++ {
		err := f()
		if err == nil || attempt >= b.Attempts || !again(err) {
			return err
		}
		jittered := wait/2 + rand.N(wait/2+1) // so that workers that failed together do not return together
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (waiting to try again after: %v)", ctx.Err(), err)
		case <-time.After(jittered):
		}
		wait *= 2
	}
}
