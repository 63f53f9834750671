package main

import (
	"strings"
	"testing"

	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/curation"
)

// fromCuration trains on what two stages leave of their datasets.
const fromCuration = `
name: fields
seed: 1
model: {hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, max_position_embeddings: 96,
        rope_theta: 100, rms_norm_eps: 0.000001, tie_word_embeddings: true, init: {embedding_std: 0.1, output_gain: 0.2}}
tokenizer: bytes
prompt: {format: plain, math: "{question}"}
data:
  raw: {uri: /raw.jsonl, format: problems}
  seen: {uri: /seen.jsonl, format: problems}
  bench: {uri: /bench.jsonl, format: problems}
  said: {uri: /said.jsonl, format: examples}
  other: {uri: /other.jsonl, format: examples}
stages:
  - name: problems
    kind: curate
    data: raw
    into: clean
    rules:
      - dedupe: {across: [seen]}
      - decontaminate: {against: [bench], words: 4}
      - questions: {drop: [choice, short], min_words: 3}
      - answers: {max_characters: 4}
      - length: {from: 3, below: 6, keep: 0, of: said}
  - {name: responses, kind: curate, data: said, into: some, rules: [{length: {from: 8, keep: 0.5}}, {subset: {prompts: 8, responses: 2}}]}
  - {name: first, kind: sft, data: some, epochs: 1, batch_size: 4, max_tokens: 80, checkpoint_every: 9, optimizer: &adam {
       learning_rate: 0.002, schedule: constant, warmup_steps: 0, final_fraction: 1, beta1: 0.9, beta2: 0.95, epsilon: 0.00001, weight_decay: 0.01,
       max_grad_norm: 1, state: reset}}
  - {name: math, kind: rl, domain: math, data: clean, max_response_tokens: 4, problems_per_step: 2, group_size: 2, steps: 1, temperature: 1, optimizer: *adam, shards: 1, checkpoint_every: 1}
numerics: {micro_batch_tokens: 128, packing: false, gradient_checkpointing: false, generation_rows: 4}
`

// curationSources have rows that each rule leaves out, and others.
func curationSources() learnertest.Sources {
	problem := func(lines ...string) []byte {
		var b strings.Builder
		for _, line := range lines {
			question, answer, _ := strings.Cut(line, " = ")
			b.WriteString(`{"problem":"` + question + `","answer":"` + answer + "\"}\n")
		}
		return []byte(b.String())
	}
	raw := problem("one plus one is = 2", "One plus one  is = 2", "two plus two is = 4", "what, is three times, three now = 9", "how is three times four = 12",
		"pick one (A) 1 (B) 2 (C) 3 = 2", "a long answer here = 12345", "no = 1", "five minus four is = 1", "six minus four is = 2", "nine minus one is = 8", "ten over five is = 2")
	var said strings.Builder
	for i, question := range []string{"five minus four is", "six minus four is", "nine minus one is", "one plus one is", "q", "r", "s", "t", "u", "v"} {
		for j := range 3 {
			said.WriteString(`{"prompt":"` + question + `","response":"` + strings.Repeat("x", 1+i+j) + "\"}\n")
		}
	}
	return learnertest.Sources{
		"/raw.jsonl": raw, "/seen.jsonl": problem("two plus two is = 4"), "/bench.jsonl": problem("so what is three times three = 9"),
		"/said.jsonl": []byte(said.String()), "/other.jsonl": []byte(strings.ReplaceAll(said.String(), "x", "yy")),
	}
}

