package learner

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"temper/activities/liveness"
)

// TestTurn: one at a time; who waits is alive as long as who computes, and obeys its context.
func TestTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := newTurn()
		first, second := &liveness.Watch{}, &liveness.Watch{}
		end, err := turn.take(liveness.With(t.Context(), first))
		if err != nil {
			t.Fatal(err)
		}
		took := make(chan func())
		go func() {
			end, err := turn.take(liveness.With(t.Context(), second))
			if err != nil {
				t.Error(err)
			}
			took <- end
		}()
		synctest.Wait()
		if hangs, _ := second.Tick(time.Hour); hangs {
			t.Error("who waits hangs, and who computes does not")
		}
		if hangs, _ := first.Tick(time.Hour); !hangs {
			t.Error("who computes without progress does not hang")
		}
		if hangs, _ := second.Tick(0); !hangs {
			t.Error("who waits for what hangs does not hang")
		}
		end()
		endSecond := <-took
		if hangs, _ := second.Tick(time.Minute); hangs {
			t.Error("it hangs when its turn has come")
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := turn.take(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waited beyond the end of its context: %v", err)
		}
		endSecond()
		if _, err := turn.take(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
