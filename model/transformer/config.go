package transformer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// Config holds the fields of a Hugging Face config.json that determine a Qwen2
// network. Sizes count elements.
type Config struct {
	Architectures         []string `json:"architectures,omitempty"`
	ModelType             string   `json:"model_type"`
	VocabSize             int      `json:"vocab_size"`
	HiddenSize            int      `json:"hidden_size"`
	IntermediateSize      int      `json:"intermediate_size"`
	NumHiddenLayers       int      `json:"num_hidden_layers"`
	NumAttentionHeads     int      `json:"num_attention_heads"`
	NumKeyValueHeads      int      `json:"num_key_value_heads"`
	HeadDim               int      `json:"head_dim,omitempty"` // 0: hidden_size / num_attention_heads
	HiddenAct             string   `json:"hidden_act"`
	MaxPositionEmbeddings int      `json:"max_position_embeddings"`
	RopeTheta             float64  `json:"rope_theta"`
	RMSNormEps            float64  `json:"rms_norm_eps"`
	TieWordEmbeddings     bool     `json:"tie_word_embeddings"`
}

// unsupported are the config.json fields that would change the network in a
// way that Forward does not compute; they are accepted only when they are off.
type unsupported struct {
	RopeScaling      json.RawMessage `json:"rope_scaling"`
	UseSlidingWindow bool            `json:"use_sliding_window"`
	AttentionBias    *bool           `json:"attention_bias"`
	MLPBias          bool            `json:"mlp_bias"`
	AttentionDropout float64         `json:"attention_dropout"`
	QuantConfig      json.RawMessage `json:"quantization_config"`
}

// ParseConfig reads a Hugging Face config.json. Fields that do not affect the
// network (token ids, dtype, library version) are ignored; a field that asks
// for something Forward does not compute is refused with its valid values.
func ParseConfig(data []byte) (Config, error) {
	// The defaults are those of Hugging Face's Qwen2Config for keys that
	// published config.json files leave out.
	c := Config{HiddenAct: "silu", RopeTheta: 10000, RMSNormEps: 1e-6, MaxPositionEmbeddings: 32768}
	if err := json.Unmarshal(data, &c); err != nil {
		return Config{}, fmt.Errorf("parse config.json: %w", err)
	}
	var u unsupported
	if err := json.Unmarshal(data, &u); err != nil {
		return Config{}, fmt.Errorf("parse config.json: %w", err)
	}
	set := func(m json.RawMessage) bool { return len(m) > 0 && !bytes.Equal(m, []byte("null")) }
	switch {
	case set(u.RopeScaling):
		return Config{}, fmt.Errorf("parse config.json: rope_scaling is %s; only null is supported", u.RopeScaling)
	case u.UseSlidingWindow:
		return Config{}, fmt.Errorf("parse config.json: use_sliding_window is true; only false is supported")
	case u.AttentionBias != nil && !*u.AttentionBias:
		return Config{}, fmt.Errorf("parse config.json: attention_bias is false; only true is supported (qwen2 has q, k and v biases)")
	case u.MLPBias:
		return Config{}, fmt.Errorf("parse config.json: mlp_bias is true; only false is supported")
	case u.AttentionDropout != 0:
		return Config{}, fmt.Errorf("parse config.json: attention_dropout is %v; only 0 is supported", u.AttentionDropout)
	case set(u.QuantConfig):
		return Config{}, fmt.Errorf("parse config.json: quantization_config is set; only full-precision weights are supported")
	}
	if err := c.Validate(); err != nil {
		return Config{}, fmt.Errorf("parse config.json: %w", err)
	}
	return c, nil
}

// Validate reports the first field whose value does not describe a network
// that this package computes.
func (c Config) Validate() error {
	if c.ModelType != "qwen2" {
		return fmt.Errorf("model_type is %q; only \"qwen2\" is supported", c.ModelType)
	}
	for _, a := range c.Architectures {
		if a != "Qwen2ForCausalLM" {
			return fmt.Errorf("architectures has %q; only \"Qwen2ForCausalLM\" is supported", a)
		}
	}
	if c.HiddenAct != "silu" {
		return fmt.Errorf("hidden_act is %q; only \"silu\" is supported", c.HiddenAct)
	}
	for _, f := range []struct {
		name  string
		value int
	}{
		{"vocab_size", c.VocabSize}, {"hidden_size", c.HiddenSize}, {"intermediate_size", c.IntermediateSize},
		{"num_hidden_layers", c.NumHiddenLayers}, {"num_attention_heads", c.NumAttentionHeads},
		{"num_key_value_heads", c.NumKeyValueHeads}, {"max_position_embeddings", c.MaxPositionEmbeddings},
	} {
		if f.value < 1 {
			return fmt.Errorf("%s is %d; it must be at least 1", f.name, f.value)
		}
	}
	if c.NumAttentionHeads%c.NumKeyValueHeads != 0 {
		return fmt.Errorf("num_attention_heads is %d; it must be a multiple of num_key_value_heads (%d)", c.NumAttentionHeads, c.NumKeyValueHeads)
	}
	if c.HeadDim == 0 && c.HiddenSize%c.NumAttentionHeads != 0 {
		return fmt.Errorf("hidden_size is %d; without head_dim it must be a multiple of num_attention_heads (%d)", c.HiddenSize, c.NumAttentionHeads)
	}
	if hd := c.headDim(); hd < 2 || hd%2 != 0 {
		return fmt.Errorf("head_dim is %d; it must be even and at least 2 (rotary embeddings turn pairs)", hd)
	}
	if !(c.RopeTheta > 0) || math.IsInf(c.RopeTheta, 0) {
		return fmt.Errorf("rope_theta is %v; it must be positive and finite", c.RopeTheta)
	}
	if !(c.RMSNormEps > 0) || math.IsInf(c.RMSNormEps, 0) {
		return fmt.Errorf("rms_norm_eps is %v; it must be positive and finite", c.RMSNormEps)
	}
	return nil
}

// JSON returns c as config.json bytes that ParseConfig and Hugging Face read.
// The same config always gives the same bytes.
func (c Config) JSON() []byte {
	if c.Architectures == nil {
		c.Architectures = []string{"Qwen2ForCausalLM"}
	}
	out, err := json.MarshalIndent(c, "", "  ")
	if err != nil { // only for NaN and infinities, which Validate refuses
		panic(fmt.Sprintf("encode config.json: %v", err))
	}
	return append(out, '\n')
}

// headDim is the number of elements of one attention head.
func (c Config) headDim() int {
	if c.HeadDim != 0 {
		return c.HeadDim
	}
	return c.HiddenSize / c.NumAttentionHeads
}
