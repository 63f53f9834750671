// Package budget bounds a computation by counting its work, so that what it gives does not
// depend on the machine as it would with a clock.
package budget

import "errors"

// ErrExhausted is what Spend panics with.
var ErrExhausted = errors.New("the budget is exhausted")

// Budget is what is left of the work that a computation may do. It belongs to one goroutine.
// A nil budget is without bounds.
type Budget struct{ steps, bytes int }

// New makes a budget of steps of about ten nanoseconds, and of bytes of memory that are
// asked for, whether or not they are given back.
func New(steps, bytes int) *Budget { return &Budget{steps: steps, bytes: bytes} }

// Spend takes work from the budget before it is done. If the budget does not hold it, Spend
// panics with ErrExhausted: whoever made the budget recovers that.
func (b *Budget) Spend(steps, bytes int) {
	if b == nil {
		return
	}
	if steps > b.steps || bytes > b.bytes {
		b.steps, b.bytes = 0, 0
		panic(ErrExhausted)
	}
	b.steps -= steps
	b.bytes -= bytes
}

// Left is what is left of the budget.
func (b *Budget) Left() (steps, bytes int) { return b.steps, b.bytes }
