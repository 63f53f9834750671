package activities_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/liveness"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/pretrained"
	"temper/model/recipe"
)

// beats looks at heartbeats as a watchdog does, on the fake clock of a synctest bubble.
type beats struct {
	number  int
	last    time.Time
	longest time.Duration
}

// watchBeats notes the heartbeats of what is done in the place from now on.
func (p *place) watchBeats() *beats {
	b := &beats{last: time.Now()}
	p.heartbeat = func() {
		b.number++
		b.longest, b.last = max(b.longest, time.Since(b.last)), time.Now()
	}
	return b
}

// lived fails the test if a server would have given the work up.
func (b *beats) lived(t *testing.T, atLeast time.Duration, began time.Time) {
	t.Helper()
	if took := time.Since(began); took < atLeast {
		t.Errorf("the work took %s, less than the %s that this test is about", took, atLeast)
	}
	if longest := max(b.longest, time.Since(b.last)); longest >= liveness.LostAfter {
		t.Errorf("%s without a heartbeat", longest)
	}
}

// slowly makes calls of op take that long, in parts that show that they go on.
func slowly(op learnertest.Op, part time.Duration, parts int) learnertest.Hook {
	return func(ctx context.Context, called learnertest.Op, _ int) error {
		for range parts {
			if called == op {
				time.Sleep(part)
				liveness.Done(ctx)
			}
		}
		return nil
	}
}

// TestSlowWorkIsNotStartedAgain: whatever takes long and goes on keeps its heartbeat.
func TestSlowWorkIsNotStartedAgain(t *testing.T) {
	for _, test := range []struct {
		name string
		hook learnertest.Hook
		work func(p *place)
	}{
		{"a model of five minutes", slowly(learnertest.OpInitial, 5*time.Minute, 1), func(p *place) { p.initial() }},
		{"five minutes of samples", slowly(learnertest.OpSample, 5*time.Minute, 1), func(p *place) {
			must(p, p.acts.GenerateRollouts, generateInput(p, []int{5, 2}, 3))
		}},
		{"a segment of nine minutes", slowly(learnertest.OpTrain, 3*time.Minute, 3), func(p *place) { must(p, p.acts.TrainSFT, sftInput(p)) }},
		{"an update of nine minutes", slowly(learnertest.OpAdvance, 3*time.Minute, 3), func(p *place) {
			must(p, p.acts.UpdatePolicy, updateInput(p, p.initial(), 0))
		}},
		{"a save of nine minutes", slowly(learnertest.OpSave, 3*time.Minute, 3), func(p *place) {
			in := updateInput(p, p.initial(), 0)
			in.Checkpoint = true
			must(p, p.acts.UpdatePolicy, in)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t, nil)
				p.env.SetTestTimeout(100 * time.Hour)
				p.learner.Use(test.hook)
				began, b := time.Now(), p.watchBeats()
				test.work(p)
				b.lived(t, 5*time.Minute, began)
			})
		})
	}
}

// TestProgramAtItsLimit: the last program of a shard may take all of its time.
func TestProgramAtItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil)
		p.env.SetTestTimeout(time.Hour)
		in := p.scoreInput(recipe.DomainCode, []dataset.Problem{codeProblem}, said{text: "so</think>def f(x):return 2*x+3"}, said{text: "so</think>def f(x):return 2*x+4"})
		p.sandbox.Use(slowly(learnertest.OpGrade, 6*time.Minute, 1))
		began, b := time.Now(), p.watchBeats()
		got := must(p, p.acts.ScoreRollouts, in)
		if got.Correct != 1 || got.Incorrect != 1 {
			t.Errorf("verdicts are %+v", got)
		}
		b.lived(t, 6*time.Minute, began)
	})
}

// TestSlowStore: a store that takes minutes for each part of a checkpoint slows the work down, and nothing more.
func TestSlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil)
		in := activities.SaveCheckpointInput{Run: testRun, Stage: "math", Policy: p.initial()}
		slow := objectstore.NewFaults(p.store, objectstore.Fault{Op: objectstore.OpPut, Kind: objectstore.Slow, Delay: 2 * time.Minute})
		p = newPlace(t, slow)
		began, b := time.Now(), p.watchBeats()
		must(p, p.acts.SaveCheckpoint, in)
		b.lived(t, 8*time.Minute, began)
	})
}

