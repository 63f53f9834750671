package teachers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"temper/activities"
	"temper/activities/liveness"
	"temper/model/teacher"
)

// key is the key of the tests' endpoint.
const key = "sk-very-secret-0123456789"

// server is an endpoint that misbehaves.
type server struct {
	*httptest.Server
	// answer does the request of a number, counted from 1.
	answer func(n int, w http.ResponseWriter, r *http.Request)

	mu      sync.Mutex
	bodies  []map[string]any
	headers []http.Header
}

func newServer(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *server {
	s := &server{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		s.mu.Lock()
		s.bodies, s.headers = append(s.bodies, body), append(s.headers, r.Header)
		n := len(s.bodies)
		s.mu.Unlock()
		s.answer(n, w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// sent is how many requests have come.
func (s *server) sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies)
}

func good(w http.ResponseWriter) {
	io.WriteString(w, `{"id":"same","model":"m-1","choices":[{"finish_reason":"stop","message":{"content":"4","reasoning_content":"2+2"}}],"usage":{"prompt_tokens":3,"completion_tokens":5},"extra":{"kept":true}}`)
}

// client asks the server as an endpoint "t"; pauses takes how long it would wait.
func client(t *testing.T, s *server, more string) (c *Client, pauses *[]time.Duration) {
	t.Helper()
	t.Setenv("TEACHER_KEY", key)
	t.Setenv("OPENAI_API_KEY", "sk-of-somebody-else")
	file := filepath.Join(t.TempDir(), "endpoints.yaml")
	if err := os.WriteFile(file, []byte(fmt.Sprintf("t: {url: %s/v1, %s}\nother: {url: http://127.0.0.1:9}\n", s.URL, more)), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	pauses = &[]time.Duration{}
	var mu sync.Mutex
	c.pause = func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		*pauses = append(*pauses, d)
		return ctx.Err()
	}
	return c, pauses
}

var question = teacher.Request{Model: "m", Messages: []teacher.Message{{Role: "system", Content: "s"}, {Role: "user", Content: "2+2?"}}, Temperature: 0, TopP: 0.9, MaxTokens: 7}

// cutBody promises more than it sends.
func cutBody(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "1000")
	io.WriteString(w, `{"model":"m","choices":[{"finish`)
}

// TestTriedAgain: what may pass is tried again, after the pause that the server asks for or one of our own.
func TestTriedAgain(t *testing.T) {
	status := func(code int, after string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(code)
			io.WriteString(w, `{"error":{"message":"not now"}}`)
		}
	}
	text := func(body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { io.WriteString(w, body) }
	}
	for name, c := range map[string]struct {
		bad     func(http.ResponseWriter)
		atLeast time.Duration
	}{
		"too many requests":          {status(429, "7"), 6 * time.Second},
		"too many requests, by date": {status(429, time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)), 50 * time.Minute},
		"too many requests, no word": {status(429, ""), time.Second},
		"overloaded":                 {status(503, "120"), 110 * time.Second},
		"a fault":                    {status(500, ""), time.Second},
		"a gateway's page":           {func(w http.ResponseWriter) { w.WriteHeader(502); io.WriteString(w, "<html>") }, time.Second},
		"a body that is cut":         {cutBody, time.Second},
		"no JSON":                    {text("<html>"), time.Second},
		"half a document":            {text(`{"model":"m","choices":[{"finish_reason":"st`), time.Second},
		"no choice":                  {text(`{"model":"m","choices":[]}`), time.Second},
		"no reason":                  {text(`{"model":"m","choices":[{"message":{"content":"4"}}]}`), time.Second},
		"an error with status 200":   {text(`{"error":{"message":"upstream"}}`), time.Second},
		"slow":                       {func(http.ResponseWriter) { time.Sleep(300 * time.Millisecond) }, time.Second},
	} {
		s := newServer(t, func(n int, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				c.bad(w)
				return
			}
			good(w)
		})
		timeout := "1m"
		if name == "slow" {
			timeout = "100ms"
		}
		asked, pauses := client(t, s, "key_env: TEACHER_KEY, timeout: "+timeout)
		a, err := asked.Ask(t.Context(), "t", question)
		if err != nil || a.Tries != 2 || a.Response.Content != "4" || a.Response.Reasoning != "2+2" || a.Response.CompletionTokens != 5 || a.Response.Model != "m-1" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		if !strings.Contains(string(a.Body), `"extra":{"kept":true}`) {
			t.Errorf("%s: the body is %s", name, a.Body)
		}
		var longest time.Duration
		for _, d := range *pauses {
			longest = max(longest, d)
		}
		if longest < c.atLeast || longest > c.atLeast+15*time.Minute {
			t.Errorf("%s: it waited for %v, want at least %s", name, *pauses, c.atLeast)
		}
	}
}

