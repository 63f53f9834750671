package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"temper/activities/objectstore"
	"temper/model/checkpoint"
	"temper/model/library/jsonkind"
	"temper/model/pretrained"
	"temper/model/tokenizer"
)

// tokenizerFiles are the files of the checkpoint's tokenizer, as other programs
// load it, and its generation_config.json. A tokenizer that does not fit the
// model is refused; what other programs cannot read is said.
func tokenizerFiles(ctx context.Context, store objectstore.Reader, c checkpoint.Checkpoint, note func(string)) (map[string][]byte, []byte, error) {
	data, err := store.Get(ctx, c.Tokenizer)
	if err != nil {
		return nil, nil, fmt.Errorf("export: fetch the tokenizer: %w", err)
	}
	tok, err := tokenizer.Parse(data)
	if err != nil {
		return nil, nil, fmt.Errorf("export: %w", err)
	}
	var config struct {
		ModelType string `json:"model_type"`
		VocabSize int    `json:"vocab_size"`
	}
	if err := jsonkind.Decode(c.Config, &config); err != nil {
		return nil, nil, fmt.Errorf("export: config.json: %w", err)
	}
	if tok.VocabSize() > config.VocabSize {
		return nil, nil, fmt.Errorf("export: the tokenizer has %d tokens, but the model's embedding only %d rows (vocab_size)", tok.VocabSize(), config.VocabSize)
	}
	generation := []byte(c.GenerationConfig)
	if len(generation) == 0 {
		if generation, err = generationConfig(tok, c.Config, config.VocabSize); err != nil {
			return nil, nil, err
		}
	}
	exported, err := tokenizer.Export(tok, config.ModelType)
	if err != nil {
		return nil, nil, err
	}
	for _, remark := range exported.Remarks {
		note(remark)
	}
	return exported.Files, generation, nil
}

// generationConfig says where generation ends, for a model that brought no
// generation_config.json: at the tokens of its config.json and at the tokenizer's.
func generationConfig(tok tokenizer.Tokenizer, config []byte, vocabSize int) ([]byte, error) {
	ids := map[string]any{}
	for key, id := range map[string]int32{"bos_token_id": tok.BOS(), "pad_token_id": tok.Pad()} {
		if id != tokenizer.NoToken {
			ids[key] = id
		}
	}
	ends, err := pretrained.EOSOf(pretrained.ConfigName, config, vocabSize)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	if eos := tok.EOS(); eos != tokenizer.NoToken && !slices.Contains(ends, eos) {
		ends = append(ends, eos)
	}
	switch len(ends) {
	case 0:
	case 1:
		ids["eos_token_id"] = ends[0]
	default:
		ids["eos_token_id"] = ends
	}
	data, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("export: generation_config.json: %w", err)
	}
	return data, nil
}
