package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/starter/advice"
)

// recordedData is a data directory whose devstack has ended, with the run of record.
func recordedData(t *testing.T) string {
	t.Helper()
	return record(t).data()
}

// data is a data directory whose devstack has ended, with this run.
func (r *recordedRun) data() string {
	t := r.t
	t.Helper()
	for _, name := range []string{"TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPER_S3_ENDPOINT"} {
		t.Setenv(name, "")
	}
	data := t.TempDir()
	r.copyTo(filepath.Join(data, "s3", "temper"))
	return data
}

// copyTo writes the store as files.
func (r *recordedRun) copyTo(dir string) {
	r.t.Helper()
	keys, err := r.store.List(r.t.Context(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, key := range keys {
		text, err := r.store.Read(r.t.Context(), key)
		path := filepath.Join(dir, key)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, text, 0o600)); err != nil {
			r.t.Fatal(err)
		}
	}
}

// TestNothingRuns: what the store knows is answered when neither Temporal nor the
// store's server runs.
func TestNothingRuns(t *testing.T) {
	data := recordedData(t)
	run := func(code int, want string, words ...string) {
		t.Helper()
		got, stdout, stderr := cli(t, append(words, "--data", data)...)
		if got != code || !strings.HasPrefix(stdout+stderr, want) {
			t.Errorf("%v: code %d\n%s%s\nwant %s", words, got, stdout, stderr, want)
		}
	}
	up := advice.Command(data, "up")
	run(exitOK, "RUN     STATUS      STARTED", "status")
	run(exitOK, "run my-run: unfinished, started ", "status", "my-run")
	run(exitOK, data+"/reports/my-run.html\n", "report", "my-run")
	run(exitOK, data+"/model\n", "export", "my-run", "--to", data+"/model")
	run(exitFailure, "starter: nothing runs on "+data+", so run my-run waits already; with "+up+" it goes on and can be told to pause\n", "pause", "my-run")
	run(exitFailure, "starter: there is no run \"my-rnu\"; did you mean my-run? see "+advice.Command(data, "status")+"\n", "pause", "my-rnu")
	run(exitFailure, "starter: there is no run \"my-rnu\"; did you mean my-run? see ", "status", "my-rnu")
	run(exitFailure, "starter: there is no run \"my-rnu\"; did you mean my-run? see ", "export", "my-rnu", "--to", data+"/model2")
	run(exitFailure, "starter: run my-run has no stage \"maht\"; did you mean math? valid: sft, math, code\n", "export", "my-run", "--stage", "maht", "--to", data+"/model2")
	run(exitFailure, "starter: --to is s3://temper/x, and no S3 store runs on "+data+"; start it with "+up+", or give a folder\n", "export", "my-run", "--to", "s3://temper/x")
	if err := os.WriteFile(filepath.Join(data, "temporal.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	run(exitFailure, "starter: run \"new\" has recorded nothing on "+data+"; Temporal, which also knows runs that have not begun, does not run there: start it with "+up+"\n", "status", "new")
	run(exitOK, "nothing runs on "+data+"\n", "down")
}

// TestStoredRun: an ended run is shown as it ended, and a damaged record does not hide the rest.
func TestStoredRun(t *testing.T) {
	r := record(t)
	page := r.put([]byte("<html>page"))
	r.manifest(artifact.KindReport, "", 0, map[string]artifact.Ref{"report": page})
	damaged := r.run.Prefix() + "math/update-000099-00-x.json"
	if err := r.store.Create(t.Context(), damaged, []byte("{")); err != nil {
		t.Fatal(err)
	}
	s, err := readRun(t.Context(), r.store, "my-run")
	if err != nil || s.page != page || s.state() != "stopped" {
		t.Fatalf("page %v, state %s, %v", s.page, s.state(), err)
	}
	if len(s.refused) != 1 || !strings.Contains(s.refused[0], damaged) {
		t.Errorf("damaged: %q", s.refused)
	}
	if got, err := reportPage(t.Context(), r.store, "my-run"); err != nil || string(got) != "<html>page" {
		t.Errorf("page %q, %v", got, err)
	}
	if _, err := readRun(t.Context(), objectstore.NewMemory(), "my-run"); !errors.Is(err, errNoRun) {
		t.Errorf("an empty store: %v", err)
	}
}
