package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/library/safetensors"
	"temper/model/recipe"
)

// The recipes of the test of fields: one that begins with nothing and makes its data, and one
// that begins with a base model and reads files.
const fromNothing = `
name: fields
seed: 1
model: {hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, max_position_embeddings: 96,
        rope_theta: 100, rms_norm_eps: 0.000001, tie_word_embeddings: true, init: {embedding_std: 0.1, output_gain: 0.2}}
tokenizer: synthetic
prompt: {format: tokens}
data:
  demonstrations:
    synthetic: {kind: demonstrations, count: 6, code_fraction: 0.5, operations: [2], styles: {concise: 0.5, verbose: 0.5}, responses_per_prompt: 2, seed: 3}
  graphs:
    graph: {kind: demonstrations, count: 6, tasks: [degree, leaves], min_nodes: 5, max_nodes: 7, notation: compact, answer_only: 0.5, seed: 3}
  graphs-held-out: {graph: {kind: problems, count: 2, min_nodes: 5, max_nodes: 7, notation: compact, held_out: true, seed: 9}}
  held-out: {synthetic: {kind: problems, count: 2, operations: [2], held_out: true, seed: 9}}
  planted: {synthetic: {kind: problems, count: 3, code_fraction: 1, worded: true, seed: 3,
    planted: {repeated: 1, contaminated: 1, same_source: 1, benchmark_seed: 9, unusable: 1, unfit: 1}}}
stages:
  - {name: sft, kind: sft, data: demonstrations, epochs: 1, batch_size: 6, max_tokens: 96, checkpoint_every: 9, optimizer: &adam {
       learning_rate: 0.01, schedule: cosine, warmup_steps: 1, final_fraction: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 0.00001, weight_decay: 0.01,
       max_grad_norm: 1, state: reset}}
  - {name: graphs, kind: sft, data: graphs, epochs: 1, batch_size: 6, max_tokens: 96, checkpoint_every: 9, optimizer: *adam}
temperature_search: {target_entropy: 0, tolerance: 0, min: 0, max: 0, start: 0, problems: 0, max_response_tokens: 0, max_measurements: 0}
evaluation:
  benchmarks:
    - {name: math, domain: math, data: held-out, samples: 1, temperature: 1, top_p: 1, max_response_tokens: 4, shards: 1}
numerics: {micro_batch_tokens: 128, packing: false, gradient_checkpointing: false, generation_rows: 4}
`

const fromBase = `
name: fields
seed: 1
model: {base: /base, max_position_embeddings: 64}
tokenizer: base
prompt: {format: chat, system: Think., math: "M {question}", code: "C {question}", prefix: "<", end: <|im_end|>}
data:
  examples: {uri: /examples.jsonl, format: gsm8k}
  problems: {uri: /problems.jsonl, format: problems}
  code: {uri: /code.jsonl, format: problems}
  long: {uri: /long.jsonl, format: problems}
  other: {uri: /other-examples.jsonl, format: gsm8k}
  wrong: {uri: /wrong.jsonl, format: problems}
  steps: {uri: /steps.jsonl, format: gsm8k, calculations: {prompt: sentence, max_number: 9, answer_only: 0.5}}
stages:
  - {name: first, kind: sft, data: examples, epochs: 2, batch_size: 4, max_tokens: 50, checkpoint_every: 9, optimizer: &adam {
       learning_rate: 0.002, schedule: cosine, warmup_steps: 1, final_fraction: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 0.00001, weight_decay: 0.01,
       max_grad_norm: 1, state: reset}}
  - {name: second, kind: sft, data: examples, epochs: 1, batch_size: 4, max_tokens: 50, checkpoint_every: 9, optimizer: *adam}
  - {name: math, kind: rl, domain: math, data: problems, max_response_tokens: 12, problems_per_step: 2, group_size: 6, by_epoch: [{}], steps: 3, temperature: search,
     objective: {advantage: {std: population}, overlong: {handling: filter}}, optimizer: *adam, shards: 1, checkpoint_every: 2}
temperature_search: {target_entropy: 0.3, tolerance: 0.0001, min: 0.5, max: 1.2, start: 1, problems: 2, max_response_tokens: 10, max_measurements: 2}
evaluation:
  benchmarks:
    - {name: math, domain: math, data: long, samples: 1, temperature: 1, top_p: 1, max_response_tokens: 12, shards: 1}
numerics: {micro_batch_tokens: 128, packing: false, gradient_checkpointing: false, generation_rows: 4}
`

