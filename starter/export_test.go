package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/library/safetensors"
	"temper/model/pretrained"
	"temper/model/tokenizer"
)

// recordedRun fills a store as the activities of a run do.
type recordedRun struct {
	t     *testing.T
	store *objectstore.Memory
	run   artifact.RunID
	clock time.Time
}

func newRecordedRun(t *testing.T) *recordedRun {
	return &recordedRun{t: t, store: objectstore.NewMemory(), run: artifact.RunID{Name: "my-run", ID: "id-1"}, clock: time.Unix(1e9, 0).UTC()}
}

func (r *recordedRun) put(data []byte) artifact.Ref {
	r.t.Helper()
	ref, err := r.store.Put(r.t.Context(), data)
	if err != nil {
		r.t.Fatal(err)
	}
	return ref
}

// manifest records work that ends a second after the last.
func (r *recordedRun) manifest(kind artifact.Kind, stage string, step int, outputs map[string]artifact.Ref) {
	r.t.Helper()
	r.record(artifact.Manifest{Kind: kind, Stage: stage, Step: step, Outputs: outputs})
}

func (r *recordedRun) record(m artifact.Manifest) {
	r.t.Helper()
	m.Run = r.run
	m.Work.Started, r.clock = r.clock, r.clock.Add(time.Second)
	m.Work.Ended = r.clock
	data, err := m.Encode()
	if err != nil {
		r.t.Fatal(err)
	}
	key := artifact.Key(m, artifact.RefOf(data).SHA256)
	if err := r.store.Create(r.t.Context(), key, data); err != nil {
		r.t.Fatal(err)
	}
}

func (r *recordedRun) recipe() {
	recipe := `{"name":"x","stages":[{"name":"sft","kind":"sft"},{"name":"math","kind":"rl","steps":12},{"name":"code","kind":"rl","steps":4}],"unknown":1}`
	r.manifest(artifact.KindRecipe, "", 0, map[string]artifact.Ref{"recipe": r.put([]byte(recipe))})
}

// policy stores a checkpoint whose one tensor holds value.
func (r *recordedRun) policy(value float32) map[string]artifact.Ref {
	r.t.Helper()
	tok, err := tokenizer.New("bytes")
	if err != nil {
		r.t.Fatal(err)
	}
	tensors := []safetensors.Tensor{
		{Name: "model.embed_tokens.weight", Shape: []int{2, 2}, Data: []float32{value, 1.0 / 3, 2, 3}},
		{Name: "model.norm.weight", Shape: []int{2}, Data: []float32{1, 1}},
		{Name: "value_head.weight", Shape: []int{1, 2}, Data: []float32{4, 5}}, // which no export has
	}
	c := checkpoint.Checkpoint{
		Config: json.RawMessage(`{"model_type":"qwen2","architectures":["Qwen2ForCausalLM"],"vocab_size":263,"eos_token_id":[1,7],"temper_value_head":true}`), Tokenizer: r.put(tok.JSON()),
		Weights:   []artifact.Ref{r.put(safetensors.Encode(tensors[:1], nil)), r.put(safetensors.Encode(tensors[1:], nil))},
		Optimizer: []artifact.Ref{r.put([]byte("moments"))},
	}
	data, err := c.Encode()
	if err != nil {
		r.t.Fatal(err)
	}
	return map[string]artifact.Ref{"checkpoint": r.put(data)}
}

// record is a run in the middle of its second RL stage.
func record(t *testing.T) *recordedRun {
	r := newRecordedRun(t)
	r.recipe()
	r.manifest(artifact.KindCheckpoint, "", 0, r.policy(-1))
	r.manifest(artifact.KindSFT, "sft", 5, r.policy(5))
	r.manifest(artifact.KindSFT, "sft", 10, r.policy(10))
	for step := 1; step <= 12; step++ {
		outputs := map[string]artifact.Ref{"update": r.put([]byte("batch"))}
		if step%6 == 0 {
			outputs["checkpoint"] = r.policy(float32(100 + step))["checkpoint"]
		}
		r.manifest(artifact.KindUpdate, "math", step, outputs)
	}
	r.manifest(artifact.KindUpdate, "math", 12, r.policy(113)) // after a reset
	r.manifest(artifact.KindRollouts, "code", 3, map[string]artifact.Ref{"rollouts": r.put([]byte("r"))})
	r.manifest(artifact.KindUpdate, "code", 1, map[string]artifact.Ref{"update": r.put([]byte("batch"))})
	r.manifest(artifact.KindUpdate, "code", 2, map[string]artifact.Ref{"update": r.put([]byte("batch"))})
	return r
}

// exportTo runs exportFrom and returns its notes.
func exportTo(t *testing.T, store objectstore.Store, o exportOptions) (string, error) {
	t.Helper()
	var notes bytes.Buffer
	show := newExportView(&notes)
	err := exportFrom(t.Context(), store, pretrained.LocalSink(o.to), o, show)
	show.close()
	return notes.String(), err
}

