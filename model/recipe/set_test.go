package recipe

import (
	"reflect"
	"testing"

	"temper/model/objective"
)

func TestSet(t *testing.T) {
	tests := []struct {
		assignment string
		want       any
		got        func(Recipe) any
	}{
		{"seed=7", uint64(7), func(r Recipe) any { return r.Seed }},
		{"stages[2].steps=10", 10, func(r Recipe) any { return r.Stages[2].RL.Steps }},
		{"stages.math-last.steps=3", 3, func(r Recipe) any { return r.Stages[5].RL.Steps }},
		{"stages.4.group_size=16", 16, func(r Recipe) any { return r.Stages[4].RL.GroupSize }},
		{"stages.sft.optimizer.learning_rate=3e-4", 3e-4, func(r Recipe) any { return r.Stages[1].SFT.Optimizer.LearningRate }},
		{"stages[2].temperature=0.85", Temperature{Value: 0.85}, func(r Recipe) any { return r.Stages[2].RL.Temperature }},
		{"stages[2].objective.overlong.handling=filter", objective.Filter, func(r Recipe) any { return r.Stages[2].RL.Objective.Overlong.Handling }},
		{"data.code=/x=y.jsonl", "/x=y.jsonl", func(r Recipe) any { return r.Data["code"].URI }},
		{"data.code={uri: /x, format: problems}", Dataset{URI: "/x", Format: "problems"}, func(r Recipe) any { return r.Data["code"] }},
		{"data.code.synthetic.count=5", 5, func(r Recipe) any { return r.Data["code"].Synthetic.Count }},
		{"data.math-short.synthetic.operations=[1, 2]", []int{1, 2}, func(r Recipe) any { return r.Data["math-short"].Synthetic.Operations }},
		{"data.demonstrations.synthetic.styles.guess=0", 0.0, func(r Recipe) any { return r.Data["demonstrations"].Synthetic.Styles["guess"] }},
		{"name=123", "123", func(r Recipe) any { return r.Name }},
	}
	for _, test := range tests {
		r := named(t, "demo")
		if err := Set(&r, test.assignment); err != nil {
			t.Errorf("%s: %v", test.assignment, err)
		} else if got := test.got(r); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %v", test.assignment, got)
		}
	}
}

func TestSetFaults(t *testing.T) {
	tests := []struct{ assignment, want string }{
		{"steps", `set "steps": valid: PATH=VALUE, for instance stages.math-short.steps=10`},
		{"sed=1", "set sed: sed is unknown; did you mean seed? valid: name, seed, parent, model, tokenizer, prompt, data, stages, temperature_search, programs, evaluation, guard, numerics, continue_from"},
		{"model.init.std=1", "set model.init.std: model.init.std is unknown; valid: embedding_std, output_gain"},
		{"stages.math.steps=1", `set stages.math.steps: stages has no "math"; valid: base-text, sft, math-short, math-longer, code, math-last`},
		{"stages[11].steps=1", `set stages[11].steps: stages has no "11"; valid: base-text, sft, math-short, math-longer, code, math-last`},
		{"stages[0.steps=1", `set stages[0.steps: "stages[0" is not closed; valid: NAME[NUMBER]`},
		{"data.tran=/x", "set data.tran: data.tran is unknown; valid: base-text, code, code-held-out, demonstrations, hard-held-out, math-held-out, math-last, math-longer, math-short"},
		{"stages[2].steps=ten", `set stages[2].steps: stages[2].steps is "ten"; valid: a whole number`},
		{"seed.x=1", "set seed.x: seed has no keys below it"},
		{"stages[2].temperature.value=1", "set stages[2].temperature.value: stages[2].temperature has no keys below it"},
		{"stages[2].optimizer={beta1: x, betta: 1}", "set stages[2].optimizer: stages[2].optimizer.betta is unknown; valid: learning_rate, schedule, warmup_steps, final_fraction, beta1, beta2, epsilon, weight_decay, max_grad_norm, state, step\nstages[2].optimizer.beta1 is \"x\"; valid: a number"},
		{"stages..steps=1", "set stages..steps: an empty key; valid: keys joined by single dots"},
	}
	for _, test := range tests {
		r := named(t, "demo")
		if err := Set(&r, test.assignment); err == nil || err.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.assignment, err, test.want)
		}
		if !reflect.DeepEqual(r, named(t, "demo")) {
			t.Errorf("%s changed the recipe although it failed", test.assignment)
		}
	}
}

// TestSetLeavesOthersAlone: recipes share no memory through Set.
func TestSetLeavesOthersAlone(t *testing.T) {
	a := named(t, "demo")
	b := a
	if err := Set(&b, "data.code.synthetic.seed=5"); err != nil {
		t.Fatal(err)
	}
	if a.Data["code"].Synthetic.Seed == 5 || b.Data["code"].Synthetic.Seed != 5 {
		t.Fatal("the synthetic settings are shared")
	}
}
