package checkpoint

import (
	"encoding/json"
	"fmt"
	"strings"
)

// ValueHead is what the names of a value head's tensors begin with. They come after
// the policy's own, and no reader of Hugging Face's layout knows them.
const ValueHead = "value_head."

// valueHeadKey tells in a checkpoint's config.json that there is one.
const valueHeadKey = "temper_value_head"

// SetValueHead returns a config.json that says whether the weights beside it have a
// value head. One that says so already comes back as it is.
func SetValueHead(config json.RawMessage, has bool) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(config, &fields); err != nil {
		return nil, fmt.Errorf("config.json: %w", err)
	}
	if _, had := fields[valueHeadKey]; had == has {
		return config, nil
	}
	delete(fields, valueHeadKey)
	if has {
		fields[valueHeadKey] = json.RawMessage("true")
	}
	return json.Marshal(fields)
}

// IsValueHead tells whether a tensor is a value head's.
func IsValueHead(name string) bool { return strings.HasPrefix(name, ValueHead) }
