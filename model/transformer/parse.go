package transformer

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// switches are the config.json fields that would change the network in a way
// that Forward does not compute; they are accepted only when they are off.
type switches struct {
	UseSlidingWindow    bool            `json:"use_sliding_window"`
	LayerTypes          []string        `json:"layer_types"`
	AttentionBias       *bool           `json:"attention_bias"`
	MLPBias             bool            `json:"mlp_bias"`
	AttentionDropout    float64         `json:"attention_dropout"`
	PartialRotaryFactor *float64        `json:"partial_rotary_factor"`
	Quantization        json.RawMessage `json:"quantization_config"`
}

// ParseConfig reads a Hugging Face config.json of a Qwen2, Qwen2.5 or Llama
// model. Keys that are left out have Hugging Face's values, which differ by
// model type. Fields that do not affect the network (token ids, dtype, library
// version) are ignored; a field that asks for something Forward does not
// compute is refused with its valid values.
func ParseConfig(data []byte) (Config, error) {
	c, err := parseConfig(data)
	if err != nil {
		return Config{}, fmt.Errorf("parse config.json: %w", err)
	}
	return c, nil
}

func parseConfig(data []byte) (Config, error) {
	var head struct {
		ModelType string          `json:"model_type"`
		KVHeads   json.RawMessage `json:"num_key_value_heads"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Config{}, err
	}
	a, ok := findArchitecture(head.ModelType)
	if !ok {
		return Config{}, fmt.Errorf("model_type is %q; supported are %s", head.ModelType, supportedModelTypes())
	}
	c := a.defaults
	if isNull(head.KVHeads) {
		c.NumKeyValueHeads = 0
	}
	// rope_scaling has several spellings and is read apart.
	into := struct {
		*Config
		RopeScaling any `json:"rope_scaling"`
	}{Config: &c}
	if err := json.Unmarshal(data, &into); err != nil {
		return Config{}, err
	}
	if c.NumKeyValueHeads == 0 && (head.KVHeads == nil || isNull(head.KVHeads)) { // an explicit 0 is a mistake
		c.NumKeyValueHeads = c.NumAttentionHeads
	}
	if c.HiddenAct == "swish" { // another name of the same function
		c.HiddenAct = "silu"
	}
	if err := checkSwitches(a, data); err != nil {
		return Config{}, err
	}
	if err := c.readRope(data); err != nil {
		return Config{}, err
	}
	return c, c.Validate()
}

func isNull(m json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(m), []byte("null")) }

func checkSwitches(a architecture, data []byte) error {
	var s switches
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	if s.AttentionBias != nil && *s.AttentionBias != a.qkvBias {
		return fmt.Errorf("attention_bias is %v; for %s only %v is supported", *s.AttentionBias, a.modelType, a.qkvBias)
	}
	for _, kind := range s.LayerTypes {
		if kind != "full_attention" {
			return fmt.Errorf("layer_types has %q; only \"full_attention\" is supported", kind)
		}
	}
	switch {
	case s.UseSlidingWindow:
		return fmt.Errorf("use_sliding_window is true; only false is supported")
	case s.MLPBias:
		return fmt.Errorf("mlp_bias is true; only false is supported")
	case s.AttentionDropout != 0:
		return fmt.Errorf("attention_dropout is %v; only 0 is supported", s.AttentionDropout)
	case s.PartialRotaryFactor != nil && *s.PartialRotaryFactor != 1:
		return fmt.Errorf("partial_rotary_factor is %v; only 1 is supported", *s.PartialRotaryFactor)
	case s.Quantization != nil && !isNull(s.Quantization):
		return fmt.Errorf("quantization_config is set; only full-precision weights are supported")
	}
	return nil
}
