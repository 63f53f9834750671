package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"temper/model/artifact"
)

// What a stage cost stands beside its plan, as a table and as JSON.
func TestCompute(t *testing.T) {
	r := record(t)
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r.record(artifact.Manifest{Kind: artifact.KindCheckpoint, Name: "initial", Metrics: map[string]float64{
		"model: layers": 1, "model: hidden": 4, "model: intermediate": 8, "model: heads": 2, "model: key_value_heads": 1, "model: head_size": 2, "model: vocabulary": 10,
	}})
	r.record(artifact.Manifest{Kind: artifact.KindUpdate, Stage: "math", Step: 13,
		Metrics: map[string]float64{artifact.MetricTrainedTokens: 10, artifact.MetricTrainedPairs: 55, artifact.MetricTrainedTargets: 5},
		Work:    artifact.Work{Started: began, Ended: began.Add(2 * time.Second), CPUSeconds: 3, Peak: 1e4, Device: "cpu"}})
	data := r.data()
	code, stdout, stderr := cli(t, "compute", "my-run", "--data", data, "--json")
	var lines []costLine
	if err := json.Unmarshal([]byte(stdout), &lines); code != exitOK || err != nil {
		t.Fatalf("code %d, %v\n%s%s", code, err, stdout, stderr)
	}
	found := false
	for _, l := range lines {
		if l.Stage != "math" {
			continue
		}
		found = true
		flops := 3 * (2*144*10 + 4*1*4*55 + 2*40*5.) // 144 elements, 55 pairs of 2 heads x 2, 5 targets of 4 x 10
		if l.Measured.FLOPs == nil || *l.Measured.FLOPs != flops || l.Measured.Utilisation == nil || *l.Measured.CPUSeconds < 3 || l.Planned.Activities == 0 {
			t.Errorf("%s, want %g operations", stdout, flops)
		}
	}
	if !found {
		t.Errorf("no stage math: %s", stdout)
	}
	code, stdout, stderr = cli(t, "compute", "my-run", "--data", data)
	for _, want := range []string{"PLANNED → MEASURED", "OF PEAK", "WAITING", "→ 12.5 k", "planned with the rows of the data as they were prepared"} {
		if code != exitOK || !strings.Contains(stdout, want) {
			t.Errorf("code %d, no %q:\n%s%s", code, want, stdout, stderr)
		}
	}
	if code, _, stderr := cli(t, "compute", "my-rnu", "--data", data); code != exitFailure || !strings.Contains(stderr, "did you mean my-run?") {
		t.Errorf("another name: code %d, %s", code, stderr)
	}
}
