package activities_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/pretrained"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/model/tokenizer"
)

// testRun is the run that the tests' work belongs to.
var testRun = artifact.RunID{Name: "test", ID: "0001"}

// place is where activities run in a test: a store, the fakes, and a worker.
type place struct {
	t       *testing.T
	store   objectstore.Store
	learner *learnertest.Learner
	sandbox *learnertest.Sandbox
	sources learnertest.Sources
	acts    *activities.Activities
	// attempt is what the activities see as the number of their attempt.
	attempt int32
	// heartbeat, if not nil, is called with every heartbeat.
	heartbeat func()
	// stop is the worker's stop channel.
	stop chan struct{}
	env  *testsuite.TestActivityEnvironment
}

// newPlace makes a place on a store; a nil store is a new one in memory.
func newPlace(t *testing.T, store objectstore.Store) *place {
	if store == nil {
		store = objectstore.NewMemory()
	}
	p := &place{
		t: t, store: store, attempt: 1, stop: make(chan struct{}),
		learner: learnertest.New(store), sandbox: learnertest.NewSandbox(), sources: learnertest.Sources{},
	}
	p.acts = &activities.Activities{
		Store: store, Learner: p.learner, Sandbox: p.sandbox, Sources: p.sources, CPU: activities.NewCPUMeter(),
		Worker: "test-worker", CodeVersion: "test-version",
	}
	suite := testsuite.WorkflowTestSuite{}
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	p.env = suite.NewTestActivityEnvironment()
	p.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&attempts{place: p}}})
	p.env.SetWorkerStopChannel(p.stop)
	p.env.RegisterActivity(p.acts)
	return p
}

// attempts makes activities see the place's attempt number.
type attempts struct {
	interceptor.WorkerInterceptorBase
	place *place
}

func (a *attempts) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	in := &attemptsInbound{place: a.place}
	in.Next = next
	return in
}

type attemptsInbound struct {
	interceptor.ActivityInboundInterceptorBase
	place *place
}

func (a *attemptsInbound) Init(outbound interceptor.ActivityOutboundInterceptor) error {
	out := &attemptsOutbound{place: a.place}
	out.Next = outbound
	return a.Next.Init(out)
}

type attemptsOutbound struct {
	interceptor.ActivityOutboundInterceptorBase
	place *place
}

func (a *attemptsOutbound) RecordHeartbeat(ctx context.Context, details ...any) {
	if a.place.heartbeat != nil {
		a.place.heartbeat()
	}
	a.Next.RecordHeartbeat(ctx, details...)
}

func (a *attemptsOutbound) GetInfo(ctx context.Context) activity.Info {
	info := a.Next.GetInfo(ctx)
	info.Attempt = a.place.attempt
	return info
}

// do executes an activity.
func do[In, Out any](p *place, fn func(context.Context, In) (Out, error), in In) (Out, error) {
	p.t.Helper()
	var out Out
	value, err := p.env.ExecuteActivity(fn, in)
	if err != nil {
		return out, err
	}
	return out, decode(value, &out)
}

func decode(value converter.EncodedValue, out any) error {
	if !value.HasValue() {
		return nil
	}
	return value.Get(out)
}

