package main

import (
	"fmt"
	"strings"
	"testing"

	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/teacher"
)

// fromTeacher trains on what a teacher answered.
const fromTeacher = `
name: fields
seed: 1
model: {hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, max_position_embeddings: 96,
        rope_theta: 100, rms_norm_eps: 0.000001, tie_word_embeddings: true, init: {embedding_std: 0.1, output_gain: 0.2}}
tokenizer: bytes
prompt: {format: plain, math: "{question}", code: "write {question}"}
data:
  problems: {uri: /problems.jsonl, format: problems}
  other: {uri: /other.jsonl, format: problems}
  code: {uri: /code.jsonl, format: problems}
  said: {uri: /said.jsonl, format: examples}
stages:
  - {name: right, kind: teach, domain: math, data: problems, endpoint: one, model: big, samples: 4, temperature: 0.6, top_p: 0.95, max_tokens: 64, shards: 2, keep: correct, into: solved}
  - {name: all, kind: teach, domain: math, data: problems, endpoint: one, model: big, samples: 3, temperature: 0.6, top_p: 0.95, max_tokens: 32, shards: 1, into: traces}
  - {name: some, kind: curate, data: traces, into: fewer, rules: [{subset: {prompts: 4, responses: 2}}]}
  - {name: first, kind: sft, data: fewer, epochs: 1, batch_size: 4, max_tokens: 90, checkpoint_every: 9, optimizer: {
       learning_rate: 0.002, schedule: constant, warmup_steps: 0, final_fraction: 1, beta1: 0.9, beta2: 0.95, epsilon: 0.00001, weight_decay: 0.01,
       max_grad_norm: 1, state: reset}}
  - {name: graded, kind: teach, domain: math, data: problems, endpoint: one, model: big, samples: 4, temperature: 0.6, top_p: 0.95, max_tokens: 16, shards: 1, judge: true, into: graded}
  - {name: levels, kind: curate, data: problems, into: levelled, rules: [{difficulty: {of: graded, levels: {from: 1, to: 3}}}, {difficulty: {levels: {from: 1, to: 3}}}]}
  - {name: votes, kind: curate, data: problems, into: voted, rules: [{difficulty: {of: graded, keep: majority}}]}
  - {name: lengths, kind: curate, data: problems, into: longer, rules: [{length: {from: 8, below: 9, keep: 0.5, of: graded, tokens: teacher}}]}
numerics: {micro_batch_tokens: 128, packing: false, gradient_checkpointing: false, generation_rows: 4}
`

func teachingSources() learnertest.Sources {
	var problems, code, said strings.Builder
	for i := range 5 {
		fmt.Fprintf(&problems, `{"problem":"say %d","answer":"%d"}`+"\n", i, i)
		fmt.Fprintf(&code, `{"problem":"say %d","tests":{"type":"function","name":"f","cases":[{"args":[1],"expect":2}]}}`+"\n", i)
		fmt.Fprintf(&said, `{"prompt":"say %d","response":"x"}`+"\n", i)
	}
	return learnertest.Sources{"/problems.jsonl": []byte(problems.String()), "/other.jsonl": []byte(strings.ReplaceAll(problems.String(), "say", "tell")),
		"/code.jsonl": []byte(code.String()), "/said.jsonl": []byte(said.String())}
}

// fieldsOfTeaching are seen in a run that asks a teacher.
var fieldsOfTeaching = map[string]fieldCase{
	"stages[teach].domain":       changeWith("grader", "stages[0].domain=code", "stages[0].data=code"),
	"stages[teach].data":         change("taught", "stages[0].data=other"),
	"stages[teach].limit":        change("taught", "stages[0].limit=3"),
	"stages[teach].endpoint":     change("taught", "stages[0].endpoint=two"),
	"stages[teach].model":        change("taught", "stages[0].model=small"),
	"stages[teach].system":       change("taught", "stages[0].system=be brief", "stages[0].user=now {question}"),
	"stages[teach].user":         change("taught", "stages[0].user=now {question}"),
	"stages[teach].samples":      change("taught", "stages[0].samples=2"),
	"stages[teach].mean_samples": change("taught", "stages[0].mean_samples=3.5"),
	"stages[teach].temperature":  change("taught", "stages[0].temperature=0"),
	"stages[teach].top_p":        change("taught", "stages[0].top_p=1"),
	"stages[teach].max_tokens":   change("taught", "stages[0].max_tokens=65"),
	"stages[teach].shards":       change("taught", "stages[0].shards=1"),
	"stages[teach].keep":         change("data", "stages[0].keep=all"),
	"stages[teach].cut":          change("data", "stages[1].cut=drop"),
	"stages[teach].add_to":       changeWith("data", "stages[1].add_to=true", "stages[1].into=solved", "stages[2].data=solved"),
	"stages[teach].judge":        change("verdicts", "stages[1].judge=true"),

	"stages[curate].rules[].difficulty.of":          changeWith("curated", "stages[5].rules[0].difficulty.of=traces", "stages[1].judge=true"),
	"stages[curate].rules[].difficulty.keep":        changeWith("curated", "stages[6].rules[0].difficulty.keep=", "stages[6].rules[0].difficulty.levels={from: 1, to: 3}"),
	"stages[curate].rules[].difficulty.levels.from": change("curated", "stages[5].rules[1].difficulty.levels.from=2"),
	"stages[curate].rules[].difficulty.levels.to":   change("curated", "stages[5].rules[1].difficulty.levels.to=1"),
	"stages[curate].rules[].length.tokens":          change("curated", "stages[7].rules[0].length.tokens=policy"),

	"stages[teach].into": changeWith("weights", "stages[1].into=none", "stages[2].data=said"),
}

