package workflows

import (
	"context"
	"errors"
	"slices"
	"testing"

	"go.temporal.io/sdk/workflow"

	"temper/activities/learnertest"
)

// company is other workers of both kinds.
type company struct{}

func (company) Learn(context.Context) bool  { return true }
func (company) Sample(context.Context) bool { return true }

// TestPolicyHasAHome: where others learn too, a step goes to the worker that made the one before, and, when that fails,
// to whoever learns; sampling gets the published weights. None of it changes what a run ends with.
func TestPolicyHasAHome(t *testing.T) {
	alone := newPlace(t, nil)
	want := alone.mustRun(smoke(t))
	if n := alone.learner.Calls(learnertest.OpPublish); n != 0 {
		t.Errorf("a worker that is alone published %d policies", n)
	}

	p := newPlace(t, nil)
	p.acts.Home, p.acts.Others = HomeQueue("here/1"), company{}
	var queues []string
	p.options = func(name string, o workflow.ActivityOptions) {
		switch name {
		case "UpdatePolicy":
			queues = append(queues, o.TaskQueue)
			if o.TaskQueue == p.acts.Home && (o.ScheduleToStartTimeout != homePatience || o.RetryPolicy.MaximumAttempts != 1) {
				t.Errorf("work waits at home for %s, with %d attempts", o.ScheduleToStartTimeout, o.RetryPolicy.MaximumAttempts)
			}
		case "GenerateRollouts":
			if o.TaskQueue != SamplingQueue {
				t.Errorf("sampling is asked of %s", o.TaskQueue)
			}
		}
	}
	p.learner.Use(learnertest.Fail(learnertest.OpAdvance, 2, errors.New("the home of the second step fails")))
	got := p.mustRun(smoke(t))
	if got.Checkpoint != want.Checkpoint {
		t.Errorf("with others the run ends with %s, alone with %s", got.Checkpoint.SHA256, want.Checkpoint.SHA256)
	}
	if first := []string{GPUQueue, p.acts.Home, GPUQueue}; !slices.Equal(queues[:3], first) {
		t.Errorf("the first steps were asked of %v, want %v", queues[:3], first)
	}
	if n := p.learner.Calls(learnertest.OpPublish); n == 0 {
		t.Error("no policy was published")
	}
}
