package sampling

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/transformer"
)

// network computes the same decoder as transformer.Forward, from the parameters
// that arrange made. Legend: N tokens, H heads, KV key/value heads,
// D = keyDim, E = valueDim.
type network struct {
	config     transformer.Config
	parameters []*graph.Node
}

func (n network) layer(layer, which int) *graph.Node { return n.parameters[1+layer*perLayer+which] }

// attend returns what the queries [N, H*D] gather from the values, [N, H*E], given
// the new keys [N, KV*D] and values [N, KV*E]; queries are scaled and turned, keys
// turned.
type attend func(layer int, queries, keys, values *graph.Node) *graph.Node

// hidden returns the state [N, hidden] after the last layer, before the last norm,
// for tokens and positions int32 [N], with positions below slots.
func (n network) hidden(tokens, positions *graph.Node, slots int, attend attend) *graph.Node {
	count := tokens.Shape().Dimensions[0]
	ones := graph.Ones(tokens.Graph(), shapes.Make(dtypes.Float32, count, 1))
	queryTurn := n.turn(positions, n.config.NumAttentionHeads, slots)
	keyTurn := n.turn(positions, n.config.NumKeyValueHeads, slots)
	x := graph.Gather(n.parameters[0], graph.Reshape(tokens, count, 1))
	for l := range n.config.NumHiddenLayers {
		h := graph.Concatenate([]*graph.Node{n.norm(x), ones}, 1)
		project := func(which int) *graph.Node { return product(h, n.layer(l, which)) }
		queries := queryTurn(project(query), project(queryTurned))
		keys := keyTurn(project(key), project(keyTurned))
		x = graph.Add(x, product(attend(l, queries, keys, project(value)), n.layer(l, output)))
		x = graph.Add(x, n.mlp(l, n.norm(x)))
	}
	return x
}

// logits returns [N, vocab or a little more: arrange pads] for the state x
// [N, hidden] that hidden returned.
func (n network) logits(x *graph.Node) *graph.Node {
	return product(n.norm(x), n.parameters[len(n.parameters)-1])
}

// norm is RMSNorm without the factors that arrange folded into the matrices.
func (n network) norm(x *graph.Node) *graph.Node {
	sum := graph.ReduceAndKeep(graph.Square(x), graph.ReduceSum, -1)
	return graph.Mul(x, graph.Rsqrt(graph.AddScalar(sum, float64(n.config.HiddenSize)*n.config.RMSNormEps)))
}

func (n network) mlp(layer int, h *graph.Node) *graph.Node {
	g := product(h, n.layer(layer, gate))
	return product(graph.Mul(graph.Mul(g, graph.Sigmoid(g)), product(h, n.layer(layer, up))), n.layer(layer, down))
}

// turn returns the function that combines x [N, heads*D] and its turned halves
// according to RoPE at the given positions.
func (n network) turn(positions *graph.Node, heads, slots int) func(x, turned *graph.Node) *graph.Node {
	count, d := positions.Shape().Dimensions[0], keyDim(n.config)
	at := graph.BroadcastToDims(graph.Reshape(positions, count, 1), count, heads)
	at = graph.Reshape(at, count*heads, 1)
	cosTable, sinTable := rotaryTables(n.config, slots)
	cos := graph.Reshape(graph.Gather(constant(positions.Graph(), cosTable), at), count, heads*d)
	sin := graph.Reshape(graph.Gather(constant(positions.Graph(), sinTable), at), count, heads*d)
	return func(x, turned *graph.Node) *graph.Node {
		return graph.Add(graph.Mul(x, cos), graph.Mul(turned, sin))
	}
}

func constant(g *graph.Graph, m matrix) *graph.Node {
	return graph.Const(g, tensors.FromFlatDataAndDimensions(m.data, m.rows, m.columns))
}

// product is the matrix product [N, in] x [in, out].
func product(x, w *graph.Node) *graph.Node {
	return graph.Dot(x, w).General([]int{1}, nil, []int{0}, nil)
}

// batchProduct is the matrix product of each pair of a batch.
func batchProduct(x, y *graph.Node) *graph.Node {
	return graph.Dot(x, y).General([]int{2}, []int{0}, []int{1}, []int{0})
}
