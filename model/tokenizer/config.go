package tokenizer

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"temper/model/library/jsonkind"
)

// configFile is what tokenizer_config.json and special_tokens_map.json say about
// tokens. They have many other fields, which are about other things.
type configFile struct {
	name           string
	Class          string                `json:"tokenizer_class"`
	EOS            namedToken            `json:"eos_token"`
	BOS            namedToken            `json:"bos_token"`
	Pad            namedToken            `json:"pad_token"`
	AddBOS         *bool                 `json:"add_bos_token"`
	AddPrefixSpace bool                  `json:"add_prefix_space"`
	SplitSpecial   bool                  `json:"split_special_tokens"`
	Added          map[string]addedToken `json:"added_tokens_decoder"`
}

// namedToken is written as a string, as an object with content, or as null.
type namedToken string

func (n *namedToken) UnmarshalJSON(data []byte) error {
	if data[0] == '{' {
		var object struct {
			Content string `json:"content"`
		}
		if jsonkind.Decode(data, &object) != nil { // the decoder adds the field's name
			return &json.UnmarshalTypeError{Value: "object", Type: reflect.TypeFor[string]()}
		}
		*n = namedToken(object.Content)
		return nil
	}
	return json.Unmarshal(data, (*string)(n))
}

// readConfig reads both files; tokenizer_config.json counts more. A file that is
// absent says nothing.
func readConfig(files map[string][]byte) (configFile, error) {
	var merged configFile
	for _, name := range []string{"tokenizer_config.json", "special_tokens_map.json"} {
		data, ok := files[name]
		if !ok {
			continue
		}
		config := configFile{}
		if err := jsonkind.Decode(data, &config); err != nil {
			return configFile{}, fmt.Errorf("%s: %w", name, err)
		}
		if merged.name == "" {
			merged, merged.name = config, name
			continue
		}
		merged.EOS = firstNamed(merged.EOS, config.EOS)
		merged.BOS = firstNamed(merged.BOS, config.BOS)
		merged.Pad = firstNamed(merged.Pad, config.Pad)
	}
	return merged, nil
}

func firstNamed(a, b namedToken) namedToken {
	if a != "" {
		return a
	}
	return b
}

// added returns the added tokens that the configuration knows: those with IDs in
// the order of their IDs, then the named ones, which are added tokens too.
func (c configFile) added() ([]addedToken, error) {
	var tokens []addedToken
	for key, token := range c.Added {
		id, err := strconv.ParseInt(key, 10, 32)
		if err != nil || id < 0 {
			return nil, fmt.Errorf("%s: added_tokens_decoder: %q is not an ID", c.name, key)
		}
		token.ID = int32(id)
		tokens = append(tokens, token)
	}
	slices.SortFunc(tokens, func(a, b addedToken) int { return int(a.ID - b.ID) })
	for _, name := range []namedToken{c.EOS, c.BOS, c.Pad} {
		if name != "" {
			tokens = append(tokens, addedToken{ID: NoToken, Content: string(name), Special: true})
		}
	}
	return tokens, nil
}

// usualEOS are the names that are tried, in this order, where no file names the
// token that ends a sequence.
var usualEOS = []string{"<|im_end|>", "<|endoftext|>", "</s>", "<|eot_id|>", "<|end_of_text|>", "<eos>"}

// setSpecial finds the IDs of EOS, BOS and padding. template is the token that
// the post-processor puts before a text; add_bos_token decides over it.
func (t *loaded) setSpecial(c configFile, template string) (err error) {
	if t.eos, err = t.named(c, "eos_token", c.EOS); err != nil {
		return err
	}
	for _, name := range usualEOS {
		if t.eos == NoToken {
			t.eos, _ = t.named(c, "", namedToken(name))
		}
	}
	if t.pad, err = t.named(c, "pad_token", c.Pad); err != nil {
		return err
	}
	if t.pad == NoToken {
		t.pad = t.eos
	}
	bos, err := t.named(c, "bos_token", c.BOS)
	if err != nil {
		return err
	}
	t.bos = NoToken
	switch {
	case c.AddBOS != nil && *c.AddBOS:
		t.bos = bos
	case c.AddBOS == nil && template != "":
		t.bos, err = t.named(configFile{name: "tokenizer.json"}, "post_processor", namedToken(template))
	}
	return err
}

// named returns the ID of a token that a field of a file names, NoToken if it names none.
func (t *loaded) named(c configFile, field string, name namedToken) (int32, error) {
	if name == "" {
		return NoToken, nil
	}
	if id, ok := t.ID(string(name)); ok {
		return id, nil
	}
	return NoToken, fmt.Errorf("%s: %s %q is not a token of the vocabulary", c.name, field, name)
}
