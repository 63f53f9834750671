package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"temper/deploy/endpoints"
	"temper/model/recipe"
	"temper/workflows"
)

// trouble is what stands between a worker and its store.
type trouble struct {
	name   string
	answer func(http.ResponseWriter, *http.Request) bool // true if it has answered itself
	damage bool                                          // flips a bit of every object that is read
	says   string                                        // what status and a worker at its start say
}

func refusal(code int, text string, when func(*http.Request) bool) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !when(r) {
			return false
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(code)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>said so</Message></Error>", text)
		return true
	}
}

var (
	always  = func(*http.Request) bool { return true }
	writing = func(r *http.Request) bool { return r.Method == http.MethodPut }
)

var troubles = []trouble{
	{name: "expired token", answer: refusal(400, "ExpiredToken", always), says: "has expired or is wrong: set AWS_ACCESS_KEY_ID"},
	{name: "no rights", answer: refusal(403, "AccessDenied", always), says: "has no rights here: give it the rights"},
	{name: "no bucket", answer: refusal(404, "NoSuchBucket", always), says: "there is no such bucket: create it"},
	{name: "full", answer: refusal(507, "InsufficientStorage", writing), says: "no space left, or its quota is used up: free some"},
	{name: "damaged", damage: true, says: ""},
}

// A run whose store needs a person for a while, or damages what it sends, waits and
// says what to do; then it goes on and ends as if nothing had been. A worker and a
// starter refuse to begin with such a store, in one line.
func TestRunWaitsForItsStore(t *testing.T) {
	s := newRealStack(t)
	if _, err := os.Stat(program("starter")); err != nil {
		t.Skip("bin/starter is not built: run make build")
	}
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"stages.math.steps=20", "data.math.synthetic.count=64"} {
		if err := recipe.Set(&rec, set); err != nil {
			t.Fatal(err)
		}
	}
	undisturbed := s.result(s.start("undisturbed", rec))
	kill(t, s.worker)
	var now atomic.Pointer[trouble]
	s.env = s.throughProxy(&now)
	s.startWorker()

	run := s.start("troubled", rec)
	for _, each := range troubles {
		before := s.recorded("troubled")
		s.until("the run has done some more", func() bool { return s.recorded("troubled") >= before+5 })
		now.Store(&each)
		s.until("status speaks of: "+each.name, func() bool {
			out, _ := exec.Command(program("starter"), "status", "troubled", "--data", s.data).CombinedOutput()
			for line := range strings.Lines(string(out)) {
				if strings.Contains(line, "waiting: ") && strings.Contains(line, each.says) {
					t.Log(strings.TrimSpace(line))
					return true
				}
			}
			return false
		})
		if each.says != "" {
			s.refusesToBegin(each.says)
		}
		if !s.runs("troubled") {
			t.Fatalf("the run has ended by: %s", each.name)
		}
		now.Store(nil)
	}
	troubled := s.result(run)
	if troubled.State != workflows.StateCompleted || troubled.Checkpoint != undisturbed.Checkpoint {
		t.Errorf("it ended %s with %s, undisturbed %s; first differences: %s", troubled.State, troubled.Checkpoint.SHA256,
			undisturbed.Checkpoint.SHA256, s.differences(troubled.Run, undisturbed.Run))
	}
}

// throughProxy is the environment of a worker whose requests to the store go through a proxy.
func (s *realStack) throughProxy(now *atomic.Pointer[trouble]) []string {
	s.t.Helper()
	where, err := endpoints.Find(s.data)
	if err != nil {
		s.t.Fatal(err)
	}
	target, err := url.Parse(where.S3.Endpoint)
	if err != nil || target.Host == "" {
		target = &url.URL{Scheme: "http", Host: where.S3.Endpoint}
	}
	proxy := httputil.NewSingleHostReverseProxy(target) // the Host stays: it is signed
	proxy.ModifyResponse = func(answer *http.Response) error {
		t := now.Load()
		if t == nil || !t.damage || answer.Request.Method != http.MethodGet || answer.StatusCode != http.StatusOK || answer.Request.URL.Query().Has("list-type") {
			return nil
		}
		body, err := io.ReadAll(answer.Body)
		if len(body) > 0 {
			body[len(body)/2] ^= 1
		}
		answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		answer.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return err
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t := now.Load(); t == nil || t.answer == nil || !t.answer(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	s.t.Cleanup(server.Close)
	return append(os.Environ(), "TEMPER_S3_ENDPOINT="+server.URL, "TEMPER_S3_BUCKET="+where.S3.Bucket,
		"AWS_ACCESS_KEY_ID="+where.S3.AccessKey, "AWS_SECRET_ACCESS_KEY="+where.S3.SecretKey)
}

// refusesToBegin wants a worker and a starter to end at once with one line that
// names the store and says what to do.
func (s *realStack) refusesToBegin(says string) {
	s.t.Helper()
	stack, err := os.ReadFile(s.data + "/devstack.json")
	if err != nil {
		s.t.Fatal(err)
	}
	data := s.t.TempDir() // a worker of its own
	if err := os.WriteFile(data+"/devstack.json", stack, 0o600); err != nil {
		s.t.Fatal(err)
	}
	for _, args := range [][]string{
		{"worker", "-data", data, "-roles", "control"},
		{"starter", "run", "smoke", "--name", "refused", "--detach", "--data", data},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), longest)
		cmd := exec.CommandContext(ctx, program(args[0]), args[1:]...)
		cmd.Env = s.env
		out, err := cmd.CombinedOutput()
		cancel()
		line := strings.TrimSpace(string(out))
		if err == nil || strings.Contains(line, "\n") || !strings.Contains(line, says) || !strings.Contains(line, `s3 bucket "temper" at http://127.0.0.1:`) {
			s.t.Errorf("%s ended (%v) and said %q, want %q", args[0], err, line, says)
		}
	}
}
