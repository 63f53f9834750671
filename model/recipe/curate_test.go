package recipe

import (
	"strings"
	"testing"
)

// curating is the demo with a stage that curates what its first RL stage trains on.
func curating(t *testing.T) Recipe {
	t.Helper()
	r := named(t, "demo")
	curate := Curate{Data: "math-short", Into: "clean", Rules: []Rule{
		{Decontaminate: &Decontaminate{Against: []string{"math-held-out"}, Words: 9}}, {Subset: &Subset{Prompts: 3}}}}
	rl := *r.Stages[2].RL
	rl.Data = "clean"
	r.Stages = append(r.Stages[:2:2], Stage{Name: "curated", Kind: KindCurate, Curate: &curate}, Stage{Name: "rl", Kind: KindRL, RL: &rl})
	return r
}

// TestValidateCurate changes one thing of a good recipe at a time.
func TestValidateCurate(t *testing.T) {
	if err := curating(t).Validate(); err != nil {
		t.Fatal(err)
	}
	const datasets = "base-text, code, code-held-out, demonstrations, hard-held-out, math-held-out, math-last, math-longer, math-short"
	const rules = "dedupe, decontaminate, questions, answers, length, pass_rate, subset, released, same_source, golden, weak_tests, difficulty"
	for _, test := range []struct {
		set  []string
		want []string
	}{
		{[]string{"stages.curated.data=math-shorter"}, []string{
			`stages[2].data is "math-shorter", which data does not have; did you mean math-short? valid: ` + datasets}},
		{[]string{"stages.curated.into=math-last"}, []string{
			`stages[2].into is "math-last", which data or an earlier stage has; valid: a name of its own`,
			`stages[3].data is "clean", which data does not have; valid: ` + datasets + ", math-last"}},
		{[]string{"stages.sft.data=clean"}, []string{`stages[1].data is "clean", which data does not have; valid: ` + datasets}},
		{[]string{"evaluation.benchmarks.math.data=clean"}, []string{`evaluation.benchmarks[0].data is "clean", which data does not have; valid: ` + datasets}},
		{[]string{"stages.curated.rules=[]"}, []string{"stages[2].rules is empty; valid: at least one of " + rules}},
		{[]string{"stages.curated.rules=[{}]"}, []string{"stages[2].rules[0] has 0 rules (); valid: one of " + rules}},
		{[]string{"stages.curated.rules=[{dedupe: {}, answers: {}}]"}, []string{"stages[2].rules[0] has 2 rules (dedupe, answers); valid: one of " + rules}},
		{[]string{"stages.curated.rules=[{dedupe: {across: [nothing]}}]"}, []string{`stages[2].rules[0].dedupe.across[0] is "nothing", which data does not have; valid: ` + datasets}},
		{[]string{"stages.curated.rules=[{decontaminate: {against: [], words: 0, word_rule: letter}}]"}, []string{
			"stages[2].rules[0].decontaminate.against is empty; valid: at least one dataset", "stages[2].rules[0].decontaminate.words is 0; valid: at least 1",
			`stages[2].rules[0].decontaminate.word_rule is "letter"; did you mean letters? valid: letters, blanks`}},
		{[]string{"stages.curated.rules=[{questions: {drop: [proofs], min_words: 3}}]"}, []string{
			`stages[2].rules[0].questions.drop[0] is "proofs"; did you mean proof? valid: multi_part, choice, true_false, proof, non_english, figure, short, several_outputs, interactive, image`,
			"stages[2].rules[0].questions.min_words is 3; valid: above 0 with short in drop, else absent"}},
		{[]string{"stages.curated.rules=[{length: {from: 5, below: 4, keep: 1, of: math-lst}}]"}, []string{
			"stages[2].rules[0].length.below is 4; valid: above from 5, or absent", "stages[2].rules[0].length.keep is 1; valid: 0 to below 1",
			`stages[2].rules[0].length.of is "math-lst", which data does not have; did you mean math-last? valid: ` + datasets}},
		{[]string{"stages.curated.rules=[{pass_rate: {domain: math, from: rl, samples: 4, temperature: 0, max_response_tokens: 200, shards: 0, at_most: 4}}]"}, []string{
			`stages[2].rules[0].pass_rate.from is "rl"; valid: last, base, base-text, sft`, "stages[2].rules[0].pass_rate.temperature is 0; valid: above 0",
			"stages[2].rules[0].pass_rate.max_response_tokens is 200, which with the longest prompt of 17 tokens exceeds max_position_embeddings 128; valid: 1 to 111",
			"stages[2].rules[0].pass_rate.shards is 0; valid: 1 to 500",
			"stages[2].rules[0].pass_rate.at_least is 0, with which every problem stays; valid: above 0, or at_most below samples 4"}},
		{[]string{"stages.curated.rules=[{pass_rate: {domain: code, samples: 4, temperature: 1, max_response_tokens: 20, shards: 1, at_least: 3, at_most: 2}}]"}, []string{
			`stages[2].rules[0].pass_rate.domain is "math-short", whose code_fraction is 0; valid for domain code: 1`,
			"stages[2].rules[0].pass_rate.at_most is 2; valid: at_least 3 to samples 4",
			`stages[3].domain is "math", but stages[2] uses the dataset "math-short" with domain "code"; valid: one domain, or two names in data for the file (file_of)`}},
		{[]string{"stages.curated.rules=[{subset: {}}]"}, []string{"stages[2].rules[0].subset keeps all; valid: preset, or prompts or responses above 0"}},
	} {
		t.Run(test.set[0], func(t *testing.T) {
			r := curating(t)
			for _, assignment := range test.set {
				if err := Set(&r, assignment); err != nil {
					t.Fatal(err)
				}
			}
			wantLines(t, r.Validate(), test.want...)
		})
	}
}

// TestOrigin: what a curated dataset is used for decides how the dataset that it comes from is prepared.
func TestOrigin(t *testing.T) {
	r := curating(t)
	again := Curate{Data: "clean", Into: "cleaner", Rules: []Rule{{Dedupe: &Dedupe{}}}}
	r.Stages = append(r.Stages[:3:3], Stage{Name: "again", Kind: KindCurate, Curate: &again}, r.Stages[3])
	r.Stages[4].RL.Data = "cleaner"
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	if got := r.Origin("cleaner"); got != "math-short" {
		t.Errorf("cleaner comes from %q", got)
	}
	if got := r.DomainOf("math-short"); got != DomainMath {
		t.Errorf("the domain of math-short is %q", got)
	}
	if !r.Curates("clean") || r.Curates("math-short") || !r.Read("math-held-out") || r.Read("code") {
		t.Error("what is curated, or read by a rule, is not known")
	}
	again.Data, again.Into = "round", "round" // of itself
	if got := r.Origin("round"); got != "round" {
		t.Errorf("a dataset curated from itself comes from %q", got)
	}
}

// TestRuleNames: every rule is known by its key.
func TestRuleNames(t *testing.T) {
	rules := Rule{&Dedupe{}, &Decontaminate{}, &Questions{}, &Answered{}, &Length{}, &PassRate{}, &Subset{}, &Released{}, &SameSource{}, &Golden{}, &WeakTests{}, &Difficulty{}}
	if got := strings.Join(rules.set(), ", "); got != ruleNames {
		t.Errorf("rules that are set have the keys %s, want %s", got, ruleNames)
	}
}
