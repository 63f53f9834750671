//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"temper/model/reward/code"
)

// relay passes questions of tests, which run in one process, to a program, which runs in
// another, and the answers back. Each of its methods is called by one reader.
type relay struct {
	mu             sync.Mutex
	program, tests *process
	limits         Limits

	question string // waits until the program is loaded
	asked    bool
	loaded   bool
	cpu      time.Duration // the program's at its last word
	begun    time.Duration // the program's when the current test began
	outcomes []code.TestOutcome
	last     record // what the tests said at their end
	late     bool   // a test was over its CPU time
	failed   record // what the program said when it could not be loaded
}

// runAsserts runs tests that are code.
func (s *Sandbox) runAsserts(ctx context.Context, sl *slot, j Job) (Outcome, error) {
	forProgram, err := s.forPrograms(ctx, sl)
	if err != nil {
		return Outcome{}, err
	}
	forTests, err := s.forTests(ctx, sl)
	if err != nil {
		return Outcome{}, err
	}
	asserts := make([]any, len(j.Asserts))
	for i, a := range j.Asserts {
		asserts[i] = text(a)
	}
	r := &relay{limits: j.Limits}
	r.mu.Lock() // until both are there
	r.program, err = forProgram.start(request{cpu: kernelCPU(j.Limits.TotalCPUSeconds), limits: j.Limits, open: true, record: r.ofProgram,
		job: []any{"remote", text(j.Program)}})
	if err != nil {
		return Outcome{}, err
	}
	// The tests are trusted to end, and wait while the program idles or computes.
	patient := j.Limits
	patient.CPUSeconds = j.Limits.TotalCPUSeconds
	patient.WallSeconds = patience * max(j.Limits.WallSeconds, j.Limits.TotalCPUSeconds)
	r.tests, err = forTests.start(request{cpu: kernelCPU(j.Limits.TotalCPUSeconds), limits: patient, open: true, record: r.ofTests,
		job: []any{"tests", text(j.Setup), asserts}})
	if err != nil {
		r.mu.Unlock()
		r.program.kill()
		r.program.wait(ctx)
		return Outcome{}, err
	}
	r.mu.Unlock()
	var wg sync.WaitGroup
	var errTests error
	wg.Go(func() {
		errTests = r.tests.wait(ctx)
		r.program.stop()
	})
	err = r.program.wait(ctx)
	r.tests.stop()
	wg.Wait()
	if err != nil {
		return Outcome{}, err
	}
	if errTests != nil {
		return Outcome{}, fmt.Errorf("tests: %w", errTests)
	}
	return r.outcome(len(asserts))
}

// ofProgram takes what the program says.
func (r *relay) ofProgram(rec record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cpu = rec.cpu
	if (rec.cpu - r.begun).Seconds() > r.limits.CPUSeconds {
		r.late = true
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
	case (rec.kind == "answer" || rec.kind == "raised") && r.asked:
		r.asked = false
		r.program.waits(true)
		r.tests.send([]byte(rec.kind + " " + rec.text))
	}
}

// ofTests takes what the tests say.
func (r *relay) ofTests(rec record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch rec.kind {
	case "ask":
		r.question = rec.text
		r.ask()
	case "pass":
		r.outcomes = append(r.outcomes, code.TestOutcome{Value: json.RawMessage("true"), CPU: r.cpu - r.begun})
		r.begun = r.cpu
	case "failed":
		r.last = rec
		r.outcomes = append(r.outcomes, code.TestOutcome{Error: rec.text, CPU: r.cpu - r.begun})
	case "broken", "end":
		r.last = rec
	}
}

// ask passes the tests' question on if the program is ready for it.
func (r *relay) ask() {
	if r.question == "" || !r.loaded {
		return
	}
	question := []byte(r.question)
	r.question, r.asked = "", true
	r.program.waits(false)
	r.program.send(question)
}

// outcome puts together what both processes did.
func (r *relay) outcome(tests int) (Outcome, error) {
	t, err := r.tests.classify(r.limits.TotalCPUSeconds)
	if err != nil {
		return Outcome{}, fmt.Errorf("tests: %w", err)
	}
	switch {
	case r.last.kind == "broken":
		return Outcome{}, requestError{fmt.Errorf("tests cannot be run: %s", r.last.text)}
	case t.status != code.Finished && !r.late:
		return Outcome{}, requestError{fmt.Errorf("tests cannot be run: %s (%s)", t.status, t.reason)}
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
	case r.last.kind == "failed" && e.status == code.Finished:
		out.Status, out.Reason = code.Exception, r.last.text
	case r.last.kind == "" && (e.status == code.Finished || e.status == code.Exception):
		out.Status, out.Reason = code.EndedEarly, fmt.Sprintf("the program ended after %d of %d tests", len(r.outcomes), tests)
	}
	return out, nil
}
