package learner

import (
	"testing"

	"temper/model/recipe"
)

// TestStepCarried: a schedule begins with its stage, or goes on after the updates that the optimizer has made: then it does not warm up again.
func TestStepCarried(t *testing.T) {
	o := recipe.Optimizer{LearningRate: 1, Schedule: recipe.ScheduleConstant, WarmupSteps: 4, State: recipe.StateCarry}
	for _, test := range []struct {
		step     recipe.Carried
		at, made int
		want     float64
	}{
		{"", 0, 10, 0.25}, {recipe.StateReset, 3, 13, 1}, {recipe.StateCarry, 0, 10, 1}, {recipe.StateCarry, 0, 1, 0.5}, {recipe.StateCarry, 0, 0, 0.25},
	} {
		o.Step = test.step
		if got := rateOf(o, 20, test.at, test.made); got != test.want {
			t.Errorf("step %q: update %d of the stage after %d in all has the rate %g, want %g", test.step, test.at, test.made, got, test.want)
		}
	}
}
