package main

import (
	"strings"
	"testing"

	"temper/model/recipe"
)

// TestBranch: a recipe that begins with a checkpoint does what comes after it.
func TestBranch(t *testing.T) {
	for _, test := range []struct{ from, parent, stages string }{
		{"demo@sft", "demo@sft", "math-short math-longer code math-last"},
		{"demo@math-short:10", "demo@math-short@10", "math-short math-longer code math-last"},
		{"demo@math-short@30", "demo@math-short@30", "math-longer code math-last"},
		{"demo@sft:200", "demo@sft@200", "sft math-short math-longer code math-last"},
		{"other@elsewhere", "other@elsewhere", "base-text sft math-short math-longer code math-last"},
	} {
		r := namedRecipe(t, "demo")
		steps := r.Stages[2].RL.Steps
		if err := branch(&r, test.from); err != nil {
			t.Errorf("%s: %v", test.from, err)
			continue
		}
		if got := strings.Join(r.StageNames(), " "); got != test.stages || r.Parent.String() != test.parent {
			t.Errorf("%s: begins with %s and does %s", test.from, r.Parent, got)
		}
		if rl := r.Stages[0].RL; test.from == "demo@math-short:10" && (rl.Steps != steps || rl.Done != 10 || rl.Optimizer.State != recipe.StateCarry) {
			t.Errorf("%d of %d steps are done, optimizer %s", rl.Done, rl.Steps, rl.Optimizer.State)
		}
	}
	for from, says := range map[string]string{
		"demo":                 "valid: RUN@STAGE, or RUN@STAGE:STEP",
		"@sft":                 "valid: RUN@STAGE, or RUN@STAGE:STEP",
		"demo@math-short:last": "with a number of the stage's updates",
		"demo@math-last":       "nothing to do",
	} {
		r := namedRecipe(t, "demo")
		if err := branch(&r, from); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", from, err, says)
		}
	}
}
