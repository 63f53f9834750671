package objectstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// backoff says how often to try again, and how long to wait first.
type backoff struct {
	attempts int           // at least 1
	first    time.Duration // the wait before the second attempt; doubles from then on
}

// defaultBackoff bridges a hiccup of about a second. What lasts longer is the
// caller's to wait for: Temporal does it with heartbeats and a visible attempt count.
var defaultBackoff = backoff{attempts: 4, first: 200 * time.Millisecond}

// do calls f until it succeeds, fails with an error that again does not want
// repeated, or the attempts are used up; it returns f's last error.
func (b backoff) do(ctx context.Context, again func(error) bool, f func() error) error {
	wait := b.first
	for attempt := 1; ; attempt++ {
		err := f()
		if err == nil || attempt >= b.attempts || !again(err) {
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
