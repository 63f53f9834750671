package pretrained

import (
	"encoding/json"
	"fmt"

	"temper/model/library/jsonkind"
)

// EOS are the tokens that end a response by the model's own files: the
// eos_token_id of generation_config.json or, as in transformers, that of
// config.json where there is no such file. It is a token or a list of them, each
// below the config.json's vocab_size.
func (m *Model) EOS() ([]int32, error) {
	var config struct {
		VocabSize int `json:"vocab_size"`
	}
	if err := jsonkind.Decode(m.ConfigJSON, &config); err != nil {
		return nil, fmt.Errorf("%s: %w", ConfigName, err)
	}
	if len(m.GenerationConfig) > 0 {
		return EOSOf(GenerationConfigName, m.GenerationConfig, config.VocabSize)
	}
	return EOSOf(ConfigName, m.ConfigJSON, config.VocabSize)
}

// EOSOf reads the eos_token_id of one file; none where it has none.

func EOSOf(file string, data []byte, vocabSize int) ([]int32, error) {
	fields, err := object(file, data)
	if err != nil {
		return nil, err
	}
	const key = "eos_token_id"
	value, ok := fields[key]
	if !ok || string(value) == "null" {
		return nil, nil
	}
	list := value
	if value[0] != '[' {
		list = json.RawMessage("[" + string(value) + "]")
	}
	var ids []*int32
	if err := json.Unmarshal(list, &ids); err != nil {
		return nil, fmt.Errorf("%s: %s is %s; valid: a token ID or a list of them", file, key, jsonkind.Show(value))
	}
	eos := make([]int32, 0, len(ids))
	for _, id := range ids {
		switch {
		case id == nil:
			return nil, fmt.Errorf("%s: %s is %s; valid: a token ID or a list of them", file, key, jsonkind.Show(value))
		case *id < 0 || int(*id) >= vocabSize:
			return nil, fmt.Errorf("%s: %s has %d; valid: 0 to %d, the rows of the embedding (vocab_size)", file, key, *id, vocabSize-1)
		}
		eos = append(eos, *id)
	}
	return eos, nil
}
