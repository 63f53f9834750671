package main

import (
	"fmt"
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
prompt: {format: plain, math: "{question}", code: "{question}"}
data:
  raw: {uri: /raw.jsonl, format: problems}
  seen: {uri: /seen.jsonl, format: problems}
  bench: {uri: /bench.jsonl, format: problems}
  said: {uri: /said.jsonl, format: examples}
  other: {uri: /other.jsonl, format: examples}
  programs: {uri: /programs.jsonl, format: problems}
  solved: {uri: /solved.jsonl, format: problems}
  dated: {uri: /dated.jsonl, format: rows, fields: {question: q, tests: tests, golden: golden, released: day, url: place}}
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
  - name: code
    kind: curate
    data: programs
    into: sound
    rules:
      - questions: {drop: [several_outputs, interactive, image]}
      - released: {from: "2020-01-01", until: "2024-08-01", undated: drop}
      - same_source: {against: [solved], urls: [b.org/1], ids: [left]}
      - golden: {missing: keep, shards: 2}
      - weak_tests: {programs: [echo], shards: 2}
  - {name: rows, kind: curate, data: dated, into: known, rules: [{released: {until: "2024-01-01"}}, {same_source: {against: [solved]}}, {golden: {shards: 1}}]}
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
		"/programs.jsonl": programSources(), "/dated.jsonl": datedSources(), "/solved.jsonl": []byte(`{"problem":"triple","tests":{"type":"function","name":"f","cases":[{"args":[1],"expect":3}]},"url":"a.org/1"}` + "\n"),
		"/raw.jsonl": raw, "/seen.jsonl": problem("two plus two is = 4"), "/bench.jsonl": problem("so what is three times three = 9"),
		"/said.jsonl": []byte(said.String()), "/other.jsonl": []byte(strings.ReplaceAll(said.String(), "x", "yy")),
	}
}

// programSources have rows that each rule about programs leaves out.
func programSources() []byte {
	var b strings.Builder
	for _, row := range []struct{ id, question, golden, day, url, cases string }{
		{"a", "double it and add three", "def f(x):return 2*x+3", "2024-08-01", "c.org/1", `{"args":[4],"expect":11},{"args":[5],"expect":13}`},
		{"b", "double it, print any of them", "def f(x):return 2*x+3", "2024-08-01", "c.org/2", `{"args":[4],"expect":11}`},
		{"c", "too new", "def f(x):return 2*x+3", "2024-08-02", "c.org/3", `{"args":[4],"expect":11}`},
		{"d", "too old", "def f(x):return 2*x+3", "2019-12-31", "c.org/4", `{"args":[4],"expect":11}`},
		{"e", "of no day", "def f(x):return 2*x+3", "", "c.org/5", `{"args":[4],"expect":11}`},
		{"f", "from a benchmark", "def f(x):return 2*x+3", "2024-08-01", "http://www.a.org/1/", `{"args":[4],"expect":11}`},
		{"g", "from a place", "def f(x):return 2*x+3", "2024-08-01", "b.org/1", `{"args":[4],"expect":11}`},
		{"left", "by name", "def f(x):return 2*x+3", "2024-08-01", "c.org/6", `{"args":[4],"expect":11}`},
		{"h", "wrong solution", "def f(x):return 2*x+4", "2024-08-01", "c.org/7", `{"args":[4],"expect":11},{"args":[5],"expect":13}`},
		{"i", "no solution", "", "2024-08-01", "c.org/8", `{"args":[4],"expect":11},{"args":[5],"expect":13}`},
		{"j", "the same", "def f(x):return 1*x+0", "2024-08-01", "c.org/9", `{"args":[4],"expect":4},{"args":[5],"expect":5}`},
		{"k", "a constant", "def f(x):return 0*x+7", "2024-08-01", "c.org/10", `{"args":[4],"expect":7},{"args":[5],"expect":7}`},
	} {
		line := fmt.Sprintf(`{"id":%q,"problem":%q,"tests":{"type":"function","name":"f","cases":[%s]},"url":%q`, row.id, row.question, row.cases, row.url)
		if row.golden != "" {
			line += fmt.Sprintf(`,"golden":%q`, row.golden)
		}
		if row.day != "" {
			line += fmt.Sprintf(`,"released":%q`, row.day)
		}
		b.WriteString(line + "}\n")
	}
	return []byte(b.String())
}

// datedSources are rows with two solutions, days and places each.
func datedSources() []byte {
	const tests = `"tests":{"type":"function","name":"f","cases":[{"args":[4],"expect":11},{"args":[5],"expect":13}]}`
	return []byte(`{"q":"one",` + tests + `,"golden":"def f(x):return 2*x+3","other":"def f(x):return 2*x+4","day":"2023-01-01","later":"2025-01-01","place":"d.org/1","elsewhere":"a.org/1"}
{"q":"two",` + tests + `,"golden":"def f(x):return 2*x+3","other":"def f(x):return 2*x+3","day":"2023-01-01","later":"2023-01-01","place":"d.org/2","elsewhere":"d.org/2"}
`)
}

// fieldsOfCuration are seen in a run that curates.
var fieldsOfCuration = map[string]fieldCase{
	"stages[curate].data":                            change("curated", "stages[1].data=other"),
	"stages[curate].into":                            changeWith("weights", "stages[1].into=none", "stages[4].data=said"),
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
	"stages[curate].rules[].released.from":           change("curated", "stages[2].rules[1].released.from=2019-01-01"),
	"stages[curate].rules[].released.until":          change("curated", "stages[2].rules[1].released.until=2024-08-02"),
	"stages[curate].rules[].released.undated":        change("curated", "stages[2].rules[1].released.undated=keep"),
	"stages[curate].rules[].same_source.against[]":   change("curated", "stages[2].rules[2].same_source.against=[]"),
	"stages[curate].rules[].same_source.urls[]":      change("curated", "stages[2].rules[2].same_source.urls=[]"),
	"stages[curate].rules[].same_source.ids[]":       change("curated", "stages[2].rules[2].same_source.ids=[]"),
	"stages[curate].rules[].golden.missing":          change("curated", "stages[2].rules[3].golden.missing=drop"),
	"stages[curate].rules[].golden.shards":           change("verdicts", "stages[2].rules[3].golden.shards=1"),
	"stages[curate].rules[].weak_tests.programs[]":   change("curated", "stages[2].rules[4].weak_tests.programs=[constant]"),
	"stages[curate].rules[].weak_tests.shards":       change("verdicts", "stages[2].rules[4].weak_tests.shards=1"),
	"data{}.fields.golden":                           change("curated", "data.dated.fields.golden=other"),
	"data{}.fields.released":                         change("curated", "data.dated.fields.released=later"),
	"data{}.fields.url":                              change("curated", "data.dated.fields.url=elsewhere"),
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
			if p.In == p.Out {
				continue
			}
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
		"code 1":     "left 11 of 12 (1 several_outputs)",
		"code 2":     "left 8 of 11 (1 released_after, 1 released_before, 1 undated)",
		"code 3":     "left 5 of 8 (1 source_id, 1 source_in_solved, 1 source_url)",
		"code 4":     "left 4 of 5 (1 failed_golden_solution)",
		"code 5":     "left 3 of 4 (1 weak_tests)",
	}
	for rule, text := range want {
		if passed[rule] != text {
			t.Errorf("%s: %q, want %q", rule, passed[rule], text)
		}
	}
	if len(passed) != 15 || trained != 1 {
		t.Errorf("%d rules and %d policy steps are recorded: %v", len(passed), trained, passed)
	}
}
