package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/workflows"
)

// A run that fails, is cancelled, is stopped and is terminated, and that Temporal
// then forgets, goes on each time from what it has in the store when the same
// command is given again. It does nothing twice and ends with the checkpoint of a
// run that was left alone.
func TestRunGoesOnFromTheStore(t *testing.T) {
	s := newRealStack(t)
	if _, err := os.Stat(program("starter")); err != nil {
		t.Skip("bin/starter is not built: run make build")
	}
	ctx := context.Background()
	rec := recipeWith(t, "smoke", "stages.math.steps=20", "data.math.synthetic.count=64")
	undisturbed := s.result(s.start("undisturbed", rec))

	if said := s.run("again", rec); !strings.HasPrefix(said, "run again started: ") {
		t.Errorf("the first start says %q", said)
	}
	ends := []struct {
		how  func() error
		says string
	}{
		{func() error {
			return s.client.TerminateWorkflow(ctx, "again/math", "", "a stage that is lost fails its run")
		},
			"run again had failed and goes on from what it has in the store (Run ID "},
		{func() error { return s.client.CancelWorkflow(ctx, "again", "") },
			"run again had been canceled and goes on from what it has in the store (Run ID "},
		{func() error { s.update("again", workflows.UpdateStop); return nil },
			"run again had been stopped and goes on from what it has in the store (Run ID "},
		{func() error { return s.client.TerminateWorkflow(ctx, "again", "", "for the test") },
			"run again had been terminated and goes on from what it has in the store (Run ID "},
		{s.forget, "run again is in the store, though not in Temporal, and goes on from there (Run ID "},
	}
	seen := map[string]artifact.Work{}
	for _, end := range ends {
		s.until("stage math of run again has done some more", func() bool {
			return s.runs("again/math") && s.recorded("again") >= len(seen)+5
		})
		if err := end.how(); err != nil {
			t.Fatal(err)
		}
		s.until("run again has ended", func() bool { return !s.runs("again") })
		id := s.onlyRun("again").RunID
		s.unchanged(seen, id)
		said := s.run("again", rec)
		if !strings.HasPrefix(said, end.says+id.ID+": ") || !strings.Contains(said, " records, the furthest of stage ") {
			t.Errorf("the run says %q, want %q", said, end.says)
		}
		t.Log(said)
	}
	again := s.result(s.client.GetWorkflow(ctx, "again", ""))
	id := s.onlyRun("again").RunID
	if again.State != workflows.StateCompleted || again.Run != id || again.Checkpoint != undisturbed.Checkpoint {
		t.Errorf("it ended %s as %v with %s, undisturbed %s; first differences: %s", again.State, again.Run, again.Checkpoint.SHA256,
			undisturbed.Checkpoint.SHA256, s.differences(id, undisturbed.Run))
	}
	s.unchanged(seen, id)
	if got, want := s.work(id), s.work(undisturbed.Run); !slices.Equal(got, want) {
		t.Errorf("it did %d pieces of work, undisturbed %d:\n%v\n%v", len(got), len(want), got, want)
	}
	if said := s.run("again", rec); said != "run again is finished; --fresh starts over" {
		t.Errorf("once it is finished the command says %q", said)
	}

	other := rec
	other.Seed = 2
	if err := s.forget(); err != nil {
		t.Fatal(err)
	}
	if said := s.run("again", other); !strings.HasSuffix(said, "what it has in the store is of another recipe: seed is 2, was 1; choose another --name, or --fresh to start over") {
		t.Errorf("another recipe: %q", said)
	}
	if said := s.run("again", rec, "--fresh"); !strings.HasPrefix(said, "run again started: ") {
		t.Errorf("fresh: %q", said)
	}
	if fresh := s.result(s.client.GetWorkflow(ctx, "again", "")); fresh.Run == id || fresh.Checkpoint != undisturbed.Checkpoint {
		t.Errorf("a fresh run is %v and ends with %s, undisturbed %s", fresh.Run, fresh.Checkpoint.SHA256, undisturbed.Checkpoint.SHA256)
	}
}

// run gives the starter's command, without watching the run, and returns the first line of what it says.
func (s *realStack) run(name string, rec recipe.Recipe, flags ...string) string {
	s.t.Helper()
	data, err := recipe.Encode(rec)
	if err != nil {
		s.t.Fatal(err)
	}
	file := filepath.Join(s.data, "recipe.json")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		s.t.Fatal(err)
	}
	args := append([]string{"run", file, "--name", name, "--detach", "--data", s.data}, flags...)
	out, _ := exec.Command(program("starter"), args...).CombinedOutput() // what it refuses is in the text
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

// runs reports whether Temporal has the run at work.
func (s *realStack) runs(name string) bool {
	described, err := s.client.DescribeWorkflowExecution(context.Background(), name, "")
	return err == nil && described.GetWorkflowExecutionInfo().GetCloseTime() == nil
}

// forget stops everything, removes Temporal's database and starts everything again.
func (s *realStack) forget() error {
	s.client.Close()
	for _, cmd := range []*exec.Cmd{s.worker, s.devstack} {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		if err := cmd.Wait(); err != nil {
			s.t.Logf("%s: %v", filepath.Base(cmd.Path), err)
		}
	}
	files, err := filepath.Glob(filepath.Join(s.data, "temporal.*"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no database of Temporal's below %s (%v)", s.data, err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	s.startDevstack()
	s.startWorker()
	s.dial()
	return nil
}

// onlyRun is the one run of a name that the store has.
func (s *realStack) onlyRun(name string) records.Run {
	s.t.Helper()
	found := s.stored(name)
	if len(found) != 1 {
		s.t.Fatalf("run %s is in the store %d times", name, len(found))
	}
	return found[0]
}

// recorded is the number of records of a name in the store.
func (s *realStack) recorded(name string) int {
	n := 0
	for _, r := range s.stored(name) {
		n += len(r.Keys)
	}
	return n
}

func (s *realStack) stored(name string) []records.Run {
	s.t.Helper()
	found, err := records.Runs(context.Background(), s.openStore(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// unchanged wants every piece of work that was seen before as it was, and adds what is new.
func (s *realStack) unchanged(seen map[string]artifact.Work, run artifact.RunID) {
	s.t.Helper()
	found := map[string]artifact.Work{}
	for _, m := range s.manifests(run) {
		found[fmt.Sprint(m.Stage, m.Kind, m.Name, m.Step, m.Shard, m.Input.SHA256)] = m.Work
	}
	for key, work := range seen {
		if found[key] != work {
			s.t.Errorf("%s was done as %+v, and then as %+v", key, work, found[key])
		}
	}
	for key, work := range found {
		seen[key] = work
	}
}

// work names the pieces of work of a run, sorted; reports, ledgers, what people ordered and the checkpoints
// that a stopped run makes are left out.
func (s *realStack) work(run artifact.RunID) []string {
	s.t.Helper()
	var all []string
	for _, m := range s.manifests(run) {
		if m.Kind == artifact.KindReport || m.Kind == artifact.KindCheckpoint && m.Name == "" || m.Kind == artifact.KindEvaluation || m.Kind == artifact.KindLedger || m.Kind == artifact.KindDecision && m.Stage == "" {
			continue
		}
		all = append(all, fmt.Sprintf("%s %s %s step %d shard %d", m.Stage, m.Kind, m.Name, m.Step, m.Shard))
	}
	slices.Sort(all)
	return all
}
