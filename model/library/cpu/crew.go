package cpu

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// computing is the number of goroutines that compute: calls of all backends, and
// those that help them. Cores are the process's, and so is this count.
var computing atomic.Int32

// worthwhile is how much work, in nanoseconds, a goroutine must find to be worth
// waking: several times what that takes.
const worthwhile = 50e3

// helpers reserves goroutines for a step of so many tasks that takes so many
// nanoseconds on one core: as many as the work is worth, and there are cores that
// no call uses. Mostly it is none: then the step is computed as one.
func (x *execution) helpers(tasks int, nanoseconds float64) int {
	b := x.plan.backend
	count, want := 0, min(tasks, int(nanoseconds/b.worthwhile))-1
	for count < want {
		n := computing.Load()
		if n >= b.threads {
			break
		}
		if computing.CompareAndSwap(n, n+1) {
			count++
		}
	}
	return count
}

// share computes tasks 0 to n-1 on the caller's goroutine and on helpers that it
// has reserved. Each is computed whole by one goroutine, with scratch memory of its
// own, so that results do not depend on how many there are.
func (x *execution) share(helpers, tasks int, do func(task int, scratch unsafe.Pointer)) {
	var next atomic.Int64
	work := func(scratch unsafe.Pointer) {
		for {
			task := int(next.Add(1)) - 1
			if task >= tasks {
				return
			}
			do(task, scratch)
		}
	}
	memory := &x.plan.backend.memory
	var wg sync.WaitGroup
	var fault atomic.Pointer[any]
	catch := func() { // a panic is the caller's, once nobody works any more
		if r := recover(); r != nil {
			next.Store(int64(tasks))
			fault.CompareAndSwap(nil, &r)
		}
	}
	for range helpers {
		wg.Go(func() {
			defer computing.Add(-1)
			defer catch()
			scratch := memory.borrow(&memory.scratch, x.plan.arena-x.plan.scratch)
			defer memory.release(&memory.scratch, scratch)
			work(unsafe.Pointer(unsafe.SliceData(scratch)))
		})
	}
	func() { defer catch(); work(x.scratch) }()
	wg.Wait()
	if r := fault.Load(); r != nil {
		panic(*r)
	}
}

// tasksPerThread is how many parts a step is cut into for every core, so that those
// who end early find more.
const tasksPerThread = 4
