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
	RopeType string  `json:"rope_type"` // RopeLinear, RopeLlama3 or RopeYarn
	Factor   float64 `json:"factor"`    // frequencies are divided by it

	// Of RopeLlama3 alone: waves with fewer than LowFreqFactor turns in
	// OriginalMaxPositionEmbeddings tokens are slowed down by Factor, those with
	// more than HighFreqFactor turns are left, and those between are blended.
	LowFreqFactor  float64 `json:"low_freq_factor,omitempty"`
	HighFreqFactor float64 `json:"high_freq_factor,omitempty"`
	// Of RopeLlama3 and RopeYarn.
	OriginalMaxPositionEmbeddings int `json:"original_max_position_embeddings,omitempty"`

	// Of RopeYarn alone: pairs with more than BetaFast turns in
	// OriginalMaxPositionEmbeddings tokens are left, those with fewer than BetaSlow
	// are slowed down, and those between are blended by their index. Truncate, true
	// where it is nil, moves the ends of the blend to whole indices.
	BetaFast float64 `json:"beta_fast,omitempty"` // 0: 32
	BetaSlow float64 `json:"beta_slow,omitempty"` // 0: 1
	Truncate *bool   `json:"truncate,omitempty"`
	// What scales the turned queries and keys, see RotaryScale; 0 is none given.
	AttentionFactor float64 `json:"attention_factor,omitempty"`
	MScale          float64 `json:"mscale,omitempty"`
	MScaleAllDim    float64 `json:"mscale_all_dim,omitempty"`
}

// The values of RopeScaling.RopeType.
const (
	RopeLinear = "linear" // position interpolation (Chen et al. 2023)
	RopeLlama3 = "llama3" // Llama 3.1's
	RopeYarn   = "yarn"   // YaRN (Peng et al. 2023), as transformers 5 reads it
)

const ropeTypes = `"default", "linear", "llama3" and "yarn"`

// ropeFields are the spellings of the rotary settings in config.json, beside
// those of RopeScaling: rope_scaling with type or rope_type beside a top-level
// rope_theta, or rope_parameters, which holds all of them (transformers 5 writes it).
type ropeFields struct {
	Type          string          `json:"type"`
	Factor        json.RawMessage `json:"factor"`
	Theta         *float64        `json:"rope_theta"`
	PartialRotary *float64        `json:"partial_rotary_factor"`
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

// readRope sets RopeTheta and RopeScaling from either spelling. A context before
// the scaling that the settings do not say is, as in transformers 5,
// original_max_position_embeddings at the top or else the present one; and yarn's
// factor, where it is null, the ratio of the two.
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
	scaling := RopeScaling{OriginalMaxPositionEmbeddings: c.MaxPositionEmbeddings}
	if err := cmp.Or(jsonkind.Decode(raw, &scaling), jsonkind.Decode(raw, &r)); err != nil {
		return jsonkind.In(key, err)
	}
	if r.Theta != nil {
		c.RopeTheta, names.theta = *r.Theta, key+"."+ropeThetaKey
	}
	if r.PartialRotary != nil && *r.PartialRotary != 1 {
		return fmt.Errorf("%s.partial_rotary_factor is %v; only 1 is supported", key, *r.PartialRotary)
	}
	if isNull(parts["truncate"]) { // transformers takes null for false
		scaling.Truncate = new(bool)
	}
	if scaling.RopeType == "" && r.Type != "" {
		scaling.RopeType, names.ropeType = r.Type, "type"
	}
	if scaling.RopeType == "" && key == ropeParametersKey && scaling.Factor == 0 {
		scaling.RopeType = "default"
	}
	if f.OriginalMaxPositions != nil {
		scaling.OriginalMaxPositionEmbeddings = *f.OriginalMaxPositions
	}
	if scaling.RopeType == RopeYarn && isNull(r.Factor) {
		scaling.Factor = float64(c.MaxPositionEmbeddings) / float64(scaling.OriginalMaxPositionEmbeddings)
	}
	c.RopeScaling = scaling.own()
	return nil
}

// own is r with the settings that its type has, and nil for the type "default".
func (r RopeScaling) own() *RopeScaling {
	switch r.RopeType {
	case "default":
		return nil
	case RopeLlama3:
		return &RopeScaling{RopeType: r.RopeType, Factor: r.Factor, LowFreqFactor: r.LowFreqFactor, HighFreqFactor: r.HighFreqFactor,
			OriginalMaxPositionEmbeddings: r.OriginalMaxPositionEmbeddings}
	case RopeYarn:
		r.LowFreqFactor, r.HighFreqFactor = 0, 0
		return &r
	default:
		return &RopeScaling{RopeType: r.RopeType, Factor: r.Factor}
	}
}

func (r *RopeScaling) validate(c Config, names fieldNames) error {
	if r == nil {
		return nil
	}
	at := names.scaling
	switch r.RopeType {
	case RopeLinear, RopeLlama3, RopeYarn:
	case "":
		return fmt.Errorf("%s has no rope_type; supported are %s", at, ropeTypes)
	case "dynamic":
		return fmt.Errorf("%s.%s is \"dynamic\", whose frequencies change with the length of the text; supported are %s", at, names.ropeType, ropeTypes)
	default:
		return fmt.Errorf("%s.%s is %q; supported are %s", at, names.ropeType, r.RopeType, ropeTypes)
	}
	if !(r.Factor >= 1) || math.IsInf(r.Factor, 0) {
		return fmt.Errorf("%s.factor is %v; it must be finite and at least 1", at, r.Factor)
	}
	if r.RopeType != RopeLinear && r.OriginalMaxPositionEmbeddings < 1 {
		return fmt.Errorf("%s.original_max_position_embeddings is %d; it must be at least 1", at, r.OriginalMaxPositionEmbeddings)
	}
	if r.RopeType == RopeLlama3 && !(r.LowFreqFactor > 0 && r.HighFreqFactor > r.LowFreqFactor) {
		return fmt.Errorf("%s has low_freq_factor %v and high_freq_factor %v; the first must be positive and the second larger", at, r.LowFreqFactor, r.HighFreqFactor)
	}
	if r.RopeType == RopeYarn {
		return r.validateYarn(c, names)
	}
	return nil
}
