package tokenizer

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// refused is a change to a good file and the error it leads to.
type refused struct {
	change func(fields)
	want   string
}

func checkRefused(t *testing.T, tests []refused) {
	t.Helper()
	for _, test := range tests {
		file := smallFile()
		test.change(file)
		_, err := FromFiles(map[string][]byte{"tokenizer.json": fileBytes(t, file)})
		if err == nil || err.Error() != "read tokenizer: tokenizer.json: "+test.want {
			t.Errorf("got  %v\nwant read tokenizer: tokenizer.json: %s", err, test.want)
		}
	}
}

// Whatever a file says that is not supported is one line that names it.
func TestRefusedComponents(t *testing.T) {
	byteLevel := fields{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true}
	split := func(pattern any, behavior string, invert bool) any {
		return fields{"type": "Sequence", "pretokenizers": []any{
			fields{"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}, byteLevel}}
	}
	checkRefused(t, []refused{
		{func(f fields) { f["version"] = "2.0" }, `version is "2.0": supported are 1.0`},
		{func(f fields) { f["extra"] = 1 }, `unknown field "extra"`},
		{func(f fields) { f["normalizer"] = fields{"type": "Precompiled"} }, `normalizer.type is "Precompiled": supported are null, Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Prepend, Replace`},
		{func(f fields) {
			f["normalizer"] = fields{"type": "Sequence", "normalizers": []any{fields{"type": "NFC"}, fields{"type": "Nmt"}}}
		}, `normalizer[1].type is "Nmt": supported are null, Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Prepend, Replace`},
		{func(f fields) { f["normalizer"] = fields{"type": "NFC", "form": 1} }, `normalizer: unknown field "form"`},
		{func(f fields) {
			f["normalizer"] = fields{"type": "Replace", "pattern": fields{"Regex": "a(+"}, "content": ""}
		}, `normalizer.pattern.Regex: at byte 3: nothing comes before +`},
		{func(f fields) { f["pre_tokenizer"] = fields{"type": "WhitespaceSplit"} },
			`pre_tokenizer.type is "WhitespaceSplit": supported are null, Sequence, ByteLevel, Metaspace, Split, Digits, Punctuation`},
		{func(f fields) { f["pre_tokenizer"] = fields{"type": "Metaspace", "replacement": "▁▁"} }, `pre_tokenizer.replacement is "▁▁": supported are one character`},
		{func(f fields) {
			f["pre_tokenizer"] = fields{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "last"}
		}, `pre_tokenizer.prepend_scheme is "last": supported are always, first, never`},
		{func(f fields) {
			f["pre_tokenizer"] = fields{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "add_prefix_space": false}
		}, `pre_tokenizer.prepend_scheme is "first": supported are never with add_prefix_space false`},
		{func(f fields) { f["pre_tokenizer"] = nil }, `pre_tokenizer is null: supported are one that ends with ByteLevel, or a model with byte_fallback`},
		{func(f fields) { f["pre_tokenizer"] = fields{"type": "ByteLevel"} }, `pre_tokenizer.add_prefix_space is "nothing": supported are true, false`},
		{func(f fields) { f["pre_tokenizer"] = split(fields{"Regex": `(a)\1`}, "Isolated", false) }, `pre_tokenizer[0].pattern.Regex: at byte 4: \1 is not supported`},
		{func(f fields) { f["pre_tokenizer"] = split(fields{}, "Isolated", false) }, `pre_tokenizer[0].pattern is null: supported are {"String": …} and {"Regex": …}`},
		{func(f fields) { f["pre_tokenizer"] = split(fields{"Regex": llama3}, "Dropped", false) },
			`pre_tokenizer[0].behavior is "Dropped": supported are Isolated, Removed, Contiguous, MergedWithPrevious, MergedWithNext`},
		{func(f fields) {
			f["pre_tokenizer"] = fields{"type": "Sequence", "pretokenizers": []any{byteLevel, byteLevel}}
		}, `pre_tokenizer[1].type is "ByteLevel": supported are Split, Digits, Punctuation after ByteLevel`},
		{func(f fields) { f["decoder"] = nil }, `decoder is null: supported are ByteLevel, as the pre_tokenizer is`},
		{func(f fields) { f["decoder"] = fields{"type": "WordPiece"} }, `decoder.type is "WordPiece": supported are null, Sequence, ByteLevel`},
		{func(f fields) { f["post_processor"] = fields{"type": "BertProcessing"} },
			`post_processor.type is "BertProcessing": supported are null, Sequence, ByteLevel, TemplateProcessing`},
	})
}

// A model that is not supported or not consistent is one line too.
func TestRefusedModels(t *testing.T) {
	model := func(f fields) fields { return f["model"].(fields) }
	checkRefused(t, []refused{
		{func(f fields) { delete(f, "model") }, `model is missing`},
		{func(f fields) { model(f)["type"] = "WordPiece" }, `model.type is "WordPiece": supported are BPE`},
		{func(f fields) { model(f)["dropout"] = 0.1 }, `model.dropout is 0.1: supported are null, 0`},
		{func(f fields) { model(f)["end_of_word_suffix"] = "</w>" }, `model.end_of_word_suffix is "</w>": supported are null, ""`},
		{func(f fields) { model(f)["continuing_subword_prefix"] = "##" }, `model.continuing_subword_prefix is "##": supported are null, ""`},
		{func(f fields) { model(f)["byte_fallback"] = true }, `model.byte_fallback is true: supported are false with a pre_tokenizer that has ByteLevel`},
		{func(f fields) { model(f)["new"] = true }, `model: unknown field "new"`},
		{func(f fields) { model(f)["vocab"] = []any{} }, `model.vocab: not an object`},
		{func(f fields) { model(f)["vocab"].(fields)["ab"] = 1.5 }, `model.vocab: the ID of "ab": 1.5 is not a number from 0 to 2147483647`},
		{func(f fields) { model(f)["vocab"].(fields)["ab"] = -1 }, `model.vocab: the ID of "ab": -1 is not a number from 0 to 2147483647`},
		{func(f fields) { model(f)["vocab"].(fields)["ab"] = 257 }, `model.vocab: the tokens "ab" and "Ġa" both have the ID 257`},
		{func(f fields) { model(f)["vocab"].(fields)["ab"] = 2000000000 }, `no token has the ID 256, though IDs run to 2000000000`},
		{func(f fields) { f["added_tokens"] = []any{added(300, "<x>")} }, `no token has the ID 261, though IDs run to 300`},
		{func(f fields) { f["added_tokens"] = []any{added(260, "<x>")} }, `added_tokens: the tokens "bc" and "<x>" both have the ID 260`},
		{func(f fields) { f["added_tokens"] = []any{added(-4, "<x>")} }, `added_tokens: "<x>" has the ID -4, which is negative`},
		{func(f fields) { f["added_tokens"] = []any{added(261, "")} }, `added_tokens: ID 261 has no content`},
		{func(f fields) { f["added_tokens"] = []any{added(261, "ab")} }, `added_tokens: "ab" has the ID 261, but 256 in model.vocab`},
		{func(f fields) { model(f)["merges"] = "a b" }, `model.merges: not a list`},
		{func(f fields) { model(f)["merges"] = []any{"a b", "ab"} }, `model.merges: entry 1: "ab" is not two tokens with a space between`},
		{func(f fields) { model(f)["merges"] = []any{[]any{"a", "b", "c"}} }, `model.merges: entry 0: not two tokens`},
		{func(f fields) { model(f)["merges"] = []any{[]any{"a", 1}} }, `model.merges: entry 0: not a string`},
		{func(f fields) { model(f)["merges"] = []any{"a b", "日 b"} }, `model.merges: entry 1 names "日", which model.vocab lacks`},
		{func(f fields) { model(f)["merges"] = []any{"a z"} }, `model.merges: entry 0 makes "az", which model.vocab lacks`},
		{func(f fields) {
			model(f)["vocab"] = fields{"a": 0}
			model(f)["merges"] = []any{}
			f["added_tokens"] = nil
			model(f)["unk_token"] = "a"
		},
			`model.unk_token is "a": supported are null, or a vocabulary that has all 256 bytes`},
		{func(f fields) { model(f)["vocab"] = fields{}; model(f)["merges"] = []any{}; f["added_tokens"] = nil }, `model.vocab has no tokens`},
	})
}

func TestRefusedFiles(t *testing.T) {
	whole := fileBytes(t, smallFile())
	tests := []struct {
		files map[string][]byte
		want  string
	}{
		{nil, `no tokenizer.json among the files []`},
		{map[string][]byte{"config.json": nil}, `no tokenizer.json among the files ["config.json"]`},
		{map[string][]byte{"vocab.json": []byte("{}")}, `merges.txt is missing (there is vocab.json, but no tokenizer.json)`},
		{map[string][]byte{"merges.txt": nil}, `vocab.json is missing (there is merges.txt, but no tokenizer.json)`},
		{map[string][]byte{"tokenizer.json": whole[:100]}, `tokenizer.json: it is truncated: the JSON goes on after byte 100, the last`},
		{map[string][]byte{"tokenizer.json": nil}, `tokenizer.json: it is empty; valid: JSON`},
		{map[string][]byte{"tokenizer.json": []byte(`{"model" 1}`)}, `tokenizer.json: it is not JSON: byte 10: invalid character '1' after object key`},
		{map[string][]byte{"tokenizer.json": append(whole[:len(whole):len(whole)], '}')}, fmt.Sprintf(`tokenizer.json: there is something after the JSON value, which ends at byte %d`, len(whole))},
		{map[string][]byte{"tokenizer.json": []byte("\"\xff\"")}, `tokenizer.json: byte 2 is not UTF-8`},
		{map[string][]byte{"t.bin": {1, 0}}, `t.bin: 2 bytes are no llama2.c vocabulary`},
		{map[string][]byte{"t.bin": {1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0}}, `t.bin: token 0 has the length 9, the longest token has 1`},
		{map[string][]byte{"t.bin": {1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}}, `t.bin: truncated in token 0`},
		{map[string][]byte{"t.bin": {1, 0, 0, 0, 0}}, `t.bin: truncated in token 0`},
		{map[string][]byte{"t.bin": {1, 0, 0, 0}}, `t.bin: only 0 tokens`},
	}
	for _, test := range tests {
		_, err := FromFiles(test.files)
		if err == nil || err.Error() != "read tokenizer: "+test.want {
			t.Errorf("got %v, want read tokenizer: %s", err, test.want)
		}
	}
	stored := []byte(strings.Replace(string(fromFile(t, smallFile()).JSON()), "bpe-262", "bpe-263", 1))
	if _, err := Parse(stored); err == nil || !strings.Contains(err.Error(), `parse tokenizer: the stored files of "bpe-263`) {
		t.Errorf("a description with another name: %v", err)
	}
}

func TestEncodeNamesTheMissingByte(t *testing.T) {
	file := smallFile()
	file["model"].(fields)["vocab"] = fields{"a": 0, "Ġ": 1}
	file["model"].(fields)["merges"] = []any{}
	file["added_tokens"] = nil
	tok := fromFile(t, file)
	checkEncode(t, tok, "a a", 0, 1, 0)
	ids, err := tok.Encode("a é")
	want := `encode: vocabulary "` + tok.Name() + `" has no token for 'é' (the byte 0xc3)`
	if err == nil || err.Error() != want || ids != nil {
		t.Errorf("got %v, %v, want %s", ids, err, want)
	}
	if tok.EOS() != NoToken || tok.Pad() != NoToken {
		t.Errorf("eos %d, pad %d", tok.EOS(), tok.Pad())
	}
}

// Any JSON as any file gives a vocabulary that works or an error of one line.
func FuzzFromFiles(f *testing.F) {
	for _, file := range []fields{smallFile(), llama2File()} {
		data, err := json.Marshal(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, []byte(`{"eos_token": "ab", "added_tokens_decoder": {"261": {"content": "<|im_end|>"}}}`), "a ab<|im_end|>")
	}
	f.Add([]byte(`{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]]},"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true},"decoder":{"type":"ByteLevel"}}`), []byte(`{}`), "ab a")
	f.Fuzz(func(t *testing.T, file, config []byte, text string) {
		for _, files := range []map[string][]byte{
			{"tokenizer.json": file, "tokenizer_config.json": config},
			{"vocab.json": file, "merges.txt": config, "tokenizer_config.json": []byte(`{"tokenizer_class":"GPT2Tokenizer"}`)},
			{"v.bin": file},
		} {
			tok, err := FromFiles(files)
			if err != nil {
				if strings.Contains(err.Error(), "\n") {
					t.Fatalf("an error of several lines: %v", err)
				}
				continue
			}
			if ids, err := tok.Encode(text); err == nil {
				tok.Decode(append(ids, int32(tok.VocabSize()), -1))
			}
			if _, err := Parse(tok.JSON()); err != nil {
				t.Fatal(err)
			}
		}
	})
}
