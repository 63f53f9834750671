package transformer

import (
	"encoding/json"
	"errors"
	"fmt"

	"temper/model/library/jsonkind"
)

// configFile holds the keys of a config.json that decide the network. Keys of
// other kinds (token ids, dtype, library version) say nothing about it.
type configFile struct {
	ModelType string `json:"model_type"`

	Architectures         []string        `json:"architectures"`
	VocabSize             int             `json:"vocab_size"`
	HiddenSize            int             `json:"hidden_size"`
	IntermediateSize      int             `json:"intermediate_size"`
	NumHiddenLayers       int             `json:"num_hidden_layers"`
	NumAttentionHeads     int             `json:"num_attention_heads"`
	NumKeyValueHeads      json.RawMessage `json:"num_key_value_heads"`
	HeadDim               int             `json:"head_dim"`
	HiddenAct             string          `json:"hidden_act"`
	MaxPositionEmbeddings int             `json:"max_position_embeddings"`
	RopeTheta             float64         `json:"rope_theta"`
	RopeScaling           json.RawMessage `json:"rope_scaling"`
	RopeParameters        json.RawMessage `json:"rope_parameters"`
	RMSNormEps            float64         `json:"rms_norm_eps"`
	TieWordEmbeddings     bool            `json:"tie_word_embeddings"`
	ValueHead             bool            `json:"temper_value_head"`
	AttentionBias         *bool           `json:"attention_bias"`
	MLPBias               bool            `json:"mlp_bias"`

	// What rope_scaling is measured against, where it does not say so itself.
	OriginalMaxPositions *int `json:"original_max_position_embeddings"`

	// What would change the network in a way that is not computed.
	UseSlidingWindow    bool            `json:"use_sliding_window"`
	SlidingWindow       json.RawMessage `json:"sliding_window"`
	MaxWindowLayers     *int            `json:"max_window_layers"`
	LayerTypes          []string        `json:"layer_types"`
	IsCausal            *bool           `json:"is_causal"`
	PartialRotaryFactor *float64        `json:"partial_rotary_factor"`
	Quantization        json.RawMessage `json:"quantization_config"`
}

// ParseConfig reads a Hugging Face config.json of one of the supported
// architectures. Keys that are left out have Hugging Face's values, which differ by
// model type. A field that asks for something Forward does not compute is
// refused with its valid values; dropout is not, which only training would use
// (see pretrained.Model.Remarks). A class with another head than a language model's is taken for
// the decoder in it, and Architectures names the language model's class.
func ParseConfig(data []byte) (Config, error) {
	c, err := parseConfig(data)
	if err != nil {
		return Config{}, fmt.Errorf("parse config.json: %s", jsonkind.Clip(err.Error()))
	}
	return c, nil
}

func parseConfig(data []byte) (Config, error) {
	var head struct {
		ModelType string `json:"model_type"`
	}
	if err := jsonkind.Decode(data, &head); err != nil {
		return Config{}, err
	}
	a, ok := findArchitecture(head.ModelType)
	if !ok {
		return Config{}, fmt.Errorf("model_type is %q; supported are %s", head.ModelType, supportedModelTypes())
	}
	d := a.defaults
	file := configFile{HiddenAct: d.HiddenAct, RopeTheta: d.RopeTheta, RMSNormEps: d.RMSNormEps, MaxPositionEmbeddings: d.MaxPositionEmbeddings, HeadDim: d.HeadDim}
	if err := jsonkind.Decode(data, &file); err != nil {
		return Config{}, err
	}
	if err := file.checkClass(a); err != nil {
		return Config{}, err
	}
	names := usualNames
	c, err := file.config(a, &names)
	if err != nil {
		return Config{}, err
	}
	if err := c.validate(names); err != nil {
		return Config{}, err
	}
	return c, file.checkSwitches(a, c)
}

