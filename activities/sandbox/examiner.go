//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"sync"
)

// examiner is a slot's process for tests that are code. No program ever runs in it, so it
// takes one job's tests after another's; a process of its own for each would cost as much
// as the program's. It ends, and another takes its place, after tests that may leave a
// trace in it, after a fault, and after RecycleAfter jobs. A job during which it runs into
// a limit, of which others used a part, is begun once more with a new one.
type examiner struct {
	p      *process
	limits Limits // of each job that it takes
	jobs   int
	gone   chan struct{} // closed when the process is gone

	mu    sync.Mutex
	relay *relay // whose tests it runs or ran last
	once  bool   // it takes no other job
	err   error  // of the process's end
}

// examiner is the one of a slot, started or replaced if need be.
func (s *Sandbox) examiner(ctx context.Context, sl *slot, l Limits) (*examiner, error) {
	if e := sl.examiner; e != nil {
		if e.takes(l) && e.jobs < s.recycle {
			return e, nil
		}
		e.p.kill()
		<-e.gone
		sl.examiner = nil
	}
	w, err := s.forTests(ctx, sl)
	if err != nil {
		return nil, err
	}
	e := &examiner{limits: l, gone: make(chan struct{})}
	e.mu.Lock() // until there is a process
	defer e.mu.Unlock()
	// The kernel counts the CPU time of all jobs; for each there must be enough left.
	e.p, err = w.start(request{cpu: 2 * kernelCPU(l.TotalCPUSeconds), limits: l, open: true, passes: true, record: e.record, job: []any{"tests"}})
	if err != nil {
		return nil, err
	}
	e.p.waits(true)
	sl.examiner = e
	go e.end()
	return e, nil
}

// takes says whether the process can run the tests of another job with these limits.
func (e *examiner) takes(l Limits) bool {
	select {
	case <-e.gone:
		return false
	default:
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.once && e.limits == l && float64(e.p.said.Load()) < l.TotalCPUSeconds*1e9
}

// begin hands the process a job's tests. The job before is at its end.
func (e *examiner) begin(r *relay, tests []byte) {
	e.jobs++
	e.mu.Lock()
	e.relay = r
	select {
	case <-e.gone: // since it was found fit
		go e.dead(r)
	default:
	}
	e.mu.Unlock()
	e.p.waits(false)
	go e.p.send(tests)
}

// record takes what the process says to the job that it serves.
func (e *examiner) record(rec record) {
	e.mu.Lock()
	r := e.relay
	if rec.kind == "once" {
		e.once = true
	}
	e.mu.Unlock()
	if r != nil && r.ofTests(rec) {
		e.p.waits(true)
		close(r.done)
	}
}

// end waits for the end of the process.
func (e *examiner) end() {
	err := e.p.wait(context.Background())
	e.mu.Lock()
	e.err = err
	close(e.gone)
	r := e.relay
	e.mu.Unlock()
	e.dead(r)
}

// dead tells a job that its tests are at their end without a last word.
func (e *examiner) dead(r *relay) {
	if r != nil && r.ofTests(record{kind: "dead"}) {
		close(r.done)
	}
}

// ending says how the process ended, once it is gone.
func (e *examiner) ending() (ending, error) {
	<-e.gone
	if e.err != nil {
		return ending{}, fmt.Errorf("tests: %w", e.err)
	}
	t, err := e.p.classify(2 * e.limits.TotalCPUSeconds)
	if err != nil {
		return ending{}, fmt.Errorf("tests: %v", err) // whatever it is, it is not the program's end
	}
	return t, nil
}
