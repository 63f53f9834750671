package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"temper/model/artifact"
	"temper/workflows"
)

func TestReportRef(t *testing.T) {
	page := artifact.RefOf([]byte("<html>"))
	tests := []struct {
		name string
		f    *fakeRuns
		want string // of the error
	}{
		{"none", &fakeRuns{}, "there is no run \"x\"; see `starter status`"},
		{"running with a page", &fakeRuns{descriptions: []description{{status: statusRunning}}, progresses: []workflows.Progress{{Report: page}}}, ""},
		{"running without", &fakeRuns{descriptions: []description{{status: statusRunning}}}, "run x is running and has no report yet"},
		{"completed", &fakeRuns{descriptions: []description{{status: statusCompleted}}, outcome: workflows.Result{Report: page}}, ""},
		{"failed", &fakeRuns{descriptions: []description{{status: statusFailed}}, outcomeErr: errors.New("run x failed: why")}, "run x failed: why"},
	}
	for _, test := range tests {
		ref, err := reportRef(context.Background(), test.f, "x")
		if test.want == "" && (err != nil || ref != page) || test.want != "" && (err == nil || err.Error() != test.want) {
			t.Errorf("%s: got %v, %v", test.name, ref, err)
		}
	}
}

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
	f := &fakeRuns{listed: []description{
		{name: "demo", status: statusRunning, started: begin, digest: "0123456789abcdef"},
		{name: "old", status: statusCompleted, started: begin, closed: begin.Add(90 * time.Second)},
	}}
	var out bytes.Buffer
	if err := listRuns(context.Background(), &out, f); err != nil {
		t.Fatal(err)
	}
	want := "RUN   STATUS     STARTED              TOOK   RECIPE\n" +
		"demo  running    2026-01-02 03:04:05         0123456789ab\n" +
		"old   completed  2026-01-02 03:04:05  1m30s  \n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	out.Reset()
	f = &fakeRuns{
		descriptions: []description{{name: "demo", status: statusRunning, started: begin}},
		progresses: []workflows.Progress{{State: workflows.StatePaused, Reason: "lunch", Stages: []workflows.StageProgress{
			{Name: "sft", Kind: workflows.KindSFT, Step: 3, Steps: 9, Loss: 1}}}},
		delayed: []delay{{"ScoreRollouts", 4, "the judge is broken"}},
	}
	if err := showRun(context.Background(), &out, f, "demo", "http://ui/demo"); err != nil {
		t.Fatal(err)
	}
	want = "run demo: paused, started 2026-01-02 03:04:05\nreason: lunch\nTemporal UI: http://ui/demo\n  sft 3/9: loss 1.000\n" +
		"  waiting: ScoreRollouts has failed 4 times and is tried again: the judge is broken\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	// A finished run is shown although no worker answers.
	out.Reset()
	f = &fakeRuns{descriptions: []description{{status: statusCompleted, started: begin}}, progressErr: errors.New("no worker"),
		outcome: workflows.Result{State: workflows.StateCompleted, Scores: []workflows.Score{{After: "sft", Benchmark: "math", Samples: 2, Avg: 0.5}}}}
	if err := showRun(context.Background(), &out, f, "demo", ""); err != nil || !strings.Contains(out.String(), "math avg@2  0.500 ±0.000") {
		t.Errorf("%v, got\n%s", err, out.String())
	}
}
