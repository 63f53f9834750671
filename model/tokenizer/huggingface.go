package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"

	"temper/model/library/jsonkind"
)

// tokenizerFile is a tokenizer.json, version 1.0. A field that is not here is an
// error. Truncation and padding are settings of the program that wrote the file
// for its own batches; as in transformers, they change no IDs here.
type tokenizerFile struct {
	Version       string          `json:"version"`
	Truncation    json.RawMessage `json:"truncation"`
	Padding       json.RawMessage `json:"padding"`
	AddedTokens   []addedToken    `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
	PostProcessor json.RawMessage `json:"post_processor"`
	Decoder       json.RawMessage `json:"decoder"`
	Model         json.RawMessage `json:"model"`

	// splitSpecial says that the names of special tokens in a text are text.
	splitSpecial bool
}

// bpeModel is the model of a tokenizer.json. Files from before the field type
// existed are BPE when they have merges.
type bpeModel struct {
	Type                    string          `json:"type"`
	Dropout                 float64         `json:"dropout"`
	UnkToken                *string         `json:"unk_token"`
	ContinuingSubwordPrefix string          `json:"continuing_subword_prefix"`
	EndOfWordSuffix         string          `json:"end_of_word_suffix"`
	FuseUnk                 bool            `json:"fuse_unk"`
	ByteFallback            bool            `json:"byte_fallback"`
	IgnoreMerges            bool            `json:"ignore_merges"`
	Vocab                   json.RawMessage `json:"vocab"`
	Merges                  json.RawMessage `json:"merges"`

	entries []entry
	merges  [][2]string
}

// parseTokenizerFile reads the outermost level of a tokenizer.json and its model.
func parseTokenizerFile(data []byte) (*tokenizerFile, *bpeModel, error) {
	var file tokenizerFile
	if err := jsonkind.DecodeKnown(data, &file); err != nil {
		return nil, nil, err
	}
	if file.Version != "" && file.Version != "1.0" {
		return nil, nil, refusal("version", file.Version, "1.0")
	}
	model, err := parseModel(file.Model)
	return &file, model, err
}

func parseModel(raw json.RawMessage) (*bpeModel, error) {
	if len(raw) == 0 {
		return nil, errors.New("model is missing")
	}
	var model bpeModel
	if err := jsonkind.DecodeKnown(raw, &model); err != nil {
		// Another type of model has other fields: then the type is what to name.
		var head struct {
			Type string `json:"type"`
		}
		if jsonkind.Decode(raw, &head) == nil && head.Type != "BPE" && head.Type != "" {
			return nil, refusal("model.type", head.Type, "BPE")
		}
		return nil, fmt.Errorf("model: %w", err)
	}
	if model.Type != "BPE" && (model.Type != "" || model.Merges == nil) {
		return nil, refusal("model.type", model.Type, "BPE")
	}
	switch {
	case model.Dropout != 0:
		return nil, refusal("model.dropout", model.Dropout, "null, 0")
	case model.ContinuingSubwordPrefix != "":
		return nil, refusal("model.continuing_subword_prefix", model.ContinuingSubwordPrefix, `null, ""`)
	case model.EndOfWordSuffix != "":
		return nil, refusal("model.end_of_word_suffix", model.EndOfWordSuffix, `null, ""`)
	}
	var err error
	if model.entries, err = scanVocab(model.Vocab); err != nil {
		return nil, fmt.Errorf("model.vocab: %w", err)
	}
	if model.merges, err = scanMerges(model.Merges); err != nil {
		return nil, fmt.Errorf("model.merges: %w", err)
	}
	return &model, nil
}

// build makes the vocabulary that a tokenizer.json describes. more are added
// tokens that only other files name. It returns the token that the
// post-processor puts before a text, "" if there is none.
func (file *tokenizerFile) build(model *bpeModel, more []addedToken) (t *loaded, bos string, err error) {
	t = &loaded{cache: newWordCache()}
	if t.normalize, err = normalizers(file.Normalizer); err != nil {
		return nil, "", err
	}
	var byteLevel bool
	if t.cuts, byteLevel, err = cuts(file.PreTokenizer); err != nil {
		return nil, "", err
	}
	if !byteLevel && !model.ByteFallback {
		return nil, "", refusal("pre_tokenizer", file.PreTokenizer, "one that ends with ByteLevel, or a model with byte_fallback")
	}
	if byteLevel && model.ByteFallback {
		return nil, "", refusal("model.byte_fallback", true, "false with a pre_tokenizer that has ByteLevel")
	}
	decode, err := newDecoder(file.Decoder, byteLevel)
	if err != nil {
		return nil, "", err
	}
	t.stripSpaces = decode.strip
	added, err := addedWith(file.AddedTokens, more, model.entries)
	if err != nil {
		return nil, "", err
	}
	if err = t.setTokens(model, added, decode); err != nil {
		return nil, "", err
	}
	if err := t.setAdded(added, file.splitSpecial); err != nil {
		return nil, "", err
	}
	if model.UnkToken != nil && !t.symbols.complete() {
		return nil, "", refusal("model.unk_token", *model.UnkToken, "null, or a vocabulary that has all 256 bytes")
	}
	if !byteLevel && !model.IgnoreMerges && marksBeginTokens(model.merges) {
		t.cuts = append(t.cuts, cut{next: nextMarked})
	}
	bos, err = templateStart(file.PostProcessor)
	return t, bos, err
}

// setAdded builds the two searches for added tokens. With splitSpecial special
// ones are not looked for.
func (t *loaded) setAdded(added []addedToken, splitSpecial bool) (err error) {
	var literal, normalized []addedToken
	for _, token := range added {
		if token.Normalized {
			normalized = append(normalized, token)
		} else {
			literal = append(literal, token)
		}
	}
	t.literal = newAddedTokens(literal, func(token addedToken) string {
		if splitSpecial && token.Special {
			return ""
		}
		return token.Content
	})
	t.normalized = newAddedTokens(normalized, func(token addedToken) string {
		content := token.Content
		if splitSpecial && token.Special {
			return ""
		}
		content, err = t.normalizedText(content, err)
		return content
	})
	return err
}

// templateStart reads the post-processor: what it adds around a text is the
// caller's business, so only the token before a single text is told.
func templateStart(raw json.RawMessage) (string, error) {
	parts, err := flatten("post_processor", raw, "ByteLevel", "TemplateProcessing")
	if err != nil {
		return "", err
	}
	for _, part := range parts {
		if part.Type != "TemplateProcessing" {
			continue
		}
		var single []struct {
			SpecialToken *struct {
				ID string `json:"id"`
			} `json:"SpecialToken"`
		}
		if err := jsonkind.Decode(part.Single, &single); err != nil {
			return "", fmt.Errorf("%s.single: %w", part.at, err)
		}
		if len(single) > 0 && single[0].SpecialToken != nil {
			return single[0].SpecialToken.ID, nil
		}
	}
	return "", nil
}
