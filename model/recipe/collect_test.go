package recipe

import (
	"testing"
)

// collecting is the demo with a stage that collects correct responses and a supervised stage of them, in the place of its RL stages.
func collecting(t *testing.T) Recipe {
	t.Helper()
	r := named(t, "demo")
	fine := *r.Stages[1].SFT
	fine.Data, fine.From = "solved", "sft"
	collect := Collect{
		Domain: DomainMath, Data: "math-short", Samples: 4, Temperature: 1, MaxResponseTokens: 36, Shards: 2, Keep: KeepCorrect, Into: "solved",
	}
	again := collect
	again.AddTo = true
	r.Stages = append(r.Stages[:2], Stage{Name: "round-1", Kind: KindCollect, Collect: &collect}, Stage{Name: "fine-1", Kind: KindSFT, SFT: &fine},
		Stage{Name: "round-2", Kind: KindCollect, Collect: &again})
	return r
}

// TestValidateCollect changes one thing of a good recipe at a time.
func TestValidateCollect(t *testing.T) {
	if err := collecting(t).Validate(); err != nil {
		t.Fatal(err)
	}
	const datasets = "base-text, code, code-held-out, demonstrations, hard-held-out, math-held-out, math-last, math-longer, math-short"
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{"stages.round-1.keep=right"}, []string{`stages[2].keep is "right"; valid: correct, labelled, unsolved`}},
		{[]string{"stages.round-1.keep=labelled", "stages.round-1.label=good"}, []string{
			`stages[2].label is "good"; valid: correct, incorrect`,
			`stages[2].label is "good", but the recipe has no labels; valid: absent, or prompt.labels: {correct: TEXT, incorrect: TEXT}`,
			`stages[2].keep is "labelled", but the recipe has no labels; valid with it: prompt.labels: {correct: TEXT, incorrect: TEXT}`}},
		{[]string{"prompt.labels={correct: +, incorrect: +}"}, []string{`prompt.labels.incorrect is "+"; valid: another text than that of correct`}},
		{[]string{"prompt.labels={correct: '[ok]', incorrect: '[x]'}", "evaluation.benchmarks.hard.label=correct", "evaluation.benchmarks.hard.max_response_tokens=106"}, []string{
			"evaluation.benchmarks[1].max_response_tokens is 106, which with the longest prompt of 24 tokens exceeds max_position_embeddings 128; valid: 1 to 104"}},
		{[]string{"stages.round-1.keep=unsolved"}, []string{"stages[2].demonstrations is empty; valid with keep: unsolved: a dataset of examples of the same problems"}},
		{[]string{"stages.round-1.demonstrations=sft"}, []string{`stages[2].demonstrations is "sft"; valid: only with keep: unsolved`}},
		{[]string{"stages.round-1.keep=unsolved", "stages.round-1.demonstrations=math-last"}, []string{
			`stages[2].demonstrations is "math-last", which holds problems; valid: a dataset of base-text or demonstrations`}},
		{[]string{"stages.round-1.into=math-short"}, []string{
			`stages[2].into is "math-short", which data has; valid: a name of its own`,
			`stages[3].data is "solved", which only a later stage collects; valid: ` + datasets + ", math-short",
			`stages[4].add_to is true, but no earlier stage collects into "solved"; valid: false in the first of them`}},
		{[]string{"stages.fine-1.data=solvd"}, []string{`stages[3].data is "solvd", which neither data has nor an earlier stage collects; did you mean solved? valid: ` + datasets + ", solved"}},
		{[]string{"stages.sft.data=solved"}, []string{`stages[1].data is "solved", which only a later stage collects; valid: ` + datasets}},
		{[]string{"stages.fine-1.from=round-2"}, []string{`stages[3].from is "round-2"; did you mean round-1? valid: last, base, base-text, sft, round-1`}},
		{[]string{"stages.round-2.into=others"}, []string{`stages[4].add_to is true, but no earlier stage collects into "others"; valid: false in the first of them`}},
		{[]string{"stages.round-1.data=demonstrations"}, []string{
			`stages[2].data is "demonstrations", which holds demonstrations; valid: a dataset of problems`,
			`stages[2].data is "demonstrations", whose code_fraction is 0.45; valid for domain math: 0`}},
		{[]string{"stages.round-1.data=math-held-out"}, []string{`stages[2].data is "math-held-out", which is held out for evaluation; valid: a dataset without held_out`}},
		{[]string{"stages.round-1.max_response_tokens=120"}, []string{
			"stages[2].max_response_tokens is 120, which with the longest prompt of 17 tokens exceeds max_position_embeddings 128; valid: 1 to 111"}},
		{[]string{"stages.round-1.temperature=0", "stages.round-1.samples=0", "stages.round-1.shards=0", "stages.round-1.limit=-1", "stages.round-1.per_problem=-1"}, []string{
			"stages[2].limit is -1; valid: at least 0", "stages[2].samples is 0; valid: at least 1", "stages[2].temperature is 0; valid: above 0",
			"stages[2].shards is 0; valid: 1 to 500", "stages[2].per_problem is -1; valid: at least 0"}},
	} {
		t.Run(test.set[0], func(t *testing.T) {
			r := collecting(t)
			for _, assignment := range test.set {
				if err := Set(&r, assignment); err != nil {
					t.Fatal(err)
				}
			}
			wantLines(t, r.Validate(), test.want...)
		})
	}
}

// TestCollectCounts: what a collection samples counts where a recipe's work is counted.
func TestCollectCounts(t *testing.T) {
	r := collecting(t)
	r.Stages[2].Collect.Data, r.Stages[2].Collect.Domain = "code", DomainCode
	r.Stages[2].Collect.MaxResponseTokens, r.Stages[2].Collect.Samples = 77, 99
	r.Evaluation.Benchmarks = r.Evaluation.Benchmarks[:1]
	r.Evaluation.Benchmarks[0].MaxResponseTokens = 9
	if s := r.Sizes(); s.MaxResponse != 77 || s.Responses != 99 {
		t.Errorf("sizes are %+v", s)
	}
	if !r.RunsPrograms() || r.DomainOf("code") != DomainCode {
		t.Error("the domain of a collection does not count")
	}
	if !r.BeginsLater(1) || r.BeginsLater(0) || r.BeginsLater(4) {
		t.Error("stage sft is what a later stage begins with")
	}
	if c := *r.Stages[2].Collect; c.Problems(30) != 30 {
		t.Errorf("of 30 problems it samples %d", c.Problems(30))
	}
	r.Stages[2].Collect.Limit = 20
	if c := *r.Stages[2].Collect; c.Problems(30) != 20 || c.Problems(10) != 10 {
		t.Errorf("with a limit it samples %d of 30 and %d of 10", c.Problems(30), c.Problems(10))
	}
}
