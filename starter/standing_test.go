package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"temper/deploy/endpoints"
	"temper/model/recipe"
	"temper/starter/advice"
	"temper/workflows"
)

// TestStandingAsJSON: what programs read of a run, also of one that failed or that the store alone knows.
func TestStandingAsJSON(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	paused := &fakeRuns{
		descriptions: []description{{name: "demo", id: "0123", status: statusRunning, started: begin}},
		progresses: []workflows.Progress{{State: workflows.StatePaused, Reason: "lunch", Stages: []workflows.StageProgress{
			{Name: "sft", Kind: recipe.KindSFT, Step: 3, Steps: 9, Loss: 1}}}},
		delayed: []delay{{work: "ScoreRollouts", attempts: 4, cause: "the judge is broken"}},
	}
	var out bytes.Buffer
	ended, err := showRun(t.Context(), &out, paused, statusOptions{json: true}, "demo", endpoints.Endpoints{})
	var got standing
	if err := errors.Join(err, json.Unmarshal(out.Bytes(), &got)); err != nil || ended {
		t.Fatalf("ended %v, %v", ended, err)
	}
	if got.State != "paused" || got.RunID != "0123" || got.Progress.Reason != "lunch" || got.Progress.Stages[0].Step != 3 || len(got.Waiting) != 1 ||
		got.Next != advice.Command("", "resume", "demo") || !got.Started.Equal(begin) || bytes.Count(out.Bytes(), []byte("\n")) != 1 {
		t.Errorf("a paused run is %s", out.String())
	}
	out.Reset()
	failed := &fakeRuns{descriptions: []description{{name: "demo", status: statusFailed, state: "failed", started: begin}}, outcomeErr: errors.New("no such file")}
	ended, err = showRun(t.Context(), &out, failed, statusOptions{json: true}, "demo", endpoints.Endpoints{})
	if err := errors.Join(err, json.Unmarshal(out.Bytes(), &got)); err != nil || !ended || got.State != "failed" || got.Error != "no such file" {
		t.Errorf("a failed run is %s, ended %v, %v", out.String(), ended, err)
	}
	code, stdout, stderr := cli(t, "status", "my-run", "--json", "--data", recordedData(t))
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != exitOK || got.Run != "my-run" || got.RunID != "id-1" || len(got.Progress.Stages) == 0 || got.Next == "" {
		t.Errorf("a run in the store: code %d, %s%s", code, stdout, stderr)
	}
	if code, _, stderr := cli(t, "status", "--json", "--data", t.TempDir()); code == exitOK || stderr == "" {
		t.Errorf("--json without a run: code %d", code)
	}
}

// TestWatch: what is shown is written when it differs, until the run has ended.
func TestWatch(t *testing.T) {
	texts := []string{"a", "a", "b", "b", "c"}
	var written []string
	n := 0
	show := func() (string, bool, error) { n++; return texts[n-1], n == len(texts), nil }
	if err := watch(t.Context(), time.Millisecond, show, func(text string) { written = append(written, text) }); err != nil || !slices.Equal(written, []string{"a", "b", "c"}) {
		t.Errorf("written %v, %v", written, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := watch(ctx, time.Hour, func() (string, bool, error) { return "x", false, nil }, func(string) { t.Error("written after Ctrl-C") }); err != nil {
		t.Errorf("after Ctrl-C: %v", err)
	}
	broken := errors.New("no run")
	if err := watch(t.Context(), time.Hour, func() (string, bool, error) { return "", false, broken }, func(string) {}); !errors.Is(err, broken) {
		t.Errorf("an error: %v", err)
	}
}
