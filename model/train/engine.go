package train

import (
	"fmt"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/transformer"
)

// Engine runs micro-batches in parallel. Its exported fields are set before
// the first use; one Engine may serve several trainers, one after the other,
// and keeps its compiled graphs between them.
type Engine struct {
	Instances      int    // micro-batches that run at a time; results do not depend on it
	MicroBatchRows int    // rows of one micro-batch
	Buckets        []int  // row lengths that are compiled; a micro-batch takes the smallest that holds its longest row
	Backend        string // GoMLX backend of an instance; "" is transformer.CPU

	instances []*instance
}

// instance is one backend with its compiled graphs and its copy of the
// weights.
type instance struct {
	backend compute.Backend
	config  transformer.Config
	train   *graph.Exec // parameters, tokens, targets, weights, T -> logprobs, entropies, gradients
	score   *graph.Exec // parameters, tokens, targets, T -> logprobs, entropies
	params  []*tensors.Tensor
}

func (e *Engine) validate() error {
	if e.Instances < 1 {
		return fmt.Errorf("engine: Instances is %d; it must be at least 1", e.Instances)
	}
	if e.MicroBatchRows < 1 {
		return fmt.Errorf("engine: MicroBatchRows is %d; it must be at least 1", e.MicroBatchRows)
	}
	if len(e.Buckets) == 0 {
		return fmt.Errorf("engine: Buckets is empty; it needs at least one row length")
	}
	for _, b := range e.Buckets {
		if b < 2 {
			return fmt.Errorf("engine: Buckets has %d; a bucket holds at least 2 tokens", b)
		}
	}
	return nil
}

// load brings the weights to the first n instances, opening them as needed.
func (e *Engine) load(w *transformer.Weights, n int) error {
	for len(e.instances) < n {
		in, err := open(e.Backend)
		if err != nil {
			return err
		}
		e.instances = append(e.instances, in)
	}
	transposed := w.Transposed()
	for _, in := range e.instances[:n] {
		if err := in.load(w, transposed); err != nil {
			return err
		}
	}
	return nil
}

// Close frees the engine's backends. The engine may be used again; it then
// opens new ones.
func (e *Engine) Close() {
	for _, in := range e.instances {
		in.close()
	}
	e.instances = nil
}

// run calls work for every micro-batch, at most Instances at a time, and then
// done for every micro-batch in order, one at a time. Outputs are freed when
// done returns.
func (e *Engine) run(w *transformer.Weights, batches []microBatch,
	work func(in *instance, m microBatch) ([]*tensors.Tensor, error), done func(i int, outputs []*tensors.Tensor) error) error {
	n := min(e.Instances, len(batches))
	if err := e.load(w, n); err != nil {
		return err
	}
	jobs := make(chan int, len(batches))
	for i := range batches {
		jobs <- i
	}
	close(jobs)
	q := queue{waiting: make(map[int][]*tensors.Tensor), done: done}
	var wg sync.WaitGroup
	for _, in := range e.instances[:n] {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range jobs {
				if q.failed() {
					return
				}
				outputs, err := work(in, batches[i])
				q.put(i, outputs, err)
			}
		}()
	}
	wg.Wait()
	return q.close()
}

// queue hands finished micro-batches on in order.
type queue struct {
	mu      sync.Mutex
	waiting map[int][]*tensors.Tensor
	next    int
	done    func(i int, outputs []*tensors.Tensor) error
	err     error
}

func (q *queue) put(i int, outputs []*tensors.Tensor, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting[i] = outputs
	if err != nil && q.err == nil {
		q.err = err
	}
	for q.err == nil {
		outputs, ok := q.waiting[q.next]
		if !ok {
			return
		}
		delete(q.waiting, q.next)
		q.err = q.done(q.next, outputs)
		q.next++
		free(outputs)
	}
}

func (q *queue) failed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err != nil
}

// close frees what an error left behind and reports that error.
func (q *queue) close() error {
	for _, outputs := range q.waiting {
		free(outputs)
	}
	return q.err
}

func free(outputs []*tensors.Tensor) {
	for _, t := range outputs {
		t.MustFinalizeAll() // fails only when used twice at a time, which would be a bug here
	}
}