// fieldsOfCuration are seen in a run that curates.
var fieldsOfCuration = map[string]fieldCase{
	"stages[curate].data":                            change("curated", "stages[1].data=other"),
	"stages[curate].into":                            changeWith("weights", "stages[1].into=none", "stages[2].data=said"),
	"stages[curate].rules[].dedupe.across[]":         change("curated", "stages[0].rules[0].dedupe.across=[]"),
	"stages[curate].rules[].decontaminate.against[]": change("curated", "stages[0].rules[1].decontaminate.against=[seen]"),
	"stages[curate].rules[].decontaminate.words":     change("curated", "stages[0].rules[1].decontaminate.words=3"),
	"stages[curate].rules[].decontaminate.word_rule": change("curated", "stages[0].rules[1].decontaminate.word_rule=blanks"),
	"stages[curate].rules[].questions.drop[]":        change("curated", "stages[0].rules[2].questions.drop=[short]"),
	"stages[curate].rules[].questions.min_words":     change("curated", "stages[0].rules[2].questions.min_words=1"),
	"stages[curate].rules[].answers.max_characters":  change("curated", "stages[0].rules[3].answers.max_characters=5"),
	"stages[curate].rules[].length.from":             change("curated", "stages[0].rules[4].length.from=1"),
	"stages[curate].rules[].length.below":            change("curated", "stages[0].rules[4].length.below=4"),
	"stages[curate].rules[].length.keep":             change("curated", "stages[1].rules[0].length.keep=0.9"),
	"stages[curate].rules[].length.of":               change("curated", "stages[0].rules[4].length.of=other"),
	"stages[curate].rules[].subset.preset":           changeWith("curated", "stages[1].rules[1].subset.preset=v7", "stages[1].rules[1].subset.domain=math", "stages[1].rules[1].subset.fraction=0.00001"),
	"stages[curate].rules[].subset.domain":           changeWith("curated", "stages[1].rules[1].subset.domain=code", "stages[1].rules[1].subset.preset=v7", "stages[1].rules[1].subset.fraction=0.00001"),
	"stages[curate].rules[].subset.fraction":         changeWith("curated", "stages[1].rules[1].subset.fraction=0.00001", "stages[1].rules[1].subset.preset=v7", "stages[1].rules[1].subset.domain=code"),
	"stages[curate].rules[].subset.prompts":          change("curated", "stages[1].rules[1].subset.prompts=3"),
	"stages[curate].rules[].subset.responses":        change("curated", "stages[1].rules[1].subset.responses=1"),
}

// TestCuratedRun: every rule leaves out what it should and keeps something, later stages train on what is
// left, and the records say which rows left and why.
func TestCuratedRun(t *testing.T) {
	o, store, result := observe(t, decoded(t, fromCuration), curationSources())
	keys, err := store.List(t.Context(), result.Run.Prefix())
	if err != nil {
		t.Fatal(err)
	}
	passed := map[string]string{}
	trained := 0
	for _, key := range keys {
		data, err := store.Read(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		m, err := artifact.DecodeManifest(data)
		switch {
		case err != nil:
		case m.Kind == artifact.KindCuration:
			p := curation.FromMetrics("", m.Metrics)
			passed[m.Stage+" "+string(rune('0'+m.Step))] = strings.TrimSpace(p.String())
			if left := strings.Count(string(o.get(t, store, m.Outputs[artifact.OutputLeftOut])), "\n"); left != p.In-p.Out {
				t.Errorf("%s: %d rows left, and %d are listed", key, p.In-p.Out, left)
			}
		case m.Kind == artifact.KindUpdate:
			trained++
		}
	}
	want := map[string]string{
		"problems 1": "left 10 of 12 (1 in_other_dataset, 1 repeated)",
		"problems 2": "left 9 of 10 (1 in_bench)",
		"problems 3": "left 7 of 9 (1 choice, 1 short)",
		"problems 4": "left 6 of 7 (1 long_answer)",
	}
	for rule, text := range want {
		if passed[rule] != text {
			t.Errorf("%s: %q, want %q", rule, passed[rule], text)
		}
	}
	if len(passed) != 7 || trained != 1 {
		t.Errorf("%d rules and %d policy steps are recorded: %v", len(passed), trained, passed)
	}
}
