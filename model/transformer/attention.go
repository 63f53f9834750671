package transformer

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// attention is the grouped-query attention of one layer for x [B*S, hidden],
// the output projection included.
func (n *network) attention(layer int, x *graph.Node) (*graph.Node, pullback) {
	q, pullQ := n.project(layer, queryProjection, x)
	k, pullK := n.project(layer, keyProjection, x)
	v, pullV := n.project(layer, valueProjection, x)
	if n.config.QKNorm() {
		q, pullQ = n.headNorm(q, pullQ, layerName(layer, queryNorm+".weight"))
		k, pullK = n.headNorm(k, pullK, layerName(layer, keyNorm+".weight"))
	}
	heads, pullHeads := n.attend(layer, n.rotate(q, false), n.rotate(k, false), v)
	y, pullOut := n.project(layer, outputProjection, heads)
	return y, func(dy *graph.Node) *graph.Node {
		dq, dk, dv := pullHeads(pullOut(dy))
		dx := graph.Add(pullQ(n.rotate(dq, true)), pullK(n.rotate(dk, true)))
		return graph.Add(dx, pullV(dv))
	}
}

// headNorm is norm for every head of x [N, heads*headDim], whose pullback is pull.
func (n *network) headNorm(x *graph.Node, pull pullback, weight string) (*graph.Node, pullback) {
	dims := x.Shape().Dimensions
	y, pullNorm := n.norm(graph.Reshape(x, -1, n.config.HeadSize()), weight)
	return graph.Reshape(y, dims...), func(dy *graph.Node) *graph.Node {
		dx := pullNorm(graph.Reshape(dy, -1, n.config.HeadSize()))
		return pull(graph.Reshape(dx, dims...))
	}
}

// heads attends with queries [B*S, H*headDim] over keys and values
// [B*S, KV*headDim]: softmax(q·kᵀ/sqrt(headDim) + bias)·v per head, H heads in
// groups that share a key/value head. The result is [B*S, H*headDim].
func (n *network) heads(q, k, v *graph.Node) (*graph.Node, headsPullback) {
	if n.flash {
		return n.flashHeads(q, k, v)
	}
	scale := 1 / math.Sqrt(float64(n.config.HeadSize()))
	q = graph.MulScalar(q, scale)
	if n.blocks() > 1 {
		return n.blockedHeads(q, k, v, scale)
	}
	weights := graph.Softmax(graph.Add(n.bmm(n.stack(q), n.stackT(k)), n.bias), -1) // [B*KV, group*S, S]
	y := n.bmm(weights, n.stack(v))
	return n.unstack(y), func(dy *graph.Node) (dq, dk, dv *graph.Node) {
		dScores := n.softmaxPullback(weights, n.stack(dy), y, n.stackT(v))
		dq = graph.MulScalar(n.unstack(n.bmm(dScores, n.stack(k))), scale)
		return dq, n.unstackT(n.bmm(n.stackT(q), dScores)), n.unstackT(n.bmm(n.stackT(dy), weights))
	}
}

// softmaxPullback maps dy, the gradient with respect to y = weights·values, to
// that with respect to the scores whose softmax the weights are:
// weights·(dWeights - Σ weights·dWeights) with dWeights = dy·valuesᵀ, where the
// sum over the slots equals that of dy·y over the head's elements.
func (n *network) softmaxPullback(weights, dy, y, valuesT *graph.Node) *graph.Node {
	sums := graph.ReduceAndKeep(graph.Mul(dy, y), graph.ReduceSum, -1)
	return graph.Mul(weights, graph.Sub(n.bmm(dy, valuesT), sums))
}

// split arranges x [B*slots, KV*group*headDim] by the axes B, slot, KV, group
// and element.
func (n *network) split(x *graph.Node, perm ...int) *graph.Node {
	slots := x.Shape().Dimensions[0] / n.batch
	return graph.TransposeAllAxes(graph.Reshape(x, n.batch, slots, n.config.NumKeyValueHeads, -1, n.config.HeadSize()), perm...)
}

// stack arranges x [B*slots, KV*group*headDim] as [B*KV, group*slots, headDim]:
// the queries of a group stand below one another.
func (n *network) stack(x *graph.Node) *graph.Node {
	return graph.Reshape(n.split(x, 0, 2, 3, 1, 4), n.batch*n.config.NumKeyValueHeads, -1, n.config.HeadSize())
}

// stackT is the transpose of stack, [B*KV, headDim, group*slots].
func (n *network) stackT(x *graph.Node) *graph.Node {
	return graph.Reshape(n.split(x, 0, 2, 4, 3, 1), n.batch*n.config.NumKeyValueHeads, n.config.HeadSize(), -1)
}

// unstack undoes stack for queries.
func (n *network) unstack(x *graph.Node) *graph.Node {
	group := n.config.NumAttentionHeads / n.config.NumKeyValueHeads
	x = graph.Reshape(x, n.batch, n.config.NumKeyValueHeads, group, -1, n.config.HeadSize())
	slots := x.Shape().Dimensions[3]
	return graph.Reshape(graph.TransposeAllAxes(x, 0, 3, 1, 2, 4), n.batch*slots, -1)
}

// unstackT undoes stackT for keys and values: [B*KV, headDim, S] becomes
// [B*S, KV*headDim].
func (n *network) unstackT(x *graph.Node) *graph.Node {
	x = graph.Reshape(x, n.batch, n.config.NumKeyValueHeads, n.config.HeadSize(), n.seq)
	return graph.Reshape(graph.TransposeAllAxes(x, 0, 3, 1, 2), n.batch*n.seq, -1)
}
