package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/starter/metrics"
)

// Figures are lines of JSON, or a file of events that is written anew each time.
func TestMetrics(t *testing.T) {
	r := record(t)
	r.record(artifact.Manifest{Kind: artifact.KindUpdate, Stage: "math", Step: 13, Metrics: map[string]float64{"reward": 0.5}})
	data, out := r.data(), filepath.Join(t.TempDir(), "tb")
	code, stdout, stderr := cli(t, "metrics", "my-run", "--data", data)
	if code != exitOK || stdout == "" {
		t.Fatalf("code %d\n%s%s", code, stdout, stderr)
	}
	for line := range strings.Lines(stdout) {
		var p metrics.Point
		if err := json.Unmarshal([]byte(line), &p); err != nil || p.Stage != "math" || p.Step != 13 || p.Update != 23 || p.Metrics["reward"] != 0.5 {
			t.Errorf("%v: %s", err, line)
		}
	}
	for range 2 {
		code, stdout, stderr = cli(t, "metrics", "my-run", "--data", data, "--format", "tensorboard", "--out", out)
		if code != exitOK {
			t.Fatalf("code %d\n%s%s", code, stdout, stderr)
		}
	}
	files, err := os.ReadDir(filepath.Join(out, "my-run"))
	if err != nil || len(files) != 1 || filepath.Join(out, "my-run", files[0].Name()) != strings.TrimSpace(stdout) {
		t.Errorf("%v, %v; it prints %s", files, err, stdout)
	}
	if text, err := os.ReadFile(strings.TrimSpace(stdout)); err != nil || !strings.Contains(string(text), "brain.Event:2") || !strings.Contains(string(text), "math/reward") {
		t.Errorf("%v: the file is %q", err, text)
	}
	for want, words := range map[string][]string{
		`--format is "tensorbord"; did you mean tensorboard? valid: jsonl, tensorboard`: {"--format", "tensorbord"},
		`--out is the folder of --format tensorboard; valid: both, or neither`:          {"--out", out},
	} {
		if code, _, stderr := cli(t, append([]string{"metrics", "my-run", "--data", data}, words...)...); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%v: code %d, %s", words, code, stderr)
		}
	}
	if code, _, stderr := cli(t, "metrics", "my-rnu", "--data", data); code != exitFailure || !strings.Contains(stderr, "did you mean my-run?") {
		t.Errorf("another name: code %d, %s", code, stderr)
	}
}