// config is the network that the file asks for; names becomes where the file has
// what it has under other names than Config's.
func (f configFile) config(a architecture, names *fieldNames) (Config, error) {
	c := Config{
		ModelType: f.ModelType, VocabSize: f.VocabSize, HiddenSize: f.HiddenSize, IntermediateSize: f.IntermediateSize,
		NumHiddenLayers: f.NumHiddenLayers, NumAttentionHeads: f.NumAttentionHeads, HeadDim: f.HeadDim, HiddenAct: f.HiddenAct,
		MaxPositionEmbeddings: f.MaxPositionEmbeddings, RopeTheta: f.RopeTheta, RMSNormEps: f.RMSNormEps, TieWordEmbeddings: f.TieWordEmbeddings, ValueHead: f.ValueHead,
		AttentionBias: a.attentionBias && f.AttentionBias != nil && *f.AttentionBias, MLPBias: f.MLPBias,
	}
	if len(f.Architectures) > 0 {
		c.Architectures = []string{a.class}
	}
	if c.HiddenAct == "swish" { // another name of the same function
		c.HiddenAct = "silu"
	}
	if err := f.keyValueHeads(a, &c, names); err != nil {
		return c, err
	}
	return c, f.readRope(&c, names)
}

// keyValueHeads reads num_key_value_heads. Left out it is the architecture's
// number, null is that of the attention heads; an explicit 0 is a mistake.
func (f configFile) keyValueHeads(a architecture, c *Config, names *fieldNames) error {
	switch {
	case isNull(f.NumKeyValueHeads), f.NumKeyValueHeads == nil && a.defaults.NumKeyValueHeads == 0:
		c.NumKeyValueHeads = c.NumAttentionHeads
	case f.NumKeyValueHeads == nil:
		c.NumKeyValueHeads = a.defaults.NumKeyValueHeads
		names.keyValueHeads = "num_key_value_heads, which " + a.modelType + " has where the file has none"
	case json.Unmarshal(f.NumKeyValueHeads, &c.NumKeyValueHeads) != nil:
		return fmt.Errorf("num_key_value_heads is %s; valid: a whole number", jsonkind.Show(f.NumKeyValueHeads))
	}
	return nil
}

// isNull reports whether a key is there with the value null.
func isNull(m json.RawMessage) bool { return string(m) == "null" }

// given reports whether a key is there with a value.
func given(m json.RawMessage) bool { return len(m) > 0 && !isNull(m) }

// checkSwitches refuses what would change the network in a way that is not
// computed.
func (f configFile) checkSwitches(a architecture, c Config) error {
	if f.AttentionBias != nil && !a.attentionBias && *f.AttentionBias != a.qkvBias {
		return fmt.Errorf("attention_bias is %v; for %s only %v is supported", *f.AttentionBias, a.modelType, a.qkvBias)
	}
	if err := f.checkLayerTypes(); err != nil {
		return err
	}
	if a.checkWindow != nil {
		if err := a.checkWindow(f, c); err != nil {
			return err
		}
	}
	switch {
	case f.IsCausal != nil && !*f.IsCausal:
		return errors.New("is_causal is false; only true is supported")
	case f.PartialRotaryFactor != nil && *f.PartialRotaryFactor != 1:
		return fmt.Errorf("partial_rotary_factor is %v; only 1 is supported", *f.PartialRotaryFactor)
	case given(f.Quantization):
		return errors.New("quantization_config is set; only full-precision weights are supported")
	}
	return nil
}

// checkLayerTypes refuses layers of kinds that are not computed.
func (f configFile) checkLayerTypes() error {
	for _, kind := range f.LayerTypes {
		if kind != "full_attention" {
			return fmt.Errorf("layer_types has %q; only \"full_attention\" is supported", kind)
		}
	}
	if n := len(f.LayerTypes); n > 0 && n != f.NumHiddenLayers {
		return fmt.Errorf("layer_types has %d entries; num_hidden_layers is %d", n, f.NumHiddenLayers)
	}
	return nil
}

// usualWindow is sliding_window in transformers, where the file has none.
const usualWindow = 4096

// slides reports whether a layer with the file's sliding_window hides a token from
// another: no text is longer than max_position_embeddings.
func (f configFile) slides(c Config) (bool, error) {
	window := usualWindow
	switch {
	case isNull(f.SlidingWindow):
		return false, nil
	case f.SlidingWindow != nil && json.Unmarshal(f.SlidingWindow, &window) != nil:
		return false, fmt.Errorf("sliding_window is %s; valid: a whole number, null", jsonkind.Show(f.SlidingWindow))
	}
	return window < c.MaxPositionEmbeddings, nil
}
