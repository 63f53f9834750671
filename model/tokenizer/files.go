package tokenizer

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"temper/model/library/jsonkind"
)

// FromFiles reads a vocabulary from files, keyed by base name. It keeps them and
// what they hold; the caller must not change them.
//
// A folder in Hugging Face layout has tokenizer.json, or, where
// tokenizer_config.json says tokenizer_class GPT2Tokenizer or Qwen2Tokenizer,
// vocab.json and merges.txt. Of tokenizer_config.json and
// special_tokens_map.json, both optional, eos_token, bos_token, pad_token,
// add_bos_token, split_special_tokens and added_tokens_decoder are read. EOS is eos_token; where no
// file names it, the first of <|im_end|>, <|endoftext|>, </s>, <|eot_id|>,
// <|end_of_text|>, <eos> that is a token. Pad is pad_token, else EOS. BOS is
// bos_token if add_bos_token is true, nothing if it is false, and without it
// the token that the post-processor puts first. Other files are kept and not read.
//
// Without any of these, DocumentName holds a tokenizer as JSON wrote it, and a
// file whose name ends in .bin is a vocabulary of llama2.c.
//
// What a tokenizer.json says that is not supported here is an error that names
// the field, its value and what is supported.
func FromFiles(files map[string][]byte) (Tokenizer, error) {
	if document, ok := files[DocumentName]; ok && !huggingFace(files) {
		return Parse(document)
	}
	t, err := fromFiles(files)
	if err != nil {
		return nil, fmt.Errorf("read tokenizer: %w", err)
	}
	t.files = files
	return t, nil
}

// DocumentName is the file that a vocabulary without a tokenizer.json is kept
// in, beside a model in Hugging Face layout: what JSON returns.
const DocumentName = "temper_tokenizer.json"

// SingleFile is the name under which FromFiles reads the one file of a tokenizer
// that a path or a URI names: whatever a .json file is called, it is a
// tokenizer.json unless it has DocumentName, and a .bin file keeps its own. It is
// false for anything else, such as a folder.
func SingleFile(at string) (name string, ok bool) {
	name = path.Base(at)
	switch path.Ext(at) {
	case ".bin":
		return name, true
	case ".json":
		if name != DocumentName {
			name = "tokenizer.json"
		}
		return name, true
	}
	return "", false
}

// huggingFace says whether there is a vocabulary in Hugging Face's form.
func huggingFace(files map[string][]byte) bool {
	return files["tokenizer.json"] != nil || files["vocab.json"] != nil || files["merges.txt"] != nil
}

func fromFiles(files map[string][]byte) (*loaded, error) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, ".bin") && !huggingFace(files) {
			t, err := readLlama2C(files[name])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			return t, nil
		}
	}
	config, err := readConfig(files)
	if err != nil {
		return nil, err
	}
	more, err := config.added()
	if err != nil {
		return nil, err
	}
	t, template, err := readHuggingFace(files, config, more)
	if err != nil {
		return nil, err
	}
	return t, t.setSpecial(config, template)
}

// readHuggingFace reads tokenizer.json or, without it, the older pair of files.
func readHuggingFace(files map[string][]byte, config configFile, more []addedToken) (t *loaded, template string, err error) {
	if data, ok := files["tokenizer.json"]; ok {
		file, model, err := parseTokenizerFile(data)
		if err == nil {
			file.splitSpecial = config.SplitSpecial
			t, template, err = file.build(model, more)
		}
		if err != nil {
			return nil, "", fmt.Errorf("tokenizer.json: %w", err)
		}
		t.name = loadedName("bpe", len(t.tokens), data)
		return t, template, nil
	}
	vocab, hasVocab := files["vocab.json"]
	merges, hasMerges := files["merges.txt"]
	switch {
	case !hasVocab && !hasMerges:
		return nil, "", fmt.Errorf("no tokenizer.json among the files %q", slices.Sorted(maps.Keys(files)))
	case !hasMerges:
		return nil, "", errors.New("merges.txt is missing (there is vocab.json, but no tokenizer.json)")
	case !hasVocab:
		return nil, "", errors.New("vocab.json is missing (there is merges.txt, but no tokenizer.json)")
	}
	file, model, err := olderFiles(vocab, merges, config)
	if err != nil {
		return nil, "", err
	}
	if more, err = addedByName(files["added_tokens.json"], more); err != nil {
		return nil, "", err
	}
	if t, template, err = file.build(model, more); err != nil {
		return nil, "", fmt.Errorf("vocab.json, merges.txt: %w", err)
	}
	t.name = loadedName("bpe", len(t.tokens), slices.Concat(vocab, merges))
	return t, template, nil
}

