package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/teacher"
	"temper/workflows"
)

// teacherKey is the key of the tests' endpoint.
const teacherKey = "sk-of-the-real-stack-0123"

// teacherServer answers in words of the synthetic vocabulary, and holds the requests from number hold on back until it is let go.
type teacherServer struct {
	*httptest.Server
	mu     sync.Mutex
	counts map[string]int
	sent   int
	held   []string
	letGo  chan struct{}
}

func newTeacherServer(t *testing.T, hold int) *teacherServer {
	s := &teacherServer{counts: map[string]int{}, letGo: make(chan struct{})}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Seed     int64
			Messages json.RawMessage
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Authorization") != "Bearer "+teacherKey {
			t.Errorf("a request with %s: %v", r.Header, err)
		}
		request := fmt.Sprint(string(body.Messages), body.Seed)
		s.mu.Lock()
		s.counts[request]++
		s.sent++
		holds := s.sent > hold
		select {
		case <-s.letGo:
			holds = false
		default:
		}
		if holds {
			s.held = append(s.held, request)
		}
		s.mu.Unlock()
		if holds {
			select {
			case <-s.letGo:
			case <-r.Context().Done():
				return
			}
		}
		fmt.Fprintf(w, `{"model":"m","choices":[{"finish_reason":"stop","message":{"content":"</think>\\boxed{%d}"}}],"usage":{"prompt_tokens":7,"completion_tokens":3}}`, body.Seed%10)
	}))
	t.Cleanup(s.Close)
	return s
}

// holding is how many requests are held back.
func (s *teacherServer) holding() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.held)
}

// teach gives the stack's worker an endpoint, which takes effect with its next start.
func (s *realStack) teach(server *teacherServer, concurrency int) {
	s.t.Helper()
	s.t.Setenv("TEMPER_TEST_TEACHER_KEY", teacherKey)
	s.endpoint(fmt.Sprintf("local: {url: %s/v1, key_env: TEMPER_TEST_TEACHER_KEY, concurrency: %d}\n", server.URL, concurrency))
}

// endpoint gives the stack's worker endpoints, which take effect with its next start.
func (s *realStack) endpoint(text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.data, "endpoints.yaml"), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	kill(s.t, s.worker)
	s.startWorker()
}

// taughtRecipe is the smoke recipe whose supervised stage trains on a teacher's responses.
func taughtRecipe(t *testing.T, shards int) recipe.Recipe {
	t.Helper()
	r, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	sft := *r.Stages[1].SFT
	sft.Data = "traces"
	teach := recipe.Teach{Domain: recipe.DomainMath, Data: r.Stages[2].RL.Data, Endpoint: "local", Model: "m", Samples: 3, TopP: 1, MaxTokens: 9,
		Shards: shards, Keep: recipe.KeepAll, Cut: recipe.CutKept, Into: "traces"}
	r.Stages = []recipe.Stage{{Name: "taught", Kind: recipe.KindTeach, Teach: &teach}, {Name: "sft", Kind: recipe.KindSFT, SFT: &sft}}
	return r
}

// A worker that is killed with kill -9 while a teacher answers has at most the requests under way paid
// twice, and its key is in nothing that the run leaves behind.
func TestLongTeacherKilled(t *testing.T) {
	long(t)
	const concurrency, answered = 4, 9
	s, server := newRealStack(t), newTeacherServer(t, answered)
	s.teach(server, concurrency)
	run := s.start("taught", taughtRecipe(t, 2))
	s.until("the teacher has its hands full", func() bool { return server.holding() == concurrency })
	kill(t, s.worker)
	close(server.letGo)
	s.startWorker()
	result := s.result(run)
	if result.State != workflows.StateCompleted {
		t.Fatalf("the run ended %s", result.State)
	}
	twice := 0
	for request, n := range server.counts {
		if want := 1 + strings.Count(strings.Join(server.held, "\n"), request); n != want {
			t.Errorf("%s was sent %d times, want %d", request, n, want)
		}
		twice += n - 1
	}
	if twice != concurrency {
		t.Errorf("%d requests were paid twice, want %d", twice, concurrency)
	}
	for _, m := range s.manifests(result.Run) {
		if m.Kind == artifact.KindDataset && m.Stage == "taught" {
			if got := teacher.FromMetrics(m.Metrics); got.Responses != 48 || got.CompletionTokens != int64(3*len(server.counts)) {
				t.Errorf("the record says %s", got)
			}
		}
	}
	s.holdsNo(teacherKey)
}

// holdsNo looks for a secret in the stack's folder: the store, Temporal's database and the logs.
func (s *realStack) holdsNo(secret string) {
	s.t.Helper()
	files := 0
	err := filepath.WalkDir(s.data, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !entry.Type().IsRegular() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), secret) {
			s.t.Errorf("%s holds the key", path)
		}
		return err
	})
	if err != nil || files < 50 {
		s.t.Errorf("looked through %d files: %v", files, err)
	}
}
