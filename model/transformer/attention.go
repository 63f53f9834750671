package transformer

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// attention is the grouped-query attention of one layer for x [B*S, hidden],
// the output projection included.
func (n *network) attention(layer int, x *graph.Node) (*graph.Node, pullback) {
	project := func(name string) (*graph.Node, pullback) {
		prefix := layerName(layer, "self_attn."+name)
		return n.linear(x, prefix+".weight", prefix+".bias")
	}
	q, pullQ := project("q_proj")
	k, pullK := project("k_proj")
	v, pullV := project("v_proj")
	heads, pullHeads := n.heads(layer, n.rotate(q, n.sin), n.rotate(k, n.sin), v)
	y, pullOut := n.linear(heads, layerName(layer, "self_attn.o_proj.weight"), "")
	return y, func(dy *graph.Node) *graph.Node {
		dq, dk, dv := pullHeads(pullOut(dy))
		// A rotation's transpose turns the other way.
		back := graph.Neg(n.sin)
		dx := graph.Add(pullQ(n.rotate(dq, back)), pullK(n.rotate(dk, back)))
		return graph.Add(dx, pullV(dv))
	}
}

// heads attends with queries [B*S, H*headDim] over keys and values
// [B*S, KV*headDim]: softmax(q·kᵀ/sqrt(headDim) + bias)·v per head, H heads in
// groups that share a key/value head. The result is [B*S, H*headDim].
func (n *network) heads(layer int, q, k, v *graph.Node) (*graph.Node, func(dy *graph.Node) (dq, dk, dv *graph.Node)) {
	kvHeads, headDim := n.config.NumKeyValueHeads, n.config.headDim()
	batches := n.batch * kvHeads
	// Queries of one group are stacked: [B*KV, group*S, headDim].
	split := func(x *graph.Node, perm ...int) *graph.Node {
		return graph.TransposeAllAxes(graph.Reshape(x, n.batch, n.seq, kvHeads, -1, headDim), perm...)
	}
	stack := func(x *graph.Node) *graph.Node { return graph.Reshape(split(x, 0, 2, 3, 1, 4), batches, -1, headDim) }
	stackT := func(x *graph.Node) *graph.Node { return graph.Reshape(split(x, 0, 2, 4, 3, 1), batches, headDim, -1) }

	scale := 1 / math.Sqrt(float64(headDim))
	q = graph.MulScalar(q, scale)
	var keysT, values *graph.Node // [B*KV, headDim, T], [B*KV, T, headDim]
	if n.kv == nil {
		keysT, values = stackT(k), stack(v)
	} else {
		keys := graph.Reshape(stack(k), n.batch, kvHeads, n.seq, headDim)
		keysT, values = n.kv(layer, keys, graph.Reshape(stack(v), n.batch, kvHeads, n.seq, headDim))
		slots := values.Shape().Dimensions[2]
		keysT, values = graph.Reshape(keysT, batches, headDim, slots), graph.Reshape(values, batches, slots, headDim)
	}
	scores := bmm(stack(q), keysT)
	if n.bias != nil {
		scores = graph.Add(scores, n.bias)
	}
	weights := graph.Softmax(scores, -1) // [B*KV, group*S, T]
	y := bmm(weights, values)
	unstack := func(x *graph.Node) *graph.Node { // [B*KV, group*S, headDim] -> [B*S, group*KV*headDim]
		x = graph.Reshape(x, n.batch, kvHeads, -1, n.seq, headDim)
		return graph.Reshape(graph.TransposeAllAxes(x, 0, 3, 1, 2, 4), n.batch*n.seq, -1)
	}
	return unstack(y), func(dy *graph.Node) (dq, dk, dv *graph.Node) {
		dWeights := bmm(stack(dy), stackT(v))
		// Softmax: dScores = weights·(dWeights - Σ weights·dWeights), where the
		// sum over the slots equals that of dy·y over the head's elements.
		sums := graph.ReduceAndKeep(graph.Mul(stack(dy), y), graph.ReduceSum, -1)
		dScores := graph.Mul(weights, graph.Sub(dWeights, sums))
		unstackT := func(x *graph.Node) *graph.Node { // [B*KV, headDim, S] -> [B*S, KV*headDim]
			x = graph.Reshape(x, n.batch, kvHeads, headDim, n.seq)
			return graph.Reshape(graph.TransposeAllAxes(x, 0, 3, 1, 2), n.batch*n.seq, -1)
		}
		dq = graph.MulScalar(unstack(bmm(dScores, stack(k))), scale)
		return dq, unstackT(bmm(stackT(q), dScores)), unstackT(bmm(stackT(dy), weights))
	}
}

// rotary returns cos and sin of position·theta^(-2i/headDim), both
// [B*S, headDim/2], for positions int32 [B, S].
func (c Config) rotary(positions *graph.Node) (cos, sin *graph.Node) {
	half := c.headDim() / 2
	frequencies := make([]float32, half)
	for i := range frequencies {
		frequencies[i] = float32(math.Pow(c.RopeTheta, -2*float64(i)/float64(c.headDim())))
	}
	p := graph.ConvertDType(graph.Reshape(positions, -1, 1), dtypes.Float32)
	angle := outer(p, graph.Const(positions.Graph(), frequencies))
	return graph.Cos(angle), graph.Sin(angle)
}

// rotate turns the pairs (i, i+headDim/2) of every head of x [B*S, heads*headDim]
// by the angles of rotary (Hugging Face's half-split convention).
func (n *network) rotate(x, sin *graph.Node) *graph.Node {
	rows, half := n.batch*n.seq, n.config.headDim()/2
	pairs := graph.Reshape(x, rows, -1, 2, half)
	heads := pairs.Shape().Dimensions[1]
	part := func(i int) *graph.Node {
		return graph.Reshape(graph.SliceAxis(pairs, 2, graph.AxisElem(i)), rows, heads*half)
	}
	x1, x2 := part(0), part(1)
	cos := repeat(n.cos, heads, 1)
	sin = repeat(sin, heads, 1)
	turned := graph.Concatenate([]*graph.Node{
		graph.Reshape(graph.Sub(graph.Mul(x1, cos), graph.Mul(x2, sin)), rows, heads, half),
		graph.Reshape(graph.Add(graph.Mul(x2, cos), graph.Mul(x1, sin)), rows, heads, half),
	}, 2)
	return graph.Reshape(turned, rows, -1)
}

// repeat concatenates copies of x along an axis: a plain copy, where the CPU
// backend broadcasts an element at a time.
func repeat(x *graph.Node, copies, axis int) *graph.Node {
	if copies == 1 {
		return x
	}
	all := make([]*graph.Node, copies)
	for i := range all {
		all[i] = x
	}
	return graph.Concatenate(all, axis)
}
