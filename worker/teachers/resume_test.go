package teachers

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

// worker is one that can be killed.
type worker struct {
	env  *testsuite.TestActivityEnvironment
	stop chan struct{}
	log  *strings.Builder
}

func newWorker(store objectstore.Store, t activities.Teachers) worker {
	w := worker{stop: make(chan struct{}), log: &strings.Builder{}}
	suite := testsuite.WorkflowTestSuite{}
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.NewTextHandler(w.log, nil))))
	w.env = suite.NewTestActivityEnvironment()
	w.env.SetWorkerStopChannel(w.stop)
	w.env.RegisterActivity(&activities.Activities{Store: store, Teachers: t, CPU: activities.NewCPUMeter()})
	return w
}

func (w worker) ask(in activities.AskTeacherInput) (activities.Taught, error) {
	var out activities.Taught
	value, err := w.env.ExecuteActivity((*activities.Activities)(nil).AskTeacher, in)
	if err == nil {
		err = value.Get(&out)
	}
	return out, err
}

// shardOf stores n problems, the last as the first.
func shardOf(t *testing.T, store objectstore.Store, n int) activities.AskTeacherInput {
	t.Helper()
	problems := make([]dataset.Problem, n)
	for i := range problems {
		problems[i] = dataset.Problem{ID: fmt.Sprint("p", i), Domain: "math", Question: fmt.Sprintf("what is %d?", i%(n-1)), Prompt: "p", Answer: "1"}
	}
	data, err := dataset.EncodeProblems(problems)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := store.Put(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	return activities.AskTeacherInput{Run: artifact.RunID{Name: "r", ID: "1"}, Stage: "teach", User: "{question}", Dataset: ref, Count: n,
		Settings: recipe.Teach{Endpoint: "t", Model: "m", Samples: 2, TopP: 1, MaxTokens: 9}}
}

// counted counts requests by their message and seed.
func (s *server) counted() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, b := range s.bodies {
		counts[fmt.Sprint(b["messages"], b["seed"])]++
	}
	return counts
}

// TestPaidTwice: after a kill in the midst of a shard, exactly the requests that were under way are sent
// again, by the same worker or by another, and then none any more by any run on the same store.
func TestPaidTwice(t *testing.T) {
	for _, other := range []bool{false, true} {
		const concurrency, answered = 3, 5
		var once sync.Once
		full := make(chan struct{})
		killed := make(chan struct{})
		var mu sync.Mutex
		var hanging []string
		var s *server
		s = newServer(t, func(n int, w http.ResponseWriter, r *http.Request) {
			select {
			case <-killed:
			default:
				if n > answered { // those beyond are under way when the worker is killed
					mu.Lock()
					s.mu.Lock()
					hanging = append(hanging, fmt.Sprint(s.bodies[n-1]["messages"], s.bodies[n-1]["seed"]))
					s.mu.Unlock()
					if len(hanging) == concurrency {
						once.Do(func() { close(full) })
					}
					mu.Unlock()
					<-r.Context().Done()
					return
				}
			}
			good(w)
		})
		c, _ := client(t, s, fmt.Sprint("key_env: TEACHER_KEY, concurrency: ", concurrency))
		store := objectstore.NewMemory()
		in := shardOf(t, store, 10)
		first := newWorker(store, c)
		go func() { <-full; close(first.stop) }()
		if _, err := first.ask(in); err == nil || !strings.Contains(err.Error(), "worker stopping") {
			t.Fatalf("the killed worker said %v", err)
		}
		close(killed)
		next := newWorker(store, c)
		if other {
			another, _ := client(t, s, "key_env: TEACHER_KEY")
			next = newWorker(store, another)
		}
		taught, err := next.ask(in)
		if err != nil {
			t.Fatal(err)
		}
		twice := 0
		counts := s.counted()
		for request, n := range counts {
			if want := 1 + strings.Count(strings.Join(hanging, "\n"), request); n != want {
				t.Errorf("%s was sent %d times, want %d", request, n, want)
			}
			twice += n - 1
		}
		if len(counts) != 18 || twice != concurrency { // 9 different problems, 2 samples
			t.Errorf("%d requests, %d of them twice", len(counts), twice)
		}
		if s := taught.Stats; s.Responses != 20 || s.CompletionTokens != 18*5 || s.PromptTokens != 18*3 || s.Finish["stop"] != 20 {
			t.Errorf("the shard is %+v", s)
		}
		sent := s.sent()
		in.Run.ID, in.Stage = "2", "again"
		if _, err := newWorker(store, c).ask(in); err != nil || s.sent() != sent {
			t.Errorf("another run sent %d requests: %v", s.sent()-sent, err)
		}
		checkNoKey(t, store, first.log.String(), next.log.String())
	}
}