// TestExportStages exports each stage and reads the model back.
func TestExportStages(t *testing.T) {
	r := record(t)
	for _, c := range []struct {
		stage, says string
		want        float32
	}{
		{"sft", "run my-run (Run ID id-1), stage sft, update 10: checkpoint ", 10},
		{"math", "stage math, policy step 12 of 12: checkpoint ", 113},
		{"", "stage math, policy step 12 of 12: checkpoint ", 113},
	} {
		dir := filepath.Join(t.TempDir(), "model")
		notes, err := exportTo(t, r.store, exportOptions{run: "my-run", stage: c.stage, to: dir, dtype: safetensors.BF16, maxShardBytes: 10})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(notes, c.says) || !strings.Contains(notes, "the tokenizer is not Qwen2's") || !strings.Contains(notes, "model-00002-of-00002.safetensors, ") {
			t.Errorf("stage %q: notes\n%s", c.stage, notes)
		}
		m, err := pretrained.Inspect(t.Context(), pretrained.Local(dir))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float32, 4)
		if err := errors.Join(m.Read(t.Context(), "model.embed_tokens.weight", got), m.Close()); err != nil {
			t.Fatal(err)
		}
		if want := []float32{c.want, 0.333984375, 2, 3}; !slices.Equal(got, want) {
			t.Errorf("stage %q: weights %v, want %v", c.stage, got, want)
		}
		if want := "{\n  \"architectures\": [\n    \"Qwen2ForCausalLM\"\n  ],\n  \"eos_token_id\": [\n    1,\n    7\n  ],\n  \"model_type\": \"qwen2\",\n  \"torch_dtype\": \"bfloat16\",\n  \"vocab_size\": 263\n}\n"; string(m.ConfigJSON) != want {
			t.Errorf("config.json is %s", m.ConfigJSON)
		}
		if want := "{\n  \"eos_token_id\": [\n    1,\n    7\n  ],\n  \"pad_token_id\": 0\n}\n"; string(m.GenerationConfig) != want {
			t.Errorf("generation_config.json is %s", m.GenerationConfig)
		}
		tok, err := tokenizer.FromFiles(m.TokenizerFiles)
		if err != nil {
			t.Fatal(err)
		}
		if ids, err := tok.Encode("<think>é"); err != nil || !slices.Equal(ids, []int32{4, 7 + 0xc3, 7 + 0xa9}) {
			t.Errorf("the exported tokenizer makes %v (%v)", ids, err)
		}
	}
	// What a stage handed on is its policy, and each of its checkpoints can be had by the number of updates.
	r.record(artifact.Manifest{Kind: artifact.KindDecision, Stage: "sft", Name: artifact.AboutHandOn, Step: 10, Outputs: r.policy(10)})
	r.record(artifact.Manifest{Kind: artifact.KindDecision, Stage: "sft", Name: artifact.AboutHandOn, Step: 5, Outputs: r.policy(5)})
	for stage, says := range map[string]string{"sft": "stage sft, update 5, which the stage handed on: checkpoint ", "sft@10": "stage sft, update 10: checkpoint ", "math@6": "stage math, policy step 6 of 12, not the stage's end: checkpoint "} {
		if notes, err := exportTo(t, r.store, exportOptions{run: "my-run", stage: stage, to: t.TempDir(), dtype: safetensors.F32}); err != nil || !strings.Contains(notes, says) {
			t.Errorf("%s: %v\n%s", stage, err, notes)
		}
	}
	if _, err := findCheckpoint(t.Context(), r.store, "my-run", "", "math@7"); err == nil || err.Error() != "stage math of run my-run has no checkpoint math@7; valid: those of checkpoint_every and evaluate_every, and math for what it left" {
		t.Errorf("a step without a checkpoint: %v", err)
	}
	// A stage that is stopped, or still at work, has the checkpoint of its last step.
	r.manifest(artifact.KindCheckpoint, "code", 2, r.policy(202))
	dir := t.TempDir()
	notes, err := exportTo(t, r.store, exportOptions{run: "my-run", to: dir, dtype: safetensors.F32})
	if err != nil || !strings.Contains(notes, "stage code, policy step 2 of 4, not the stage's end: checkpoint ") {
		t.Errorf("stopped: %v\n%s", err, notes)
	}
	r.record(artifact.Manifest{Kind: artifact.KindDecision, Stage: "code", Name: artifact.AboutStop, Step: 2})
	notes, err = exportTo(t, r.store, exportOptions{run: "my-run", to: t.TempDir(), dtype: safetensors.F32})
	if err != nil || !strings.Contains(notes, "stage code, policy step 2 of 2: checkpoint ") {
		t.Errorf("ended by a rule: %v\n%s", err, notes)
	}
	if _, err := exportTo(t, r.store, exportOptions{run: "my-run", to: dir, dtype: safetensors.F32}); err == nil ||
		err.Error() != "write model "+dir+": the target is not empty: there is a model already (config.json); choose another, or replace a model there with --force" {
		t.Errorf("a second export: %v", err)
	}
	if _, err := exportTo(t, r.store, exportOptions{run: "my-run", stage: "sft", to: dir, dtype: safetensors.F32, force: true}); err != nil {
		t.Errorf("a second export, forced: %v", err)
	}
}

