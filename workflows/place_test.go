package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/order"
	"temper/model/recipe"
	"temper/model/tokenizer"
)

// testRunName is the workflow ID of the tests' runs.
const testRunName = "test-run"

// aRun is the run of a part that a test starts.
const aRun = "a-run"

// place is one workflow execution with real activities on fakes.
type place struct {
	t       *testing.T
	env     *testsuite.TestWorkflowEnvironment
	store   objectstore.Store
	learner *learnertest.Learner
	sandbox *learnertest.Sandbox
	sources learnertest.Sources
	acts    *activities.Activities
	// payloads are the sizes of all that workflows and activities exchanged.
	payloads *payloadSizes
	// firstRunID is what the execution takes for the ID of its run's first one.
	firstRunID string
	// outside says that a part of a run is started as if from outside.
	outside bool
	// info, if not nil, changes what the execution takes itself for.
	info func(*workflow.Info)
	// attributes are the search attributes that were set, in order.
	attributes []attributesSet
	// options, if not nil, is told of every activity that is begun.
	options func(name string, options workflow.ActivityOptions)

	mu        sync.Mutex
	completed map[string]int
	triggers  map[trigger]func()
}

// trigger is the nth successful end of an activity.
type trigger struct {
	activity string
	nth      int
}

// attributesSet is one change of search attributes.
type attributesSet struct {
	workflow string
	values   temporal.SearchAttributes
}

// newPlace makes a place for one execution on a store; a nil store is a new one in memory.
func newPlace(t *testing.T, store objectstore.Store) *place {
	t.Helper()
	if store == nil {
		store = objectstore.NewMemory()
	}
	p := &place{
		t: t, store: store, learner: learnertest.New(store), sandbox: learnertest.NewSandbox(), sources: learnertest.Sources{},
		firstRunID: "first-run-id",
		payloads:   &payloadSizes{DataConverter: converter.GetDefaultDataConverter()},
		completed:  map[string]int{}, triggers: map[trigger]func(){},
	}
	p.acts = &activities.Activities{
		Store: store, Learner: p.learner, Sandbox: p.sandbox, Sources: p.sources, CPU: activities.NewCPUMeter(),
		Worker: "test-worker", CodeVersion: "test-version",
	}
	suite := testsuite.WorkflowTestSuite{}
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	p.env = suite.NewTestWorkflowEnvironment()
	p.env.SetWorkerOptions(worker.Options{
		Interceptors:             []interceptor.WorkerInterceptor{&watching{place: p}},
		DeadlockDetectionTimeout: 10 * time.Minute, // the tests share their machine
	})
	p.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: testRunName, TaskQueue: ControlQueue})
	p.env.SetTestTimeout(20 * time.Minute)
	p.env.SetDataConverter(p.payloads)
	p.env.SetOnActivityCompletedListener(p.activityCompleted)
	Register(p.env)
	p.env.RegisterActivity(p.acts)
	return p
}

// after runs f when an activity has ended well for the nth time.
func (p *place) after(activity string, nth int, f func()) { p.triggers[trigger{activity, nth}] = f }

func (p *place) activityCompleted(info *activity.Info, _ converter.EncodedValue, err error) {
	if err != nil {
		return
	}
	p.mu.Lock()
	p.completed[info.ActivityType.Name]++
	f := p.triggers[trigger{info.ActivityType.Name, p.completed[info.ActivityType.Name]}]
	p.mu.Unlock()
	if f != nil {
		f()
	}
}

