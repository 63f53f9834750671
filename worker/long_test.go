package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/objective"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/rollout"
	"temper/worker/learner"
	"temper/worker/machine"
	"temper/workflows"
)

// long skips a test that takes minutes, unless they are wanted (make check).
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("TEMPER_LONG") == "" {
		t.Skip("it takes minutes: TEMPER_LONG is not set, as make check sets it")
	}
}

// oneActivity is a workflow of one activity, with the timeouts and retries of all
// work that computes with weights.
func oneActivity(ctx workflow.Context, name string, in json.RawMessage) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: workflows.GPUQueue, StartToCloseTimeout: 24 * time.Hour, HeartbeatTimeout: time.Minute,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
	})
	return workflow.ExecuteActivity(ctx, name, in).Get(ctx, nil)
}

// begin starts oneActivity.
func (s *realStack) begin(name string, in any) client.WorkflowRun {
	s.t.Helper()
	const queue = "long-test"
	data, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	w := worker.New(s.client, queue, worker.Options{DisableRegistrationAliasing: true})
	w.RegisterWorkflow(oneActivity)
	if err := w.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(w.Stop)
	run, err := s.client.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{ID: name, TaskQueue: queue}, oneActivity, name, json.RawMessage(data))
	if err != nil {
		s.t.Fatal(err)
	}
	return run
}

// end waits for a workflow that begin started.
func (s *realStack) end(run client.WorkflowRun) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	if err := run.Get(ctx, nil); err != nil {
		s.t.Fatal(err)
	}
}

// TestLongUpdate: an update that takes longer than the heartbeat timeout is
// done once. The worker gets the processor for a sixth of the time until 95
// seconds are over, as on a machine that is slow or busy.
func TestLongUpdate(t *testing.T) {
	long(t)
	t.Parallel()
	s := newRealStack(t)
	in := s.largeUpdate()
	run := s.begin("UpdatePolicy", in)
	s.waitFor("UpdatePolicy", "UpdatePolicy")
	began := time.Now()
	for time.Since(began) < 95*time.Second && s.attempt("UpdatePolicy", "UpdatePolicy") >= 1 {
		s.signalWorker(syscall.SIGSTOP)
		time.Sleep(2500 * time.Millisecond)
		s.signalWorker(syscall.SIGCONT)
		time.Sleep(500 * time.Millisecond)
	}
	s.end(run)
	for _, m := range s.manifests(in.Run) {
		if m.Kind != artifact.KindUpdate {
			continue
		}
		t.Logf("one update of %v tokens in %.0f s, attempt %d", m.Metrics[artifact.MetricTrainedTokens], m.Work.WallSeconds(), m.Work.Attempt)
		if m.Work.WallSeconds() < 90 {
			t.Errorf("the update took %.0f s: too short for this test", m.Work.WallSeconds())
		}
		if m.Work.Attempt != 1 {
			t.Errorf("the update was begun %d times", m.Work.Attempt)
		}
		return
	}
	t.Error("the update is not recorded")
}

