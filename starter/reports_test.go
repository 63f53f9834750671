package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"

	"temper/deploy/endpoints"
	measured "temper/model/evaluation"
	"temper/model/order"
	"temper/model/recipe"
	"temper/starter/advice"
	"temper/workflows"
)

func TestWriteWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "reports", "x.html")
	for _, text := range []string{"first", "second"} {
		if err := writeWhole(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "taken", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeWhole(filepath.Join(dir, "taken"), []byte("x")); err == nil {
		t.Error("a folder was overwritten")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("a failed write leaves %v (%v)", left, err)
	}
}

func TestStatus(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)
	var out bytes.Buffer
	err := writeRuns(&out, "", []description{
		{name: "demo", status: statusRunning, state: "paused", started: begin, digest: "0123456789abcdef"},
		{name: "old", status: statusCompleted, state: "completed", started: begin, closed: begin.Add(90 * time.Second)},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "RUN   STATUS     STARTED              TOOK   RECIPE\n" +
		"demo  paused     2026-01-02 03:04:05         0123456789ab\n" +
		"old   completed  2026-01-02 03:04:05  1m30s  \n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	ui := endpoints.Endpoints{UI: "http://ui"}
	ui.Temporal.Namespace = "default"
	completed := workflows.Result{State: workflows.StateCompleted, Scores: []workflows.Score{{After: "sft", Benchmark: "math", Samples: 2, Avg: 0.5}}}
	for _, test := range []struct {
		name string
		f    *fakeRuns
		want string
	}{
		{"paused", &fakeRuns{
			descriptions: []description{{name: "demo", status: statusRunning, started: begin}},
			progresses: []workflows.Progress{{State: workflows.StatePaused, Reason: "lunch", Stages: []workflows.StageProgress{
				{Name: "sft", Kind: recipe.KindSFT, Step: 3, Steps: 9, Loss: 1}}}},
			delayed: []delay{{work: "ScoreRollouts", attempts: 4, cause: "the judge is broken"}},
		}, "run demo: paused, started 2026-01-02 03:04:05\nreason: lunch\nTemporal UI: http://ui/namespaces/default/workflows/demo\n  sft 3/9: loss 1.000\n" +
			"  waiting: ScoreRollouts has failed 4 times and is tried again: the judge is broken\nnext: " + advice.Command("", "resume", "demo") + "\n"},
		{"waiting for a choice", &fakeRuns{
			descriptions: []description{{name: "demo", status: statusRunning, started: begin}},
			progresses: []workflows.Progress{{State: workflows.StatePaused, Choice: &workflows.Choice{Stage: "sft", Candidates: []measured.Candidate{
				{Name: "sft@8", Epoch: 1, Measured: []measured.Measured{{Benchmark: "math", Avg: 0.5, SE: 0.1}}},
				{Name: "sft@16", Epoch: 2, Measured: []measured.Measured{{Benchmark: "math", Avg: 0.25}}},
			}}}},
		}, "run demo: paused, started 2026-01-02 03:04:05\nTemporal UI: http://ui/namespaces/default/workflows/demo\n" +
			"choose the policy that sft hands on with " + advice.Command("", "choose", "demo", "CANDIDATE") + " (avg@k in percent ± standard error over problems)\n" +
			"CANDIDATE  EPOCH  math\nsft@8      1      50.0 ± 10.0\nsft@16     2      25.0 ± 0.0\n"},
		{"no worker", &fakeRuns{
			descriptions: []description{{name: "demo", status: statusRunning, state: "paused", started: begin}},
			progressErr:  errors.New("no answer in time"), missing: "no worker is polling",
		}, "run demo: paused, started 2026-01-02 03:04:05\nTemporal UI: http://ui/namespaces/default/workflows/demo\nno worker is polling\nnext: " + advice.Command("", "resume", "demo") + "\n"},
		{"not begun", &fakeRuns{
			descriptions: []description{{name: "demo", status: statusRunning, state: "running", started: begin}},
			progressErr:  errors.New("it has not begun yet"),
		}, "run demo: running, started 2026-01-02 03:04:05\nTemporal UI: http://ui/namespaces/default/workflows/demo\nno stages are shown: it has not begun yet\n"},
		{"finished, without a worker", &fakeRuns{descriptions: []description{{status: statusCompleted, started: begin}}, progressErr: errors.New("no worker"), outcome: completed},
			"run demo: completed, started 2026-01-02 03:04:05\nTemporal UI: http://ui/namespaces/default/workflows/demo\n" +
				"accuracy after each stage (avg@k in percent ± standard error over problems)\n            sft\nmath avg@2  50.0 ± 0.0\nnext: " + advice.Command("", "report", "demo") + "\n"},
	} {
		out.Reset()
		if _, err := showRun(context.Background(), &out, test.f, statusOptions{}, "demo", ui); err != nil || out.String() != test.want {
			t.Errorf("%s: %v, got\n%swant\n%s", test.name, err, out.String(), test.want)
		}
	}
	if _, err := showRun(context.Background(), &out, &fakeRuns{}, statusOptions{}, "demo", endpoints.Endpoints{}); !errors.Is(err, errNoRun) {
		t.Errorf("a run that is not there: %v", err)
	}
}

// TestControl: what cannot be done says how the run stands.
func TestControl(t *testing.T) {
	const data = "/d"
	for _, test := range []struct {
		name string
		f    *fakeRuns
		want string
	}{
		{"done", &fakeRuns{controlled: workflows.StatePaused}, "paused"},
		{"refused", &fakeRuns{controlErr: errors.New("run x: cannot pause a run that is paused")}, "run x: cannot pause a run that is paused"},
		{"ended", &fakeRuns{controlErr: errNoRun, descriptions: []description{{status: statusCompleted, state: "completed"}}},
			"run x is completed: there is nothing to pause; see " + advice.Command(data, "status", "x")},
		{"no worker", &fakeRuns{controlErr: errUnanswered, missing: "no worker is polling"}, "pause run x: no worker is polling"},
		{"a busy worker", &fakeRuns{controlErr: errUnanswered}, "pause run x: no worker answered within 20s; see " + advice.Command(data, "status", "x")},
	} {
		var state workflows.RunState
		err := controlOn(context.Background(), test.f, data, "x", workflows.UpdatePause, order.Control{}, &state)
		got := string(state)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestAbsenceLine(t *testing.T) {
	up := "start one: " + advice.Command("/d", "up")
	for _, test := range []struct {
		queues []string
		here   string
		want   string
	}{
		{nil, "running", ""},
		{nil, "", ""},
		{[]string{"temper"}, "running", "the worker is starting; ask again in a moment"},
		{[]string{"temper", "temper-gpu"}, "ended", "no worker is polling (task queue temper, temper-gpu): the run waits; " + up},
		{[]string{"temper"}, "", "no worker is polling (task queue temper): the run waits; start one: bin/worker, with the same environment"},
		{nil, "ended", "the worker ended a moment ago, and the run waits for the next; " + up},
	} {
		if got := absenceLine(test.queues, test.here, "/d"); got != test.want {
			t.Errorf("%v, %s: got %q, want %q", test.queues, test.here, got, test.want)
		}
	}
}

func TestWhy(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{serviceerror.NewDeadlineExceeded("context deadline exceeded"), "no answer in time"},
		{serviceerror.NewUnavailable("connection error: desc = \"transport: refused\""), "Temporal does not answer"},
		{errors.New("stream terminated by RST_STREAM with error code: CANCEL"), "no answer in time"},
		{context.Canceled, "interrupted"},
		{serviceerror.NewInvalidArgument("workflow ID is too long"), "workflow ID is too long"},
	} {
		if got := why(test.err); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	for _, err := range []error{serviceerror.NewWorkflowNotReady("x"), serviceerror.NewQueryFailed("unknown queryType progress. KnownQueryTypes=[]")} {
		if got := notReady(err); got != "it has not begun yet" {
			t.Errorf("%v: %q", err, got)
		}
	}
}
