package transformer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
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
// rope_parameters, which holds all of them.
type ropeFields struct {
	RopeScaling
	Type          string   `json:"type"`
	Theta         *float64 `json:"rope_theta"`
	PartialRotary *float64 `json:"partial_rotary_factor"`
}

// readRope sets RopeTheta and RopeScaling from either spelling.
func (c *Config) readRope(data []byte) error {
	var files struct {
		Scaling    json.RawMessage `json:"rope_scaling"`
		Parameters json.RawMessage `json:"rope_parameters"`
	}
	if err := json.Unmarshal(data, &files); err != nil {
		return err
	}
	field, raw := "rope_scaling", files.Scaling
	if raw == nil || isNull(raw) {
		field, raw = "rope_parameters", files.Parameters
	}
	if raw == nil || isNull(raw) {
		return nil
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return fmt.Errorf("%s is %s: %w", field, raw, err)
	}
	for name, part := range parts {
		if part[0] == '{' {
			return fmt.Errorf("%s has settings of its own for %q; only one setting for all layers is supported", field, name)
		}
	}
	var f ropeFields
	if err := json.Unmarshal(raw, &f); err != nil {
		return fmt.Errorf("%s is %s: %w", field, raw, err)
	}
	if f.Theta != nil {
		c.RopeTheta = *f.Theta
	}
	if f.PartialRotary != nil && *f.PartialRotary != 1 {
		return fmt.Errorf("%s has partial_rotary_factor %v; only 1 is supported", field, *f.PartialRotary)
	}
	f.RopeType = cmp.Or(f.RopeType, f.Type)
	if f.RopeType == "" && field == "rope_parameters" && f.Factor == 0 {
		f.RopeType = "default"
	}
	switch f.RopeType {
	case "default":
	case RopeLinear, RopeLlama3:
		c.RopeScaling = &f.RopeScaling
	default:
		return fmt.Errorf("%s has rope_type %q; supported are \"default\", %q and %q", field, f.RopeType, RopeLinear, RopeLlama3)
	}
	return nil
}

func (r *RopeScaling) validate() error {
	if r == nil {
		return nil
	}
	if !(r.Factor >= 1) || math.IsInf(r.Factor, 0) {
		return fmt.Errorf("rope_scaling has factor %v; it must be finite and at least 1", r.Factor)
	}
	switch r.RopeType {
	case RopeLinear:
	case RopeLlama3:
		if !(r.LowFreqFactor > 0 && r.HighFreqFactor > r.LowFreqFactor) {
			return fmt.Errorf("rope_scaling has low_freq_factor %v and high_freq_factor %v; the first must be positive and the second larger", r.LowFreqFactor, r.HighFreqFactor)
		}
		if r.OriginalMaxPositionEmbeddings < 1 {
			return fmt.Errorf("rope_scaling has original_max_position_embeddings %d; it must be at least 1", r.OriginalMaxPositionEmbeddings)
		}
	default:
		return fmt.Errorf("rope_scaling has rope_type %q; supported are %q and %q", r.RopeType, RopeLinear, RopeLlama3)
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
