package transformer

import (
	"encoding/json"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"temper/model/library/jsonkind"
)

// A value head is a linear map from the hidden state after the final norm to one
// number, on the trunk that it shares with the policy: V = w·h + b. It lies after
// the policy's own parameters, wherever these are listed, stored or digested.
const (
	valueName     = "value_head.weight" // [1, hidden]
	valueBiasName = "value_head.bias"   // [1]

	valueHeadKey = "temper_value_head" // in config.json
)

// values are those of the states x [M, hidden], as [M, 1].
func (n *network) values(x *graph.Node) (*graph.Node, pullback) {
	return n.linear(x, valueName, valueBiasName)
}

// WithValueHead returns weights with a value head of zeros added, so that every
// value is 0 at first, or without one. The other tensors are shared.
func (w *Weights) WithValueHead(has bool) *Weights {
	c := w.Config
	if c.ValueHead == has {
		return w
	}
	own := len(w.Tensors)
	if c.ValueHead {
		own -= 2
	}
	c.ValueHead = has
	tensors := w.Tensors[:own:own]
	if has {
		tensors = append(tensors, make([]float32, c.HiddenSize), make([]float32, 1))
	}
	return &Weights{Config: c, Tensors: tensors}
}

// SetValueHead returns a config.json that says whether the weights beside it have
// a value head.
func SetValueHead(configJSON []byte, has bool) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := jsonkind.Decode(configJSON, &fields); err != nil {
		return nil, fmt.Errorf("config.json: %w", err)
	}
	delete(fields, valueHeadKey)
	if has {
		fields[valueHeadKey] = json.RawMessage("true")
	}
	return json.Marshal(fields)
}