// run executes a whole recipe.
func (p *place) run(r recipe.Recipe) (Result, error) {
	p.t.Helper()
	data, err := recipe.Encode(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.runJSON(data, nil)
}

func (p *place) runJSON(recipeJSON json.RawMessage, state *State) (Result, error) {
	p.t.Helper()
	if state == nil {
		p.env.ExecuteWorkflow("PostTraining", recipeJSON)
		return result[Result](p)
	}
	p.env.SetContinuedExecutionRunID("an-earlier-execution")
	p.env.ExecuteWorkflow("PostTraining", recipeJSON, state)
	return result[Result](p)
}

// mustRun executes a whole recipe that has to end well.
func (p *place) mustRun(r recipe.Recipe) Result {
	p.t.Helper()
	result, err := p.run(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

// result is what the execution returned.
func result[T any](p *place) (out T, err error) {
	p.t.Helper()
	if !p.env.IsWorkflowCompleted() {
		p.t.Fatal("the workflow has not ended")
	}
	if err := p.env.GetWorkflowError(); err != nil {
		return out, err
	}
	return out, p.env.GetWorkflowResult(&out)
}

// progress asks the running workflow.
func (p *place) progress() Progress {
	p.t.Helper()
	value, err := p.env.QueryWorkflow(QueryProgress)
	if err != nil {
		p.t.Fatal(err)
	}
	var progress Progress
	if err := value.Get(&progress); err != nil {
		p.t.Fatal(err)
	}
	return progress
}

// control sends an update; its refusal or its error goes to the returned error once it is there.
func (p *place) control(name, reason string) *error {
	var outcome error
	p.env.UpdateWorkflow(name, "", &testsuite.TestUpdateCallback{
		OnReject:   func(err error) { outcome = err },
		OnComplete: func(_ any, err error) { outcome = err },
	}, order.Control{Said: order.Said{Reason: reason}})
	return &outcome
}

// smoke is the named recipe of that name.
func smoke(t *testing.T) recipe.Recipe {
	t.Helper()
	r, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// causeOf is the innermost application error: what really went wrong.
func causeOf(t *testing.T, err error) *temporal.ApplicationError {
	t.Helper()
	var cause *temporal.ApplicationError
	for rest := err; errors.As(rest, &cause); rest = errors.Unwrap(cause) {
	}
	if cause == nil {
		t.Fatalf("got %v, want an application error", err)
	}
	return cause
}

// watching gives executions the ID of their run's first one, which the test
// environment lacks, and notes the search attributes that they set.
type watching struct {
	interceptor.WorkerInterceptorBase
	place *place
}

func (w *watching) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	in := &watchingInbound{place: w.place}
	in.Next = next
	return in
}

type watchingInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	place *place
}

func (w *watchingInbound) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	out := &watchingOutbound{place: w.place}
	out.Next = outbound
	return w.Next.Init(out)
}

type watchingOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	place *place
}

func (w *watchingOutbound) GetInfo(ctx workflow.Context) *workflow.Info {
	info := w.Next.GetInfo(ctx)
	info.FirstRunID = w.place.firstRunID
	if w.place.info != nil {
		w.place.info(info)
	}
	if name := info.WorkflowType.Name; !w.place.outside && info.ParentWorkflowExecution == nil && slices.Contains(Types()[2:], name) {
		info.ParentWorkflowExecution = &workflow.Execution{ID: aRun}
	}
	return info
}

// SignalExternalWorkflow delivers what a part says to a run that is not there.
func (w *watchingOutbound) SignalExternalWorkflow(ctx workflow.Context, id, runID, name string, arg any) workflow.Future {
	if id != aRun {
		return w.Next.SignalExternalWorkflow(ctx, id, runID, name, arg)
	}
	future, set := workflow.NewFuture(ctx)
	set.SetValue(nil)
	return future
}

func (w *watchingOutbound) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	if w.place.options != nil {
		w.place.options(name, workflow.GetActivityOptions(ctx))
	}
	return w.Next.ExecuteActivity(ctx, name, args...)
}

func (w *watchingOutbound) UpsertTypedSearchAttributes(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) error {
	set := attributesSet{workflow.GetInfo(ctx).WorkflowExecution.ID, temporal.NewSearchAttributes(updates...)}
	w.place.attributes = append(w.place.attributes, set)
	return w.Next.UpsertTypedSearchAttributes(ctx, updates...)
}

// payloadSizes is a data converter that notes the largest payload.
type payloadSizes struct {
	converter.DataConverter
	mu      sync.Mutex
	largest int
	what    string
	number  int
}

func (s *payloadSizes) ToPayload(value any) (*commonpb.Payload, error) {
	payload, err := s.DataConverter.ToPayload(value)
	s.note(payload)
	return payload, err
}

func (s *payloadSizes) ToPayloads(values ...any) (*commonpb.Payloads, error) {
	payloads, err := s.DataConverter.ToPayloads(values...)
	for _, payload := range payloads.GetPayloads() {
		s.note(payload)
	}
	return payloads, err
}

func (s *payloadSizes) note(payload *commonpb.Payload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	if n := len(payload.GetData()); n > s.largest {
		s.largest, s.what = n, string(payload.GetData())
	}
}

// storedVocabulary names the synthetic vocabulary in a place's store.
type storedVocabulary struct{ ref, tokenizer artifact.Ref }

func (p *place) vocabulary() storedVocabulary {
	p.t.Helper()
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		p.t.Fatal(err)
	}
	v, ref, err := activities.PutVocabulary(context.Background(), p.store, tok, "", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return storedVocabulary{ref, v.Tokenizer}
}