const fromReward = `
name: fields
seed: 1
model: {hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, max_position_embeddings: 64,
        rope_theta: 100, rms_norm_eps: 0.000001, tie_word_embeddings: true, init: {embedding_std: 0.1, output_gain: 0.2}}
tokenizer: bytes
prompt: {format: plain, activity: "A {question}"}
data: {problems: {uri: /problems.jsonl, format: problems}}
stages:
  - {name: own, kind: rl, domain: activity, reward: &mine {task_queue: mine, activity: judge, version: "1", timeout_seconds: 60}, data: problems,
     max_response_tokens: 6, problems_per_step: 1, group_size: 2, steps: 1, temperature: 1, objective: {}, shards: 1, checkpoint_every: 2, optimizer: {learning_rate: 0.01, schedule: constant, warmup_steps: 0,
       final_fraction: 1, beta1: 0.9, beta2: 0.95, epsilon: 0.00001, weight_decay: 0.01, max_grad_norm: 1, state: reset}}
  - {name: kept, kind: collect, domain: activity, reward: *mine, data: problems, limit: 1, samples: 1, temperature: 1, max_response_tokens: 4, shards: 1,
     keep: correct, into: liked}
  - {name: rated, kind: curate, data: problems, into: even, rules: [{pass_rate: {domain: activity, reward: *mine, samples: 1, temperature: 1, max_response_tokens: 4, shards: 1, at_least: 1, at_most: 1}}]}
temperature_search: {target_entropy: 0, tolerance: 0, min: 0, max: 0, start: 0, problems: 0, max_response_tokens: 0, max_measurements: 0}
evaluation:
  benchmarks:
    - {name: own, domain: activity, reward: *mine, data: problems, samples: 1, temperature: 1, top_p: 1, max_response_tokens: 4, shards: 1}
numerics: {micro_batch_tokens: 128, packing: false, gradient_checkpointing: false, generation_rows: 4}
`

