package tokenizer

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exportedTokenizers are the vocabularies that have no form of Hugging Face's of their own.
func exportedTokenizers(t *testing.T) map[string]Tokenizer {
	t.Helper()
	all := map[string]Tokenizer{}
	for _, name := range []string{Synthetic, Bytes} {
		tok, err := New(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = tok
	}
	path := filepath.Join("..", "..", "..", "shared", "data", "models", "stories260K", "tok512.bin")
	if data, err := os.ReadFile(path); err == nil {
		if all["tok512.bin"], err = FromFiles(map[string][]byte{"tok512.bin": data}); err != nil {
			t.Fatal(err)
		}
	}
	small := llama2CFile(append(llama2CTokens(), "a", "b", "aa", "ab", "aaa", "aab", " ", " a", "é")...)
	tok, err := FromFiles(map[string][]byte{"small.bin": small})
	if err != nil {
		t.Fatal(err)
	}
	all["small.bin"] = tok
	return all
}

// The files that are written for other programs are the same vocabulary.
func TestExportIsTheSameVocabulary(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for name, tok := range exportedTokenizers(t) {
		e, err := Export(tok, "llama")
		if err != nil || len(e.Remarks) > 0 || e.Files[tokenizerName] == nil || e.Files[DocumentName] != nil {
			t.Errorf("%s: files %v, remarks %q, %v", name, keys(e.Files), e.Remarks, err)
			continue
		}
		again, err := FromFiles(e.Files)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again.VocabSize() != tok.VocabSize() || again.EOS() != tok.EOS() || again.BOS() != tok.BOS() {
			t.Errorf("%s: size %d, ends %d, %d; want %d, %d, %d", name, again.VocabSize(), again.EOS(), again.BOS(), tok.VocabSize(), tok.EOS(), tok.BOS())
		}
		for range 3000 {
			text := randomText(random, name)
			want, fault := tok.Encode(text)
			got, err := again.Encode(text)
			if (err != nil) != (fault != nil) || err == nil && !slices.Equal(got, want) {
				t.Fatalf("%s: %q is %v (%v), want %v (%v)", name, text, got, err, want, fault)
			}
			if err == nil && again.Decode(got) != tok.Decode(want) {
				t.Fatalf("%s: %v is %q, want %q", name, got, again.Decode(got), tok.Decode(want))
			}
		}
	}
}

func keys(files map[string][]byte) (names []string) {
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// randomText joins pieces that are hard to cut.
func randomText(random *rand.Rand, vocabulary string) string {
	pieces := []string{"a", "b", "aa", "ab", " ", "  ", "\n", "é", "e\u0301", "<s>", "</s>", "<pad>", "<unk>", "\n<s>\n", "<0x41>", "Once upon a time", ", there was", "日本", "\x00", "12,345", "\\boxed{", "<think>", "</think>"}
	if vocabulary == Synthetic {
		pieces = []string{"so", "then", "th", "t", "\\boxed{", "<think>", "<thin", "1", "23", "+", "def f(x):", "def", "return ", " ", "\n", "nextnow", "no", "é", "<eos>", "check", "c"}
	}
	var text strings.Builder
	for range random.IntN(9) {
		text.WriteString(pieces[random.IntN(len(pieces))])
	}
	return text.String()
}

// What has no such form stays as it is, and that is said.
func TestExportWithoutAForm(t *testing.T) {
	double := llama2CFile(append(llama2CTokens(), "a", " ", "a")...)
	tok, err := FromFiles(map[string][]byte{"x.bin": double})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Export(tok, "llama")
	if err != nil || len(e.Files) != 1 || e.Files[DocumentName] == nil || len(e.Remarks) != 1 || !strings.Contains(e.Remarks[0], `the tokens 259 and 261 are both "a"`) {
		t.Errorf("files %v, remarks %q, %v", keys(e.Files), e.Remarks, err)
	}
}

// A qwen2 model's tokenizer that is not Qwen2's gets the class that leaves it as it is.
func TestExportNamesTheClass(t *testing.T) {
	qwen := smallFile()
	qwen["added_tokens"] = append(qwen["added_tokens"].([]any), fields{"id": 262, "content": qwen2End, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true})
	qwen["normalizer"] = fields{"type": "NFC"}
	qwen["pre_tokenizer"] = fields{"type": "Sequence", "pretokenizers": []any{
		fields{"type": "Split", "pattern": fields{"Regex": qwenPattern}, "behavior": "Isolated", "invert": false},
		fields{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
	}}
	for _, test := range []struct {
		name, config, modelType string
		file                    fields
		class                   string // "" for a file that stays as it is
		warned                  bool
	}{
		{"Qwen2's", `{"tokenizer_class":"Qwen2Tokenizer"}`, "qwen2", qwen, "", false},
		{"Qwen2's without a class", ``, "qwen2", qwen, "", false},
		{"Qwen2's beside llama", `{"tokenizer_class":"Qwen2Tokenizer"}`, "llama", qwen, "", false},
		{"Qwen2's without a class beside llama", ``, "llama", qwen, wholeFile, false},
		{"another", ``, "qwen2", smallFile(), wholeFile, true},
		{"another that is said to be Qwen2's", `{"tokenizer_class":"Qwen2TokenizerFast","eos_token":"<|im_end|>"}`, "qwen2", smallFile(), wholeFile, true},
		{"another beside llama", ``, "llama", smallFile(), wholeFile, false},
		{"another with its class beside llama", `{"tokenizer_class":"GPT2Tokenizer"}`, "llama", smallFile(), "", false},
		{"another that is said to be Qwen2's beside llama", `{"tokenizer_class":"Qwen2Tokenizer"}`, "llama", smallFile(), wholeFile, false},
	} {
		files := map[string][]byte{tokenizerName: fileBytes(t, test.file)}
		if test.config != "" {
			files[configName] = []byte(test.config)
		}
		tok, err := FromFiles(files)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Export(tok, test.modelType)
		if err != nil {
			t.Fatal(err)
		}
		if (len(e.Remarks) > 0) != test.warned || (e.Files[ModuleName] != nil) != test.warned {
			t.Errorf("%s: remarks %q, files %v", test.name, e.Remarks, keys(e.Files))
		}
		if test.class == "" {
			if string(e.Files[configName]) != test.config {
				t.Errorf("%s: tokenizer_config.json became %s", test.name, e.Files[configName])
			}
			continue
		}
		var config struct {
			Class string `json:"tokenizer_class"`
			EOS   string `json:"eos_token"`
		}
		if err := json.Unmarshal(e.Files[configName], &config); err != nil || config.Class != test.class {
			t.Errorf("%s: tokenizer_config.json is %s", test.name, e.Files[configName])
		}
		if strings.Contains(test.config, "im_end") && config.EOS != "<|im_end|>" {
			t.Errorf("%s: a field is lost: %s", test.name, e.Files[configName])
		}
		if again, err := FromFiles(e.Files); err != nil || again.VocabSize() != tok.VocabSize() {
			t.Errorf("%s: %v", test.name, err)
		}
		if _, changed := files[ModuleName]; changed {
			t.Errorf("%s: the tokenizer's own files changed", test.name)
		}
	}
}

// llama2CTokens are the tokens that every vocabulary of llama2.c begins with.
func llama2CTokens() []string {
	tokens := []string{"<unk>", "\n<s>\n", "\n</s>\n"}
	for b := range 256 {
		tokens = append(tokens, fmt.Sprintf("<0x%02X>", b))
	}
	return tokens
}

// llama2CFile writes a vocabulary of llama2.c. Scores fall with the ID.
func llama2CFile(tokens ...string) []byte {
	file := binary.LittleEndian.AppendUint32(nil, 32)
	for id, token := range tokens {
		file = binary.LittleEndian.AppendUint32(file, math.Float32bits(float32(-id)))
		file = binary.LittleEndian.AppendUint32(file, uint32(len(token)))
		file = append(file, token...)
	}
	return file
}
