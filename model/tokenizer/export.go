package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"temper/model/library/jsonkind"
)

// Exported are the files by which other programs load a vocabulary beside a
// model, and what its owner should know about them.
type Exported struct {
	Files   map[string][]byte
	Remarks []string
}

// The files that Export writes itself.
const (
	tokenizerName = "tokenizer.json"
	configName    = "tokenizer_config.json"

	// ModuleName has a class for transformers. Nothing in temper reads it.
	ModuleName = "tokenization_temper.py"
)

// module is what transformers loads instead of the class of the model's type,
// where it is allowed to run code that lies beside a model. Without that it does
// not look at it, and takes tokenizer_class.
const module = `# transformers gives every tokenizer of a model of this type that type's own way of cutting text. This class keeps
# what tokenizer.json says. Nothing else is in this file.
from transformers import PreTrainedTokenizerFast


class TemperTokenizer(PreTrainedTokenizerFast):
    pass
`

// qwen2End is a token that transformers' Qwen2Tokenizer adds where there is none.
const qwen2End = "<|endoftext|>"

// wholeFile is the class of transformers that does what tokenizer.json says.
const wholeFile = "PreTrainedTokenizerFast"

// Export returns the files of tok beside a model of a type such as "qwen2", so
// that transformers' AutoTokenizer loads the same vocabulary: those that it came
// from, or those that say the same in Hugging Face's form. Two things are mended
// on the way, and told: a folder without such a form, of which AutoTokenizer
// makes an empty vocabulary, and a qwen2 model whose tokenizer is not Qwen2's,
// for which it would take Qwen2's way of cutting text.
func Export(tok Tokenizer, modelType string) (Exported, error) {
	files := tok.Files()
	if !huggingFace(files) {
		written, err := describe(tok)
		if err != nil {
			return Exported{
				Files: map[string][]byte{DocumentName: tok.JSON()},
				Remarks: []string{fmt.Sprintf("the vocabulary %q has no form of Hugging Face's (%v): %s holds it for temper; give other programs token IDs",
					tok.Name(), err, DocumentName)},
			}, nil
		}
		files = written
	}
	e := Exported{Files: maps.Clone(files)}
	qwen2, err := isQwen2(files)
	if err != nil {
		return e, fmt.Errorf("export tokenizer: %w", err)
	}
	_, ok := tok.ID(qwen2End)
	qwen2 = qwen2 && ok
	config, err := configFields(files)
	if err != nil {
		return e, err
	}
	class := string(config["tokenizer_class"])
	switch {
	case modelType == "qwen2" && !qwen2:
		config["auto_map"] = json.RawMessage(`{"AutoTokenizer": [null, "tokenization_temper.TemperTokenizer"]}`)
		e.Files[ModuleName] = []byte(module)
		e.Remarks = append(e.Remarks, fmt.Sprintf("the tokenizer is not Qwen2's, whose way of cutting text transformers takes for every qwen2 model: "+
			"%s names the right class; a program that does not read it loads the tokenizer with %s", configName, wholeFile))
	case class != "" && class != "null" && (class != `"Qwen2Tokenizer"` && class != `"Qwen2TokenizerFast"` || qwen2), qwen2 && modelType == "qwen2":
		return e, nil // what the files say is what is loaded
	}
	if files[tokenizerName] != nil {
		config["tokenizer_class"] = json.RawMessage(`"` + wholeFile + `"`)
	}
	if named, err := readConfig(files); err == nil && named.EOS == "" && tok.EOS() != NoToken {
		end, err := json.Marshal(tok.Decode([]int32{tok.EOS()}))
		if err != nil {
			return e, err
		}
		config["eos_token"] = end
	}
	e.Files[configName] = encodeJSON(config)
	return e, nil
}

// configFields are the fields of tokenizer_config.json.
func configFields(files map[string][]byte) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if data, ok := files[configName]; ok {
		if err := jsonkind.Decode(data, &fields); err != nil {
			return nil, fmt.Errorf("%s: %w", configName, err)
		}
	}
	return fields, nil
}

