package transformer

import (
	"encoding/json"
	"fmt"
	"math"

	"temper/model/compute"
)

// Config holds the fields of a Hugging Face config.json that determine the
// network of one of the supported architectures. Sizes count elements.
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

	RopeScaling       *RopeScaling `json:"rope_scaling,omitempty"` // nil: frequencies as they are
	RMSNormEps        float64      `json:"rms_norm_eps"`
	TieWordEmbeddings bool         `json:"tie_word_embeddings"`
	// ValueHead tells that the weights have a value head, which no Hugging Face class reads.
	ValueHead bool `json:"temper_value_head,omitempty"`

	AttentionBias bool `json:"attention_bias,omitempty"` // query, key, value and output projections have biases
	MLPBias       bool `json:"mlp_bias,omitempty"`       // gate, up and down projections have biases
}

// fieldNames are the names that a file has values under, for errors.
type fieldNames struct{ keyValueHeads, theta, scaling, ropeType string }

var usualNames = fieldNames{"num_key_value_heads", "rope_theta", "rope_scaling", "rope_type"}

// maxSize bounds every size, so that a product of two is a whole number too.
const maxSize = 1<<31 - 1

// Validate reports the first field whose value does not describe a network
// that this package computes.
func (c Config) Validate() error { return c.validate(usualNames) }

func (c Config) validate(names fieldNames) error {
	a, ok := findArchitecture(c.ModelType)
	if !ok {
		return fmt.Errorf("model_type is %q; supported are %s", c.ModelType, supportedModelTypes())
	}
	for _, class := range c.Architectures {
		if class != a.class {
			return fmt.Errorf("architectures has %q; model_type %q goes with %q", class, c.ModelType, a.class)
		}
	}
	if c.HiddenAct != "silu" {
		return fmt.Errorf("hidden_act is %q; only \"silu\" is supported", c.HiddenAct)
	}
	if err := c.validateSizes(names); err != nil {
		return err
	}
	if c.AttentionBias && !a.attentionBias {
		return fmt.Errorf("attention_bias is true; for %s only %v is supported", a.modelType, a.qkvBias)
	}
	if c.MLPBias && !a.mlpBias {
		return fmt.Errorf("mlp_bias is true; for %s only false is supported", a.modelType)
	}
	if !(c.RopeTheta > 0) || math.IsInf(c.RopeTheta, 0) {
		return fmt.Errorf("%s is %v; it must be positive and finite", names.theta, c.RopeTheta)
	}
	if err := c.RopeScaling.validate(c, names); err != nil {
		return err
	}
	if !(c.RMSNormEps > 0) || math.IsInf(c.RMSNormEps, 0) {
		return fmt.Errorf("rms_norm_eps is %v; it must be positive and finite", c.RMSNormEps)
	}
	return nil
}

func (c Config) validateSizes(names fieldNames) error {
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
		if f.value > maxSize {
			return fmt.Errorf("%s is %d; it must be at most %d", f.name, f.value, maxSize)
		}
	}
	if c.NumAttentionHeads%c.NumKeyValueHeads != 0 {
		return fmt.Errorf("num_attention_heads is %d; it must be a multiple of %s (%d)", c.NumAttentionHeads, names.keyValueHeads, c.NumKeyValueHeads)
	}
	if c.HeadDim != 0 {
		if c.HeadDim < 2 || c.HeadDim%2 != 0 || c.HeadDim > maxSize {
			return fmt.Errorf("head_dim is %d; it must be even and at least 2 (rotary embeddings turn pairs)", c.HeadDim)
		}
		return nil
	}
	if c.HiddenSize%c.NumAttentionHeads != 0 {
		return fmt.Errorf("hidden_size is %d; without head_dim it must be a multiple of num_attention_heads (%d)", c.HiddenSize, c.NumAttentionHeads)
	}
	if hd := c.HeadSize(); hd%2 != 0 {
		return fmt.Errorf("num_attention_heads is %d, which makes heads of %d (hidden_size %d); a head must be even (rotary embeddings turn pairs)", c.NumAttentionHeads, hd, c.HiddenSize)
	}
	return nil
}

// JSON returns c as config.json bytes that ParseConfig and Hugging Face read.
// The same config always gives the same bytes.
func (c Config) JSON() []byte {
	if a, ok := findArchitecture(c.ModelType); ok && c.Architectures == nil {
		c.Architectures = []string{a.class}
	}
	out, err := json.MarshalIndent(c, "", "  ")
	if err != nil { // only for NaN and infinities, which Validate refuses
		panic(fmt.Sprintf("encode config.json: %v", err))
	}
	return append(out, '\n')
}

// Shape is what of the network decides how much it computes and keeps.
func (c Config) Shape() compute.Shape {
	return compute.Shape{Layers: c.NumHiddenLayers, Hidden: c.HiddenSize, Intermediate: c.IntermediateSize, Heads: c.NumAttentionHeads,
		KeyValueHeads: c.NumKeyValueHeads, HeadSize: c.HeadSize(), Vocabulary: c.VocabSize, Tied: c.TieWordEmbeddings}
}

// HeadSize is the number of elements of one attention head: head_dim, or
// hidden_size / num_attention_heads where that is not given.
func (c Config) HeadSize() int {
	if c.HeadDim != 0 {
		return c.HeadDim
	}
	return c.HiddenSize / c.NumAttentionHeads
}

// hasBias tells whether a projection, such as "self_attn.q_proj", has a bias.
func (c Config) hasBias(projection string) bool {
	switch projection {
	case queryProjection, keyProjection, valueProjection:
		return c.AttentionBias || c.architecture().qkvBias
	case outputProjection:
		return c.AttentionBias
	default:
		return c.MLPBias
	}
}

// QKNorm tells whether every head of queries and keys passes an RMSNorm.
func (c Config) QKNorm() bool { return c.architecture().qkNorm }
