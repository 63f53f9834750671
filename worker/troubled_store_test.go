package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"temper/workflows"
)

// trouble is what stands between a worker and its store.
type trouble struct {
	name string
	does meddler
	says string // what status and a worker at its start say
}

var troubles = []trouble{
	{name: "expired token", does: refusal(400, "ExpiredToken", always), says: "has expired or is wrong: set AWS_ACCESS_KEY_ID"},
	{name: "no rights", does: refusal(403, "AccessDenied", always), says: "has no rights here: give it the rights"},
	{name: "no bucket", does: refusal(404, "NoSuchBucket", always), says: "there is no such bucket: create it"},
	{name: "full", does: refusal(507, "InsufficientStorage", writing), says: "no space left, or its quota is used up: free some"},
	{name: "damaged", does: flipsRead, says: ""},
}

// A run whose store needs a person for a while, or damages what it sends, waits and
// says what to do; then it goes on and ends as if nothing had been. A worker and a
// starter refuse to begin with such a store, in one line.
func TestRunWaitsForItsStore(t *testing.T) {
	s := newRealStack(t)
	if _, err := os.Stat(program("starter")); err != nil {
		t.Skip("bin/starter is not built: run make build")
	}
	rec := recipeWith(t, "smoke", "stages.math.steps=20", "data.math.synthetic.count=64")
	undisturbed := s.result(s.start("undisturbed", rec))
	kill(t, s.worker)
	proxy := s.newStoreProxy()
	s.env = proxy.env()
	s.startWorker()

	run := s.start("troubled", rec)
	for _, each := range troubles {
		before := s.recorded("troubled")
		s.until("the run has done some more", func() bool { return s.recorded("troubled") >= before+5 })
		undo := proxy.meddle(each.does)
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
		undo()
	}
	troubled := s.result(run)
	if troubled.State != workflows.StateCompleted || troubled.Checkpoint != undisturbed.Checkpoint {
		t.Errorf("it ended %s with %s, undisturbed %s; first differences: %s", troubled.State, troubled.Checkpoint.SHA256,
			undisturbed.Checkpoint.SHA256, s.differences(troubled.Run, undisturbed.Run))
	}
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