// TestGivenUp: after six requests the work is somebody else's; pauses grow and are not all alike.
func TestGivenUp(t *testing.T) {
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	c, pauses := client(t, s, "")
	if _, err := c.Ask(t.Context(), "t", question); !errors.Is(err, activities.ErrTeacherAway) || s.sent() != tries {
		t.Errorf("%d requests: %v", s.sent(), err)
	}
	if p := *pauses; len(p) != tries-1 || p[4] < 16*time.Second || p[4] > 32*time.Second || p[0] > 2*time.Second {
		t.Errorf("it waited for %v", p)
	}
	s = newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") })
	c, _ = client(t, s, "")
	if _, err := c.Ask(t.Context(), "t", question); !errors.Is(err, teacher.ErrMalformed) || errors.Is(err, activities.ErrTeacherAway) || s.sent() != tries {
		t.Errorf("%d requests: %v", s.sent(), err)
	}
	s = newServer(t, func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c, _ = client(t, s, "")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Ask(ctx, "t", question); !errors.Is(err, context.DeadlineExceeded) || s.sent() != 1 {
		t.Errorf("%d requests after the work was told to stop: %v", s.sent(), err)
	}
}

// TestRefused: what will not pass is a user's mistake at once, in the server's words; the key is in
// none of them, even where the server says it.
func TestRefused(t *testing.T) {
	for code, body := range map[int]string{
		400: `{"error":{"message":"max_tokens is too large, says ` + key + `"}}`,
		401: `{"error":{"message":"Incorrect API key provided: ` + key + `"}}`,
		403: `{"message":"no max_tokens for you"}`,
		404: `{"detail":"no such model, max_tokens"}`,
		422: `max_tokens ` + strings.Repeat("x", 2000) + key,
	} {
		s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code); io.WriteString(w, body) })
		c, _ := client(t, s, "key_env: TEACHER_KEY")
		_, err := c.Ask(t.Context(), "t", question)
		if !errors.Is(err, activities.ErrUser) || s.sent() != 1 || !strings.Contains(err.Error(), fmt.Sprint("endpoint t refuses: ", code)) {
			t.Errorf("%d: %d requests: %v", code, s.sent(), err)
		}
		if code != 401 && !strings.Contains(err.Error(), "max_tokens") || strings.Contains(err.Error(), key[:8]) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d: the message is %v", code, err)
		}
	}
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"model":"m","choices":[{"finish_reason":"stop","message":{"content":"your key is `+key+`"}}]}`)
	})
	c, _ := client(t, s, "key_env: TEACHER_KEY")
	if a, err := c.Ask(t.Context(), "t", question); err != nil || strings.Contains(string(a.Body)+a.Response.Content, key) {
		t.Errorf("an answer with the key: %s, %v", a.Body, err)
	}
}

// TestTooLongQuestion: a question that is longer than the model reads has no response and ends nothing; a budget
// that is, is the recipe's mistake.
func TestTooLongQuestion(t *testing.T) {
	for _, body := range []string{
		`{"error":{"message":"This model's maximum context length is 512 tokens. However, you requested 2041 tokens (2021 in the messages, 20 in the completion).","code":"context_length_exceeded"}}`,
		`{"error":{"code":400,"message":"the request exceeds the available context size (512 tokens), try increasing it","type":"exceed_context_size_error"}}`,
		`{"object":"error","message":"The input (2021 tokens) is longer than the model's context length (512 tokens)."}`,
	} {
		s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400); io.WriteString(w, body) })
		c, _ := client(t, s, "")
		r := question
		r.MaxTokens = 500
		a, err := c.Ask(t.Context(), "t", r)
		if err != nil || a.Response.Finish != teacher.FinishContext || a.Response.Content != "" || string(a.Body) != body || s.sent() != 1 {
			t.Errorf("%s is %+v, %v", body, a, err)
		}
		r.MaxTokens = 512
		if _, err := c.Ask(t.Context(), "t", r); !errors.Is(err, activities.ErrUser) {
			t.Errorf("%s with a budget of 512: %v", body, err)
		}
	}
}

// TestRequest: a request says what the recipe says, to this endpoint, with its key and no other.
func TestRequest(t *testing.T) {
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { good(w) })
	c, _ := client(t, s, "key_env: TEACHER_KEY")
	second := question
	second.Sample = 1
	for _, r := range []teacher.Request{question, second, question} {
		if _, err := c.Ask(t.Context(), "t", r); err != nil {
			t.Fatal(err)
		}
	}
	if s.bodies[0]["seed"] == s.bodies[1]["seed"] || s.bodies[0]["seed"] != s.bodies[2]["seed"] || s.bodies[0]["seed"] == nil {
		t.Errorf("the seeds are %v, %v, %v", s.bodies[0]["seed"], s.bodies[1]["seed"], s.bodies[2]["seed"])
	}
	delete(s.bodies[0], "seed")
	got, _ := json.Marshal(s.bodies[0])
	const want = `{"max_tokens":7,"messages":[{"content":"s","role":"system"},{"content":"2+2?","role":"user"}],"model":"m","temperature":0,"top_p":0.9}`
	if string(got) != want || s.headers[0].Get("Authorization") != "Bearer "+key {
		t.Errorf("the request is %s with %s", got, s.headers[0])
	}
	c, _ = client(t, s, "")
	if _, err := c.Ask(t.Context(), "t", question); err != nil || s.headers[3].Get("Authorization") != "" {
		t.Errorf("without a key: %v, %v", s.headers[3], err)
	}
	if _, err := c.Ask(t.Context(), "tt", question); !errors.Is(err, activities.ErrNoEndpoint) || !strings.Contains(err.Error(), `endpoint is "tt", which this worker does not define; valid here: other, t`) {
		t.Errorf("an unknown endpoint: %v", err)
	}
}

// TestLimits: no more requests at a time than the endpoint takes, and no more a minute.
func TestLimits(t *testing.T) {
	var mu sync.Mutex
	now, most := 0, 0
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(20 * time.Millisecond)
		mu.Lock()
		now--
		mu.Unlock()
		good(w)
	})
	c, pauses := client(t, s, "concurrency: 3, requests_per_minute: 60")
	if n, err := c.Concurrency("t"); n != 3 || err != nil {
		t.Errorf("%d at a time, %v", n, err)
	}
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() { c.Ask(t.Context(), "t", question) })
	}
	group.Wait()
	if most != 3 {
		t.Errorf("%d requests at a time, want 3", most)
	}
	if p := *pauses; len(p) != 11 || p[10] < 9*time.Second || p[10] > 11*time.Second {
		t.Errorf("12 requests at 60 a minute waited for %v", p)
	}
}

// TestPatience: work that waits for a slot that another's long request holds does not hang, and neither does one that
// waits as long as the server wants; without either it would, after five minutes.
func TestPatience(t *testing.T) {
	held := make(chan struct{})
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { <-held; good(w) })
	c, _ := client(t, s, "concurrency: 1, timeout: 2h")
	watch, other := &liveness.Watch{}, &liveness.Watch{}
	var group sync.WaitGroup
	for _, w := range []*liveness.Watch{watch, other} {
		group.Go(func() {
			if _, err := c.Ask(liveness.With(t.Context(), w), "t", question); err != nil {
				t.Error(err)
			}
		})
	}
	for len(c.endpoints["t"].slots) < 1 { // one of them holds the slot
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // the other waits, and the request is sent
	for _, w := range []*liveness.Watch{watch, other} {
		if hangs, patience := w.Tick(2 * time.Hour); hangs {
			t.Errorf("after two hours it hangs, with patience for %s", patience)
		}
	}
	close(held)
	group.Wait()
	if hangs, _ := watch.Tick(6 * time.Minute); !hangs {
		t.Error("an estimate that has ended counts")
	}
}

// TestConfig: faults of the file are told by field, and never with a key.
func TestConfig(t *testing.T) {
	t.Setenv("TEACHER_KEY", key)
	for text, want := range map[string]string{
		"t: {url: ftp://x/v1}":                                    "t.url: valid: http",
		"t: {url: 'http://me:" + key + "@x/v1'}":                  "t.url: valid: http",
		"t: {url: http://x/v1, key_env: NOT_THERE}":               `t.key_env is "NOT_THERE", which the environment`,
		"t: {url: http://x/v1, key_file: /not/there}":             "t.key_file: open /not/there",
		"t: {url: http://x/v1, key_env: A, key_file: B}":          "t.key_env and key_file are both given",
		"t: {url: http://x/v1, timeout: soon}":                    `t.timeout is "soon"; valid`,
		"t: {url: http://x/v1, concurrency: -1}":                  "concurrency and requests_per_minute are -1 and 0",
		"t: {url: http://x/v1, key: " + key + "}":                 `unknown field "key"`,
		"'a b': {url: http://x/v1}":                               `endpoint is "a b"`,
		"t: {url: http://x/v1, requests_per_minute: -2, a: [}":    "endpoints in",
		"t: {url: http://x/v1, key_env: TEACHER_KEY, timeout: 0}": "t.timeout",
	} {
		file := filepath.Join(t.TempDir(), "endpoints.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(file)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestRedirect: a server that sends the request elsewhere gets no key there.
func TestRedirect(t *testing.T) {
	elsewhere := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { good(w) })
	s := newServer(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/v1/chat/completions", http.StatusTemporaryRedirect)
	})
	c, pauses := client(t, s, "key_env: TEACHER_KEY")
	_, err := c.Ask(t.Context(), "t", question)
	if err == nil || !strings.Contains(err.Error(), "307") || !errors.Is(err, activities.ErrUser) || len(*pauses) != 0 {
		t.Errorf("the error is %v after %d pauses", err, len(*pauses))
	}
	if elsewhere.sent() != 0 {
		t.Error("the request was sent on")
	}
}
