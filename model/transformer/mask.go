package transformer

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// maskBias turns a bool mask, broadcastable to [B, 1, S, T], into what is
// added to scores [B*KV, group*S, T]: 0 where a query may attend to a slot and
// a very negative number elsewhere. It is spelled out for every head, once, so
// that the layers add arrays of equal shape.
func (c Config) maskBias(mask *graph.Node, batch, seq int) *graph.Node {
	if mask == nil {
		return nil
	}
	slots := mask.Shape().Dimensions[3]
	mask = graph.BroadcastToDims(mask, mask.Shape().Dimensions[0], 1, seq, slots)
	g := mask.Graph()
	bias := graph.Where(mask, graph.Scalar(g, dtypes.Float32, 0), graph.Scalar(g, dtypes.Float32, -1e30))
	bias = repeat(bias, c.NumAttentionHeads, 1)
	bias = repeat(bias, batch/mask.Shape().Dimensions[0], 0)
	return graph.Reshape(bias, batch*c.NumKeyValueHeads, -1, slots)
}

// CausalMask is the mask [1, 1, S, S] by which every slot attends to itself
// and the slots before it.
func CausalMask(g *graph.Graph, seq int) *graph.Node {
	return graph.Reshape(graph.LowerTriangular(g, seq), 1, 1, seq, seq)
}

// SegmentMask is the causal mask [B, 1, S, S] of packed rows: a slot attends
// to itself and to earlier slots of the same segment. segments is int32
// [B, S].
func SegmentMask(segments *graph.Node) *graph.Node {
	b, s := segments.Shape().Dimensions[0], segments.Shape().Dimensions[1]
	query := graph.BroadcastToDims(graph.Reshape(segments, b, 1, s, 1), b, 1, s, s)
	key := graph.BroadcastToDims(graph.Reshape(segments, b, 1, 1, s), b, 1, s, s)
	causal := graph.BroadcastToDims(CausalMask(segments.Graph(), s), b, 1, s, s)
	return graph.LogicalAnd(graph.Equal(query, key), causal)
}
