package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"

	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/workflows"
)

// example is the folder of the reward in Python.
var example = filepath.Join("..", "deploy", "examples", "reward-python")

// pythonReward is a folder with the example's adapter and a reward, and what runs it.
type pythonReward struct {
	t              *testing.T
	python, folder string
}

// newPythonReward skips where Temporal's Python SDK is not installed.
func newPythonReward(t *testing.T) pythonReward {
	t.Helper()
	python, err := filepath.Abs(filepath.Join("..", ".peers", "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.Command(python, "-c", "import temporalio, boto3").Run(); err != nil {
		t.Skip("Temporal's Python SDK is not installed; `make peers` does it")
	}
	p := pythonReward{t, python, t.TempDir()}
	for _, name := range []string{"adapter.py", "reward.py"} {
		data, err := os.ReadFile(filepath.Join(example, name))
		if err != nil {
			t.Fatal(err)
		}
		p.write(name, string(data))
	}
	return p
}

func (p pythonReward) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.folder, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// start starts the adapter, and returns when it polls.
func (p pythonReward) start(data string) *exec.Cmd {
	p.t.Helper()
	cmd := exec.Command(p.python, "adapter.py", "--task-queue", "rewards", "--data", data)
	cmd.Dir, cmd.Stderr, cmd.Env = p.folder, os.Stderr, append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			kill(p.t, cmd)
		}
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.HasPrefix(line, "judging on task queue rewards") {
		p.t.Fatalf("the adapter said %q, %v", line, err)
	}
	return cmd
}

func exampleRecipe(t *testing.T, assignments ...string) recipe.Recipe {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(example, "recipe.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, string(data), assignments...)
}

// fails is the message that a run fails with.
func (s *realStack) fails(run client.WorkflowRun) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	err := run.Get(ctx, nil)
	if err == nil {
		s.t.Fatalf("run %s did not fail", run.GetID())
	}
	return err.Error()
}

// scores are the records of a run's verdicts, and its manifests of verdicts.
func (s *realStack) scores(run artifact.RunID) (all []reward.Record, manifests []artifact.Manifest) {
	s.t.Helper()
	store := s.openStore()
	for _, m := range s.manifests(run) {
		if m.Kind != artifact.KindVerdicts {
			continue
		}
		data, err := store.Get(context.Background(), m.Outputs["verdicts"])
		if err != nil {
			s.t.Fatal(err)
		}
		records, err := reward.Decode(data)
		if err != nil {
			s.t.Fatal(err)
		}
		all, manifests = append(all, records...), append(manifests, m)
	}
	return all, manifests
}

// TestPeersReward: a reward in Python judges a whole run, while its worker is absent, killed and wrong.
func TestPeersReward(t *testing.T) {
	p := newPythonReward(t)
	s := newRealStack(t)

	run := s.start("own", exampleRecipe(t))
	const absent = "nobody takes up activity reward on task queue rewards: the run waits for your worker there"
	s.until("the run says that it waits", func() bool { return s.says("own/short", absent) || s.says("own/evaluation-after-sft", absent) })
	t.Log("without a worker the run waits and says so")

	slow := strings.Replace(p.text("reward.py"), "def reward(", "def fast(", 1) + "\n\ndef reward(*args):\n    import time\n    time.sleep(3600)\n"
	fast := p.text("reward.py")
	p.write("reward.py", slow)
	worker := p.start(s.data)
	s.until("a call is at the worker", func() bool { return s.calls("own") > 0 })
	kill(t, worker)
	p.write("reward.py", fast)
	p.start(s.data)
	t.Log("the worker was killed in a call, another one started")
	result := s.result(run)
	if result.State != workflows.StateCompleted {
		t.Fatalf("the run is %s", result.State)
	}
	all, manifests := s.scores(result.Run)
	if len(all) != 2*16+2*2*4 {
		t.Errorf("%d verdicts", len(all))
	}
	different := map[float64]bool{}
	for _, r := range all {
		different[r.Score] = true
		if !slices.Contains([]string{"cut", "boxed", "no box"}, r.Reason) || r.Verdict == reward.Ungradable {
			t.Errorf("record %+v", r)
		}
	}
	for _, m := range manifests {
		if m.Grader != "activity reward on task queue rewards, version 1" || m.Unrepeatable {
			t.Errorf("manifest %+v", m)
		}
	}
	t.Logf("%d verdicts of %d shards, %d different scores", len(all), len(manifests), len(different))
	s.longRequest()
	s.wrongRewards(p, fast)
}