// olderFiles puts vocab.json and merges.txt together. They do not say how text
// is cut and normalized; the class of the tokenizer does.
func olderFiles(vocab, merges []byte, config configFile) (*tokenizerFile, *bpeModel, error) {
	file := &tokenizerFile{Decoder: json.RawMessage(`{"type":"ByteLevel"}`), splitSpecial: config.SplitSpecial}
	switch strings.TrimSuffix(config.Class, "Fast") {
	case "GPT2Tokenizer":
		file.PreTokenizer = fmt.Appendf(nil, `{"type":"ByteLevel","add_prefix_space":%t}`, config.AddPrefixSpace)
	case "Qwen2Tokenizer":
		pattern, err := json.Marshal(qwenPattern)
		if err != nil {
			return nil, nil, err
		}
		file.Normalizer = json.RawMessage(`{"type":"NFC"}`)
		file.PreTokenizer = fmt.Appendf(nil, `{"type":"Sequence","pretokenizers":[`+
			`{"type":"Split","pattern":{"Regex":%s},"behavior":"Isolated"},`+
			`{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}`, pattern)
	default:
		return nil, nil, fmt.Errorf("tokenizer.json is missing, and for vocab.json with merges.txt %w",
			refusal("tokenizer_config.json: tokenizer_class", config.Class, "GPT2Tokenizer, Qwen2Tokenizer"))
	}
	if err := jsonkind.Check(vocab); err != nil {
		return nil, nil, fmt.Errorf("vocab.json: %w", err)
	}
	model := &bpeModel{}
	var err error
	if model.entries, err = scanVocab(vocab); err != nil {
		return nil, nil, fmt.Errorf("vocab.json: %w", err)
	}
	line := 0
	for text := range strings.Lines(string(merges)) {
		line++
		if text = strings.TrimRight(text, "\r\n"); text == "" {
			continue
		}
		if model.merges, err = appendMerge(model.merges, text); err != nil {
			return nil, nil, fmt.Errorf("merges.txt, line %d: %w", line, err)
		}
	}
	return file, model, nil
}

// addedByName puts the tokens of added_tokens.json, {"token": id}, with their IDs
// before the others.
func addedByName(data []byte, more []addedToken) ([]addedToken, error) {
	if data == nil {
		return more, nil
	}
	if err := jsonkind.Check(data); err != nil {
		return nil, fmt.Errorf("added_tokens.json: %w", err)
	}
	entries, err := scanVocab(data)
	if err != nil {
		return nil, fmt.Errorf("added_tokens.json: %w", err)
	}
	have := map[string]bool{}
	for _, token := range more {
		have[token.Content] = have[token.Content] || token.ID != NoToken
	}
	var tokens []addedToken
	for _, e := range entries {
		if !have[e.token] {
			tokens = append(tokens, addedToken{ID: e.id, Content: e.token})
		}
	}
	return append(tokens, more...), nil
}

// loadedName names a vocabulary after the file that defines its IDs.
func loadedName(kind string, size int, data []byte) string {
	digest := sha256.Sum256(data)
	return fmt.Sprintf("%s-%d-%x", kind, size, digest[:4])
}