// TestHungWork: work without progress is given up within its bound, whatever
// holds it, and the worker is told to end.
func TestHungWork(t *testing.T) {
	for _, test := range []struct {
		name string
		op   learnertest.Op
		work func(p *place) error
		what string
	}{
		{"sample", learnertest.OpSample, func(p *place) error {
			_, err := do(p, p.acts.GenerateRollouts, generateInput(p, []int{5}, 1))
			return err
		}, "GenerateRollouts"},
		{"train", learnertest.OpTrain, func(p *place) error { _, err := do(p, p.acts.TrainSFT, sftInput(p)); return err }, "TrainSFT"},
		{"save", learnertest.OpSave, func(p *place) error {
			_, err := do(p, p.acts.SaveCheckpoint, activities.SaveCheckpointInput{Run: testRun, Stage: "math", Policy: p.initial()})
			return err
		}, "SaveCheckpoint"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t, nil)
				p.env.SetTestTimeout(100 * time.Hour)
				release := make(chan struct{})
				defer close(release)
				p.learner.Use(func(_ context.Context, called learnertest.Op, _ int) error {
					if called == test.op {
						<-release // and does not look at its context
					}
					return nil
				})
				began := time.Now()
				var told error
				p.acts.Hung = func(err error) { told = err }
				app := checkFailure(t, test.work(p), activities.HungType, true)
				if took := time.Since(began); took < 5*time.Minute || took > 5*time.Minute+10*time.Second {
					t.Errorf("given up after %s", took)
				}
				if !strings.Contains(app.Message(), test.what+" of ") || !strings.Contains(app.Message(), "hangs: no progress for ") {
					t.Errorf("message is %q", app.Message())
				}
				if told == nil || told.Error() != app.Message() {
					t.Errorf("the worker was told %v", told)
				}
				if app.NextRetryDelay() <= 20*time.Second {
					t.Errorf("the next attempt follows after %s, while this worker still stops", app.NextRetryDelay())
				}
			})
		})
	}
}

// TestEveryActivityBeats: all activities, also those that are added one day, live
// by heartbeats: each is called with a store and with files that take 6 minutes over
// the first request, a little at a time.
func TestEveryActivityBeats(t *testing.T) {
	typ := reflect.TypeFor[*activities.Activities]()
	for i := range typ.NumMethod() {
		name := typ.Method(i).Name
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlace(t, &trickling{objectstore.NewMemory()})
				if name == "StoreList" {
					p.acts.Store = tricklingPuts{p.store}
				}
				p.env.SetTestTimeout(100 * time.Hour)
				began, b := time.Now(), p.watchBeats()
				method := reflect.ValueOf(p.acts).MethodByName(name)
				in := reflect.New(method.Type().In(1)).Elem()
				if data, files := in.FieldByName("Data"), reflect.ValueOf(map[string]recipe.Dataset{"train": {URI: "train.jsonl"}}); data.IsValid() && data.Type() == files.Type() {
					data.Set(files)
				}
				p.acts.Sources = tricklingSources{p.sources}
				if run := in.FieldByName("Run"); run.IsValid() {
					run.Set(reflect.ValueOf(testRun))
				}
				_, err := p.env.ExecuteActivity(name, in.Interface())
				t.Logf("it ended with %v", err) // most miss something in an empty input
				b.lived(t, 6*time.Minute, began)
				if b.number < 6 {
					t.Errorf("%d heartbeats in 6 minutes", b.number)
				}
			})
		})
	}
}

// trickle takes six minutes, and goes on.
func trickle(ctx context.Context) {
	for range 36 {
		time.Sleep(10 * time.Second)
		liveness.Done(ctx)
	}
}

// trickling is a store that trickles where work begins.
type trickling struct{ objectstore.Store }

func (s *trickling) Read(ctx context.Context, key string) ([]byte, error) {
	trickle(ctx)
	return s.Store.Read(ctx, key)
}

func (s *trickling) List(ctx context.Context, prefix string) ([]string, error) {
	trickle(ctx)
	return s.Store.List(ctx, prefix)
}

// tricklingPuts is a store that trickles where it is written to, for work that begins with that.
type tricklingPuts struct{ objectstore.Store }

func (s tricklingPuts) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	trickle(ctx)
	return s.Store.Put(ctx, data)
}

// tricklingSources trickle where data is looked at.
type tricklingSources struct{ activities.Sources }

func (s tricklingSources) Open(ctx context.Context, uri string) (pretrained.File, error) {
	trickle(ctx)
	return s.Sources.Open(ctx, uri)
}

// TestPanicsStayWhatTheyAre: a fault of the program fails the attempt, not the worker.
func TestPanicsStayWhatTheyAre(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Use(func(context.Context, learnertest.Op, int) error { panic("index out of range") })
	_, err := do(p, p.acts.InitModel, initInput(1))
	if err == nil || !strings.Contains(err.Error(), "index out of range") || !strings.Contains(err.Error(), "alive_test.go") {
		t.Errorf("error is %v, want the panic with its place", err)
	}
}
