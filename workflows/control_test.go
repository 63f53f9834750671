package workflows

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"go.temporal.io/sdk/converter"

	"temper/activities/learnertest"
)

// work counts what the learner was asked for.
func (p *place) work() [3]int {
	return [3]int{p.learner.Calls(learnertest.OpTrain), p.learner.Calls(learnertest.OpSample), p.learner.Calls(learnertest.OpAdvance)}
}

// TestPauseAndResume pauses a run at several moments: nothing is done while it
// is paused, and it ends as if it had not been.
func TestPauseAndResume(t *testing.T) {
	want := newPlace(t, nil).mustRun(smoke(t))
	for _, moment := range []trigger{
		{"PrepareData", 2}, {"TrainSFT", 1}, {"TrainSFT", 6}, {"SummarizeEvaluation", 2}, {"GenerateRollouts", 9},
		{"ScoreRollouts", 9}, {"RecordTemperature", 1}, {"UpdatePolicy", 1}, {"UpdatePolicy", 4}, {"UpdatePolicy", 5},
		{"SummarizeEvaluation", 8}, // all is done but the report
	} {
		t.Run(moment.activity, func(t *testing.T) {
			p := newPlace(t, nil)
			var paused Progress
			var before, after [3]int
			p.after(moment.activity, moment.nth, func() {
				p.control(UpdatePause, "maintenance")
				p.env.RegisterDelayedCallback(func() { before, paused = p.work(), p.progress() }, 10*time.Hour)
				p.env.RegisterDelayedCallback(func() { after = p.work(); p.control(UpdateResume, "done") }, 20*time.Hour)
			})
			got := p.mustRun(smoke(t))
			if paused.State != StatePaused || paused.Reason != "maintenance" || before != after {
				t.Errorf("paused: %s (%s), work %v and then %v", paused.State, paused.Reason, before, after)
			}
			if got.State != StateCompleted || got.Checkpoint != want.Checkpoint {
				t.Errorf("result is %+v, want checkpoint %s", got, want.Checkpoint.Short())
			}
			if end := p.progress(); end.Reason != "" {
				t.Errorf("why it was paused or resumed is over, and it says %q", end.Reason)
			}
		})
	}
}

// TestStop stops a run at several moments: what was done is durable and reported.
func TestStop(t *testing.T) {
	for _, test := range []struct {
		name    string
		moment  trigger
		stage   string // the first that is not done
		updates int    // that the final policy may have at most
	}{
		{"in SFT", trigger{"TrainSFT", 1}, "base-text", 4},
		{"in the second stage", trigger{"TrainSFT", 6}, "sft", 8 + 12},
		{"in the temperature search", trigger{"GenerateRollouts", 5}, "math", 24},
		{"in an RL stage", trigger{"UpdatePolicy", 1}, "math", 24 + 2},
		{"while the data are made", trigger{"PrepareData", 1}, "base-text", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			p.after(test.moment.activity, test.moment.nth, func() { p.control(UpdateStop, "enough") })
			r := smoke(t)
			r.Stages[0].SFT.CheckpointEvery = 2 // four segments
			got := p.mustRun(r)
			progress := p.progress()
			if got.State != StateStopped || progress.State != StateStopped || progress.Reason != "enough" {
				t.Errorf("state %s, %s: %s", got.State, progress.State, progress.Reason)
			}
			for _, s := range progress.Stages {
				if !s.Done {
					if s.Name != test.stage {
						t.Errorf("stopped in %s, want %s", s.Name, test.stage)
					}
					break
				}
			}
			if len(progress.Policy.Updates) != 0 || progress.Policy.Checkpoint != got.Checkpoint {
				t.Errorf("policy %+v is not durable", progress.Policy)
			}
			n, err := p.learner.Updates(context.Background(), progress.Policy)
			if err != nil || n > test.updates || n < stepsDone(progress) {
				t.Errorf("%d updates, %v; progress %+v", n, err, progress.Stages)
			}
			p.checkReport(got)
		})
	}
}

