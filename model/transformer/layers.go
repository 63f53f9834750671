package transformer

import (
	"slices"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// Every matrix product here is a plain one, [N, K]·[K, M]: the CPU backend's
// small kernels are ten or more times slower when the right-hand side is
// transposed, so operands are transposed beforehand, the smaller one wherever
// there is a choice.

// vector is the number of columns that the CPU backend's widest kernels take at
// a time. Columns left over are computed one by one, at a twentieth of the
// speed, so that padding to a multiple is much cheaper.
const vector = 16

func padColumns(b *graph.Node) *graph.Node {
	dims := slices.Clone(b.Shape().Dimensions)
	last := len(dims) - 1
	if dims[last] < vector || dims[last]%vector == 0 {
		return b
	}
	dims[last] = vector - dims[last]%vector
	return graph.Concatenate([]*graph.Node{b, graph.Zeros(b.Graph(), shapes.Make(b.DType(), dims...))}, last)
}

// trimColumns cuts y to as many columns as b has.
func trimColumns(y, b *graph.Node) *graph.Node {
	columns := b.Shape().Dimensions[b.Rank()-1]
	if y.Shape().Dimensions[y.Rank()-1] == columns {
		return y
	}
	return graph.SliceAxis(y, -1, graph.AxisRange(0, columns))
}

func transpose(x *graph.Node) *graph.Node { return graph.Transpose(x, 0, 1) }

// linear is x·Wᵀ + b for x [N, in], the weight W [out, in] and the bias b
// [out]; bias "" is none.
func (n *network) linear(x *graph.Node, weight, bias string) (*graph.Node, pullback) {
	w := n.params[weight]
	y := n.project(x, weight)
	if bias != "" {
		y = graph.Add(y, graph.Reshape(n.params[bias], 1, -1))
	}
	return y, func(dy *graph.Node) *graph.Node {
		out, in := w.Shape().Dimensions[0], w.Shape().Dimensions[1]
		switch {
		case n.plain:
			n.addGrad(weight, n.dot(dy, x, 0, 0))
		case out <= in:
			n.addGrad(weight, n.matmul(transpose(dy), x))
		default:
			n.addGrad(weight, transpose(n.matmul(transpose(x), dy)))
		}
		if bias != "" {
			n.addGrad(bias, n.weightedSums(nil, dy))
		}
		return n.matmul(dy, w)
	}
}

// project is x·Wᵀ for x [N, in] and the weight W [out, in].
func (n *network) project(x *graph.Node, weight string) *graph.Node {
	w := n.params[weight]
	if n.plain {
		return n.dot(x, w, 1, 1)
	}
	wT, ok := n.params[weight+transposedSuffix]
	if !ok {
		wT = transpose(w)
	}
	return n.matmul(x, wT)
}

// norm is RMSNorm, y = x·r·w with r = 1/sqrt(mean(x²) + eps) for every row of
// x [N, hidden] and the weight w [hidden]. With g = dy·w its gradients are
// dx = r·g - x·r³·mean(g·x) and dw = Σ rows dy·x·r.
func (n *network) norm(x *graph.Node, weight string) (*graph.Node, pullback) {
	w := n.params[weight]
	meanSquare := graph.ReduceAndKeep(graph.Square(x), graph.ReduceMean, -1) // [N, 1]
	r := graph.Reciprocal(graph.Sqrt(graph.AddScalar(meanSquare, n.config.RMSNormEps)))
	rw := n.outer(r, w)
	return graph.Mul(x, rw), func(dy *graph.Node) *graph.Node {
		dyx := graph.Mul(dy, x)
		n.addGrad(weight, n.weightedSums(r, dyx))
		mean := graph.MulScalar(n.dotRows(dyx, w), 1/float64(n.config.HiddenSize)) // of g·x: [N, 1]
		pulled := graph.Mul(mean, graph.Mul(r, graph.Square(r)))
		return graph.Sub(graph.Mul(dy, rw), graph.Mul(x, pulled))
	}
}

// mlp is the gated feed-forward of one layer (SwiGLU) for x [N, hidden]:
// down(a·up(x)) with a = silu(gate(x)), silu(z) = z·sigmoid(z).
func (n *network) mlp(layer int, x *graph.Node) (*graph.Node, pullback) {
	z, pullGate := n.linear(x, layerName(layer, "mlp.gate_proj.weight"), "")
	up, pullUp := n.linear(x, layerName(layer, "mlp.up_proj.weight"), "")
	s := n.sigmoid(z)
	a := graph.Mul(z, s)
	y, pullDown := n.linear(graph.Mul(a, up), layerName(layer, "mlp.down_proj.weight"), "")
	return y, func(dy *graph.Node) *graph.Node {
		dProduct := pullDown(dy)
		// silu'(z) = s + z·s·(1-s) = s + a·(1-s)
		slope := graph.Add(s, graph.Mul(a, graph.OneMinus(s)))
		dz := graph.Mul(graph.Mul(dProduct, up), slope)
		return graph.Add(pullGate(dz), pullUp(graph.Mul(dProduct, a)))
	}
}
