package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/client"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"temper/activities"
	"temper/activities/sandbox"
	"temper/deploy/endpoints"
	"temper/workflows"
)

// stopTimeout is how long work may go on after the worker was told to stop. It
// must be longer than one update or decode step and the writing of a manifest.
const stopTimeout = 20 * time.Second

// serve runs a Temporal worker per role until ctx ends.
func serve(ctx context.Context, where endpoints.Endpoints, role roleSet, m machine) error {
	store, err := where.OpenStore(ctx)
	if err != nil {
		return err
	}
	logger := tlog.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo})))
	c, err := where.DialTemporal(ctx, logger)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := ensureSearchAttributes(ctx, c, where.Temporal.Namespace); err != nil {
		return err
	}
	acts := &activities.Activities{
		Store: store, Learner: newLearner(store, m), Sources: sources{store}, CPU: activities.NewCPUMeter(),
		Worker: workerName(), CodeVersion: codeVersion(),
	}
	if role.grader {
		box, err := newSandbox(ctx)
		if err != nil {
			return err
		}
		defer box.Close()
		acts.Sandbox = box
	}
	failed := make(chan error, 1)
	return run(ctx, newWorkers(c, acts, role, func(err error) {
		select {
		case failed <- err:
		default: // one reason is enough
		}
	}), failed)
}

// newWorkers makes one Temporal worker per role. What computes with weights does
// one thing at a time: each uses all cores.
func newWorkers(c client.Client, acts *activities.Activities, role roleSet, onFatal func(error)) []worker.Worker {
	var workers []worker.Worker
	if role.control {
		w := worker.New(c, workflows.ControlQueue, worker.Options{
			WorkerStopTimeout: stopTimeout, OnFatalError: onFatal,
			// Pollers that choose by themselves between a workflow's own queue and the
			// common one may all wait on the wrong one; these do not.
			WorkflowTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		})
		workflows.Register(w)
		w.RegisterActivity(acts)
		workers = append(workers, w)
	}
	for queue, wanted := range map[string]bool{workflows.GPUQueue: role.gpu, workflows.GraderQueue: role.grader} {
		if !wanted {
			continue
		}
		w := worker.New(c, queue, worker.Options{
			WorkerStopTimeout: stopTimeout, DisableWorkflowWorker: true, MaxConcurrentActivityExecutionSize: 1,
			MaxHeartbeatThrottleInterval: 5 * time.Second, OnFatalError: onFatal,
		})
		w.RegisterActivity(acts)
		workers = append(workers, w)
	}
	return workers
}

// run starts the workers and stops them, each with its time to finish, when ctx
// ends or one of them fails.
func run(ctx context.Context, workers []worker.Worker, failed <-chan error) error {
	for i, w := range workers {
		if err := w.Start(); err != nil {
			for _, started := range workers[:i] {
				started.Stop()
			}
			return fmt.Errorf("start: %w", err)
		}
	}
	fmt.Fprintln(os.Stderr, "worker: ready")
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stopped := make(chan struct{}, len(workers))
	for _, w := range workers {
		go func() { w.Stop(); stopped <- struct{}{} }()
	}
	for range workers {
		<-stopped
	}
	return err
}

// newSandbox finds the cell beside this executable and proves that it holds.
func newSandbox(ctx context.Context) (*sandbox.Sandbox, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the sandbox: %w", err)
	}
	return sandbox.New(ctx, sandbox.Options{Cell: filepath.Join(filepath.Dir(self), "sandbox-cell")})
}

// workerName tells this worker from others in manifests.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// codeVersion is the commit that this binary was built from.
func codeVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version, modified := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			version = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+modified"
		}
	}
	return version + modified
}
