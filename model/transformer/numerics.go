package transformer

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"temper/model/backend"
	"temper/model/library/cpu"
)

// longestMask is the number of slots up to which a row has a mask of a byte for
// every pair of them; beyond, attention goes by blocks of queries.
const longestMask = 8192

// ops says how products and attention are computed.
type ops struct {
	compute dtypes.DType // see Pass.Compute
	// flash is attention by a kernel of the backend that never has the scores.
	flash bool
}

func (p Pass) ops(b compute.Backend, headSize int) ops {
	o := ops{compute: p.Compute}
	if o.compute == dtypes.InvalidDType {
		o.compute = dtypes.Float32
	}
	can := b.Capabilities().Operations
	fused := can[compute.OpTypeFusedScaledDotProductAttention] && can[compute.OpTypeFusedScaledDotProductAttentionVJP]
	switch b.Name() { // XLA's kernel takes bfloat16 and one segment, ours float32.
	case backend.XLA:
		o.flash = fused && o.compute == dtypes.BFloat16 && p.Segments == nil
	case backend.CPU:
		maskable := p.Segments == nil || p.Tokens.Shape().Dimensions[1] <= longestMask
		o.flash = fused && o.compute == dtypes.Float32 && headSize <= cpu.WidestHead && maskable
	}
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
func (o ops) matmul(a, b *graph.Node) *graph.Node { return o.dot(a, b, 1, 0) }

// bmm multiplies matrices batch by batch: [B, N, K]·[B, K, M].
func (o ops) bmm(a, b *graph.Node) *graph.Node { return o.dot(a, b, 2, 1, 0) }

// The following sums and products are not dots: those XLA would round to TF32.

// outer is the product of a column [N, 1] and a vector of M elements: [N, M].
func outer(column, vector *graph.Node) *graph.Node {
	return graph.Mul(column, graph.Reshape(vector, 1, -1))
}

// columnSums is the sum over the rows of x [N, M]: [M].
func columnSums(x *graph.Node) *graph.Node { return graph.ReduceSum(x, 0) }

// dotRows is the sum over the columns of x [N, M] times w [M]: [N, 1].
func dotRows(x, w *graph.Node) *graph.Node {
	return graph.ReduceAndKeep(graph.Mul(x, graph.Reshape(w, 1, -1)), graph.ReduceSum, -1)
}

// repeat makes copies of x along an axis, one after the other.
func repeat(x *graph.Node, copies, axis int) *graph.Node {
	if copies == 1 {
		return x
	}
	dims := slices.Insert(slices.Clone(x.Shape().Dimensions), axis, 1)
	wide := slices.Clone(dims)
	wide[axis] = copies
	flat := slices.Clone(x.Shape().Dimensions)
	flat[axis] *= copies
	return graph.Reshape(graph.BroadcastToDims(graph.Reshape(x, dims...), wide...), flat...)
}
