package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/sandbox"
	"temper/deploy/endpoints"
	"temper/deploy/version"
	"temper/worker/learner"
	"temper/worker/machine"
	"temper/worker/watchdog"
	"temper/workflows"
)

// stopTimeout is how long work may go on after the worker was told to stop. It
// must be longer than one update or decode step and the writing of a manifest.
const stopTimeout = 20 * time.Second

// serve runs a Temporal worker per role until ctx ends. checkMemory is learner.Learner.CheckMemory,
// teachers are the endpoints that it may ask, nil if none, and before is the worker that was here before, "" if none.
func serve(ctx context.Context, where endpoints.Endpoints, role roleSet, m machine.Machine, checkMemory bool, teachers activities.Teachers, before string) error {
	store, err := where.OpenStore(ctx)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	where.Temporal.DataConverter = oneToOne{converter.GetDefaultDataConverter()}
	c, err := where.DialTemporal(ctx, tlog.NewStructuredLogger(log))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := ensureSearchAttributes(ctx, c, where.Temporal.Namespace); err != nil {
		return err
	}
	kept := objectstore.NewOverlap(objectstore.NoteDamage(store))
	l, cpu := learner.New(kept, m), activities.NewCPUMeter()
	l.CheckMemory = checkMemory
	device, peak := "", 0.0
	l.SamplesOnly = role.sampling && !role.gpu
	if role.sampling {
		device, peak = m.Device(ctx)
	}
	if role.control {
		go watchdog.Watch(ctx, watchdog.Temporal{Client: c, Namespace: where.Temporal.Namespace}, before, log)
	}
	return serveWith(ctx, c, role, log, func() *activities.Activities {
		return &activities.Activities{Store: kept, Learner: l, Sources: sources{store}, Teachers: teachers, Available: m.Available, CPU: cpu,
			Worker: machine.Name(), CodeVersion: version.Commit(), Numerics: version.Numerics, Device: device, Peak: peak, Hung: endAnyway, Callers: callers{c}}
	})
}

// serveWith is serve with what it works with. It also ends, with an error, when work hangs.
func serveWith(ctx context.Context, c client.Client, role roleSet, log *slog.Logger, with func() *activities.Activities) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 1)
	fail := func(err error) {
		select {
		case failed <- err:
		default: // one reason is enough
		}
		cancel()
	}
	acts := func() *activities.Activities {
		acts := with()
		hung := acts.Hung
		acts.Hung = func(err error) { fail(err); hung(err) }
		return acts
	}
	var grading sync.WaitGroup
	if role.grader {
		g := grader{alone: !role.control && !role.sampling, log: log, retry: graderRetry}
		g.say = func(line string) { fmt.Fprintln(os.Stderr, "worker: "+line) }
		g.open = func(ctx context.Context) (*sandbox.Sandbox, error) {
			return openSandbox(ctx, func(line string) { log.Info(line) })
		}
		g.work = func(box *sandbox.Sandbox) worker.Worker {
			acts := acts()
			acts.Sandbox = programs{box}
			return newActivityWorker(c, workflows.GraderQueue, acts, fail)
		}
		grading.Go(func() {
			if err := g.serve(ctx); err != nil {
				fail(err)
			}
		})
	}
	workers, err := newWorkers(c, acts, role, fail)
	if err == nil {
		err = run(ctx, workers)
	}
	cancel()
	grading.Wait()
	select {
	case first := <-failed:
		return first
	default:
		return err
	}
}

// endAnyway ends this process also if what hangs keeps it from its orderly end.
func endAnyway(err error) {
	time.AfterFunc(2*stopTimeout, func() {
		fmt.Fprintf(os.Stderr, "worker: %v\n", err)
		os.Exit(1)
	})
}

