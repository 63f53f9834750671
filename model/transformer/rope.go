package transformer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"temper/model/library/jsonkind"
)

// RopeScaling changes the rotary frequencies of a model that was extended to
// contexts longer than it was first trained on.
type RopeScaling struct {
	RopeType string  `json:"rope_type"` // RopeLinear or RopeLlama3
	Factor   float64 `json:"factor"`    // frequencies are divided by it

	// Of RopeLlama3 alone: waves with fewer than LowFreqFactor turns in
	// OriginalMaxPositionEmbeddings tokens are slowed down by Factor, those with
	// more than HighFreqFactor turns are left, and those between are blended.
	LowFreqFactor                 float64 `json:"low_freq_factor,omitempty"`
	HighFreqFactor                float64 `json:"high_freq_factor,omitempty"`
	OriginalMaxPositionEmbeddings int     `json:"original_max_position_embeddings,omitempty"`
}

// The values of RopeScaling.RopeType.
const (
	RopeLinear = "linear" // position interpolation (Chen et al. 2023)
	RopeLlama3 = "llama3" // Llama 3.1's
)

// ropeFields are the spellings of the rotary settings in config.json:
// rope_scaling with type or rope_type beside a top-level rope_theta, or
// rope_parameters, which holds all of them (transformers 5 writes it).
type ropeFields struct {
	RopeType                      string   `json:"rope_type"`
	Type                          string   `json:"type"`
	Factor                        float64  `json:"factor"`
	LowFreqFactor                 float64  `json:"low_freq_factor"`
	HighFreqFactor                float64  `json:"high_freq_factor"`
	OriginalMaxPositionEmbeddings int      `json:"original_max_position_embeddings"`
	Theta                         *float64 `json:"rope_theta"`
	PartialRotary                 *float64 `json:"partial_rotary_factor"`
}

// ropeSettings are the file's rotary settings and the key that has them. As in
// transformers rope_scaling counts where both keys are there.
func (f configFile) ropeSettings() (key string, raw json.RawMessage) {
	switch {
	case given(f.RopeScaling):
		return ropeScalingKey, f.RopeScaling
	case given(f.RopeParameters):
		return ropeParametersKey, f.RopeParameters
	}
	return "", nil
}

// The keys of config.json that have rotary settings.
const (
	ropeScalingKey    = "rope_scaling"
	ropeParametersKey = "rope_parameters"
	ropeThetaKey      = "rope_theta"
)

// readRope sets RopeTheta and RopeScaling from either spelling.
func (f configFile) readRope(c *Config, names *fieldNames) error {
	key, raw := f.ropeSettings()
	if raw == nil {
		return nil
	}
	names.scaling = key
	if kind := jsonkind.Of(raw); kind != "an object" {
		return fmt.Errorf("%s is %s; valid: an object, null", key, kind)
	}
	var parts map[string]json.RawMessage
	if err := jsonkind.Decode(raw, &parts); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if jsonkind.Of(parts[name]) == "an object" {
			return fmt.Errorf("%s has settings of its own for %q; only one setting for all layers is supported", key, name)
		}
	}
	var r ropeFields
	if err := jsonkind.Decode(raw, &r); err != nil {
		return jsonkind.In(key, err)
	}
	if r.Theta != nil {
		c.RopeTheta, names.theta = *r.Theta, key+"."+ropeThetaKey
	}
	if r.PartialRotary != nil && *r.PartialRotary != 1 {
		return fmt.Errorf("%s.partial_rotary_factor is %v; only 1 is supported", key, *r.PartialRotary)
	}
	if r.RopeType == "" && r.Type != "" {
		names.ropeType = "type"
	}
	return r.scaling(c, *names)
}

// scaling sets RopeScaling.
func (r ropeFields) scaling(c *Config, names fieldNames) error {
	kind := cmp.Or(r.RopeType, r.Type)
	if kind == "" && names.scaling == ropeParametersKey && r.Factor == 0 {
		kind = "default"
	}
	switch kind {
	case "default":
	case RopeLinear, RopeLlama3:
		c.RopeScaling = &RopeScaling{kind, r.Factor, r.LowFreqFactor, r.HighFreqFactor, r.OriginalMaxPositionEmbeddings}
	case "":
		return fmt.Errorf("%s has no rope_type; supported are \"default\", %q and %q", names.scaling, RopeLinear, RopeLlama3)
	default:
		return fmt.Errorf("%s.%s is %q; supported are \"default\", %q and %q", names.scaling, names.ropeType, kind, RopeLinear, RopeLlama3)
	}
	return nil
}

func (r *RopeScaling) validate(names fieldNames) error {
	if r == nil {
		return nil
	}
	at := names.scaling
	if !(r.Factor >= 1) || math.IsInf(r.Factor, 0) {
		return fmt.Errorf("%s.factor is %v; it must be finite and at least 1", at, r.Factor)
	}
	switch r.RopeType {
	case RopeLinear:
	case RopeLlama3:
		if !(r.LowFreqFactor > 0 && r.HighFreqFactor > r.LowFreqFactor) {
			return fmt.Errorf("%s has low_freq_factor %v and high_freq_factor %v; the first must be positive and the second larger", at, r.LowFreqFactor, r.HighFreqFactor)
		}
		if r.OriginalMaxPositionEmbeddings < 1 {
			return fmt.Errorf("%s.original_max_position_embeddings is %d; it must be at least 1", at, r.OriginalMaxPositionEmbeddings)
		}
	default:
		return fmt.Errorf("%s.%s is %q; supported are %q and %q", at, names.ropeType, r.RopeType, RopeLinear, RopeLlama3)
	}
	return nil
}

// RotaryFrequencies are the angles, in radians per position, by which the
// rotary embedding turns the pairs (i, i+HeadSize/2) of a head:
// theta^(-2i/HeadSize), scaled as RopeScaling says.
func (c Config) RotaryFrequencies() []float32 {
	frequencies := make([]float32, c.HeadSize()/2)
	for i := range frequencies {
		frequency := math.Pow(c.RopeTheta, -2*float64(i)/float64(c.HeadSize()))
		frequencies[i] = float32(c.RopeScaling.apply(frequency))
	}
	return frequencies
}

// apply is the scaled frequency.
func (r *RopeScaling) apply(frequency float64) float64 {
	if r == nil {
		return frequency
	}
	slow := frequency / r.Factor
	if r.RopeType == RopeLinear {
		return slow
	}
	turns := float64(r.OriginalMaxPositionEmbeddings) * frequency / (2 * math.Pi)
	kept := min(1, max(0, (turns-r.LowFreqFactor)/(r.HighFreqFactor-r.LowFreqFactor)))
	return (1-kept)*slow + kept*frequency
}
