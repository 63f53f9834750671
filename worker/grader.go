package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.temporal.io/sdk/worker"

	"temper/activities/sandbox"
	"temper/model/reward"
	"temper/model/reward/code"
)

const (
	// A machine whose sandbox does not stand is tried again after graderRetry, then after
	// twice as long each time, and at last every maxGraderRetry.
	graderRetry    = 5 * time.Second
	maxGraderRetry = 5 * time.Minute
)

// grader is the role that judges programs. It starts apart from the other roles: proving
// the sandbox takes a while, and a machine without one still does all other work. Programs
// wait meanwhile for a grader to ask for them.
type grader struct {
	// open proves the sandbox.
	open func(context.Context) (*sandbox.Sandbox, error)
	// work makes the worker that asks for programs.
	work func(*sandbox.Sandbox) worker.Worker
	// alone: the process has no other role, and ends where this one cannot be had.
	alone bool
	// say tells whoever started the worker, log whoever reads its log.
	say func(string)
	log *slog.Logger
	// retry is graderRetry, but in tests.
	retry time.Duration
}

// serve judges programs until ctx ends.
func (g grader) serve(ctx context.Context) error {
	box, err := g.prove(ctx)
	if err != nil || ctx.Err() != nil {
		return err
	}
	defer box.Close()
	w := g.work(box)
	if err := w.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	defer w.Stop()
	if g.alone {
		g.say("ready")
	}
	d := box.Probe()
	g.log.Info("programs are judged here", "attacks stopped", d.Attacks, "slots", d.Slots, "python", d.Python)
	<-ctx.Done()
	return nil
}

// prove opens the sandbox, as often as it takes. It says why it does not open once for
// each reason. Without an error there is a sandbox, or ctx has ended.
func (g grader) prove(ctx context.Context) (*sandbox.Sandbox, error) {
	said := ""
	for wait := g.retry; ; wait = min(2*wait, maxGraderRetry) {
		box, err := g.open(ctx)
		switch {
		case ctx.Err() != nil:
			if err == nil {
				box.Close()
			}
			return nil, nil
		case err == nil:
			return box, nil
		case g.alone:
			return nil, err
		}
		if why := strings.ReplaceAll(err.Error(), "\n", "; "); why != said {
			said = why
			g.say(fmt.Sprintf("no program can be judged here, and runs that need it wait for a machine that can; "+
				"all else is done, and this is tried again every few minutes (starter doctor says more): %s", why))
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-time.After(wait):
		}
	}
}

// programs judges the programs of runs: in the sandbox, under the limits that all of them
// have, but for what their problems say.
type programs struct{ *sandbox.Sandbox }

// Grade judges a program by its tests.
func (p programs) Grade(ctx context.Context, program string, tests code.Tests) (reward.Result, error) {
	return p.Sandbox.Grade(ctx, program, tests, sandbox.Limits{})
}

// Longest is a program's limits, on a CPU that it shares with another one.
func (programs) Longest(tests code.Tests) time.Duration {
	limits := sandbox.LimitsOf(tests)
	return time.Duration(2 * (limits.TotalCPUSeconds + limits.WallSeconds) * float64(time.Second))
}

// openSandbox finds the cell beside this executable and proves that it holds.
func openSandbox(ctx context.Context, say func(string)) (*sandbox.Sandbox, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the sandbox: %w", err)
	}
	return sandbox.New(ctx, sandbox.Options{Cell: filepath.Join(filepath.Dir(self), "sandbox-cell"), Progress: say})
}