// newWorkers makes the Temporal workers of the roles, but for the grader's.
func newWorkers(c client.Client, acts func() *activities.Activities, role roleSet, onFatal func(error)) ([]worker.Worker, error) {
	var workers []worker.Worker
	own := acts()
	if role.control {
		w := worker.New(c, workflows.ControlQueue, worker.Options{
			WorkerStopTimeout: stopTimeout, Interceptors: steadyBeats(c), OnFatalError: onFatal, DeploymentOptions: deploymentOptions(role.deployment),
			// Pollers that choose by themselves between a workflow's own queue and the
			// common one may all wait on the wrong one; these do not.
			WorkflowTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		})
		workflows.Register(w)
		register(w, own)
		workers = append(workers, w)
	}
	if !role.sampling {
		return workers, nil
	}
	computing := computing{client: c, place: newPlace(), asked: &others{client: c}, learns: role.gpu, onFatal: onFatal}
	if err := computing.serve(own, version.Numerics, ""); err != nil {
		return nil, err
	}
	if err := computing.serve(own, workflows.AnyNumerics, ""); err != nil { // its home is the same
		return nil, err
	}
	for _, n := range role.allowed.versions {
		acts := acts()
		acts.Allowed = role.allowed.by
		if err := computing.serve(acts, n, fmt.Sprintf("/n%d", n)); err != nil {
			return nil, err
		}
	}
	return append(workers, computing.workers...), nil
}

// computing makes the workers that compute with weights, which share one place. Whoever learns also samples.
type computing struct {
	client  client.Client
	place   *place
	asked   *others
	learns  bool
	onFatal func(error)
	workers []worker.Worker
}

// serve adds those for runs of a version of the numerics. home tells this process's own queue for them from its others.
func (c *computing) serve(acts *activities.Activities, numerics int, home string) error {
	who := c.asked.of(numerics)
	doors := map[string]*door{workflows.QueueOf(workflows.SamplingQueue, numerics): c.place.door(who.Sample)}
	if c.learns {
		if acts.Home == "" {
			acts.Home, acts.Others = workflows.HomeQueue(machine.Name()+home), who
			doors[acts.Home] = c.place.door(who.Learn)
		}
		doors[workflows.QueueOf(workflows.GPUQueue, numerics)] = c.place.door(who.Learn)
	}
	for queue, d := range doors {
		tuner, err := d.tuner()
		if err != nil {
			return err
		}
		w := worker.New(c.client, queue, worker.Options{
			Identity: identity(os.Getpid()), WorkerStopTimeout: stopTimeout, Tuner: tuner, DisableWorkflowWorker: queue == acts.Home,
			Interceptors: append(steadyBeats(c.client), d), OnFatalError: c.onFatal,
		})
		if queue != acts.Home { // which nobody else knows
			workflows.RegisterElsewhere(w)
		}
		register(w, acts)
		c.workers = append(c.workers, w)
	}
	return nil
}

// register makes a worker know the activities, and answer for those that are not there.
func register(w worker.Worker, acts *activities.Activities) {
	w.RegisterActivity(acts)
	w.RegisterDynamicActivity(unknownActivity, activity.DynamicRegisterOptions{})
}

// newActivityWorker makes a worker that does one thing at a time: each uses all cores. Workflows that
// are started on its queue are told that they do not belong there.
func newActivityWorker(c client.Client, queue string, acts *activities.Activities, onFatal func(error)) worker.Worker {
	w := worker.New(c, queue, worker.Options{
		WorkerStopTimeout: stopTimeout, MaxConcurrentActivityExecutionSize: 1,
		Interceptors: steadyBeats(c), OnFatalError: onFatal,
	})
	workflows.RegisterElsewhere(w)
	register(w, acts)
	return w
}

// run starts the workers and stops them, each with its time to finish, when ctx ends.
func run(ctx context.Context, workers []worker.Worker) error {
	for i, w := range workers {
		if err := w.Start(); err != nil {
			for _, started := range workers[:i] {
				started.Stop()
			}
			return fmt.Errorf("start: %w", err)
		}
	}
	if len(workers) > 0 {
		fmt.Fprintln(os.Stderr, "worker: ready")
	}
	<-ctx.Done()
	stopped := make(chan struct{}, len(workers))
	for _, w := range workers {
		go func() { w.Stop(); stopped <- struct{}{} }()
	}
	for range workers {
		<-stopped
	}
	return nil
}
