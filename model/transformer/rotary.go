package transformer

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// A rotation turns the pairs (a, b) = (i, i+headDim/2) of every head (Hugging Face's
// half-split convention): (a·cos - b·sin, b·cos + a·sin), which is
// (a, b)·(cos, cos) + (b, a)·(-sin, sin).

// angles are what heads are turned by: (cos, cos) and (-sin, sin) of
// position·frequency, see RotaryFrequencies, times RotaryScale, both
// [N, heads*headDim].
type angles func(heads int) (cos, sin *graph.Node)

// rotary is one head's angles, [N, headDim], for positions int32 of N elements.
func (c Config) rotary(positions *graph.Node) (cos, sin *graph.Node) {
	p := graph.ConvertDType(graph.Reshape(positions, -1, 1), dtypes.Float32)
	angle := outer(p, graph.Const(positions.Graph(), c.RotaryFrequencies()))
	cos, sin = graph.Cos(angle), graph.Sin(angle)
	if scale := c.RotaryScale(); scale != 1 {
		cos, sin = graph.MulScalar(cos, scale), graph.MulScalar(sin, scale)
	}
	return graph.Concatenate([]*graph.Node{cos, cos}, 1), graph.Concatenate([]*graph.Node{graph.Neg(sin), sin}, 1)
}

// rotaryOf are the angles of whole rows at positions int32 [B, S].
func (c Config) rotaryOf(positions *graph.Node) angles {
	cos, sin := c.rotary(positions)
	return func(heads int) (*graph.Node, *graph.Node) { return repeat(cos, heads, 1), repeat(sin, heads, 1) }
}

// rotaryAt are the angles at positions int32 [N] below slots, from tables that the
// backend computes once. All layers share what is taken from them.
func (c Config) rotaryAt(positions *graph.Node, slots int) angles {
	cosTable, sinTable := c.rotary(graph.Iota(positions.Graph(), shapes.Make(dtypes.Int32, slots), 0))
	known := map[int][2]*graph.Node{}
	return func(heads int) (cos, sin *graph.Node) {
		if have, ok := known[heads]; ok {
			return have[0], have[1]
		}
		count := positions.Shape().Size()
		at := graph.BroadcastToDims(graph.Reshape(positions, count, 1), count, heads)
		take := func(table *graph.Node) *graph.Node {
			return graph.Reshape(graph.Gather(table, graph.Reshape(at, -1, 1)), count, heads*c.HeadSize())
		}
		known[heads] = [2]*graph.Node{take(cosTable), take(sinTable)}
		return known[heads][0], known[heads][1]
	}
}

// rotate turns x [N, heads*headDim], backward where it is a gradient: a rotation's
// transpose turns the other way.
func (n *network) rotate(x *graph.Node, backward bool) *graph.Node {
	dims := x.Shape().Dimensions
	cos, sin := n.angles(dims[1] / n.config.HeadSize())
	if backward {
		sin = graph.Neg(sin)
	}
	pairs := graph.Reshape(x, dims[0], -1, 2, n.config.HeadSize()/2)
	half := func(i int) *graph.Node { return graph.SliceAxis(pairs, 2, graph.AxisElem(i)) }
	swapped := graph.Reshape(graph.Concatenate([]*graph.Node{half(1), half(0)}, 2), dims...)
	return graph.Add(graph.Mul(x, cos), graph.Mul(swapped, sin))
}
