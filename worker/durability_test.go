package main

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"temper/model/artifact"
	"temper/model/recipe"
	"temper/workflows"
)

// A run whose worker, server and store are killed in the middle of SFT, of
// generation and of an update goes on by itself and ends with the checkpoint of
// a run that was left alone.
func TestLongKilledRunEndsWithTheSameCheckpoint(t *testing.T) {
	long(t)
	s := newRealStack(t)
	rec := slowSmoke(t)
	undisturbed := s.result(s.start("undisturbed", rec))
	if undisturbed.State != workflows.StateCompleted {
		t.Fatalf("undisturbed run ended %s", undisturbed.State)
	}

	again := s.result(s.start("again", rec))
	if again.Checkpoint != undisturbed.Checkpoint {
		t.Errorf("two runs of one recipe end with %s and %s; first differences: %s", again.Checkpoint.SHA256, undisturbed.Checkpoint.SHA256,
			s.differences(again.Run, undisturbed.Run))
	}
	run := s.start("killed", rec)
	for _, activity := range []struct{ child, name string }{
		{"killed/sft", "TrainSFT"}, {"killed/math", "GenerateRollouts"}, {"killed/math", "UpdatePolicy"},
	} {
		s.killWorkerIn(activity.child, activity.name)
		s.startWorker()
		s.waitForRetry(activity.child, activity.name)
		t.Logf("worker killed in %s; its next attempt began", activity.name)
	}
	s.waitFor("killed/code", "GenerateRollouts")
	kill(t, s.devstack)
	s.startDevstack()
	t.Log("devstack killed in the middle of a stage and started again")
	s.waitFor("killed/code", "UpdatePolicy")
	s.killStore()
	t.Log("store killed; devstack starts it again")

	killed := s.result(run)
	if killed.State != workflows.StateCompleted {
		t.Errorf("killed run ended %s", killed.State)
	}
	if killed.Checkpoint != undisturbed.Checkpoint {
		t.Errorf("final checkpoint is %s, undisturbed %s; first differences: %s", killed.Checkpoint.SHA256, undisturbed.Checkpoint.SHA256,
			s.differences(killed.Run, undisturbed.Run))
	}
	if len(killed.Scores) != len(undisturbed.Scores) {
		t.Fatalf("%d scores, undisturbed %d", len(killed.Scores), len(undisturbed.Scores))
	}
	for i := range killed.Scores {
		if killed.Scores[i] != undisturbed.Scores[i] {
			t.Errorf("score %+v, undisturbed %+v", killed.Scores[i], undisturbed.Scores[i])
		}
	}
}

// slowSmoke is the recipe smoke with enough work in each activity to be killed in it.
func slowSmoke(t testing.TB) recipe.Recipe {
	t.Helper()
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{
		"model.hidden_size=96", "model.intermediate_size=384", "model.num_hidden_layers=2", "model.num_attention_heads=4", "model.num_key_value_heads=2",
		"data.demonstrations.synthetic.count=400", "stages.sft.checkpoint_every=100", "stages.sft.max_tokens=96",
		"data.math.synthetic.count=64", "stages.math.problems_per_step=16", "stages.math.group_size=8", "stages.math.max_response_tokens=48",
		"data.code.synthetic.count=64", "stages.code.problems_per_step=16", "stages.code.group_size=8", "stages.code.max_response_tokens=48", "stages.code.steps=3",
	} {
		if err := recipe.Set(&rec, set); err != nil {
			t.Fatal(err)
		}
	}
	return rec
}

// differences names the first pieces of work of two runs whose outputs differ, in the order of the first run.
func (s *realStack) differences(a, b artifact.RunID) []string {
	s.t.Helper()
	first, second := s.manifests(a), s.manifests(b)
	outputs := map[string]string{}
	name := func(m artifact.Manifest) string {
		return fmt.Sprintf("%s %s %s step %d shard %d", m.Stage, m.Kind, m.Name, m.Step, m.Shard)
	}
	for _, m := range second {
		outputs[name(m)] = fmt.Sprint(m.Outputs)
	}
	slices.SortFunc(first, func(a, b artifact.Manifest) int { return a.Work.Started.Compare(b.Work.Started) })
	var found []string
	for _, m := range first {
		if got, want := fmt.Sprint(m.Outputs), outputs[name(m)]; got != want && len(found) < 5 {
			found = append(found, fmt.Sprintf("%s (attempt %d)", name(m), m.Work.Attempt))
		}
	}
	return found
}

// manifests reads everything that a run recorded.
func (s *realStack) manifests(run artifact.RunID) []artifact.Manifest {
	s.t.Helper()
	ctx, store := context.Background(), s.openStore()
	keys, err := store.List(ctx, run.Prefix())
	if err != nil {
		s.t.Fatal(err)
	}
	var all []artifact.Manifest
	for _, key := range keys {
		data, err := store.Read(ctx, key)
		if err != nil {
			s.t.Fatal(err)
		}
		m, err := artifact.DecodeManifest(data)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

func (s *realStack) start(name string, rec recipe.Recipe) client.WorkflowRun {
	s.t.Helper()
	options := client.StartWorkflowOptions{ID: name, TaskQueue: workflows.ControlQueue}
	run, err := s.client.ExecuteWorkflow(context.Background(), options, "PostTraining", rec)
	if err != nil {
		s.t.Fatal(err)
	}
	return run
}

// longest bounds each wait.
const longest = 10 * time.Minute

func (s *realStack) result(run client.WorkflowRun) workflows.Result {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	var result workflows.Result
	if err := run.Get(ctx, &result); err != nil {
		s.t.Fatalf("run %s: %v", run.GetID(), err)
	}
	return result
}

// killWorkerIn kills the worker in the middle of an activity. The worker is
// halted first, so that the activity cannot end between the look and the kill.
func (s *realStack) killWorkerIn(workflow, activity string) {
	s.t.Helper()
	for {
		s.waitFor(workflow, activity)
		s.signalWorker(syscall.SIGSTOP)
		time.Sleep(100 * time.Millisecond) // what it had already sent arrives
		if s.attempt(workflow, activity) >= 1 {
			kill(s.t, s.worker)
			return
		}
		s.signalWorker(syscall.SIGCONT)
	}
}

func (s *realStack) signalWorker(signal syscall.Signal) {
	s.t.Helper()
	if err := s.worker.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// waitFor returns when an activity of the workflow is at work.
func (s *realStack) waitFor(workflow, activity string) {
	s.t.Helper()
	s.until(workflow+" is in "+activity, func() bool { return s.attempt(workflow, activity) >= 1 })
}

// waitForRetry returns when the worker that is there now has taken the activity up.
func (s *realStack) waitForRetry(workflow, activity string) {
	s.t.Helper()
	s.until(workflow+" is in "+activity+" again", func() bool {
		pid, _ := s.workerOf(workflow, activity)
		return pid == s.worker.Process.Pid
	})
}

// attempt is the attempt of the activity that is at work, 0 if none is.
func (s *realStack) attempt(workflow, activity string) int32 {
	described, err := s.client.DescribeWorkflowExecution(context.Background(), workflow, "")
	if err != nil {
		return 0 // not started yet
	}
	for _, p := range described.PendingActivities {
		if p.ActivityType.Name == activity && p.State == enums.PENDING_ACTIVITY_STATE_STARTED {
			return p.Attempt
		}
	}
	return 0
}

func (s *realStack) until(what string, ok func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(longest); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("waited %s in vain until %s", longest, what)
		}
	}
}
