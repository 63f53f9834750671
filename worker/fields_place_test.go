package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/external"
	"temper/worker/learner"
	"temper/worker/machine"
	"temper/workflows"
)

// observed is what a run computed and showed, each thing as a text that two runs are compared by.
// Nothing in it is a value of the recipe that was only written down again.
type observed map[string]string

// observe does a whole recipe with the real workflows, activities and learner, on a store in memory.
func observe(t *testing.T, r recipe.Recipe, sources learnertest.Sources) (observed, *objectstore.Memory, workflows.Result) {
	t.Helper()
	store := objectstore.NewMemory()
	o, result := observeOn(t, store, r, sources)
	return o, store, result
}

// observeOn is observe on a store that may hold what earlier runs have done.
func observeOn(t *testing.T, store *objectstore.Memory, r recipe.Recipe, sources learnertest.Sources) (observed, workflows.Result) {
	t.Helper()
	l := learner.New(store, machine.Machine{Cores: 1})
	env := newFieldEnvironment(&activities.Activities{
		Store: store, Learner: l, Sandbox: learnertest.NewSandbox(), Sources: sources, Teachers: learnertest.Teachers{}, CPU: activities.NewCPUMeter(),
		Worker: "test", CodeVersion: "test",
	})
	timeouts := ""
	for _, name := range []string{"judge", "other"} {
		env.RegisterActivityWithOptions(func(ctx context.Context, call external.Call) (external.Answer, error) {
			timeouts += fmt.Sprint(call.Stage, " ", activity.GetInfo(ctx).StartToCloseTimeout, " ")
			return longer(call)
		}, activity.RegisterOptions{Name: name})
	}
	data, err := recipe.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	env.ExecuteWorkflow("PostTraining", json.RawMessage(data))
	var result workflows.Result
	o := observed{}
	if err := env.GetWorkflowError(); err != nil {
		o["end"] = err.Error()
		result.Run = artifact.RunID{Name: "fields", ID: "first-run-id"}
	} else if err := env.GetWorkflowResult(&result); err != nil {
		t.Fatal(err)
	} else {
		o["end"] = string(result.State)
		if !result.Checkpoint.IsZero() { // a server's model leaves none
			o.policy(t, store, "weights", result.Checkpoint)
		}
	}
	if r.Guard.Action != "fail" && o["end"] != string(workflows.StateCompleted) {
		t.Fatalf("the run ended: %s", o["end"])
	}
	o["limits of a reward"] = timeouts
	o.manifests(t, store, result.Run)
	rows, engines := l.Compiled()
	for _, n := range rows {
		o["rows of a generator"] += fmt.Sprint(n, " ")
	}
	for _, engine := range engines {
		o["backends"] += engine.Backend + " "
		o["layers computed twice"] = fmt.Sprint(engine.Checkpointing)
	}
	return o, result
}

// longer is a reward of the user's: the longer the better.
func longer(call external.Call) (external.Answer, error) {
	var r external.Request
	if err := json.Unmarshal(call.Request, &r); err != nil {
		return external.Answer{}, err
	}
	a := external.Answer{Version: call.Version}
	for _, one := range r.Rollouts {
		score := float64(len(one.Response))
		a.Verdicts = append(a.Verdicts, external.Verdict{Rollout: &one.Rollout, Verdict: reward.Correct, Score: &score})
	}
	return a, nil
}

func newFieldEnvironment(acts *activities.Activities) *testsuite.TestWorkflowEnvironment {
	suite := testsuite.WorkflowTestSuite{}
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	env := suite.NewTestWorkflowEnvironment()
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&firstRun{}}, DeadlockDetectionTimeout: time.Minute})
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: "fields", TaskQueue: workflows.ControlQueue})
	env.SetTestTimeout(20 * time.Minute)
	workflows.Register(env)
	env.RegisterActivity(acts)
	return env
}

// firstRun gives an execution the ID of its run's first one, which the test environment lacks.
type firstRun struct {
	interceptor.WorkerInterceptorBase
}

func (*firstRun) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	in := &firstRunInbound{}
	in.Next = next
	return in
}

type firstRunInbound struct {
	interceptor.WorkflowInboundInterceptorBase
}

func (f *firstRunInbound) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	out := &firstRunOutbound{}
	out.Next = outbound
	return f.Next.Init(out)
}

type firstRunOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
}

