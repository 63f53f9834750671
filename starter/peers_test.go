package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"temper/activities/objectstore"
	"temper/model/checkpoint"
	"temper/model/tokenizer"
)

// peersPython is the interpreter that `make peers` installs transformers for.
func peersPython(t *testing.T) string {
	t.Helper()
	python, err := filepath.Abs(filepath.Join("..", ".peers", "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(python); err != nil {
		t.Skip("transformers is not installed; `make peers` does it")
	}
	return python
}

// peerTexts are texts that tokenizers cut in different ways.
var peerTexts = []string{
	"", "a", " a", "a ", "Once upon a time, there was a little girl.", "It's 12345 + 1,000 = 13345;\n\n  x\t== y", "don't DON'T we'll",
	"caf\u00e9 cafe\u0301 \ufb01 \u212b", "日本語 テキスト", "🙂\u200d", "<s></s><unk>", "<user>1+2=?<asst><think>so</think>\\boxed{3}<eos><pad>", "\r\n\x00\x7f", "    leading", "<0x41>", "<|im_end|>x",
}

// foldersForPeers exports every kind of tokenizer beside configs of both model types.
func foldersForPeers(t *testing.T) map[string]tokenizer.Tokenizer {
	t.Helper()
	all := map[string]tokenizer.Tokenizer{}
	for _, name := range []string{tokenizer.Synthetic, tokenizer.Bytes} {
		all[name] = must(tokenizer.New(name))
	}
	shared := filepath.Join("..", "..", "shared", "data")
	if data, err := os.ReadFile(filepath.Join(shared, "models", "stories260K", "tok512.bin")); err == nil {
		all["llama2c"] = must(tokenizer.FromFiles(map[string][]byte{"tok512.bin": data}))
	}
	all["gpt2-like"] = must(tokenizer.FromFiles(map[string][]byte{"tokenizer.json": byteLevelFile(t, nil)}))
	all["gpt2-like, said to be Qwen2's"] = must(tokenizer.FromFiles(map[string][]byte{
		"tokenizer.json": byteLevelFile(t, nil), "tokenizer_config.json": []byte(`{"tokenizer_class":"Qwen2TokenizerFast","eos_token":"<|im_end|>"}`)}))
	qwen := map[string]any{"type": "Sequence", "pretokenizers": []any{
		map[string]any{"type": "Split", "behavior": "Isolated", "invert": false, "pattern": map[string]any{
			"Regex": `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`}},
		map[string]any{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
	}}
	all["qwen2-like"] = must(tokenizer.FromFiles(map[string][]byte{"tokenizer.json": byteLevelFile(t, qwen)}))
	all["qwen2-like with its class"] = must(tokenizer.FromFiles(map[string][]byte{
		"tokenizer.json": byteLevelFile(t, qwen, "<|endoftext|>"), "tokenizer_config.json": []byte(`{"tokenizer_class":"Qwen2Tokenizer","eos_token":"<|im_end|>","pad_token":"<|im_end|>"}`)}))
	return all
}

// byteLevelFile is a tokenizer.json with a few merges; without a pre-tokenizer it has GPT-2's.
func byteLevelFile(t *testing.T, preTokenizer any, more ...string) []byte {
	t.Helper()
	vocab := map[string]int{}
	bytesVocabulary := must(tokenizer.Export(must(tokenizer.New(tokenizer.Bytes)), "llama")).Files["tokenizer.json"]
	var written struct {
		Model struct {
			Vocab map[string]int `json:"vocab"`
		} `json:"model"`
	}
	if err := json.Unmarshal(bytesVocabulary, &written); err != nil {
		t.Fatal(err)
	}
	for name, id := range written.Model.Vocab {
		if id >= 7 {
			vocab[name] = id - 7
		}
	}
	merges := []string{"1 2", "12 3", "a n", "' t", "Ġ a", "= =", "Ġ Ġ", "Ċ Ċ", "Ã ©"}
	for _, merge := range merges {
		vocab[strings.ReplaceAll(merge, " ", "")] = len(vocab)
	}
	var added []any
	for i, content := range append([]string{"<|im_end|>"}, more...) {
		added = append(added, map[string]any{"id": len(vocab) + i, "content": content,
			"single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true})
	}
	file := map[string]any{
		"version": "1.0", "truncation": nil, "padding": nil, "normalizer": nil, "post_processor": nil,
		"added_tokens":  added,
		"pre_tokenizer": map[string]any{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
		"decoder":       map[string]any{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
		"model":         map[string]any{"type": "BPE", "dropout": nil, "unk_token": nil, "vocab": vocab, "merges": merges},
	}
	if preTokenizer != nil {
		file["pre_tokenizer"], file["normalizer"] = preTokenizer, map[string]any{"type": "NFC"}
	}
	data, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestPeersLoadTheTokenizer: transformers' AutoTokenizer makes of an exported folder the
// tokenizer that the model was trained with, whatever the type of the model.
func TestPeersLoadTheTokenizer(t *testing.T) {
	python := peersPython(t)
	type question struct {
		Folder string `json:"folder"`
		Text   string `json:"text"`
		Trust  bool   `json:"trust"`
		name   string
		tok    tokenizer.Tokenizer
	}
	var asked []question
	var in bytes.Buffer
	for name, tok := range foldersForPeers(t) {
		for _, modelType := range []string{"qwen2", "llama"} {
			folder := exportedFolder(t, tok, modelType)
			for _, text := range peerTexts {
				if _, err := tok.Encode(text); err != nil { // the vocabulary lacks a character
					continue
				}
				for _, trust := range []bool{false, true} {
					q := question{folder, text, trust, name + " beside " + modelType, tok}
					asked = append(asked, q)
					if err := json.NewEncoder(&in).Encode(q); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	cmd := exec.Command(python, filepath.Join("..", "deploy", "peers", "autotokenizer.py"))
	cmd.Stdin = &in
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "TRANSFORMERS_OFFLINE=1", "HF_HOME="+t.TempDir(), "TRANSFORMERS_VERBOSITY=error")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(asked) {
		t.Fatalf("%d answers to %d questions", len(lines), len(asked))
	}
	for i, q := range asked {
		var answer struct {
			IDs     []int32 `json:"ids"`
			Class   string  `json:"class"`
			Decoded string  `json:"decoded"`
			EOS     int32   `json:"eos"`
			Size    int     `json:"size"`
		}
		if err := json.Unmarshal([]byte(lines[i]), &answer); err != nil {
			t.Fatal(err)
		}
		if want := must(q.tok.Encode(q.Text)); !slices.Equal(answer.IDs, want) {
			t.Errorf("%s (trusted %v, %s): %q is %v, want %v", q.name, q.Trust, answer.Class, q.Text, answer.IDs, want)
		} else if text := q.tok.Decode(want); answer.Decoded != text || answer.EOS != q.tok.EOS() || answer.Size != q.tok.VocabSize() {
			t.Errorf("%s (trusted %v, %s): %.40v is %q of %d tokens, the end %d; want %q, %d, %d", q.name, q.Trust, answer.Class, want,
				answer.Decoded, answer.Size, answer.EOS, text, q.tok.VocabSize(), q.tok.EOS())
		}
	}
	t.Logf("%d texts in %d folders", len(asked), len(asked)/len(peerTexts)/2)
}

// exportedFolder writes what export writes of a tokenizer, beside a config.json.
func exportedFolder(t *testing.T, tok tokenizer.Tokenizer, modelType string) string {
	t.Helper()
	store := objectstore.NewMemory()
	ref, err := store.Put(t.Context(), tok.JSON())
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Appendf(nil, `{"model_type":%q,"vocab_size":%d,"hidden_size":16,"intermediate_size":16,"num_hidden_layers":1,"num_attention_heads":2,"num_key_value_heads":2}`,
		modelType, tok.VocabSize())
	files, generation, err := tokenizerFiles(t.Context(), store, checkpoint.Checkpoint{Config: config, Tokenizer: ref}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files["config.json"], files["generation_config.json"] = config, generation
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
