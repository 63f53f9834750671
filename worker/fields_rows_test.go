package main

import (
	"strings"

	"temper/activities/learnertest"
)

// fromRows trains on rows that are read by their fields.
const fromRows = `
name: fields
seed: 1
model: {hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, max_position_embeddings: 200,
        rope_theta: 100, rms_norm_eps: 0.000001, tie_word_embeddings: true, init: {embedding_std: 0.1, output_gain: 0.2}}
tokenizer: bytes
prompt: {format: plain, math: "M {question}", code: "C {question}"}
data:
  rows: {uri: /rows.jsonl, format: rows, fields: {question: ask.text, answer: answer, solution: worked, response: "said[0]"}}
  dated: {uri: /dated.jsonl, format: livecodebench}
stages:
  - {name: first, kind: sft, data: rows, epochs: 1, batch_size: 4, max_tokens: 200, checkpoint_every: 9, optimizer: {
       learning_rate: 0.002, schedule: constant, warmup_steps: 0, final_fraction: 1, beta1: 0.9, beta2: 0.95, epsilon: 0.00001, weight_decay: 0.01,
       max_grad_norm: 1, state: reset}}
numerics: {micro_batch_tokens: 256, packing: false, gradient_checkpointing: false, generation_rows: 4}
`

// rowSources have each thing in two places.
func rowSources() learnertest.Sources {
	const row = `{"name": "n", "ask": {"text": "Q: one?", "other": "two?"}, "header": "f", "answer": "1", "boxed": "so \\boxed{1}", "worked": "w", "said": ["a", "b"], ` +
		`"tests": {"inputs": ["1"], "outputs": ["2"]}, "kind": "code"}`
	const dated = `{"question_id":"a","question_content":"q","contest_date":"2024-07-31T00:00:00","public_test_cases":[{"input":"1","output":"1","testtype":"stdin"}]}`
	return learnertest.Sources{"/dated.jsonl": []byte(dated + "\n" + strings.NewReplacer(`"a"`, `"b"`, "07-31", "08-01").Replace(dated) + "\n"),
		"/ids.txt": []byte("b\n"), "/lists.json": []byte(`{"one": ["a"], "two": ["b"]}`), "/rows.jsonl": []byte(strings.Repeat(row+"\n", 4)), "/bad.jsonl": []byte(row + "\n{}\n" + row + "\n")}
}

// fieldsOfRows are seen in a run on rows that are read by their fields.
var fieldsOfRows = map[string]fieldCase{
	"data{}.fields.question":    change("data", "data.rows.fields.question=ask.other"),
	"data{}.fields.question_in": change("data", "data.rows.fields.question_in=Q: {question}"),
	"data{}.fields.answer":      change("data", "data.rows.fields.answer=boxed"),
	"data{}.fields.answer_form": change("data", "data.rows.fields.answer_form=boxed", "data.rows.fields.answer=boxed"),
	"data{}.fields.solution":    change("data", "data.rows.fields.solution=name"),
	"data{}.fields.response":    change("data", "data.rows.fields.response=said[]"),
	"data{}.fields.tests":       change("data", "data.rows.fields.tests=tests", "data.rows.fields.answer=", "data.rows.fields.solution="),
	"data{}.fields.starter":     change("data", "data.rows.fields.starter=header"),
	"data{}.fields.domain":      change("data", "data.rows.fields.domain=kind", "data.rows.fields.answer=", "data.rows.fields.solution="),
	"data{}.skip_bad_rows":      changeWith("data", "data.rows.skip_bad_rows=true", "data.rows.uri=/bad.jsonl"),
	"data{}.shard_rows":         change("data", "data.rows.shard_rows=1"),
	"data{}.since":              change("data", "data.dated.since=2024-08-01"),
	"data{}.ids.uri":            change("data", "data.dated.ids.uri=/ids.txt"),
	"data{}.ids.list":           changeWith("data", "data.dated.ids.list=two", "data.dated.ids.uri=/lists.json"),
	"data{}.fields.id":          change("data", "data.rows.fields.id=name"),
}
