package train

import (
	"sync"

	"github.com/gomlx/gomlx/core/tensors"
)

// queue computes results on several goroutines and hands them on in order. No
// more than twice as many results as goroutines exist at a time, so that one
// that takes long does not let those after it pile up.
type queue struct {
	workers int
	done    func(i int, results []*tensors.Tensor) error

	mu      sync.Mutex
	moved   sync.Cond                 // next or err has changed
	started int                       // results that are under way or finished
	next    int                       // the result to hand on next
	waiting map[int][]*tensors.Tensor // finished, after next
	err     error
}

func newQueue(workers int, done func(i int, results []*tensors.Tensor) error) *queue {
	q := &queue{workers: workers, done: done, waiting: make(map[int][]*tensors.Tensor)}
	q.moved.L = &q.mu
	return q
}

// run computes count results and returns the first error.
func (q *queue) run(count int, work func(i int) ([]*tensors.Tensor, error)) error {
	var wg sync.WaitGroup
	for range q.workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				i, ok := q.take(count)
				if !ok {
					return
				}
				results, err := work(i)
				q.put(i, results, err)
			}
		}()
	}
	wg.Wait()
	for _, results := range q.waiting { // an error left them behind
		free(results)
	}
	return q.err
}

// take returns the next result to compute, when there is room for it.
func (q *queue) take(count int) (i int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.err == nil && q.started < count && q.started-q.next >= 2*q.workers {
		q.moved.Wait()
	}
	if q.err != nil || q.started == count {
		return 0, false
	}
	q.started++
	return q.started - 1, true
}

func (q *queue) put(i int, results []*tensors.Tensor, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer q.moved.Broadcast()
	q.waiting[i] = results
	if err != nil && q.err == nil {
		q.err = err
	}
	for q.err == nil {
		results, ok := q.waiting[q.next]
		if !ok {
			return
		}
		delete(q.waiting, q.next)
		q.err = q.done(q.next, results)
		q.next++
		free(results)
	}
}

func free(results []*tensors.Tensor) {
	for _, t := range results {
		t.MustFinalizeAll() // fails only when used twice at a time, which would be a bug here
	}
}