// TestExportRefusesATokenizerThatIsTooLarge: a checkpoint like that came from elsewhere.
func TestExportRefusesATokenizerThatIsTooLarge(t *testing.T) {
	r := record(t)
	c := checkpoint.Checkpoint{Config: json.RawMessage(`{"model_type":"qwen2","vocab_size":262}`), Tokenizer: r.put(must(tokenizer.New(tokenizer.Bytes)).JSON())}
	_, _, err := tokenizerFiles(t.Context(), r.store, c, func(string) {})
	if want := "export: the tokenizer has 263 tokens, but the model's embedding only 262 rows (vocab_size)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// TestExportFindsTheRun checks which run is meant, and what is said when there is none.
func TestExportFindsTheRun(t *testing.T) {
	r := record(t)
	r.run.ID = "a-later-one"
	r.recipe()
	r.manifest(artifact.KindSFT, "sft", 1, r.policy(7))
	for _, c := range []struct{ run, id, stage, want string }{
		{"my-run", "", "", "run my-run (Run ID a-later-one), stage sft, update 1: "},
		{"my-run", "id-1", "", "run my-run (Run ID id-1), stage math, policy step 12 of 12: "},
		{"my-run", "id-2", "", `error: run my-run has no Run ID "id-2"; valid: a-later-one, id-1`},
		{"my-run", "", "math", "error: stage math of run my-run has no checkpoint yet; the stages are sft, math, code"},
		{"my-run", "", "maths", `error: run my-run has no stage "maths"; did you mean math? valid: sft, math, code`},
		{"my", "", "", "error: there is no such run"},
		{"no such run", "", "", "error: there is no such run"},
	} {
		found, err := findCheckpoint(t.Context(), r.store, c.run, c.id, c.stage)
		got := found.String()
		if err != nil {
			got = "error: " + err.Error()
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %s %s: %s, want %s", c.run, c.id, c.stage, got, c.want)
		}
	}
	begun := newRecordedRun(t)
	begun.manifest(artifact.KindDataset, "", 0, nil)
	if _, err := findCheckpoint(t.Context(), begun.store, "my-run", "", ""); err == nil || !strings.Contains(err.Error(), "has not begun") {
		t.Errorf("a run without a recipe: %v", err)
	}
	begun.recipe()
	if _, err := findCheckpoint(t.Context(), begun.store, "my-run", "", ""); err == nil || !strings.Contains(err.Error(), "has no checkpoint yet; its stages are sft, math, code") {
		t.Errorf("a run without a checkpoint: %v", err)
	}
}

// TestExportMistakes checks the command line.
func TestExportMistakes(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"export", "x"}, "--to is missing; valid: a folder, or s3://BUCKET/FOLDER"},
		{[]string{"export", "--to", "d"}, "RUN is missing; valid: the name of a run"},
		{[]string{"export", "x", "--to", ""}, "--to is missing"},
		{[]string{"export", "x", "--to", "gs://a/b"}, `--to is "gs://a/b"; valid: a folder, or s3://BUCKET/FOLDER`},
		{[]string{"export", "x", "--to", "d", "--dtype", "int8"}, `--dtype is "int8"; valid: fp32, bf16, fp16`},
		{[]string{"export", "x", "--to", "d", "--max-shard-size", "big"}, `--max-shard-size: "big" is not a size`},
	} {
		var stderr bytes.Buffer
		if code := execute(context.Background(), c.args, io.Discard, &stderr); code != exitUsage || !strings.HasPrefix(stderr.String(), "starter: "+c.want) || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%v: exit code %d, %s", c.args, code, stderr.String())
		}
	}
}

func TestBytes(t *testing.T) {
	for text, want := range map[string]int64{"5GB": 5e9, "500 mb": 5e8, "2GiB": 2 << 30, "1.5KB": 1500, "12": 12, "1e6": 1e6, "7b": 7, "3TiB": 3 << 40, "1TB": 1e12} {
		if got, err := parseBytes(text); err != nil || got != want {
			t.Errorf("%s is %d (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "GB", "-1GB", "0", "NaN", "Inf", "1e30", "5 apples"} {
		if got, err := parseBytes(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
	for n, want := range map[int64]string{12: "12 bytes", 1500: "1.5 KB", 5e9: "5.0 GB", 2e12: "2.0 TB"} {
		if got := formatBytes(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
