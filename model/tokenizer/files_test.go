package tokenizer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fields is a piece of JSON that a test changes.
type fields = map[string]any

// smallFile is a byte-level tokenizer.json with all 256 bytes (IDs 0 to 255), a
// few merges and the added token <|im_end|>.
func smallFile() fields {
	vocab := fields{}
	for r, b := range byteAlphabet {
		if b >= 0 {
			vocab[string(rune(r))] = b
		}
	}
	for i, token := range []string{"ab", "Ġa", "Ġab", "abab", "bc"} {
		vocab[token] = 256 + i
	}
	return fields{
		"version": "1.0", "truncation": nil, "padding": nil, "normalizer": nil,
		"added_tokens":   []any{added(261, "<|im_end|>")},
		"pre_tokenizer":  fields{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
		"post_processor": fields{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false},
		"decoder":        fields{"type": "ByteLevel"},
		"model": fields{
			"type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil, "end_of_word_suffix": "",
			"fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
			"vocab": vocab, "merges": []any{"b c", "a b", "Ġ a", "Ġ ab", "ab ab"},
		},
	}
}

// added is an added token with the flags that flags names.
func added(id int, content string, flags ...string) fields {
	token := fields{"id": id, "content": content, "special": true}
	for _, flag := range []string{"single_word", "lstrip", "rstrip", "normalized"} {
		token[flag] = slices.Contains(flags, flag)
	}
	return token
}

func fileBytes(t testing.TB, file fields) []byte {
	t.Helper()
	data, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func fromFile(t testing.TB, file fields) Tokenizer {
	t.Helper()
	tok, err := FromFiles(map[string][]byte{"tokenizer.json": fileBytes(t, file)})
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func checkEncode(t *testing.T, tok Tokenizer, text string, want ...int32) {
	t.Helper()
	ids, err := tok.Encode(text)
	if err != nil || !slices.Equal(ids, want) {
		t.Errorf("%q: got %v, %v, want %v", text, ids, err, want)
	}
}

func TestMergeOrderAndForms(t *testing.T) {
	pairs := smallFile()
	pairs["model"].(fields)["merges"] = []any{[]any{"b", "c"}, []any{"a", "b"}, []any{"Ġ", "a"}, []any{"Ġ", "ab"}, []any{"ab", "ab"}}
	untyped := smallFile()
	delete(untyped["model"].(fields), "type")
	for _, file := range []fields{smallFile(), pairs, untyped} {
		tok := fromFile(t, file)
		checkEncode(t, tok, "abc", 'a', 260)
		checkEncode(t, tok, "abab", 259)
		checkEncode(t, tok, "ab ab a\xff<|im_end|>ab", 256, 258, 257, 0xff, 261, 256)
		checkEncode(t, tok, "")
		if tok.EOS() != 261 || tok.Pad() != 261 || tok.BOS() != NoToken || tok.VocabSize() != 262 {
			t.Errorf("eos %d, pad %d, bos %d, size %d", tok.EOS(), tok.Pad(), tok.BOS(), tok.VocabSize())
		}
	}
}

func TestModelAndPreTokenizerOptions(t *testing.T) {
	file := smallFile()
	file["model"].(fields)["ignore_merges"] = true
	file["model"].(fields)["merges"] = []any{}
	checkEncode(t, fromFile(t, file), "abab ab a c", 259, 258, 257, ' ', 'c')

	file = smallFile()
	file["pre_tokenizer"] = fields{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": false}
	checkEncode(t, fromFile(t, file), "ab<|im_end|>a<|im_end|> ab ab", 258, 261, 257, 261, 258, 258)

	byteLevel := fields{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}
	digits := fields{"type": "Digits", "individual_digits": true}
	file["pre_tokenizer"] = fields{"type": "Sequence", "pretokenizers": []any{digits, byteLevel}}
	file["model"].(fields)["vocab"].(fields)["12"] = 262
	file["model"].(fields)["merges"] = []any{"1 2"}
	checkEncode(t, fromFile(t, file), "12", '1', '2')
	digits["individual_digits"] = false
	checkEncode(t, fromFile(t, file), "a12b", 'a', 262, 'b')
}

func TestAddedTokenFlags(t *testing.T) {
	tests := []struct {
		flags string
		text  string
		want  []int32
	}{
		{"", "a <t> b", []int32{'a', ' ', 262, ' ', 'b'}},
		{"", "<t><t>x<t", []int32{262, 262, 'x', '<', 't'}},
		{"lstrip", "a \n <t> b", []int32{'a', 262, ' ', 'b'}},
		{"rstrip", "a <t> \u3000b", []int32{'a', ' ', 262, 'b'}},
		{"lstrip rstrip", "<t>  <t> ", []int32{262, 262}},
		{"single_word", "x<t> <t>y <t> é<t>, (<t>)", []int32{'x', '<', 't', '>', ' ', '<', 't', '>', 'y', ' ', 262, ' ', 0xc3, 0xa9, '<', 't', '>', ',', ' ', '(', 262, ')'}},
		{"normalized", "a<t>b", []int32{'a', 262, 'b'}},
	}
	for _, test := range tests {
		file := smallFile()
		file["added_tokens"] = []any{added(261, "<|im_end|>"), added(262, "<t>", strings.Fields(test.flags)...)}
		checkEncode(t, fromFile(t, file), test.text, test.want...)
	}
}

func TestAddedTokensAndNormalization(t *testing.T) {
	file := smallFile()
	file["normalizer"] = fields{"type": "Sequence", "normalizers": []any{fields{"type": "NFC"}}}
	file["added_tokens"] = []any{
		added(261, "<|im_end|>"), added(262, "e\u0301"), added(263, "o\u0301", "normalized"), added(264, "<|im_end|>!"), added(117, "u"),
	}
	tok := fromFile(t, file)
	checkEncode(t, tok, "é", 0xc3, 0xa9)                      // 262 is looked for as it is written
	checkEncode(t, tok, "e\u0301", 262)                       // and found before normalization
	checkEncode(t, tok, "óo\u0301", 263, 263)                 // 263 is normalized, as the text is
	checkEncode(t, tok, "<|im_end|>!<|im_end|>", 264, 261)    // the longest match counts
	checkEncode(t, tok, "u\u0301", 117, 0xcc, 0x81)           // a mark does not compose with a token
	checkEncode(t, tok, "a\u0301<|im_end|>", 0xc3, 0xa1, 261) // text beside a token is normalized
	checkEncode(t, tok, "<|im_end|<|im_end|>", append([]int32("<|im_end|"), 261)...)
	if got := tok.Decode([]int32{262, 263}); got != "e\u0301o\u0301" {
		t.Errorf("added tokens decode to %+q", got)
	}
}

// llama2File is a vocabulary over characters with byte fallback.
func llama2File() fields {
	vocab := fields{"<unk>": 0, "<s>": 1, "</s>": 2}
	for b := range 256 {
		vocab[fmt.Sprintf("<0x%02X>", b)] = 3 + b
	}
	for i, token := range []string{"▁", "a", "b", "▁a", "▁ab", "é"} {
		vocab[token] = 259 + i
	}
	file := smallFile()
	file["added_tokens"] = []any{added(0, "<unk>"), added(1, "<s>"), added(2, "</s>")}
	file["normalizer"] = fields{"type": "Sequence", "normalizers": []any{
		fields{"type": "Prepend", "prepend": "▁"}, fields{"type": "Replace", "pattern": fields{"String": " "}, "content": "▁"}}}
	file["pre_tokenizer"] = nil
	file["post_processor"] = fields{"type": "TemplateProcessing",
		"single": []any{fields{"SpecialToken": fields{"id": "<s>", "type_id": 0}}, fields{"Sequence": fields{"id": "A", "type_id": 0}}},
		"pair":   []any{}, "special_tokens": fields{"<s>": fields{"id": "<s>", "ids": []any{1}, "tokens": []any{"<s>"}}}}
	file["decoder"] = fields{"type": "Sequence", "decoders": []any{
		fields{"type": "Replace", "pattern": fields{"String": "▁"}, "content": " "}, fields{"type": "ByteFallback"},
		fields{"type": "Fuse"}, fields{"type": "Strip", "content": " ", "start": 1, "stop": 0}}}
	file["model"] = fields{"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true,
		"vocab": vocab, "merges": []any{"▁ a", "▁a b"}}
	return file
}

func TestByteFallback(t *testing.T) {
	tok := fromFile(t, llama2File())
	checkEncode(t, tok, "ab a\nbé\xff", 263, 262, 3+'\n', 261, 264, 3+0xff)
	checkEncode(t, tok, "a</s>a", 262, 2, 262)
	checkEncode(t, tok, "€", 259, 3+0xe2, 3+0x82, 3+0xac)
	if tok.BOS() != 1 || tok.EOS() != 2 || tok.Pad() != 2 {
		t.Errorf("bos %d, eos %d, pad %d", tok.BOS(), tok.EOS(), tok.Pad())
	}
	for _, text := range []string{"ab a", " ab", "  b", "€\xe2", ""} {
		if ids, err := tok.Encode(text); err != nil || tok.Decode(ids) != text {
			t.Errorf("%q came back as %q, %v", text, tok.Decode(ids), err)
		}
	}
}

func TestConfigFiles(t *testing.T) {
	file := fileBytes(t, smallFile())
	tests := []struct {
		config, special string
		eos, bos, pad   int32
	}{
		{`{}`, `{}`, 261, NoToken, 261},
		{`{"eos_token": "bc", "pad_token": {"content": "ab", "lstrip": false}, "bos_token": null}`, ``, 260, NoToken, 256},
		{`{"bos_token": "ab", "add_bos_token": true}`, `{"eos_token": {"content": "bc"}, "bos_token": "bc"}`, 260, 256, 260},
		{`{"bos_token": "ab", "add_bos_token": false}`, ``, 261, NoToken, 261},
		{`{"added_tokens_decoder": {"261": {"content": "<|im_end|>"}, "262": {"content": "<x>", "special": true}}, "pad_token": "<x>"}`, ``, 261, NoToken, 262},
	}
	for _, test := range tests {
		files := map[string][]byte{"tokenizer.json": file, "tokenizer_config.json": []byte(test.config)}
		if test.special != "" {
			files["special_tokens_map.json"] = []byte(test.special)
		}
		tok, err := FromFiles(files)
		if err != nil || tok.EOS() != test.eos || tok.BOS() != test.bos || tok.Pad() != test.pad {
			t.Errorf("%s %s: %v, %v", test.config, test.special, tok, err)
		}
	}
	bad := map[string]string{
		`{"eos_token": "<e>"}`:                `read tokenizer: tokenizer_config.json: eos_token "<e>" is not a token of the vocabulary`,
		`{"eos_token": 3}`:                    `read tokenizer: tokenizer_config.json: eos_token is a number; valid: a string`,
		`{"pad_token": {"content": 3}}`:       `read tokenizer: tokenizer_config.json: pad_token is an object; valid: a string`,
		`{"eos_token": "\ud800"}`:             `read tokenizer: tokenizer_config.json: byte 16: \ud800 is half of a surrogate pair, and no character`,
		`["<e>"]`:                             `read tokenizer: tokenizer_config.json: it is an array; valid: an object`,
		`{"added_tokens_decoder": {"x": {}}}`: `read tokenizer: tokenizer_config.json: added_tokens_decoder: "x" is not an ID`,
		`{"eos_token": `:                      `read tokenizer: tokenizer_config.json: it is truncated: the JSON goes on after byte 14, the last`,
		`{"added_tokens_decoder": {"7": {"content": "<|im_end|>"}}}`: `read tokenizer: tokenizer.json: added_tokens: "<|im_end|>" has the IDs 261 and 7`,
	}
	for config, want := range bad {
		_, err := FromFiles(map[string][]byte{"tokenizer.json": file, "tokenizer_config.json": []byte(config)})
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", config, err, want)
		}
	}
}

func TestOlderPairOfFiles(t *testing.T) {
	vocab := fileBytes(t, smallFile()["model"].(fields)["vocab"].(fields))
	merges := []byte("#version: 0.2\nb c\na b\r\nĠ a\nĠ ab\n\nab ab\n")
	files := map[string][]byte{"vocab.json": vocab, "merges.txt": merges,
		"added_tokens.json":     []byte(`{"<|im_end|>": 261}`),
		"tokenizer_config.json": []byte(`{"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>"}`)}
	tok, err := FromFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	checkEncode(t, tok, "abab ab<|im_end|>12", 259, 258, 261, '1', '2')
	files["tokenizer_config.json"] = []byte(`{"tokenizer_class": "BertTokenizer"}`)
	_, err = FromFiles(files)
	want := `read tokenizer: tokenizer.json is missing, and for vocab.json with merges.txt tokenizer_config.json: tokenizer_class is "BertTokenizer": supported are GPT2Tokenizer, Qwen2Tokenizer`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Beside an exported model, DocumentName holds what has no tokenizer.json.
func TestFromFilesReadsADocument(t *testing.T) {
	builtIn, err := New(Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range []Tokenizer{builtIn, fromFile(t, smallFile())} {
		got, err := FromFiles(map[string][]byte{DocumentName: tok.JSON(), "chat_template.jinja": nil})
		if err != nil || got.Name() != tok.Name() {
			t.Errorf("%s: got %v, %v", tok.Name(), got, err)
		}
	}
	both := map[string][]byte{DocumentName: builtIn.JSON(), "tokenizer.json": fileBytes(t, smallFile())}
	if got, err := FromFiles(both); err != nil || got.Name() == builtIn.Name() {
		t.Errorf("beside a tokenizer.json: %v, %v", got, err)
	}
}

func TestSingleFile(t *testing.T) {
	for at, want := range map[string]string{
		"a/tokenizer.json": "tokenizer.json", "s3://b/mine.json": "tokenizer.json", "a/" + DocumentName: DocumentName,
		"tok512.bin": "tok512.bin", "a/b": "", "a/model.safetensors": "", "a.json/": "",
	} {
		if got, ok := SingleFile(at); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", at, got, ok)
		}
	}
}