// largeUpdate stores a model and a batch that take a core half a minute and more.
func (s *realStack) largeUpdate() activities.UpdatePolicyInput {
	s.t.Helper()
	ctx, store := context.Background(), s.openStore()
	const vocabulary, rows, length = 128, 384, 256
	model := recipe.Model{
		HiddenSize: 256, IntermediateSize: 1024, NumHiddenLayers: 4, NumAttentionHeads: 4, NumKeyValueHeads: 2, MaxPositionEmbeddings: 512,
		RopeTheta: 10000, RMSNormEps: 1e-6, TieWordEmbeddings: true, Init: &recipe.Init{EmbeddingStd: 0.1, OutputGain: 0.5},
	}
	checkpoint, err := learner.New(store, machine.Machine{Cores: 1}).Initial(ctx, activities.InitialModel{Model: model, VocabSize: vocabulary, Seed: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	var rollouts []rollout.Rollout
	var verdicts []byte
	for i := range rows {
		r := rollout.Rollout{Problem: i / 2, Sample: i % 2, Prompt: []int32{2, 3}, Finish: rollout.FinishStop}
		for k := range length {
			r.Response, r.LogProbs = append(r.Response, int32((i*7+k*3)%vocabulary)), append(r.LogProbs, -1)
		}
		rollouts = append(rollouts, r)
		line, err := json.Marshal(reward.Result{Verdict: []reward.Verdict{reward.Correct, reward.Incorrect}[i%2]})
		if err != nil {
			s.t.Fatal(err)
		}
		verdicts = append(append(verdicts, line...), '\n')
	}
	var shard activities.ScoredShard
	for ref, data := range map[*artifact.Ref][]byte{&shard.Rollouts: rollout.Encode(rollouts), &shard.Verdicts: verdicts} {
		if *ref, err = store.Put(ctx, data); err != nil {
			s.t.Fatal(err)
		}
	}
	return activities.UpdatePolicyInput{
		Run: artifact.RunID{Name: "long", ID: "0001"}, Policy: artifact.Policy{Checkpoint: checkpoint}, Checkpoint: true,
		Update: activities.Update{
			Schema: activities.UpdateSchema,
			Stage:  "math", Steps: 1, ResetOptimizer: true, Optimizer: recipe.Optimizer{LearningRate: 1e-3, Schedule: recipe.ScheduleConstant, State: recipe.StateReset, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, MaxGradNorm: 1}, Temperature: 1,
			Objective: objective.Settings{Advantage: objective.Advantage{Std: objective.PopulationStd}}, Numerics: recipe.Numerics{MicroBatchTokens: 512}, Shards: []activities.ScoredShard{shard},
		},
	}
}

// TestLongHungLearner: a worker whose learner hangs, whatever its context
// says, ends by itself within its bound, and the one that is started in its place
// does the work.
func TestLongHungLearner(t *testing.T) {
	long(t)
	t.Parallel()
	s := newRealStack(t)
	s.signalWorker(syscall.SIGTERM) // this test is the worker
	_ = s.worker.Wait()
	store, ctx := s.openStore(), context.Background()
	hanging, healthy := learnertest.New(store), learnertest.New(store)
	tokenizer, err := store.Put(ctx, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	initial, err := healthy.Initial(ctx, activities.InitialModel{Tokenizer: tokenizer})
	if err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	defer close(release)
	hung := make(chan time.Time, 1)
	hanging.Use(func(_ context.Context, op learnertest.Op, _ int) error {
		hung <- time.Now()
		<-release
		return nil
	})
	work := func(ctx context.Context, learner activities.Learner) error {
		log := slog.New(slog.NewTextHandler(io.Discard, nil))
		return serveWith(ctx, s.client, roleSet{control: true, gpu: true, sampling: true}, log, func() *activities.Activities {
			return &activities.Activities{Store: store, Learner: learner, Sources: sources{}, CPU: activities.NewCPUMeter(), Hung: func(error) {}}
		})
	}
	in := activities.SaveCheckpointInput{Run: artifact.RunID{Name: "hung", ID: "0001"}, Stage: "math", Policy: artifact.Policy{Checkpoint: initial}}
	run := s.begin("SaveCheckpoint", in)
	err = work(ctx, hanging)
	began := <-hung
	took := time.Since(began)
	if err == nil || !strings.Contains(err.Error(), "SaveCheckpoint of SaveCheckpoint hangs: no progress for 5m0s") {
		t.Fatalf("the worker ended with %v", err)
	}
	// Five minutes of patience, one beat, and the time to stop.
	if took < 5*time.Minute || took > 5*time.Minute+30*time.Second+stopTimeout {
		t.Errorf("the worker ended %s after its learner began to hang", took)
	}
	again, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- work(again, healthy) }()
	s.end(run)
	t.Logf("the worker ended after %s; the work was done %s after it began to hang", took, time.Since(began))
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for _, m := range s.manifests(in.Run) {
		if m.Work.Attempt != 2 {
			t.Errorf("done by attempt %d", m.Work.Attempt)
		}
	}
}
