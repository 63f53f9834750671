package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"temper/deploy/endpoints"
)

const (
	// startTime bounds devstack's start: a few seconds, more on a busy machine.
	startTime = 90 * time.Second
	// stopTime bounds the stop of one process.
	stopTime = 45 * time.Second
	// earlyEnd: a process that ends by itself within this time cannot start at all.
	earlyEnd = 10 * time.Second
	// Not more than maxRestarts of a process in restartWindow.
	maxRestarts   = 5
	restartWindow = time.Minute
)

// stack is what a run needs on this machine: devstack (Temporal, its UI and an
// S3 store) and a worker. It starts what does not run, starts again what ends,
// and at the end stops only what it started.
type stack struct {
	data string // the data directory
	bin  string // the folder of the programs
	// devstackArgs are passed to devstack, beside its data directory.
	devstackArgs []string
	note         func(string)

	devstack, worker *process
	restarts         []time.Time
	checked          time.Time
}

// newStack uses the programs beside this executable.
func newStack(data string, devstackArgs []string, note func(string)) (*stack, error) {
	data, err := filepath.Abs(data)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find devstack and worker: %w", err)
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		return nil, fmt.Errorf("find devstack and worker: %w", err)
	}
	return &stack{data: data, bin: filepath.Dir(self), devstackArgs: devstackArgs, note: note}, nil
}

// up starts what does not run. It returns when Temporal and the store answer;
// the worker may still be at its start.
func (s *stack) up(ctx context.Context) error {
	if err := s.upDevstack(ctx); err != nil {
		return err
	}
	return s.upWorker()
}

func (s *stack) upDevstack(ctx context.Context) error {
	held, err := s.devstackRuns()
	if err != nil {
		return err
	}
	var done chan struct{} // nil, which is never closed, of a devstack that is not ours
	if !held {
		s.note("starting Temporal, its UI and an S3 store")
		if s.devstack, err = s.launch("devstack", append([]string{"-data", s.data}, s.devstackArgs...)...); err != nil {
			return err
		}
		done = s.devstack.done
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for !s.devstackReady(!held) {
		select {
		case <-done:
			return errors.New(ourFlags.Replace(s.devstack.lastWords()))
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("devstack was not ready within %s; see %s", startTime, filepath.Join(s.data, "logs"))
			}
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// ourFlags spells devstack's flags as the starter's.
var ourFlags = strings.NewReplacer(" -temporal", " --temporal", " -ui", " --ui", " -s3", " --s3", " -data", " --data", "(-", "(--")

// devstackReady looks at devstack.json, which devstack writes when all is ready.
// After a kill it is stale: then it names another process, or nothing answers.
func (s *stack) devstackReady(ours bool) bool {
	d, err := endpoints.ReadDevstack(s.data)
	if err != nil {
		return false
	}
	return d.Alive() && (!ours || d.PID == s.devstack.cmd.Process.Pid)
}

func (s *stack) devstackRuns() (bool, error) { return lockHeld(filepath.Join(s.data, "lock")) }
func (s *stack) workerRuns() (bool, error)   { return lockHeld(filepath.Join(s.data, "worker.lock")) }

// lockHeld is endpoints.Held, for a file that may not be there yet.
func lockHeld(path string) (bool, error) {
	held, err := endpoints.Held(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return held, err
}

func (s *stack) upWorker() error {
	held, err := s.workerRuns()
	if err != nil || held {
		return err
	}
	s.note("starting a worker")
	s.worker, err = s.launch("worker", "-data", s.data, "-roles", "control,gpu,grader")
	return err
}

func (s *stack) launch(name string, args ...string) (*process, error) {
	path := filepath.Join(s.bin, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing; build it with `make build`", path)
	}
	return startProcess(name, path, filepath.Join(s.data, "logs", name+".log"), args...)
}

// check starts again what has ended; it looks once a second. The error is for
// good: a program that cannot start, or ends again and again.
func (s *stack) check(ctx context.Context) error {
	now := time.Now()
	if now.Sub(s.checked) < time.Second {
		return nil
	}
	s.checked = now
	if err := s.checkOne(s.devstack, "devstack", s.devstackRuns, func() error { return s.upDevstack(ctx) }); err != nil {
		return err
	}
	return s.checkOne(s.worker, "worker", s.workerRuns, s.upWorker)
}

// checkOne starts a program again unless ours lives, or somebody else's.
func (s *stack) checkOne(ours *process, name string, runs func() (bool, error), up func() error) error {
	if ours != nil && !ours.ended() {
		return nil
	}
	if held, err := runs(); err != nil || held {
		return err
	}
	if err := s.again(ours, name); err != nil {
		return err
	}
	return up()
}

// again says whether a process that has ended, p if we started it, is to be
// started again.
func (s *stack) again(p *process, name string) error {
	now := time.Now()
	if p != nil && !p.killed() && now.Sub(p.started) < earlyEnd {
		return errors.New(p.lastWords())
	}
	s.restarts = slices.DeleteFunc(s.restarts, func(t time.Time) bool { return now.Sub(t) > restartWindow })
	if len(s.restarts) >= maxRestarts {
		return fmt.Errorf("%s ended again, after %d restarts within %s; see %s", name, maxRestarts, restartWindow, filepath.Join(s.data, "logs"))
	}
	s.restarts = append(s.restarts, now)
	if p != nil && !p.killed() && !p.cmd.ProcessState.Success() {
		s.note(p.lastWords()) // work that hung, say
	}
	s.note(name + " ended: starting it again")
	return nil
}

// down stops the worker and then devstack, as far as we started them. Each is
// killed when it does not stop in time or ctx ends.
func (s *stack) down(ctx context.Context) error {
	var errs []error
	for _, p := range []*process{s.worker, s.devstack} {
		if p == nil {
			continue
		}
		limited, cancel := context.WithTimeout(ctx, stopTime)
		errs = append(errs, p.stop(limited))
		cancel()
	}
	return errors.Join(errs...)
}

// owns reports whether down has anything to stop.
func (s *stack) owns() bool {
	return s.worker != nil && !s.worker.ended() || s.devstack != nil && !s.devstack.ended()
}
