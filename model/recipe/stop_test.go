package recipe

import (
	"math"
	"testing"
)

func TestPlateau(t *testing.T) {
	p := Plateau{Window: 2, MinGain: 0.1, MinSteps: 5}
	for _, test := range []struct {
		name    string
		rewards []float64
		step    int
		holds   bool
	}{
		{"too few rewards", []float64{0, 0, 0}, 9, false},
		{"before min_steps", []float64{0, 0, 0, 0}, 4, false},
		{"no gain", []float64{0, 0, 0, 0}, 5, true},
		{"a gain of exactly min_gain", []float64{0, 0, 0.1, 0.1}, 5, false},
		{"a smaller gain", []float64{0, 0, 0.09, 0.09}, 5, true},
		{"a fall", []float64{1, 1, 0, 0}, 5, true},
		{"older rewards do not count", []float64{-9, 0, 0, 1, 1}, 5, false},
	} {
		if _, _, holds := p.Gain(test.rewards, test.step); holds != test.holds {
			t.Errorf("%s: %v", test.name, holds)
		}
	}
	if last, before, _ := p.Gain([]float64{9, 1, 2, 3, 5}, 5); last != 4 || before != 1.5 {
		t.Errorf("means %g and %g", last, before)
	}
	if last, _, holds := (Plateau{}).Gain([]float64{0, 0}, 5); holds || !math.IsNaN(last) {
		t.Error("a rule that is not given holds")
	}
}

func TestValidateStopAndInside(t *testing.T) {
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{"stages.math-short.stop={epochs: 2, plateau: {window: 5, min_gain: 0.01, min_steps: 12}}"}, nil},
		{[]string{"stages.math-short.stop.epochs=-1"}, []string{"stages[2].stop.epochs is -1; valid: at least 0"}},
		{[]string{"stages.math-short.stop.plateau={window: -1, min_gain: -0.5, min_steps: -2}"}, []string{
			"stages[2].stop.plateau.window is -1; valid: 0 to 1000", "stages[2].stop.plateau.min_gain is -0.5; valid: 0 or above", "stages[2].stop.plateau.min_steps is -2; valid: at least 0"}},
		{[]string{"stages.math-short.stop.plateau.min_gain=0.1"}, []string{"stages[2].stop.plateau.window is 0, but the rule has other fields; valid: 1 to 1000"}},
		{[]string{"stages.math-short.stop.plateau={window: 15, min_steps: 30}"}, []string{
			"stages[2].stop.plateau.window is 15, so that the rule needs 30 steps, and steps is 30; valid: fewer than half the steps",
			"stages[2].stop.plateau.min_steps is 30; valid: fewer than steps, which is 30"}},
		{[]string{"stages.sft.evaluate_every=1", "stages.code.evaluate_every=5", "stages.code.evaluate_on=[code]", "evaluation.before=true"}, nil},
		{[]string{"stages.sft.evaluate_every=-1"}, []string{"stages[1].evaluate_every is -1; valid: at least 0"}},
		{[]string{"stages.code.evaluate_every=5", "stages.code.evaluate_on=[maths, code, code]"}, []string{
			`stages[4].evaluate_on[0] is "maths"; did you mean math? valid: math, hard, code`, `stages[4].evaluate_on[2] is "code", which stands there twice`}},
		{[]string{"stages.code.evaluate_on=[code]"}, []string{"stages[4].evaluate_on is code, but evaluate_every is 0; valid: absent, or with evaluate_every"}},
		{[]string{"evaluation.benchmarks=[]", "stages.code.evaluate_every=5", "evaluation.before=true"}, []string{
			"stages[4].evaluate_every is 5, but evaluation.benchmarks is empty; valid: absent, or at least one benchmark",
			"evaluation.before is true, but evaluation.benchmarks is empty; valid: absent, or at least one benchmark"}},
		{[]string{"stages.sft.evaluate_every=1", "stages.sft.hand_on={policy: best, benchmark: hard}", "stages.code.evaluate_every=5", "stages.code.hand_on.policy=person", "stages.math-short.hand_on.policy=last"}, nil},
		{[]string{"stages.sft.hand_on.policy=first"}, []string{`stages[1].hand_on.policy is "first"; valid: last, best, person`,
			`stages[1].hand_on.policy is "first", but evaluate_every is 0, so that there is one policy; valid: last, or with evaluate_every`}},
		{[]string{"stages.code.evaluate_every=5", "stages.code.evaluate_on=[code]", "stages.code.hand_on={policy: best, benchmark: math}"}, []string{
			`stages[4].hand_on.benchmark is "math"; valid: code`}},
		{[]string{"stages.code.evaluate_every=5", "stages.code.hand_on.policy=best"}, []string{"stages[4].hand_on.benchmark is empty; valid with policy best: math, hard, code"}},
		{[]string{"stages.code.evaluate_every=5", "stages.code.hand_on={policy: person, benchmark: math}"}, []string{
			`stages[4].hand_on.benchmark is "math", but the policy is "person"; valid: only with best`}},
		{[]string{"stages.math-last.data_position=carry"}, []string{`stages[5].data_position is "carry", but no earlier RL stage has the dataset "math-last"; valid: absent, or reset`}},
		{[]string{"stages.math-longer.data=math-short", "stages.math-longer.data_position=carry"}, nil},
		{[]string{"stages.math-longer.data=math-short", "stages.math-longer.data_position=carry", "stages.math-longer.problems_per_step=8"}, []string{
			`stages[3].data_position is "carry", but stage math-short, whose position it is, has problems_per_step 16 and this one 8; valid: reset, or one number`}},
		{[]string{"stages.math-longer.data_position=last"}, []string{`stages[3].data_position is "last"; valid: reset, carry`}},
		{[]string{"stages.code.optimizer.step=carry", "stages.code.optimizer.state=reset", "stages.code.optimizer.schedule=cosine"}, []string{
			`stages[4].optimizer.step is "carry", but state is "reset", which resets the optimizer's count of updates; valid: reset, or state carry`,
			`stages[4].optimizer.step is "carry", but schedule is "cosine", which is as long as its stage; valid: reset, or schedule constant`}},
		{[]string{"stages.code.optimizer.step=carry", "stages.code.optimizer.state=carry"}, nil},
		{[]string{"stages.sft.name=base", "evaluation.before=true"}, []string{`stages[1].name is "base", which with evaluation.before is what the run begins with; valid: another name`}},
	} {
		r := named(t, "demo")
		for _, assignment := range test.set {
			if err := Set(&r, assignment); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Validate(); test.want != nil {
			wantLines(t, err, test.want...)
		} else if err != nil {
			t.Error(err)
		}
	}
}
