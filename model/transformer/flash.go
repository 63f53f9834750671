package transformer

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// flashHeads is heads by the backend's fused causal attention, which keeps the
// scores of neither pass, and where it can skips those that the mask hides. Segments
// are a mask besides. Padding on the right needs none of its own: no slot that
// counts attends to it, and its gradient is 0.
//
// The kernel's backward pass is reached through automatic differentiation of
// this one node: the gradient of Σ dy·y with respect to q, k and v, dy being held
// constant, since it comes from other kernels of the kind, which have no second
// derivative.
func (n *network) flashHeads(q, k, v *graph.Node) (*graph.Node, headsPullback) {
	split := func(x *graph.Node) *graph.Node {
		return graph.ConvertDType(graph.Reshape(x, n.batch, n.seq, -1, n.config.HeadSize()), n.compute)
	}
	flat := func(x *graph.Node) *graph.Node {
		return graph.Reshape(graph.ConvertDType(x, dtypes.Float32), n.batch*n.seq, -1)
	}
	q, k, v = split(q), split(k), split(v)
	options := &compute.ScaledDotProductAttentionConfig{Causal: true}
	if n.sameSegment != nil {
		options.Mask = graph.InternalBackendOutputs(n.sameSegment)[0]
	}
	y, _ := graph.BackendFusedScaledDotProductAttention(q, k, v, compute.AttentionAxesLayoutBSHD, options)
	return flat(y), func(dy *graph.Node) (dq, dk, dv *graph.Node) {
		dy = graph.Reshape(dy, y.Shape().Dimensions...)
		inner := graph.ReduceAllSum(graph.Mul(graph.ConvertDType(y, dtypes.Float32), graph.StopGradient(dy)))
		grads := graph.Gradient(inner, q, k, v)
		return flat(grads[0]), flat(grads[1]), flat(grads[2])
	}
}
