package main

import (
	"strings"
	"testing"
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
		if test.from == "demo@math-short:10" && r.Stages[0].RL.Steps != steps-10 {
			t.Errorf("%d steps are left of %d", r.Stages[0].RL.Steps, steps)
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