// checkNoKey looks for the key in all that a store holds and in logs.
func checkNoKey(t *testing.T, store objectstore.Store, logs ...string) {
	t.Helper()
	keys, err := store.List(t.Context(), "")
	if err != nil || len(keys) < 20 {
		t.Fatalf("the store holds %d objects, %v", len(keys), err)
	}
	for _, k := range keys {
		data, err := store.Read(context.Background(), k)
		if err != nil {
			t.Fatal(err)
		}
		logs = append(logs, string(data))
	}
	if i := slices.IndexFunc(logs, func(text string) bool { return strings.Contains(text, key) }); i >= 0 {
		t.Errorf("the key is in %.300s", logs[i])
	}
}

// TestOneRefused: a request that is refused ends the shard with the problem's name, and what was under way is recorded all the same.
func TestOneRefused(t *testing.T) {
	release := make(chan struct{})
	s := newServer(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 2 {
			w.WriteHeader(401)
			io.WriteString(w, `{"error":"bad key `+key+`"}`)
			close(release)
			return
		}
		<-release
		good(w)
	})
	c, _ := client(t, s, "key_env: TEACHER_KEY, concurrency: 4")
	store := objectstore.NewMemory()
	w := newWorker(store, c)
	_, err := w.ask(shardOf(t, store, 10))
	if err == nil || !strings.Contains(err.Error(), "problem p") || !strings.Contains(err.Error(), "endpoint t refuses: 401 Unauthorized: bad key [key]") {
		t.Errorf("the error is %v", err)
	}
	kept, _ := store.List(t.Context(), "teachers/t/")
	if len(kept) != s.sent()-1 || len(kept) < 3 {
		t.Errorf("%d requests, and %d responses are recorded", s.sent(), len(kept))
	}
	if strings.Contains(w.log.String()+err.Error(), key) {
		t.Error("the key is told")
	}
}

// TestDamagedResponse: a stored response that is damaged, or of another request, is bought again and stands beside it.
func TestDamagedResponse(t *testing.T) {
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { good(w) })
	c, _ := client(t, s, "")
	whole, damaged := objectstore.NewMemory(), objectstore.NewMemory()
	if _, err := newWorker(whole, c).ask(shardOf(t, whole, 3)); err != nil {
		t.Fatal(err)
	}
	keys, _ := whole.List(t.Context(), "teachers/t/")
	other, _ := whole.Read(t.Context(), keys[0])
	for i, text := range []string{`{"endpoint":`, string(other)} {
		if err := damaged.Create(t.Context(), keys[1+i], []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	taught, err := newWorker(damaged, c).ask(shardOf(t, damaged, 3))
	if err != nil || taught.Stats.Finish["stop"] != 6 || s.sent() != 4+4 {
		t.Errorf("%+v after %d requests, %v", taught.Stats, s.sent(), err)
	}
	in := shardOf(t, damaged, 3)
	in.Run.ID = "2"
	if _, err := newWorker(damaged, c).ask(in); err != nil || s.sent() != 4+4 {
		t.Errorf("what stands beside is not found: %d requests, %v", s.sent(), err)
	}
	if again, _ := damaged.List(t.Context(), "teachers/t/"); len(again) != 4+2 {
		t.Errorf("the store holds %v", again)
	}
}

// TestNoEndpoint: work for an endpoint that a worker does not have is left to others.
func TestNoEndpoint(t *testing.T) {
	s := newServer(t, func(int, http.ResponseWriter, *http.Request) {})
	c, _ := client(t, s, "")
	store := objectstore.NewMemory()
	in := shardOf(t, store, 3)
	in.Settings.Endpoint = "elsewhere"
	for _, has := range []activities.Teachers{nil, c} {
		_, err := newWorker(store, has).ask(in)
		if err == nil || !strings.Contains(err.Error(), "type: NoEndpoint, retryable: true") || !strings.Contains(err.Error(), `"elsewhere"`) {
			t.Errorf("the error is %v", err)
		}
	}
}
