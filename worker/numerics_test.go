package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"temper/deploy/version"
	"temper/model/artifact"
	"temper/workflows"
)

func TestParseAllowance(t *testing.T) {
	for _, test := range []struct{ versions, reason, says string }{
		{"2", "", "-allow-numerics is \"2\", without -reason"},
		{"2", " ", "without -reason"},
		{"", "why", "-reason is given without -allow-numerics"},
		{"1", "why", `-allow-numerics has "1"; valid: versions of the numerics from 1 on other than 1`},
		{"two", "why", `has "two"`},
		{"2,0", "why", `has "0"`},
	} {
		if _, err := parseAllowance(test.versions, test.reason); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q, %q: %v, want %q", test.versions, test.reason, err, test.says)
		}
	}
	got, err := parseAllowance("2, 3", "it is the same to us")
	if err != nil || len(got.versions) != 2 || got.versions[1] != 3 || !strings.Contains(got.by, "@") || !strings.HasSuffix(got.by, ": it is the same to us") {
		t.Errorf("got %+v, %v", got, err)
	}
	if none, err := parseAllowance("", ""); err != nil || none.by != "" {
		t.Errorf("got %+v, %v", none, err)
	}
}

// otherWorker builds a worker whose numerics are called version 2.
func otherWorker(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "worker")
	if out, err := exec.Command("go", "build", "-ldflags", "-X temper/deploy/version.numerics=2", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cell, err := exec.Command("ln", "-s", program("sandbox-cell"), filepath.Join(filepath.Dir(path), "sandbox-cell")).CombinedOutput()
	if err != nil {
		t.Fatalf("link: %v\n%s", err, cell)
	}
	if out, err := exec.Command(path, "-version").Output(); err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "numerics 2") {
		t.Fatalf("the other worker says %q, %v", out, err)
	}
	return path
}

// TestLongOtherNumerics: a worker of another version of the numerics leaves a run's work alone, without a failure, while status says
// what is waited for; a worker of the run's own goes on with it to the end of an undisturbed run; and one that an operator lets
// compute goes on too, which its records say.
func TestLongOtherNumerics(t *testing.T) {
	long(t)
	other := otherWorker(t)
	s := newRealStack(t)
	rec := sftOnly(t)
	want := s.result(s.start("undisturbed", rec)).Checkpoint

	run := s.start("left", rec)
	s.waitFor("left/sft", "TrainSFT")
	s.startOther(other)
	waits := "no worker with numerics 1 is polling (task queue temper-gpu), with which the run began; there are workers with numerics 2, which leave it alone"
	said := ""
	s.until("status says what is waited for", func() bool {
		out, err := exec.Command(program("starter"), "--data", s.data, "status", "left").CombinedOutput()
		if said = string(out); err != nil {
			t.Fatalf("status: %v\n%s", err, out)
		}
		time.Sleep(time.Second)
		return strings.Contains(said, waits)
	})
	t.Log(said)
	for _, p := range s.pending("left/sft") {
		if p != "TrainSFT: " && p != "TrainSFT: LostWorker" { // of the worker that was killed
			t.Errorf("the work that waits has failed: %q", p)
		}
	}
	s.startOther(program("worker"))
	if got := s.result(run).Checkpoint; got != want {
		t.Errorf("it ends with %s, undisturbed with %s", got.Short(), want.Short())
	}

	run = s.start("allowed", rec)
	s.waitFor("allowed/sft", "TrainSFT")
	s.startOther(other, "-allow-numerics", "1", "-reason", "the kernels are the same")
	if got := s.result(run).Checkpoint; got != want { // numerics 2 of this test are those of 1
		t.Errorf("it ends with %s, undisturbed with %s", got.Short(), want.Short())
	}
	by := map[int]int{}
	for _, m := range s.manifests(artifact.RunID{Name: "allowed", ID: run.GetRunID()}) {
		by[m.Work.Numerics]++
		if m.Kind == artifact.KindSFT && m.Work.Numerics == 2 && !strings.HasSuffix(m.Work.Allowed, ": the kernels are the same") {
			t.Errorf("%s of step %d with numerics 2 is allowed by %q", m.Kind, m.Step, m.Work.Allowed)
		}
	}
	if by[1] == 0 || by[2] == 0 || len(by) != 2 {
		t.Errorf("records by numerics: %v", by)
	}
	if version.Numerics != 1 {
		t.Errorf("this test is for numerics 1, they are %d", version.Numerics)
	}

	var p workflows.Progress // a run that begins now is that of the other worker
	run = s.start("new", rec)
	s.waitFor("new/sft", "TrainSFT")
	value, err := s.client.QueryWorkflow(context.Background(), "new", "", workflows.QueryProgress)
	if err == nil {
		err = value.Get(&p)
	}
	if err != nil || p.Numerics != 2 {
		t.Errorf("a new run has numerics %d, %v", p.Numerics, err)
	}
	s.result(run)
}

// startOther ends the worker and starts one of another program in its place.
func (s *realStack) startOther(bin string, flags ...string) {
	s.t.Helper()
	kill(s.t, s.worker)
	s.bin, s.flags = bin, flags
	s.startWorker()
}

// pending are the activities of a workflow that have not ended, with what their last attempt failed with.
func (s *realStack) pending(id string) (found []string) {
	s.t.Helper()
	described, err := s.client.DescribeWorkflowExecution(context.Background(), id, "")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range described.PendingActivities {
		found = append(found, p.ActivityType.Name+": "+p.LastFailure.GetApplicationFailureInfo().GetType())
	}
	return found
}