// must executes an activity that has to succeed.
func must[In, Out any](p *place, fn func(context.Context, In) (Out, error), in In) Out {
	p.t.Helper()
	out, err := do(p, fn, in)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// failure is what Temporal sees of an activity's error.
func failure(t *testing.T, err error) *temporal.ApplicationError {
	t.Helper()
	var app *temporal.ApplicationError
	if !errors.As(err, &app) {
		t.Fatalf("got %v, want an application error", err)
	}
	return app
}

// checkFailure compares an error's class and whether it is retried.
func checkFailure(t *testing.T, err error, class string, retried bool) *temporal.ApplicationError {
	t.Helper()
	app := failure(t, err)
	if app.Type() != class || app.NonRetryable() == retried {
		t.Fatalf("got type %s, non-retryable %v; want %s, %v: %v", app.Type(), app.NonRetryable(), class, !retried, err)
	}
	return app
}

// manifests are the run's, by key.
func (p *place) manifests(run artifact.RunID) map[string]artifact.Manifest {
	p.t.Helper()
	ctx := context.Background()
	keys, err := p.store.List(ctx, run.Prefix())
	if err != nil {
		p.t.Fatal(err)
	}
	all := map[string]artifact.Manifest{}
	for _, key := range keys {
		data, err := p.store.Read(ctx, key)
		if err != nil {
			p.t.Fatal(err)
		}
		if all[key], err = artifact.DecodeManifest(data); err != nil {
			p.t.Fatal(err)
		}
	}
	return all
}

// put stores bytes.
func (p *place) put(data []byte) artifact.Ref {
	p.t.Helper()
	ref, err := p.store.Put(context.Background(), data)
	if err != nil {
		p.t.Fatal(err)
	}
	return ref
}

// get reads a blob.
func (p *place) get(ref artifact.Ref) []byte {
	p.t.Helper()
	data, err := p.store.Get(context.Background(), ref)
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

// rollouts reads a shard.
func (p *place) rollouts(ref artifact.Ref) []rollout.Rollout {
	p.t.Helper()
	rollouts, err := rollout.Decode(p.get(ref))
	if err != nil {
		p.t.Fatal(err)
	}
	return rollouts
}

// problems stores a dataset of problems.
func (p *place) problems(problems ...dataset.Problem) artifact.Ref {
	p.t.Helper()
	data, err := dataset.EncodeProblems(problems)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.put(data)
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

// initial makes the run's first policy.
func (p *place) initial() artifact.Policy {
	p.t.Helper()
	r := smoke(p.t)
	return must(p, p.acts.InitModel, activities.InitModelInput{
		Run: testRun, Model: r.Model, Tokenizer: r.Tokenizer, Seed: r.Seed,
	}).Policy
}

// vocabulary stores the built-in vocabulary of that name.
func (p *place) vocabulary(name string) artifact.Ref {
	p.t.Helper()
	tok, err := tokenizer.New(name)
	if err != nil {
		p.t.Fatal(err)
	}
	_, ref, err := activities.PutVocabulary(p.t.Context(), p.store, tok, "", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return ref
}

// dataset prepares one of the smoke recipe's datasets.
func (p *place) dataset(name string) activities.Dataset {
	p.t.Helper()
	return must(p, p.acts.PrepareData, p.prepareInput(smoke(p.t), name)).Dataset
}

func (p *place) prepareInput(r recipe.Recipe, name string) activities.PrepareDataInput {
	return activities.PrepareDataInput{
		Run: testRun, Name: name, Dataset: r.Data[name], Seed: r.Seed, Vocabulary: p.vocabulary(r.Tokenizer), Prompt: r.Prompt,
		MaxExampleTokens: 96, MaxPromptTokens: 64,
	}
}

// awaySources do not answer.
type awaySources struct{}

func (awaySources) ReadURI(_ context.Context, uri string) ([]byte, error) {
	return nil, &objectstore.TransientError{Op: objectstore.OpRead, Key: uri, Err: errors.New("connection refused")}
}

func (s awaySources) Open(ctx context.Context, uri string) (pretrained.File, error) {
	_, err := s.ReadURI(ctx, uri)
	return nil, err
}

func (s awaySources) ListFolder(ctx context.Context, uri string) ([]string, error) {
	_, err := s.ReadURI(ctx, uri)
	return nil, err
}

func (awaySources) OpenFolder(_ context.Context, uri string) (pretrained.Folder, error) {
	return nil, &objectstore.TransientError{Op: objectstore.OpRead, Key: uri, Err: errors.New("connection refused")}
}

// tok is the synthetic vocabulary.
func tok(t *testing.T) tokenizer.Tokenizer {
	t.Helper()
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}