func decoded(t *testing.T, text string, assignments ...string) recipe.Recipe {
	t.Helper()
	r, err := recipe.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, assignment := range assignments {
		if err := recipe.Set(&r, assignment); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Validate(); err != nil {
		t.Fatalf("%v: %v", assignments, err)
	}
	return r
}

// chatTokenizer has the 256 bytes and some tokens around a text, and a chat template.
func chatTokenizer(t *testing.T, more ...string) map[string][]byte {
	t.Helper()
	vocab := map[string]int{}
	next := rune(0x100)
	for b := range rune(256) {
		r := b
		if !('!' <= b && b <= '~' || 0xa1 <= b && b <= 0xac || 0xae <= b) { // the byte alphabet of GPT-2
			r, next = next, next+1
		}
		vocab[string(r)] = int(b)
	}
	var added []any
	for i, token := range append([]string{"<|im_end|>", "<|end|>", "</think>"}, more...) {
		added = append(added, map[string]any{"id": 256 + i, "content": token, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": i < 2})
	}
	level := map[string]any{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}
	file, err := json.Marshal(map[string]any{"version": "1.0", "added_tokens": added, "pre_tokenizer": level, "decoder": level,
		"model": map[string]any{"type": "BPE", "vocab": vocab, "merges": []string{}}})
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"tokenizer.json": file, "tokenizer_config.json": []byte(
		`{"eos_token":"<|end|>","chat_template":"{% for m in messages %}{{ m['role'][0] }}{{ m['content'] }};{% endfor %}{{ more }}{% if dated is defined %}{{ strftime_now('%d') }}{% endif %}a"}`)}
}

// fieldSources are the files that the recipe from a base model reads, but the base model.
func fieldSources() learnertest.Sources {
	line := func(format string, values ...any) string { return fmt.Sprintf(format, values...) + "\n" }
	var examples, problems, code strings.Builder
	for range 4 { // two answers to one question, so that groups differ, and one that is too long
		examples.WriteString(line(`{"question":"q","answer":"s #### 1"}`) + line(`{"question":"q","answer":"s #### 2"}`) + line(`{"question":"q","answer":"sssssssssss #### 1"}`))
	}
	examples.WriteString(line(`{"question":"%s","answer":"s #### 1"}`, strings.Repeat("q", 20)))
	for range 8 {
		problems.WriteString(line(`{"problem":"q","answer":"1"}`))
	}
	long := line(`{"problem":"q","answer":"1"}`) + line(`{"problem":"%s","answer":"1"}`, strings.Repeat("q", 30))
	for range 3 {
		code.WriteString(line(`{"problem":"q","tests":{"type":"function","name":"f","cases":[{"args":[1],"expect":2}]}}`))
	}
	code.WriteString(line(`{"problem":"q","starter":"h","tests":{"type":"function","name":"f","cases":[{"args":[1],"expect":2}]}}`))
	return learnertest.Sources{"/examples.jsonl": []byte(examples.String()), "/problems.jsonl": []byte(problems.String()), "/code.jsonl": []byte(code.String()), "/long.jsonl": []byte(long),
		"/wrong.jsonl": []byte(strings.ReplaceAll(problems.String(), `"1"`, `"3"`)), "/other-examples.jsonl": []byte(examples.String() + examples.String()),
		"/mixed.jsonl": []byte(strings.Repeat(line(`{"prompt":"q","response":"s"}`)+line(`{"prompt":"%s","response":"s"}`, strings.Repeat("q", 31)), 8)),
		"/steps.jsonl": []byte(strings.Repeat(line(`{"question":"2 3?","answer":"2+3=<<2+3=5>>5\nx 2*3=<<2*3=6>>6 #### 6"}`), 4)),
		"/pairs.jsonl": []byte(strings.Repeat(line(`{"prompt":"q","response":"s"}`), 8)),
	}
}

// ropes are how transformers 4 and 5 write the rotary settings.
var ropes = map[string]string{
	"transformers 4": `"rope_theta": 10000.0, "rope_scaling": null, "torch_dtype": "float32"`,
	"transformers 5": `"rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}, "dtype": "float32"`,
}

// baseFolder is a base model that has learned the examples, so that its groups of
// answers are right and wrong; its config.json has one of the two forms.
func baseFolder(t *testing.T, learned []safetensors.Tensor, rope, folder string) learnertest.Sources {
	t.Helper()
	files := learnertest.Sources{}
	for name, data := range chatTokenizer(t, `\boxed{`) {
		files[folder+"/"+name] = data
	}
	files[folder+"/config.json"] = []byte(`{"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "vocab_size": 260, "hidden_size": 16, "intermediate_size": 24,
		"num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
		"tie_word_embeddings": true, "attention_dropout": 0.0, "eos_token_id": 257, "use_sliding_window": false, "layer_types": ["full_attention"], ` + rope + `}`)
	files[folder+"/model.safetensors"] = safetensors.Encode(learned, map[string]string{"format": "pt"})
	return files
}

// learnedWeights are those of a base model: it is trained here, from nothing.
func learnedWeights(t *testing.T) []safetensors.Tensor {
	t.Helper()
	r := decoded(t, fromBase)
	nothing := decoded(t, fromNothing)
	r.Model, r.Tokenizer, r.Stages, r.Evaluation.Benchmarks = nothing.Model, "/base", r.Stages[:1], nil
	r.Model.MaxPositionEmbeddings, r.Model.RopeTheta = 64, 10000
	first := r.Stages[0].SFT
	first.Epochs, first.CheckpointEvery, first.Optimizer.LearningRate = 40, 1000, 0.02
	sources := fieldSources()
	for name, data := range chatTokenizer(t, `\boxed{`) {
		sources["/base/"+name] = data
	}
	_, store, result := observe(t, r, sources)
	return tensorsOf(t, store, result.Checkpoint)
}

func tensorsOf(t *testing.T, store *objectstore.Memory, ref artifact.Ref) []safetensors.Tensor {
	t.Helper()
	c, err := checkpoint.Decode(observed{}.get(t, store, ref))
	if err != nil {
		t.Fatal(err)
	}
	var all []safetensors.Tensor
	for _, file := range c.Weights {
		data := observed{}.get(t, store, file)
		opened, err := safetensors.Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, info := range opened.Tensors() {
			n := 1
			for _, d := range info.Shape {
				n *= d
			}
			tensor := safetensors.Tensor{Name: info.Name, Shape: info.Shape, Data: make([]float32, n)}
			if err := opened.ReadAll(context.Background(), map[string][]float32{info.Name: tensor.Data}); err != nil {
				t.Fatal(err)
			}
			all = append(all, tensor)
		}
	}
	return all
}

// withBases are the sources of a recipe from a base model, and of another base model.
func withBases(t *testing.T, learned []safetensors.Tensor, rope string) learnertest.Sources {
	t.Helper()
	sources := fieldSources()
	maps.Copy(sources, baseFolder(t, learned, rope, "/base"))
	for name, data := range chatTokenizer(t) {
		sources["/another/"+name] = data
	}
	other := make([]safetensors.Tensor, len(learned))
	copy(other, learned)
	other[0].Data = append([]float32{7}, learned[0].Data[1:]...)
	maps.Copy(sources, baseFolder(t, other, rope, "/other"))
	return sources
}

func encoded(t *testing.T, r recipe.Recipe) string {
	t.Helper()
	data, err := recipe.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestCarryAcrossKinds: a supervised stage that carries goes on with the moments that the RL stage before it left,
// an RL stage with those of a supervised one; the first of all begins with none.
func TestCarryAcrossKinds(t *testing.T) {
	sources := withBases(t, learnedWeights(t), ropes["transformers 5"])
	r := decoded(t, fromBase, "stages.math.temperature=1", "stages.second.optimizer.state=carry", "stages.math.optimizer.state=carry")
	first, second, math := r.Stages[0], r.Stages[1], r.Stages[2]
	weights := func(reset string, stages ...recipe.Stage) string {
		r.Stages = stages
		changed := decoded(t, encoded(t, r))
		if reset != "" {
			if err := recipe.Set(&changed, "stages."+reset+".optimizer.state=reset"); err != nil {
				t.Fatal(err)
			}
		}
		o, _, _ := observe(t, changed, sources)
		return o["weights"]
	}
	if weights("", math, second) == weights("second", math, second) {
		t.Error("supervised training after RL does not carry the moments")
	}
	if weights("", first, math) == weights("math", first, math) {
		t.Error("RL after supervised training does not carry the moments")
	}
	if weights("", math) != weights("math", math) {
		t.Error("the first stage carries moments that nothing has made")
	}
}
