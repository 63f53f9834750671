package learnertest

import (
	"context"
	"sync"
)

// Hook runs at the start of every call. nth counts the calls of op from 1,
// failed ones included. An error of the hook is the call's.
type Hook func(ctx context.Context, op Op, nth int) error

// hooks count calls and put faults in front of them.
type hooks struct {
	mu    sync.Mutex
	calls map[Op]int
	list  []Hook
}

// Use adds hooks; they run in the order in which they were added.
func (h *hooks) Use(list ...Hook) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, list...)
}

// Calls returns how often op was called, failed calls included.
func (h *hooks) Calls(op Op) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.calls[op]
}

func (h *hooks) begin(ctx context.Context, op Op) error {
	h.mu.Lock()
	h.calls[op]++
	nth, list := h.calls[op], h.list
	h.mu.Unlock()
	for _, hook := range list {
		if err := hook(ctx, op, nth); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Fail makes the nth call of op fail; 0 means every call.
func Fail(op Op, nth int, err error) Hook {
	return func(_ context.Context, called Op, n int) error {
		if called == op && (nth == 0 || n == nth) {
			return err
		}
		return nil
	}
}

// FailEvery makes every kth call of op fail.
func FailEvery(op Op, k int, err error) Hook {
	return func(_ context.Context, called Op, n int) error {
		if called == op && n%k == 0 {
			return err
		}
		return nil
	}
}

// Block makes the nth call of op wait until its context ends; began is closed when it waits.
func Block(op Op, nth int) (hook Hook, began <-chan struct{}) {
	waiting := make(chan struct{})
	var once sync.Once
	return func(ctx context.Context, called Op, n int) error {
		if called != op || n != nth {
			return nil
		}
		once.Do(func() { close(waiting) })
		<-ctx.Done()
		return ctx.Err()
	}, waiting
}
