package transformer

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"temper/model/backend"
)

// Pass describes one run through the decoder: what it reads, and how much memory
// it may take. The numbers change memory and speed; results only by rounding,
// and Checkpointing not even that.
type Pass struct {
	// Tokens are int32 [B, S].
	Tokens *graph.Node
	// Positions are those of the rotary embedding, int32 [B, S]; nil counts slots
	// from 0.
	Positions *graph.Node
	// Segments tell the sequences of a row apart, int32 [B, S]: a slot attends to
	// itself and to earlier slots of its own segment. nil is one segment per row.
	Segments *graph.Node

	// Targets are the slots, of B*S, whose logits are wanted, int32 [M]; nil is all
	// of them in their order. A slot may occur twice.
	Targets *graph.Node

	// Values are the derivatives of the loss by the targets' values, float32 [M], for
	// Differentiate on a network with a value head; nil without one.
	Values *graph.Node

	// Onto are sums by parameter that Differentiate adds the gradients to, each as
	// soon as it is known, so that no second set of gradients exists; nil is none.
	Onto Nodes

	// QueryBlock is the number of queries whose attention is computed together,
	// over no more keys than they can see; their weights are computed again in the
	// backward pass. At 0, or at least S, all queries are one block, and their
	// weights are kept.
	QueryBlock int
	// LogitSlots is the number of targets whose logits exist at the same time; 0 is
	// all of them.
	LogitSlots int
	// Checkpointing keeps only the inputs of the layers for the backward pass,
	// which computes a layer again when it comes to it (Chen et al. 2016).
	Checkpointing bool

	// Compute is what the operands of matrix products are rounded to, Float32 (or
	// 0) or BFloat16. Products sum in float32 and return it; parameters, gradients,
	// the residual stream, norms, softmax and logits are float32 always.
	Compute dtypes.DType
}

// network is one pass through the decoder. Its functions return, beside their
// value, the pullback that continues a gradient to their input and adds the
// gradients of the parameters that they used.
type network struct {
	ops
	config     Config
	params     Nodes
	grads      Nodes // gradients so far, by parameter; nil when none are wanted
	pass       Pass
	batch, seq int
	angles     angles      // of the rotary embedding
	bias       *graph.Node // of all queries, see maskBias; nil where they come in blocks
	// attend is the attention of a layer: heads, and what else is done with keys and values.
	attend func(layer int, q, k, v *graph.Node) (*graph.Node, headsPullback)
	// turned tells that the parameters are DecodingInputs; there is no backward pass then.
	turned bool
	// sameSegment is bool [B, S, 1, S] for fused attention; nil without segments.
	sameSegment *graph.Node
}

// pullback maps the gradient of a loss with respect to a function's value to
// the gradient with respect to the function's input.
type pullback func(dy *graph.Node) *graph.Node

// headsPullback is the pullback of heads.
type headsPullback func(dy *graph.Node) (dq, dk, dv *graph.Node)

func newNetwork(c Config, p Nodes, pass Pass) *network {
	d := pass.Tokens.Shape().Dimensions
	n := &network{ops: pass.ops(pass.Tokens.Graph().Backend(), c.HeadSize()), config: c, params: p, pass: pass, batch: d[0], seq: d[1]}
	n.attend = func(_ int, q, k, v *graph.Node) (*graph.Node, headsPullback) { return n.heads(q, k, v) }
	if pass.Positions == nil {
		count := graph.Iota(pass.Tokens.Graph(), shapes.Make(dtypes.Int32, 1, n.seq), 1)
		n.pass.Positions = graph.BroadcastToDims(count, d...)
	}
	n.angles = c.rotaryOf(n.pass.Positions)
	switch {
	case n.flash && pass.Segments != nil:
		own := graph.BroadcastToDims(graph.Reshape(pass.Segments, n.batch, n.seq, 1, 1), n.batch, n.seq, 1, n.seq)
		n.sameSegment = graph.Equal(own, graph.BroadcastToDims(graph.Reshape(pass.Segments, n.batch, 1, 1, n.seq), n.batch, n.seq, 1, n.seq))
	case n.blocks() == 1 && !n.flash:
		n.bias = n.maskBias(0, n.seq, nil)
	}
	return n
}

// after is x, computed no sooner than the nodes of then. It is how memory is
// bounded: what is derived from it neither merges with equal work done before
// nor starts early.
func after(x *graph.Node, then ...*graph.Node) *graph.Node {
	if x.Graph().Backend().Name() == backend.XLA {
		return graph.OptimizationBarriers(append([]*graph.Node{x}, then...)...)[0]
	}
	return graph.SchedulingBarrier(x, then...) // gobackend's optimisation barrier binds each node by itself
}