// TestTaughtRun: responses are bought once, right ones are kept where the recipe wants that, a curation
// thins them out, and a supervised stage trains on what is left.
func TestTaughtRun(t *testing.T) {
	_, store, result := observe(t, decoded(t, fromTeacher), teachingSources())
	keys, err := store.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	kept, funnel, bought, left, trained := map[string]teacher.Stats{}, map[string]string{}, 0, 0., false
	for _, key := range keys {
		if strings.HasPrefix(key, "teachers/one/") {
			bought++
		}
		data, err := store.Read(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		m, err := artifact.DecodeManifest(data)
		switch {
		case err != nil:
		case m.Kind == artifact.KindDataset && m.Stage != "":
			kept[m.Stage] = teacher.FromMetrics(m.Metrics)
		case m.Kind == artifact.KindCuration && m.Stage != "some":
			funnel[m.Stage] += fmt.Sprint(curation.FromMetrics(m.Stage, m.Metrics), ";")
		case m.Kind == artifact.KindCuration:
			left = m.Metrics[artifact.MetricNumExamples]
		case m.Kind == artifact.KindSFT:
			trained = true
		}
	}
	right, all := kept["right"], kept["all"]
	if right.Kept != 7 || right.Responses != 20 || right.Wrong != 13 || right.Correct != 7 || right.Finish["length"] != 5 {
		t.Errorf("of what is right it kept %+v", right)
	}
	if all.Kept != 15 || all.Responses != 15 || all.Correct+all.Incorrect != 0 || all.CompletionTokens != 15*8 {
		t.Errorf("of all it kept %+v", all)
	}
	if left != 8 {
		t.Errorf("of the traces curation leaves %g", left)
	}
	for stage, want := range map[string]string{"levels": "levels left 5 of 5;levels left 5 of 5;", "votes": "votes left 1 of 5 (4 wrong_majority);"} {
		if funnel[stage] != want {
			t.Errorf("by difficulty: %s, want %s", funnel[stage], want)
		}
	}
	if bought != 55 || !trained || result.Checkpoint.IsZero() {
		t.Errorf("%d responses are stored, trained: %v", bought, trained)
	}
}

// TestTaughtAsked: questions without answers are asked, and what is said to them is trained on.
func TestTaughtAsked(t *testing.T) {
	sources := teachingSources()
	sources["/asked.jsonl"] = []byte(`{"q":"say 7"}` + "\n" + `{"q":"say 8"}` + "\n")
	text := strings.Replace(fromTeacher, "said: {", "asked: {uri: /asked.jsonl, format: rows, fields: {question: q}}\n  said: {", 1)
	_, store, result := observe(t, decoded(t, text, "stages[1].data=asked"), sources)
	keys, err := store.List(t.Context(), result.Run.Prefix())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		data, err := store.Read(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := artifact.DecodeManifest(data); err == nil && m.Kind == artifact.KindDataset && m.Stage == "all" {
			if got := teacher.FromMetrics(m.Metrics); got.Responses != 6 || got.Kept == 0 {
				t.Errorf("it says %+v", got)
			}
			return
		}
	}
	t.Error("nothing was taught")
}

// TestTaughtAdds: a second stage keeps what the first has taught, and each text to a prompt once.
func TestTaughtAdds(t *testing.T) {
	added := []string{"stages[1].add_to=true", "stages[1].into=solved", "stages[1].max_tokens=64", "stages[2].data=solved"}
	held := func(assignments ...string) map[string]float64 {
		_, store, result := observe(t, decoded(t, fromTeacher, assignments...), teachingSources())
		keys, err := store.List(t.Context(), result.Run.Prefix())
		if err != nil {
			t.Fatal(err)
		}
		examples := map[string]float64{}
		for _, key := range keys {
			data, err := store.Read(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			if m, err := artifact.DecodeManifest(data); err == nil && m.Kind == artifact.KindDataset && m.Stage != "" {
				examples[m.Stage] = m.Metrics[artifact.MetricNumExamples]
			}
		}
		return examples
	}
	// With one budget both stages are told the same, so that the right ones come again and are kept once.
	apart, together := held("stages[1].max_tokens=64"), held(added...)
	if apart["right"] == 0 || together["right"] != apart["right"] || together["all"] <= apart["all"] || together["all"] >= apart["right"]+apart["all"] {
		t.Errorf("apart they hold %v, together %v", apart, together)
	}
}
