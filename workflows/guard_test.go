package workflows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"temper/activities"
	"temper/model/recipe"
	"temper/model/signal"
)

func never(uint64, int) bool { return false }

func always(uint64) bool { return true }

// about finds a run's remark about a thing in a stage, "" if there is none.
func about(remarks []signal.Remark, stage, thing string) string {
	for _, r := range remarks {
		if r.Stage == stage && r.About == thing {
			return r.Text
		}
	}
	return ""
}

// A run whose rewards never differ ends, and says that it learned nothing, why,
// and what to do, in its result, its progress and its page.
func TestRunThatLearnsNothingSaysSo(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Correct = never
	result := p.mustRun(smoke(t))
	text := about(result.Remarks, "math", signal.AboutSteps)
	for _, want := range []string{"none of 3 policy steps had anything to learn from", "no response was correct", "stages.math.group_size"} {
		if !strings.Contains(text, want) {
			t.Errorf("the remark on math is %q; want %q in it", text, want)
		}
	}
	progress := p.progress()
	i := slices.IndexFunc(progress.Stages, func(s StageProgress) bool { return s.Name == "math" })
	s := progress.Stages[i]
	if s.Count.Empty != 3 || s.Signal.ZeroVariance != s.Signal.Groups || s.Signal.Groups != 4 || s.Signal.TrainedTokens != 0 || s.Signal.Advantages.Zero != 1 {
		t.Errorf("math's progress is %+v", s)
	}
	details := signalDetails(progress.Stages...)
	if !strings.Contains(details, "| math | 4/4 |") || !strings.Contains(details, "**math**: none of 3") {
		t.Errorf("the page says\n%s", details)
	}
	p = newPlace(t, nil)
	p.learner.Correct = func(seed uint64, _ int) bool { return seed%2 == 0 }
	if learns := p.mustRun(smoke(t)); about(learns.Remarks, "math", signal.AboutSteps) != "" {
		t.Errorf("a run that learns is remarked: %v", learns.Remarks)
	}
}

// An entropy of responses that were cut meets no target, and is remarked.
func TestSearchOnCutResponses(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Cut = always
	text := about(p.mustRun(smoke(t)).Remarks, "math", signal.AboutSearch)
	if !strings.Contains(text, "100 % were cut") || !strings.Contains(text, "temperature_search.max_response_tokens, which is 16") {
		t.Errorf("the remark is %q", text)
	}
}

// guard.action wait: the run is paused before its next step, with the reason, and
// goes on when a person resumes it.
func TestGuardWaits(t *testing.T) {
	for name, test := range map[string]struct {
		disturb func(*place)
		reason  string
		rows    int // empty steps in a row
	}{
		"steps":          {func(p *place) { p.learner.Correct = never }, "had nothing to learn from", 1},
		"the last steps": {func(p *place) { p.learner.Correct = never }, "none of 3 policy steps", 9},
		"search":         {func(p *place) { p.learner.Cut = always }, "100 % were cut", 9},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, nil)
			test.disturb(p)
			r := smoke(t)
			r.Guard = recipe.Guard{Action: recipe.GuardWait, EmptySteps: test.rows}
			var reasons []string
			for hour := range 40 { // whenever it waits, somebody looks and resumes it
				p.env.RegisterDelayedCallback(func() {
					if now := p.progress(); now.State == StatePaused {
						reasons = append(reasons, now.Reason)
						p.control(UpdateResume, "seen")
					}
				}, time.Duration(hour+1)*time.Hour)
			}
			if result := p.mustRun(r); result.State != StateCompleted {
				t.Errorf("the run ended %s", result.State)
			}
			if len(reasons) == 0 || !strings.Contains(reasons[0], "math: ") || !strings.Contains(reasons[0], test.reason) {
				t.Errorf("the run waited for %q; want %q", reasons, test.reason)
			}
		})
	}
}

// A run that waits can be stopped.
func TestGuardedRunStops(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Correct = never
	r := smoke(t)
	r.Guard = recipe.Guard{Action: recipe.GuardWait, EmptySteps: 1}
	p.env.RegisterDelayedCallback(func() { p.control(UpdateStop, "enough") }, 10*time.Hour)
	if result := p.mustRun(r); result.State != StateStopped || p.completed["UpdatePolicy"] != 1 {
		t.Errorf("the run ended %s after %d updates", result.State, p.completed["UpdatePolicy"])
	}
}

// guard.action fail: the run ends with the remark as its error.
func TestGuardFails(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Correct = never
	r := smoke(t)
	r.Guard = recipe.Guard{Action: recipe.GuardFail, EmptySteps: 2}
	_, err := p.run(r)
	cause := causeOf(t, err)
	if cause.Type() != activities.NothingLearnedType || !cause.NonRetryable() || !strings.Contains(cause.Message(), "math: none of 2 policy steps") {
		t.Errorf("type %s: %s", cause.Type(), cause.Message())
	}
	if p.completed["UpdatePolicy"] != 2 {
		t.Errorf("%d updates before it failed, want 2", p.completed["UpdatePolicy"])
	}
}

// A benchmark that a stage lowered is remarked, and guarded.
func TestLoweredBenchmark(t *testing.T) {
	p := newPlace(t, nil)
	// All right until the RL stages, then all wrong.
	p.learner.Correct = func(_ uint64, updates int) bool { return updates <= 20 }
	r := smoke(t)
	r.Guard = recipe.Guard{Action: recipe.GuardFail, EmptySteps: 9}
	_, err := p.run(r)
	if cause := causeOf(t, err); cause.Type() != activities.NothingLearnedType || !strings.Contains(cause.Message(), "math fell by 100.0 ± 0.0 points to 0.0 %") {
		t.Errorf("type %s: %s", cause.Type(), cause.Message())
	}
}
