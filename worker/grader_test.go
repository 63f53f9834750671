package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/worker"

	"temper/activities/sandbox"
	"temper/model/recipe"
	"temper/workflows"
)

// fakeWorker says that it was started and stopped.
type fakeWorker struct {
	worker.Worker
	events chan string
}

func (w fakeWorker) Start() error { w.events <- "start"; return nil }
func (w fakeWorker) Stop()        { w.events <- "stop" }

// A sandbox that does not stand is tried again, and spoken of once for each reason.
func TestGraderKeepsTrying(t *testing.T) {
	reasons := []string{"no python3", "no python3", "no python3", "no wall\nat all"}
	tries := 0
	var said []string
	w := fakeWorker{events: make(chan string, 2)}
	g := grader{
		open: func(context.Context) (*sandbox.Sandbox, error) {
			if tries++; tries <= len(reasons) {
				return nil, errors.New(reasons[tries-1])
			}
			return &sandbox.Sandbox{}, nil
		},
		work: func(*sandbox.Sandbox) worker.Worker { return w },
		say:  func(line string) { said = append(said, line) },
		log:  slog.New(slog.DiscardHandler), retry: time.Millisecond,
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- g.serve(ctx) }()
	if event := <-w.events; event != "start" {
		t.Errorf("first event %s", event)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if event := <-w.events; event != "stop" || tries != 5 {
		t.Errorf("second event %s after %d tries", event, tries)
	}
	if len(said) != 2 || !strings.Contains(said[0], "no python3") || !strings.Contains(said[1], "no wall; at all") || strings.Contains(said[1], "\n") {
		t.Errorf("said %q", said)
	}
}

// A process that could do nothing else says why and ends; one that is told to end says nothing.
func TestGraderAlone(t *testing.T) {
	g := grader{alone: true, open: func(context.Context) (*sandbox.Sandbox, error) { return nil, errors.New("no python3") }}
	if err := g.serve(context.Background()); err == nil || err.Error() != "no python3" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	g = grader{open: func(ctx context.Context) (*sandbox.Sandbox, error) { cancel(); return nil, ctx.Err() }}
	if err := g.serve(ctx); err != nil {
		t.Errorf("told to end: %v", err)
	}
}

// A machine that can judge no program does all other work, a run that judges none from
// its beginning to its end. One that does waits, until the machine can.
func TestWorkerWithoutSandbox(t *testing.T) {
	here := filepath.Join(t.TempDir(), "worker")
	if err := os.Link(program("worker"), here); err != nil && copyFile(here, program("worker")) != nil { // another file system
		t.Skipf("bin/worker is not built: run make build (%v)", err)
	}
	s := newStackOf(t, here) // no cell lies beside it
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	math := rec
	math.Stages = slices.DeleteFunc(slices.Clone(rec.Stages), func(s recipe.Stage) bool { return s.RL != nil && recipe.RunsPrograms(s.RL.Domain) })
	math.Evaluation.Benchmarks = slices.DeleteFunc(slices.Clone(rec.Evaluation.Benchmarks), func(b recipe.Benchmark) bool { return recipe.RunsPrograms(b.Domain) })
	if len(math.Stages) < 3 || len(math.Evaluation.Benchmarks) == 0 || !rec.RunsPrograms() || math.RunsPrograms() {
		t.Fatalf("smoke no more has stages and benchmarks of both domains: %+v", rec)
	}
	if r := s.result(s.start("no-programs", math)); r.State != workflows.StateCompleted {
		t.Errorf("a run that judges no programs ended %s", r.State)
	}
	run := s.start("programs", rec)
	s.until("a verdict on programs waits for a grader", func() bool { return s.unserved("programs") })
	if err := os.Symlink(program("sandbox-cell"), filepath.Join(filepath.Dir(here), "sandbox-cell")); err != nil {
		t.Fatal(err)
	}
	if r := s.result(run); r.State != workflows.StateCompleted {
		t.Errorf("a run that waited for a grader ended %s", r.State)
	}
	log, err := os.ReadFile(filepath.Join(s.data, "worker.log"))
	if n := strings.Count(string(log), "no program can be judged here"); err != nil || n != 1 {
		t.Errorf("the worker says %d times that it cannot judge programs, want once (%v)", n, err)
	}
}

// TestTwoWorkersAtOnce: two workers that start on one machine at the same moment both come
// to judge programs.
func TestTwoWorkersAtOnce(t *testing.T) {
	s := newRealStack(t)
	other := exec.Command(s.bin, "-data", t.TempDir(), "-roles", "grader")
	where, err := os.ReadFile(filepath.Join(s.data, "devstack.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other.Args[2], "devstack.json"), where, 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(other.Args[2], "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	other.Stderr = log
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := other.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := other.Wait(); err != nil {
			t.Errorf("the other worker: %v", err)
		}
	}()
	for _, path := range []string{filepath.Join(s.data, "worker.log"), log.Name()} {
		s.until(path+" says that programs are judged", func() bool {
			said, err := os.ReadFile(path)
			return err == nil && strings.Contains(string(said), "programs are judged here")
		})
	}
}

func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// unserved says whether work for a grader of a run or its parts waits for one.
func (s *realStack) unserved(workflow string) bool {
	described, err := s.client.DescribeWorkflowExecution(context.Background(), workflow, "")
	if err != nil {
		return false
	}
	for _, p := range described.PendingActivities {
		if p.State == enums.PENDING_ACTIVITY_STATE_SCHEDULED && p.GetActivityOptions().GetTaskQueue().GetName() == workflows.GraderQueue {
			return true
		}
	}
	return slices.ContainsFunc(described.PendingChildren, func(c *workflowpb.PendingChildExecutionInfo) bool { return s.unserved(c.WorkflowId) })
}
