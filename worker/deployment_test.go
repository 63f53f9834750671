package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"temper/model/recipe"
)

func TestParseDeployment(t *testing.T) {
	for _, test := range []struct{ name, build, says string }{
		{"temper", "", `-deployment is "temper", without -build-id`},
		{"", "a1", `-build-id is "a1", without -deployment`},
		{"my.temper", "a1", `-deployment is "my.temper"; valid: a name without dots and colons`},
	} {
		if _, err := parseDeployment(test.name, test.build); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q, %q: %v, want %q", test.name, test.build, err, test.says)
		}
	}
	if v, err := parseDeployment("", ""); err != nil || deploymentOptions(v).UseVersioning {
		t.Errorf("none: %+v, %v", v, err)
	}
	if v, err := parseDeployment("temper", "0.1.0+a1"); err != nil || !deploymentOptions(v).UseVersioning {
		t.Errorf("both: %+v, %v", v, err)
	}
}

// TestLongDeployment: a run begins with the version of a worker deployment that is current; when another becomes current, an
// execution stays with its own, and the next one, after a continue-as-new, is of the new version, also the run's own; the
// run ends as one without versions does.
func TestLongDeployment(t *testing.T) {
	long(t)
	s := newRealStack(t)
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	if err := recipe.Set(&rec, "stages.math.steps=60"); err != nil {
		t.Fatal(err)
	}
	want := s.result(s.start("unversioned", rec)).Checkpoint
	kill(t, s.worker)
	s.flags = []string{"-roles", "gpu,grader"}
	s.startWorker()

	first := s.control("a")
	run := s.start("versioned", rec)
	s.setCurrent("a")
	s.waitFor("versioned/math", "UpdatePolicy")
	second := s.control("b")
	s.setCurrent("b")
	if got := s.result(run).Checkpoint; got != want {
		t.Errorf("it ends with %s, without versions with %s", got.Short(), want.Short())
	}
	for _, id := range []string{"versioned", "versioned/math"} {
		if got := s.buildsOf(id); got[0] != "a" || got[len(got)-1] != "b" {
			t.Errorf("%s was done by the versions %v, want a, then b", id, got)
		}
	}
	if got := s.buildsOf("versioned/code"); len(got) == 0 || got[0] != "b" {
		t.Errorf("the stage that began last was done by %v", got)
	}
	if got := s.buildsOf("unversioned/math"); got[0] != "" {
		t.Errorf("a worker without flags is of version %q", got)
	}
	for _, cmd := range []func(){first, second} {
		cmd()
	}
}

// control starts a worker for control alone, of a version of the deployment, and returns what ends it.
func (s *realStack) control(build string) func() {
	s.t.Helper()
	data := s.t.TempDir()
	where, err := os.ReadFile(filepath.Join(s.data, "devstack.json"))
	if err == nil {
		err = os.WriteFile(filepath.Join(data, "devstack.json"), where, 0o644)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := s.spawn(s.bin, data, "-roles", "control", "-deployment", "temper", "-build-id", build)
	return func() { kill(s.t, cmd) }
}

// setCurrent makes a version of the deployment current, once its worker has shown itself.
func (s *realStack) setCurrent(build string) {
	s.t.Helper()
	deployment := s.client.WorkerDeploymentClient().GetHandle("temper")
	s.until("version "+build+" is current", func() bool {
		ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
		defer cancel()
		_, err := deployment.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		time.Sleep(200 * time.Millisecond)
		return err == nil
	})
}

// buildsOf are the build IDs that completed the workflow tasks of all executions of a workflow, the oldest first.
func (s *realStack) buildsOf(id string) (found []string) {
	s.t.Helper()
	for run := s.firstRunID(id); run != ""; {
		next := ""
		events := s.client.GetWorkflowHistory(s.t.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			if err != nil {
				s.t.Fatal(err)
			}
			if done := event.GetWorkflowTaskCompletedEventAttributes(); done != nil {
				found = append(found, done.GetDeploymentVersion().GetBuildId())
			}
			next = max(next, event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId())
		}
		run = next
	}
	return found
}

// firstRunID is the first execution of a workflow.
func (s *realStack) firstRunID(id string) string {
	s.t.Helper()
	described, err := s.client.DescribeWorkflowExecution(s.t.Context(), id, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return described.GetWorkflowExecutionInfo().GetFirstRunId()
}