// longRequest: a row with a field that is too long for a call reaches the reward whole, through the store.
func (s *realStack) longRequest() {
	s.t.Helper()
	var rows strings.Builder
	for i := range 8 {
		fmt.Fprintf(&rows, `{"problem": "%da+1?", "answer": "%d", "note": %q}`+"\n", i, i+1, strings.Repeat("n", 100_000))
	}
	file := filepath.Join(s.data, "rows.jsonl")
	if err := os.WriteFile(file, []byte(rows.String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	began := time.Now()
	result := s.result(s.start("long", exampleRecipe(s.t.(*testing.T), "data.problems={uri: "+file+", format: problems}")))
	all, _ := s.scores(result.Run)
	if result.State != workflows.StateCompleted || len(all) != 2*16+2*2*4 {
		s.t.Errorf("the run is %s, with %d verdicts", result.State, len(all))
	}
	events := s.client.GetWorkflowHistory(context.Background(), "long/short", "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	size := 0
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			s.t.Fatal(err)
		}
		size += event.Size()
	}
	if size > 100_000 {
		s.t.Errorf("the stage's history has %d bytes: the texts are in it", size)
	}
	s.t.Logf("requests of 400 kB a shard went through the store, in %.1f s; the stage's history has %d bytes", time.Since(began).Seconds(), size)
}

// wrongRewards: what a reward must not say fails the run with one line.
func (s *realStack) wrongRewards(p pythonReward, right string) {
	s.t.Helper()
	for name, test := range map[string]struct{ reward, says string }{
		"nan":     {right + "\n\ndef reward(*args):\n    return float('nan')\n", "is nan; valid: any finite number"},
		"version": {strings.Replace(right, `VERSION = "1"`, `VERSION = "2"`, 1), `version is "2"; valid: "1", which the recipe has`},
	} {
		p.write("reward.py", test.reward)
		rec := exampleRecipe(s.t.(*testing.T), "stages.short.reward.task_queue="+name, "evaluation.benchmarks[0].reward.task_queue="+name)
		cmd := exec.Command(p.python, "adapter.py", "--task-queue", name, "--data", s.data)
		cmd.Dir, cmd.Stderr, cmd.Env = p.folder, os.Stderr, append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
		if err := cmd.Start(); err != nil {
			s.t.Fatal(err)
		}
		said := s.fails(s.start("wrong-"+name, rec))
		if !strings.Contains(said, test.says) {
			s.t.Errorf("%s: the run fails with %s", name, said)
		}
		s.t.Logf("%s: %s", name, said)
		kill(s.t, cmd)
	}
}

// text is a file of the reward's folder.
func (p pythonReward) text(name string) string {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.folder, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

// says reports whether a workflow's own page holds a text.
func (s *realStack) says(workflow, text string) bool {
	value, err := s.client.QueryWorkflow(context.Background(), workflow, "", "__temporal_workflow_metadata")
	if err != nil {
		return false // not begun yet
	}
	var page sdk.WorkflowMetadata
	if err := value.Get(&page); err != nil {
		s.t.Fatal(err)
	}
	return strings.Contains(page.GetCurrentDetails(), text)
}

// calls is the number of calls of a run that are at a worker.
func (s *realStack) calls(run string) (n int32) {
	for _, part := range []string{"/evaluation-after-sft", "/short"} {
		n += s.attempt(run+part, "reward")
	}
	return n
}
