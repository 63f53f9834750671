package main

import (
	"context"
	"encoding/json"
	"fmt"

	"temper/activities/objectstore"
	"temper/model/checkpoint"
	"temper/model/tokenizer"
)

// tokenizerFiles are the files of the checkpoint's tokenizer and its
// generation_config.json. What other programs cannot read of them is said.
func tokenizerFiles(ctx context.Context, store objectstore.Reader, c checkpoint.Checkpoint, note func(string)) (map[string][]byte, []byte, error) {
	data, err := store.Get(ctx, c.Tokenizer)
	if err != nil {
		return nil, nil, fmt.Errorf("export: fetch the tokenizer: %w", err)
	}
	tok, err := tokenizer.Parse(data)
	if err != nil {
		return nil, nil, fmt.Errorf("export: %w", err)
	}
	generation := []byte(c.GenerationConfig)
	if len(generation) == 0 {
		if generation, err = generationConfig(tok); err != nil {
			return nil, nil, err
		}
	}
	files := tok.Files()
	_, whole := files["tokenizer.json"]
	_, vocab := files["vocab.json"]
	if !whole && !vocab {
		files = map[string][]byte{tokenizer.DocumentName: data}
		note(fmt.Sprintf("the vocabulary %q has no form of Hugging Face's: %s holds it for temper; give other programs token IDs", tok.Name(), tokenizer.DocumentName))
	}
	return files, generation, nil
}

// generationConfig says where generation ends, for a model that brought no
// generation_config.json.
func generationConfig(tok tokenizer.Tokenizer) ([]byte, error) {
	ids := map[string]int32{}
	for key, id := range map[string]int32{"bos_token_id": tok.BOS(), "eos_token_id": tok.EOS(), "pad_token_id": tok.Pad()} {
		if id != tokenizer.NoToken {
			ids[key] = id
		}
	}
	data, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("export: generation_config.json: %w", err)
	}
	return data, nil
}
