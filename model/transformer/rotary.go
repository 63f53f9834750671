package transformer

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// rotary returns cos and sin of position·frequency, see RotaryFrequencies, times
// RotaryScale, both [B*S, headDim/2], for positions int32 [B, S].
func (c Config) rotary(positions *graph.Node) (cos, sin *graph.Node) {
	p := graph.ConvertDType(graph.Reshape(positions, -1, 1), dtypes.Float32)
	angle := outer(p, graph.Const(positions.Graph(), c.RotaryFrequencies()))
	cos, sin = graph.Cos(angle), graph.Sin(angle)
	if scale := c.RotaryScale(); scale != 1 {
		cos, sin = graph.MulScalar(cos, scale), graph.MulScalar(sin, scale)
	}
	return cos, sin
}

// rotate turns the pairs (i, i+headDim/2) of every head of x [B*S, heads*headDim]
// by the angles of rotary (Hugging Face's half-split convention).
func (n *network) rotate(x, sin *graph.Node) *graph.Node {
	rows, half := n.batch*n.seq, n.config.HeadSize()/2
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
