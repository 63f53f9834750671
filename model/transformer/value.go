package transformer

import (
	"github.com/gomlx/gomlx/core/graph"

	"temper/model/checkpoint"
)

// A value head is a linear map from the hidden state after the final norm to one
// number, on the trunk that it shares with the policy: V = w·h + b. It lies after
// the policy's own parameters, wherever these are listed, stored or digested.
const (
	valueName     = checkpoint.ValueHead + "weight" // [1, hidden]
	valueBiasName = checkpoint.ValueHead + "bias"   // [1]
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
