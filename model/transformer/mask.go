package transformer

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// unreachable is added to the score of a key that a query does not see.
const unreachable = -1e30

// maskBias is what is added to the scores [B*KV, group*(to-from), to] of the
// queries in slots from to to: 0 where a query sees a key and a very negative
// number elsewhere. It is spelled out for every head, so that arrays of equal
// shape are added. A bias for one block of queries is computed after then.
func (n *network) maskBias(from, to int, then *graph.Node) *graph.Node {
	g := n.pass.Tokens.Graph()
	bias := graph.Where(n.visible(from, to, then), graph.Scalar(g, dtypes.Float32, 0), graph.Scalar(g, dtypes.Float32, unreachable))
	bias = repeat(bias, n.config.NumAttentionHeads, 1)
	if n.pass.Segments == nil {
		bias = repeat(bias, n.batch, 0)
	}
	return graph.Reshape(bias, n.batch*n.config.NumKeyValueHeads, -1, to)
}

// visible tells which of the keys in slots 0 to to the queries in slots from to
// to attend to: bool [B or 1, 1, to-from, to].
func (n *network) visible(from, to int, then *graph.Node) *graph.Node {
	g, rows := n.pass.Tokens.Graph(), to-from
	query := graph.AddScalar(graph.Iota(g, shapes.Make(dtypes.Int32, rows, 1), 0), from)
	if then != nil {
		query = after(query, then)
	}
	spread := func(x *graph.Node, dims ...int) *graph.Node { return graph.BroadcastToDims(x, dims...) }
	key := spread(graph.Iota(g, shapes.Make(dtypes.Int32, 1, to), 1), rows, to)
	causal := graph.Reshape(graph.LessOrEqual(key, spread(query, rows, to)), 1, 1, rows, to)
	if n.pass.Segments == nil {
		return causal
	}
	segments := func(from, to int) *graph.Node { return graph.SliceAxis(n.pass.Segments, 1, graph.AxisRange(from, to)) }
	own := segments(from, to)
	if then != nil {
		own = after(own, then)
	}
	own = spread(graph.Reshape(own, n.batch, 1, rows, 1), n.batch, 1, rows, to)
	same := graph.Equal(own, spread(graph.Reshape(segments(0, to), n.batch, 1, 1, to), n.batch, 1, rows, to))
	return graph.LogicalAnd(same, spread(causal, n.batch, 1, rows, to))
}
