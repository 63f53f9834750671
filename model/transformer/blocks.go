package transformer

import (
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// blocks is the number of blocks that the queries come in.
func (n *network) blocks() int {
	if n.pass.QueryBlock <= 0 {
		return 1
	}
	return (n.seq + n.pass.QueryBlock - 1) / n.pass.QueryBlock
}

// block is what the queries in slots from to to attend with and over.
type block struct {
	from, to int
	q        *graph.Node // [B*(to-from), H*headDim], scaled
}

// blockedHeads is heads for one block of queries after the other. A block sees
// no keys past its end; it leaves nothing behind but its result, from which the
// backward pass starts over.
func (n *network) blockedHeads(q, k, v *graph.Node, scale float64) (*graph.Node, headsPullback) {
	keysT, values := n.stackT(k), n.stack(v)
	var last *graph.Node
	result := n.eachBlock(func(from, to int) *graph.Node {
		b := block{from, to, n.rows(q, from, to)}
		if last != nil {
			b.q = after(b.q, last)
		}
		last = n.unstack(n.bmm(n.blockWeights(b, keysT), graph.SliceAxis(values, 1, graph.AxisRange(0, to))))
		return last
	})
	return result, func(dy *graph.Node) (dq, dk, dv *graph.Node) {
		k, v := after(k, dy), after(v, dy)
		keys, keysT, valuesT := n.stack(k), n.stackT(k), n.stackT(v)
		var dkT, dvT *graph.Node // [B*KV, headDim, S]
		done := []*graph.Node{dy}
		dq = n.eachBlock(func(from, to int) *graph.Node {
			b := block{from, to, after(n.rows(q, from, to), done...)}
			dyb := n.rows(dy, from, to)
			weights := n.blockWeights(b, keysT)
			dScores := n.softmaxPullback(weights, n.stack(dyb), n.stack(n.rows(result, from, to)), graph.SliceAxis(valuesT, 2, graph.AxisRange(0, to)))
			dkT = n.addKeys(dkT, n.bmm(n.stackT(b.q), dScores))
			dvT = n.addKeys(dvT, n.bmm(n.stackT(dyb), weights))
			part := graph.MulScalar(n.unstack(n.bmm(dScores, graph.SliceAxis(keys, 1, graph.AxisRange(0, to)))), scale)
			done = []*graph.Node{part, dkT, dvT}
			return part
		})
		return dq, n.unstackT(dkT), n.unstackT(dvT)
	}
}

// blockWeights are the attention weights [B*KV, group*(to-from), to] of a block.
func (n *network) blockWeights(b block, keysT *graph.Node) *graph.Node {
	scores := n.bmm(n.stack(b.q), graph.SliceAxis(keysT, 2, graph.AxisRange(0, b.to)))
	return graph.Softmax(graph.Add(scores, n.maskBias(b.from, b.to, b.q)), -1)
}

// eachBlock joins the results [B*(to-from), d] of all blocks to [B*S, d].
func (n *network) eachBlock(do func(from, to int) *graph.Node) *graph.Node {
	var parts []*graph.Node
	for from := 0; from < n.seq; from += n.pass.QueryBlock {
		to := min(n.seq, from+n.pass.QueryBlock)
		parts = append(parts, graph.Reshape(do(from, to), n.batch, to-from, -1))
	}
	return graph.Reshape(graph.Concatenate(parts, 1), n.batch*n.seq, -1)
}

// rows takes the slots from to to of every row of x [B*S, d].
func (n *network) rows(x *graph.Node, from, to int) *graph.Node {
	part := graph.SliceAxis(n.unflatten(x), 1, graph.AxisRange(from, to))
	return graph.Reshape(part, n.batch*(to-from), -1)
}

// addKeys adds a part [B*KV, headDim, keys] to a sum over all keys, nil for 0.
func (n *network) addKeys(sum, part *graph.Node) *graph.Node {
	d := part.Shape().Dimensions
	if rest := n.seq - d[2]; rest > 0 {
		part = graph.Concatenate([]*graph.Node{part, graph.Zeros(part.Graph(), shapes.Make(part.DType(), d[0], d[1], rest))}, 2)
	}
	if sum == nil {
		return part
	}
	return graph.Add(sum, part)
}
