//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"temper/model/reward/code"
)

// relay passes questions of tests, which run in one process, to a program, which runs in
// another, and the answers back. Each of its methods is called by one reader.
type relay struct {
	mu       sync.Mutex
	program  *process
	examiner *examiner
	limits   Limits
	pace     *code.Pace    // see code.Tests
	done     chan struct{} // closed when the tests are at their end

	question string // waits until the program is loaded
	asked    bool
	answers  int  // how many have come to the tests, that on the program's names included
	named    bool // the tests have the program's names
	loaded   bool
	ahead    bool          // the program makes calls of several tests, see inside/batch.py
	over     bool          // the program is at its end
	cpu      time.Duration // the program's at its last word
	begun    time.Duration // the program's when the current test began
	tests    time.Duration // the tests' own when the current test began
	outcomes []code.TestOutcome
	passed   bool   // all tests have, and how the program ends matters no more
	warning  string // what makes that doubtful
	last     record // what the tests said at their end
	late     bool   // a test was over its CPU time
	failed   record // what the program said when it could not be loaded
}

// runAsserts runs tests that are code.
func (s *Sandbox) runAsserts(ctx context.Context, sl *slot, j Job) (Outcome, error) {
	asserts := make([]any, len(j.Asserts))
	for i, a := range j.Asserts {
		asserts[i] = text(a)
	}
	tests, err := appendMarshal(nil, []any{text(j.Setup), asserts}, 0)
	if err != nil {
		return Outcome{}, requestError{fmt.Errorf("encode tests: %w", err)}
	}
	forProgram, err := s.forPrograms(ctx, sl)
	if err != nil {
		return Outcome{}, err
	}
	r := &relay{limits: j.Limits, pace: j.Pace, done: make(chan struct{})}
	if r.examiner, err = s.examiner(ctx, sl, j.Limits); err != nil {
		return Outcome{}, err
	}
	r.mu.Lock() // until both are there
	r.program, err = forProgram.start(request{cpu: kernelCPU(j.Limits.TotalCPUSeconds), limits: j.Limits, open: true, passes: true, record: r.ofProgram,
		job: []any{"remote", text(j.Program)}})
	if err != nil {
		r.mu.Unlock()
		return Outcome{}, err
	}
	r.examiner.begin(r, tests)
	r.mu.Unlock()
	stop := context.AfterFunc(ctx, r.examiner.p.kill)
	defer stop()
	gone := make(chan struct{})
	var stopping sync.WaitGroup
	stopping.Go(func() {
		select {
		case <-r.done:
			r.program.stop()
		case <-gone:
		}
	})
	err = r.program.wait(ctx)
	close(gone)
	stopping.Wait() // what follows looks at how the program ended
	r.programGone()
	<-r.done
	if err != nil {
		return Outcome{}, err
	}
	return r.outcome(len(asserts))
}

// ofProgram takes what the program says.
func (r *relay) ofProgram(rec record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cpu = rec.cpu
	if (rec.cpu - r.begun).Seconds() > r.limits.CPUSeconds {
		r.late = !r.passed
		go r.program.stop()
		return
	}
	switch {
	case rec.kind == "ready":
		r.begun = rec.cpu
	case rec.kind == "fail" && !r.loaded:
		r.failed = rec
	case rec.kind == "loaded" && !r.loaded:
		r.loaded, r.begun = true, rec.cpu
		r.program.waits(true)
		r.ask()
	case rec.kind == "items" && r.asked: // of a batch, each as if it were a test's; more follow
		r.begun = rec.cpu
		r.answers++
		r.pass(rec)
	case (rec.kind == "answer" || rec.kind == "raised" || rec.kind == "back") && r.asked:
		r.asked = false
		r.answers++
		r.program.waits(true)
		r.pass(rec)
		r.examiner.p.waits(false)
	default: // its own invention, of which there may be much
		go r.program.stop()
	}
}

// programGone tells tests that ask the program something that there is no answer.
func (r *relay) programGone() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	if r.asked || r.question != "" {
		r.asked, r.question = false, ""
		r.pass(record{kind: "gone"})
		r.examiner.p.waits(false)
	}
}

// pass tells the tests what the program says, unless they are at their end.
func (r *relay) pass(rec record) {
	if r.last.kind == "" {
		r.examiner.p.send([]byte(rec.kind + " " + rec.text))
	}
}