// isQwen2 reports whether the files ask for what transformers' Qwen2Tokenizer does.
func isQwen2(files map[string][]byte) (bool, error) {
	data, ok := files[tokenizerName]
	if !ok {
		config, err := readConfig(files)
		return config.Class == "Qwen2Tokenizer" || config.Class == "Qwen2TokenizerFast", err
	}
	file, model, err := parseTokenizerFile(data)
	if err != nil {
		return false, err
	}
	normalizer, err := flatten("normalizer", file.Normalizer, normalizerTypes...)
	if err != nil {
		return false, err
	}
	cuts, err := flatten("pre_tokenizer", file.PreTokenizer, preTokenizerTypes...)
	if err != nil {
		return false, err
	}
	if len(normalizer) != 1 || normalizer[0].Type != "NFC" || len(cuts) != 2 || model.ByteFallback || model.IgnoreMerges {
		return false, nil
	}
	split, level := cuts[0], cuts[1]
	return split.Type == "Split" && split.Pattern.Regex != nil && *split.Pattern.Regex == qwenPattern &&
		(split.Behavior == isolated || split.Behavior == removed && split.Invert) &&
		level.Type == "ByteLevel" && !*level.AddPrefixSpace && level.UseRegex != nil && !*level.UseRegex, nil
}

// hfFile is a tokenizer.json that is written.
type hfFile struct {
	Version       string       `json:"version"`
	Truncation    any          `json:"truncation"`
	Padding       any          `json:"padding"`
	AddedTokens   []addedToken `json:"added_tokens"`
	Normalizer    any          `json:"normalizer"`
	PreTokenizer  any          `json:"pre_tokenizer"`
	PostProcessor any          `json:"post_processor"`
	Decoder       any          `json:"decoder"`
	Model         hfModel      `json:"model"`
}

type hfModel struct {
	Type                    string      `json:"type"`
	Dropout                 any         `json:"dropout"`
	UnkToken                any         `json:"unk_token"`
	ContinuingSubwordPrefix any         `json:"continuing_subword_prefix"`
	EndOfWordSuffix         any         `json:"end_of_word_suffix"`
	FuseUnk                 bool        `json:"fuse_unk"`
	ByteFallback            bool        `json:"byte_fallback"`
	IgnoreMerges            bool        `json:"ignore_merges"`
	Vocab                   hfVocab     `json:"vocab"`
	Merges                  [][2]string `json:"merges"`
}

// hfVocab are the names of the IDs from 0. Its JSON has them in this order.
type hfVocab []string

// MarshalJSON writes {"name": ID, …}.
func (v hfVocab) MarshalJSON() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	text.WriteByte('{')
	for id, name := range v {
		if id > 0 {
			text.WriteByte(',')
		}
		if err := encoder.Encode(name); err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, ":%d", id)
	}
	text.WriteByte('}')
	return text.Bytes(), nil
}

// hfPart is a component of a tokenizer.json that is written.
type hfPart map[string]any

// describe writes a vocabulary that came from no files of Hugging Face's in
// their form. The error says why there is none that encodes every text alike.
func describe(tok Tokenizer) (map[string][]byte, error) {
	switch t := tok.(type) {
	case *vocabulary:
		return t.describe(), nil
	case *loaded:
		for name, data := range t.files {
			if len(t.files) == 1 && isLlama2C(name) {
				return describeLlama2C(data)
			}
		}
	}
	return nil, errors.New("its files are not known")
}

// describe writes a built-in vocabulary: its longer tokens are looked for first,
// the longest at the leftmost place, and what is between them goes by bytes. That
// is the longest match at each place.
func (v *vocabulary) describe() map[string][]byte {
	file := hfFile{Version: "1.0", AddedTokens: []addedToken{}, Model: hfModel{Type: "BPE", Merges: [][2]string{}}}
	byteLevel := hfPart{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}
	file.PreTokenizer, file.Decoder = byteLevel, byteLevel
	special := map[string]bool{}
	for _, token := range v.Special() {
		special[token] = true
	}
	for id, token := range v.tokens {
		if len(token) > 1 {
			file.AddedTokens = append(file.AddedTokens, addedToken{ID: int32(id), Content: token, Special: special[token]})
			file.Model.Vocab = append(file.Model.Vocab, token)
			continue
		}
		file.Model.Vocab = append(file.Model.Vocab, string(alphabetOf[token[0]]))
	}
	config := map[string]any{"tokenizer_class": wholeFile, "eos_token": EOSToken, "pad_token": PadToken, "clean_up_tokenization_spaces": false}
	return map[string][]byte{tokenizerName: encodeJSON(file), configName: encodeJSON(config)}
}
