// Package checkpoint describes everything that a policy needs to go on bit for
// bit: weights, optimiser state, architecture and vocabulary.
//
// A checkpoint is a small JSON document that names its parts by digest. It holds
// no time, no machine and no run name, so two runs that computed the same policy
// have the same checkpoint, and its ref is the policy's digest.
package checkpoint

import (
	"encoding/json"
	"fmt"

	"temper/model/artifact"
)

// Checkpoint names the parts of a durable policy. There is no random state and
// no data cursor in it: both are functions of the recipe's seed and the step.
type Checkpoint struct {
	// Schema is the version of this form, see Schema.
	Schema int `json:"schema"`
	// Config is the architecture as Hugging Face's config.json.
	Config json.RawMessage `json:"config"`
	// GenerationConfig is Hugging Face's generation_config.json, where the base model had one.
	GenerationConfig json.RawMessage `json:"generation_config,omitempty"`
	// Tokenizer is a document that tokenizer.Parse reads.
	Tokenizer artifact.Ref `json:"tokenizer"`
	// Weights are safetensors files, together all tensors by Hugging Face's names.
	Weights []artifact.Ref `json:"weights"`
	// Optimizer are safetensors files, together AdamW's moments; each has the update count.
	Optimizer []artifact.Ref `json:"optimizer"`
	// Parent is the policy that this one was trained from; zero for an initial model.
	Parent artifact.Policy `json:"parent,omitzero"`
	// Made is a document of what made it of its parent, where the parent's name does not say
	// it all: the settings, data and order of a supervised segment, or how an initial model
	// came to be.
	Made artifact.Ref `json:"made,omitzero"`
}

// Schema is the version of the form in which checkpoints are stored. Before 1 they had no
// version, and did not name what made them.
const Schema = 1

// Encode is the checkpoint's JSON form; equal checkpoints have equal bytes.
func (c Checkpoint) Encode() ([]byte, error) {
	c.Schema = Schema
	data, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode checkpoint: %w", err)
	}
	return data, nil
}

// Decode reads what Encode wrote.
func Decode(data []byte) (Checkpoint, error) {
	var c Checkpoint
	err := json.Unmarshal(data, &c)
	if c.Schema > Schema { // whose other fields may be of other types
		return Checkpoint{}, fmt.Errorf("decode checkpoint: it is of schema %d, which a newer temper reads; this one reads up to %d", c.Schema, Schema)
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("decode checkpoint: %w", err)
	}
	if len(c.Weights) == 0 || len(c.Optimizer) == 0 || len(c.Config) == 0 {
		return Checkpoint{}, fmt.Errorf("decode checkpoint: weights, optimizer and config must all be named")
	}
	return c, nil
}