func (f *firstRunOutbound) GetInfo(ctx workflow.Context) *workflow.Info {
	info := f.Next.GetInfo(ctx)
	info.FirstRunID = "first-run-id"
	return info
}

// manifests notes what the run's pieces of work made and measured.
func (o observed) manifests(t *testing.T, store *objectstore.Memory, run artifact.RunID) {
	t.Helper()
	keys, err := store.List(t.Context(), run.Prefix())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(keys)
	for _, key := range keys {
		data, err := store.Read(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		m, err := artifact.DecodeManifest(data)
		if err != nil {
			continue // a commit in the middle of a piece of work
		}
		o.manifest(t, store, m)
	}
	for name, text := range o {
		if len(text) > 200 { // a text that long is compared by its digest
			o[name] = fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
		}
	}
}

func (o observed) manifest(t *testing.T, store *objectstore.Memory, m artifact.Manifest) {
	t.Helper()
	note := func(name string, values ...any) { o[name] += fmt.Sprintln(values...) }
	at := fmt.Sprint(m.Stage, " ", m.Name, " ", m.Step, " ", m.Shard)
	switch m.Kind {
	case artifact.KindDataset:
		note("data", m.Name, m.Outputs["problems"].SHA256, m.Outputs["examples"].SHA256)
	case artifact.KindTeaching:
		note("taught", at, m.Outputs["responses"].SHA256)
	case artifact.KindCuration:
		note("curated", at, m.Outputs["problems"].SHA256, m.Outputs["examples"].SHA256)
	case artifact.KindCheckpoint:
		if m.Name == "initial" {
			o.policy(t, store, "initial weights", m.Outputs["checkpoint"])
			var v activities.Vocabulary
			if err := json.Unmarshal(o.get(t, store, m.Outputs["vocabulary"]), &v); err != nil {
				t.Fatal(err)
			}
			note("tokens that end a response", v.End, v.EOS)
			note("tokenizer", v.Tokenizer.SHA256)
		}
	case artifact.KindSFT:
		note("segments", at)
		o.policy(t, store, "weights after "+m.Stage, m.Outputs["checkpoint"])
		note("slots", m.Metrics[artifact.MetricTrainedSlots])
		note("losses", m.Series[artifact.MetricLoss])
		note("learning rates", m.Series[artifact.MetricLearningRate])
	case artifact.KindRollouts:
		note("shards", at)
		note("responses of "+m.Stage+m.Name, m.Outputs["rollouts"].SHA256)
	case artifact.KindVerdicts:
		note("verdicts", at, m.Metrics[artifact.MetricCorrect], m.Metrics[artifact.MetricIncorrect])
		note("grader", m.Stage, m.Name, m.Grader, m.Unrepeatable)
	case artifact.KindUpdate:
		note("policy steps", at)
		note("checkpoints", at, m.Outputs["checkpoint"].IsZero())
		note("figures of updates", m.Metrics[artifact.MetricLoss], m.Metrics[artifact.MetricGradNorm], m.Metrics[artifact.MetricLearningRate],
			m.Metrics[artifact.MetricTrainedTokens], m.Metrics[artifact.MetricFiltered])
		note("slots", m.Metrics[artifact.MetricTrainedSlots])
	case artifact.KindMeasurement:
		note("measurements", at, m.Metrics[artifact.MetricTemperature], m.Metrics[artifact.MetricEntropy], m.Metrics[artifact.MetricRollouts],
			m.Metrics[artifact.MetricResponseTokens])
	case artifact.KindTemperature:
		note("decisions on temperatures", at, m.Metrics[artifact.MetricTemperature], m.Metrics[artifact.MetricWithinTolerance])
	case artifact.KindEvaluation:
		note("evaluations", at, m.Metrics[artifact.MetricProblems], m.Metrics[artifact.MetricSamples])
	}
}

func (o observed) get(t *testing.T, store *objectstore.Memory, ref artifact.Ref) []byte {
	t.Helper()
	data, err := store.Get(context.Background(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// policy notes a checkpoint's weights and its config.json.
func (o observed) policy(t *testing.T, store *objectstore.Memory, name string, ref artifact.Ref) {
	t.Helper()
	c, err := checkpoint.Decode(o.get(t, store, ref))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, weights := range c.Weights {
		files = append(files, weights.SHA256)
	}
	o[name] = strings.Join(files, " ")
	o["config.json"] = string(c.Config)
}