func stepsDone(p Progress) (n int) {
	for _, s := range p.Stages {
		n += s.Step
	}
	return n
}

// TestStopBetweenCheckpoints saves the steps that no checkpoint holds yet.
func TestStopBetweenCheckpoints(t *testing.T) {
	p := newPlace(t, nil)
	r := smoke(t)
	r.Stages[2].RL.Steps, r.Stages[2].RL.CheckpointEvery = 10, 10
	p.after("UpdatePolicy", 3, func() { p.control(UpdateStop, "") })
	got := p.mustRun(r)
	step := p.progress().Stages[2].Step
	if p.completed["SaveCheckpoint"] != 1 || step < 3 || step > 4 {
		t.Errorf("stopped at step %d with %d saves", step, p.completed["SaveCheckpoint"])
	}
	if n, err := p.learner.Updates(context.Background(), p.progress().Policy); err != nil || n != 24+step {
		t.Errorf("%d updates, %v", n, err)
	}
	if got.Checkpoint != p.progress().Policy.Checkpoint {
		t.Error("the result is not the policy that was saved")
	}
}

func TestStopWhilePaused(t *testing.T) {
	p := newPlace(t, nil)
	p.after("UpdatePolicy", 1, func() {
		p.control(UpdatePause, "look at it")
		p.env.RegisterDelayedCallback(func() { p.control(UpdateStop, "it is bad") }, time.Hour)
	})
	got := p.mustRun(smoke(t))
	if progress := p.progress(); got.State != StateStopped || progress.Reason != "it is bad" || progress.Stages[2].Step > 2 {
		t.Errorf("result %+v, progress %+v", got, progress)
	}
	p.checkReport(got)
}

// TestDesiredReachesAChildThatWasJustStarted stops when a child begins, before its first step.
func TestDesiredReachesAChildThatWasJustStarted(t *testing.T) {
	for _, test := range []struct {
		child string
		stage int
	}{{"base-text", 0}, {"sft", 1}, {"math", 2}, {"code", 3}} {
		p := newPlace(t, nil)
		p.env.SetOnChildWorkflowStartedListener(func(info *workflow.Info, _ workflow.Context, _ converter.EncodedValues) {
			if info.WorkflowExecution.ID == testRunName+"/"+test.child {
				p.control(UpdateStop, "")
			}
		})
		got := p.mustRun(smoke(t))
		if s := p.progress().Stages[test.stage]; got.State != StateStopped || s.Done || s.Step > 4 {
			t.Errorf("%s: %s, stage %+v", test.child, got.State, s)
		}
	}
}

func TestControlsThatMakeNoSense(t *testing.T) {
	p := newPlace(t, nil)
	outcomes := map[string]*error{}
	p.after("TrainSFT", 1, func() {
		outcomes["cannot resume a run that is running"] = p.control(UpdateResume, "")
		p.control(UpdatePause, "first")
		outcomes["cannot pause a run that is paused"] = p.control(UpdatePause, "second")
		p.env.RegisterDelayedCallback(func() {
			if reason := p.progress().Reason; reason != "first" {
				t.Errorf("a refused pause changed the reason to %q", reason)
			}
			p.control(UpdateResume, "")
		}, time.Hour)
	})
	p.after("UpdatePolicy", 1, func() {
		p.control(UpdateStop, "")
		outcomes["cannot stop a run that is stopping"] = p.control(UpdateStop, "")
		outcomes["cannot resume a run that is stopping"] = p.control(UpdateResume, "")
		outcomes["cannot pause a run that is stopping"] = p.control(UpdatePause, "")
	})
	p.mustRun(smoke(t))
	for want, got := range outcomes {
		if *got == nil || (*got).Error() != want {
			t.Errorf("got %v, want %q", *got, want)
		}
	}
	if len(outcomes) != 5 {
		t.Errorf("%d refusals", len(outcomes))
	}
}
