package recipe

import (
	"strings"
	"testing"
)

func TestSolved(t *testing.T) {
	at := "stages[4].solved."
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{"stages.code.solved.drop=each_epoch"}, nil},
		{[]string{"stages.code.solved={drop: first_epoch, by: rollouts}"}, nil},
		{[]string{"stages.code.solved.drop=each_epoch", "stages.code.solved.by=rollouts"}, nil},
		{[]string{"stages.code.solved={samples: 4}"}, []string{at + "drop is absent, but there are other fields; valid: each_epoch, first_epoch"}},
		{[]string{"stages.code.solved={drop: each_epochs, by: check}"}, []string{
			at + `by is "check"; valid: checkpoint, rollouts`, at + `drop is "each_epochs"; did you mean each_epoch? valid: each_epoch, first_epoch`}},
		{[]string{"stages.code.solved={drop: each_epoch, by: rollouts, samples: 4}"}, []string{
			at + `by is "rollouts", which samples nothing; valid: without samples, temperature, max_response_tokens and shards`}},
		{[]string{"stages.code.solved={drop: each_epoch, samples: -1, temperature: -0.5, max_response_tokens: 4000, shards: -2}"}, []string{
			at + "samples is -1; valid: at least 1", at + "temperature is -0.5; valid: above 0, or absent", at + "shards is -2; valid: 1 to 500"}},
	} {
		r := named(t, "demo")
		for _, assignment := range test.set {
			if err := Set(&r, assignment); err != nil {
				t.Fatal(err)
			}
		}
		err := r.Validate()
		if len(test.want) == 0 && err != nil {
			t.Errorf("%s: %v", test.set, err)
		}
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", test.set, err, want)
			}
		}
	}
}

// TestSolvedIsFilled: what a recipe leaves out of a solved block is the stage's, and shown with where it comes from.
func TestSolvedIsFilled(t *testing.T) {
	r := named(t, "demo")
	if err := Set(&r, "stages.code.solved.drop=each_epoch"); err != nil {
		t.Fatal(err)
	}
	code := r.Stages[4].RL
	want := Solved{Drop: SolvedEachEpoch, By: SolvedByCheckpoint, Samples: code.GroupSize, MaxResponseTokens: code.MaxResponseTokens, Shards: code.Shards}
	if code.Solved != want {
		t.Errorf("got %+v, want %+v", code.Solved, want)
	}
	if other := named(t, "demo").Stages[4].RL.Solved; other.On() || other != (Solved{}) {
		t.Errorf("a stage without the block has %+v", other)
	}
	data, err := Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(data)
	if err != nil || again.Stages[4].RL.Solved != want {
		t.Errorf("read again: %+v, %v", again.Stages[4].RL.Solved, err)
	}
	text := strings.Replace(withExamples(scaled("prompts: 3")), "stages:\n", `stages:
  - {name: rl, kind: rl, domain: math, data: problems, max_response_tokens: 8, problems_per_step: 2, group_size: 6, steps: 3, temperature: 1, shards: 1, checkpoint_every: 1,
     solved: {drop: each_epoch}, optimizer: {learning_rate: 0.002, schedule: constant, warmup_steps: 0, final_fraction: 1, beta1: 0.9, beta2: 0.95, epsilon: 0.00000001, weight_decay: 0, max_grad_norm: 1, state: reset}}
`, 1)
	text = strings.Replace(text, "data: {", "data: {problems: {uri: /p.jsonl, format: problems}, ", 1)
	text = strings.Replace(text, "prompt: {format: chat}", `prompt: {format: chat, math: "{question}"}`, 1)
	filled, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Join(strings.Fields(shown(t, filled, sourcesOf(t, text))), " ")
	if part := "samples: 6 # default: the stage's group_size; how many is not printed"; !strings.Contains(page, part) {
		t.Errorf("no %q in\n%s", part, page)
	}
}
