package transformer

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// ops are the operations that backends want in different forms.
type ops struct {
	compute dtypes.DType // see Pass.Compute
	// plain forms are for a compiler that fuses (XLA); the others suit the
	// kernels of the CPU backend.
	plain bool
	// flash is attention by a kernel of the backend that never has the scores.
	flash bool
}

func (p Pass) ops(b compute.Backend) ops {
	o := ops{compute: p.Compute, plain: p.plain || b.Name() == "xla"}
	if o.compute == dtypes.InvalidDType {
		o.compute = dtypes.Float32
	}
	can := b.Capabilities().Operations
	fused := can[compute.OpTypeFusedScaledDotProductAttention] && can[compute.OpTypeFusedScaledDotProductAttentionVJP]
	o.flash = fused && o.plain && o.compute == dtypes.BFloat16 && p.Segments == nil
	return o
}

// dot contracts an axis of each operand, with leading batch axes alike, in
// float32 from rounded operands.
func (o ops) dot(a, b *graph.Node, axisA, axisB int, batch ...int) *graph.Node {
	if o.compute != dtypes.Float32 {
		a, b = graph.ConvertDType(a, o.compute), graph.ConvertDType(b, o.compute)
		return graph.Dot(a, b).WithOutputDType(dtypes.Float32).General([]int{axisA}, batch, []int{axisB}, batch)
	}
	return graph.Dot(a, b).General([]int{axisA}, batch, []int{axisB}, batch)
}

// matmul is a·b for a [N, K] and b [K, M].
func (o ops) matmul(a, b *graph.Node) *graph.Node {
	if o.plain {
		return o.dot(a, b, 1, 0)
	}
	return trimColumns(o.dot(a, padColumns(b), 1, 0), b)
}

// bmm multiplies matrices batch by batch: [B, N, K]·[B, K, M].
func (o ops) bmm(a, b *graph.Node) *graph.Node {
	if o.plain {
		return o.dot(a, b, 2, 1, 0)
	}
	return trimColumns(o.dot(a, padColumns(b), 2, 1, 0), b)
}

// exact are the operations for sums and outer products that are not to be
// rounded: float32, and not by way of a product where XLA would use TF32.
func (o ops) exact() ops {
	o.compute = dtypes.Float32
	return o
}

// outer is the product of a column [N, 1] and a vector of M elements: [N, M].
func (o ops) outer(column, vector *graph.Node) *graph.Node {
	row := graph.Reshape(vector, 1, -1)
	if o.plain {
		return graph.Mul(column, row)
	}
	return o.exact().matmul(column, row)
}

// weightedSums is the sum over the rows of weights[n]·x[n] for weights [N, 1]
// and x [N, M]: [M]. Weights nil are ones.
func (o ops) weightedSums(weights, x *graph.Node) *graph.Node {
	rows := x.Shape().Dimensions[0]
	if o.plain {
		if weights != nil {
			x = graph.Mul(x, weights)
		}
		return graph.ReduceSum(x, 0)
	}
	if weights == nil {
		weights = graph.Ones(x.Graph(), shapes.Make(x.DType(), rows, 1))
	}
	return graph.Reshape(o.exact().matmul(graph.Reshape(weights, 1, rows), x), -1)
}

// dotRows is the sum over the columns of x [N, M] times w [M]: [N, 1].
func (o ops) dotRows(x, w *graph.Node) *graph.Node {
	if o.plain {
		return graph.ReduceAndKeep(graph.Mul(x, graph.Reshape(w, 1, -1)), graph.ReduceSum, -1)
	}
	return o.exact().matmul(x, graph.Reshape(w, -1, 1))
}

// sigmoid is 1/(1+e^-z). On the CPU it is the first of softmax(z, 0): that
// backend's softmax has a fast exponential; its sigmoid does not, and runs a
// hundred times slower after a vectorised matrix product.
func (o ops) sigmoid(z *graph.Node) *graph.Node {
	if o.plain {
		return graph.Sigmoid(z)
	}
	flat := graph.Reshape(z, 1, -1)
	both := graph.Softmax(graph.Concatenate([]*graph.Node{flat, graph.ZerosLike(flat)}, 0), 0)
	first := graph.Const(z.Graph(), [][]float32{{1, 0}})
	return graph.Reshape(o.exact().matmul(first, both), z.Shape().Dimensions...)
}

// repeat makes copies of x along an axis, one behind the other: a plain copy on
// the CPU, whose broadcast takes an element at a time.
func (o ops) repeat(x *graph.Node, copies, axis int) *graph.Node {
	switch {
	case copies == 1:
		return x
	case o.plain:
		dims := slices.Insert(slices.Clone(x.Shape().Dimensions), axis, 1)
		wide := slices.Clone(dims)
		wide[axis] = copies
		flat := slices.Clone(x.Shape().Dimensions)
		flat[axis] *= copies
		return graph.Reshape(graph.BroadcastToDims(graph.Reshape(x, dims...), wide...), flat...)
	}
	all := make([]*graph.Node, copies)
	for i := range all {
		all[i] = x
	}
	return graph.Concatenate(all, axis)
}
