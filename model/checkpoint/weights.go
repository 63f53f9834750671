package checkpoint

import (
	"encoding/json"
	"fmt"

	"temper/model/artifact"
)

// Weights is a policy for those that only sample from it: without moments, and no part of
// any lineage, since the policy's name says what it is.
type Weights struct {
	// Schema is the version of this form, see Schema.
	Schema int `json:"schema"`
	// Policy is the policy whose weights they are.
	Policy artifact.Policy `json:"policy"`
	// Config is the architecture as Hugging Face's config.json.
	Config json.RawMessage `json:"config"`
	// Weights are safetensors files, as a checkpoint's.
	Weights []artifact.Ref `json:"weights"`
}

// Encode is the JSON form of w; equal weights have equal bytes.
func (w Weights) Encode() ([]byte, error) {
	w.Schema = Schema
	data, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("encode weights: %w", err)
	}
	return data, nil
}

// DecodeWeights reads what Encode wrote of the weights of a policy. Those of another are an error.
func DecodeWeights(data []byte, of artifact.Policy) (Weights, error) {
	var w Weights
	if err := json.Unmarshal(data, &w); err != nil {
		return Weights{}, fmt.Errorf("decode weights: %w", err)
	}
	switch {
	case w.Schema != Schema:
		return Weights{}, fmt.Errorf("decode weights: they are of schema %d, and this version reads %d", w.Schema, Schema)
	case w.Policy.Name() != of.Name():
		return Weights{}, fmt.Errorf("decode weights: they are of policy %s, not %s", w.Policy.Name(), of.Name())
	case len(w.Weights) == 0 || len(w.Config) == 0:
		return Weights{}, fmt.Errorf("decode weights: weights and config must both be named")
	}
	return w, nil
}