// ofTests takes what the tests say. True if it is their last word.
func (r *relay) ofTests(rec record) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last.kind != "" {
		return false
	}
	switch rec.kind {
	case "ask", "batch", "reply", "threw": // the latter two answer a question that the program asked back
		r.question = rec.kind + " " + rec.text
		r.ahead = rec.kind == "batch" || r.ahead && rec.kind != "ask"
		r.examiner.p.waits(true)
		r.ask()
	case "named":
		r.named, r.tests = true, rec.cpu
	case "pass":
		r.outcomes = append(r.outcomes, r.passing(rec.cpu-r.tests))
		r.begun, r.tests = r.cpu, rec.cpu
	case "passed":
		r.passed, r.warning = true, rec.text
	case "failed":
		r.outcomes = append(r.outcomes, code.TestOutcome{Error: rec.text, CPU: r.cpu - r.begun})
	}
	switch rec.kind {
	case "failed", "broken", "gone", "end", "dead":
		r.last = rec
		return true
	}
	return false
}

// passing is a test that holds, for which the tests took some time themselves.
func (r *relay) passing(tests time.Duration) code.TestOutcome {
	took := r.cpu - r.begun
	if p := r.pace; p != nil {
		if limit := max(p.LeastSeconds, p.Factor*tests.Seconds()); took.Seconds() > limit {
			return code.TestOutcome{CPU: took, Error: fmt.Sprintf("took %.1f s of CPU time, more than the %.1f s that the data set's own solution sets", took.Seconds(), limit)}
		}
	}
	return code.TestOutcome{Value: json.RawMessage("true"), CPU: took}
}

// ask passes the tests' question on if the program is ready for it.
func (r *relay) ask() {
	switch {
	case r.question == "":
	case r.over:
		r.question = ""
		r.pass(record{kind: "gone"})
		r.examiner.p.waits(false)
	case r.loaded:
		question := []byte(r.question)
		r.question, r.asked = "", true
		r.program.send(question)
		r.program.waits(false)
	}
}

// outcome puts together what both processes did.
func (r *relay) outcome(tests int) (Outcome, error) {
	if r.examiner.jobs > 1 && r.last.kind == "failed" && strings.HasPrefix(r.last.text, "MemoryError") {
		return Outcome{}, errors.New(r.last.text) // others may have left too little
	}
	if r.passed && r.last.kind != "failed" {
		e, _ := r.program.classify(r.limits.TotalCPUSeconds) // for its time; a fault comes too late to matter
		return Outcome{Status: code.Finished, Tests: r.outcomes, CPU: e.cpu, Warning: r.warning}, nil
	}
	overload := "" // what the program's values did to the tests
	switch r.last.kind {
	case "broken":
		return Outcome{}, requestError{fmt.Errorf("tests cannot be run: %s", r.last.text)}
	case "dead":
		t, err := r.examiner.ending()
		switch overload = fmt.Sprintf("the tests ended with %q (%s)", t.status, t.reason); {
		case err != nil:
			return Outcome{}, err
		case r.examiner.jobs > 1: // what others left of its limits may have been too little
			return Outcome{}, errors.New(overload)
		case r.answers == 0 || r.named && r.answers == 1 || t.status == code.Finished: // of themselves
			return Outcome{}, requestError{fmt.Errorf("tests cannot be run: %s (%s)", t.status, t.reason)}
		}
	}
	e, err := r.program.classify(r.limits.TotalCPUSeconds)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Status: e.status, Reason: e.reason, Tests: r.outcomes, CPU: e.cpu}
	switch {
	case r.late:
		out.Status, out.Reason = code.CPULimit, cpuReason(r.limits, r.limits.CPUSeconds)
	case r.failed.kind != "":
		out.Status, out.Reason = code.Exception, r.failed.text
	case e.status != code.Finished && e.status != code.Exception || r.last.kind == "end":
	case r.last.kind == "failed":
		out.Status, out.Reason = code.Exception, r.last.text
	case r.last.kind == "dead":
		out.Status, out.Reason = code.Exception, overload
	default:
		out.Status, out.Reason = code.EndedEarly, fmt.Sprintf("the program ended after %d of %d tests", len(r.outcomes), tests)
	}
	if r.ahead && r.last.kind == "gone" {
		out.Reason += ", in this test or a later one"
	}
	return out, nil
}
