package cpu

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// ReduceSum implements compute.StandardOps.
func (f *Function) ReduceSum(x compute.Value, axes ...int) (compute.Value, error) {
	return f.emptySum(f.reduce(opRowSum, x, axes, compute.Function.ReduceSum))
}

// ReduceMax implements compute.StandardOps.
func (f *Function) ReduceMax(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(opRowMax, x, axes, compute.Function.ReduceMax)
}

// ReduceMin implements compute.StandardOps.
func (f *Function) ReduceMin(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(opNone, x, axes, compute.Function.ReduceMin)
}

// ReduceProduct implements compute.StandardOps.
func (f *Function) ReduceProduct(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(opNone, x, axes, compute.Function.ReduceProduct)
}

// ReduceLogicalAnd implements compute.StandardOps.
func (f *Function) ReduceLogicalAnd(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(opNone, x, axes, compute.Function.ReduceLogicalAnd)
}

// ReduceLogicalOr implements compute.StandardOps.
func (f *Function) ReduceLogicalOr(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(opNone, x, axes, compute.Function.ReduceLogicalOr)
}

func (f *Function) reduce(op opcode, x compute.Value, axes []int, call func(g compute.Function, x compute.Value, axes ...int) (compute.Value, error)) (compute.Value, error) {
	axes = slices.Clone(axes)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) { return call(g, in[0], axes...) }
	v, err := call(f.Function, x, axes...)
	return f.record(v, err, again, func(n *node) {
		if op != opNone && n.shape.DType == dtypes.Float32 && len(axes) > 0 {
			f.rowReduction(n, op, axes)
		}
	}, x)
}

// rowReduction reduces over the last axis of a matrix whose rows are what is
// reduced; the matrix is a view of the input.
func (f *Function) rowReduction(n *node, op opcode, axes []int) {
	x := n.in[0]
	rank := x.shape.Rank()
	var kept, reduced []int
	for axis := range rank {
		if slices.Contains(axes, axis) || slices.Contains(axes, axis-rank) {
			reduced = append(reduced, axis)
		} else {
			kept = append(kept, axis)
		}
	}
	count := 1
	for _, axis := range reduced {
		count *= x.dims()[axis]
	}
	if op == opRowSum && len(kept) > 0 && n.shape.Size() > 1 && kept[0] == len(reduced) {
		f.columnSums(n, f.reshaped(x, count, n.shape.Size()))
		return
	}
	perm := append(kept, reduced...)
	if !slices.IsSorted(perm) {
		x = f.transposed(x, perm)
	}
	f.overRows(n, op, f.reshaped(x, n.shape.Size(), count))
}

// columnSums makes n the sums of the columns of a matrix, a product with ones.
func (f *Function) columnSums(n, matrix *node) {
	rows := matrix.dims()[0]
	flat := make([]float32, rows)
	for i := range flat {
		flat[i] = 1
	}
	ones := f.add(&node{kind: kindConstant, shape: shapes.Make(dtypes.Float32, 1, rows), attr: flat})
	n.kind, n.in = kindDot, []*node{ones, matrix}
	n.attr = dotAxes{leftContract: []int{1}, rightContract: []int{0}}
	n.replay = func(g compute.Function, in []compute.Value) (compute.Value, error) {
		sums, err := g.ReduceSum(in[1], 0)
		if err != nil {
			return nil, err
		}
		return g.Reshape(sums, n.dims()...)
	}
}

// overRows makes n the sums or maxima of the rows of a matrix.
func (f *Function) overRows(n *node, op opcode, matrix *node) {
	n.kind, n.op, n.in = kindRow, op, []*node{matrix}
	n.replay = func(g compute.Function, in []compute.Value) (compute.Value, error) {
		call := g.ReduceSum
		if op == opRowMax {
			call = g.ReduceMax
		}
		reduced, err := call(in[0], 1)
		if err != nil {
			return nil, err
		}
		return g.Reshape(reduced, n.dims()...)
	}
}

func (f *Function) transposed(x *node, perm []int) *node {
	dims := make([]int, len(perm))
	for i, axis := range perm {
		dims[i] = x.dims()[axis]
	}
	return f.add(&node{kind: kindTranspose, in: []*node{x}, shape: shapes.Make(x.shape.DType, dims...), attr: perm,
		replay: func(g compute.Function, in []compute.Value) (compute.Value, error) {
			return g.Transpose(in[0], perm...)
		}})
}

func (f *Function) reshaped(x *node, dims ...int) *node {
	if slices.Equal(dims, x.dims()) {
		return x
	}
	return f.add(&node{kind: kindReshape, in: []*node{x}, shape: shapes.Make(x.shape.DType, dims...),
		replay: func(g compute.Function, in []compute.Value) (compute.Value, error) {
			return g.Reshape(in[0], dims...)
		}})
}

// FusedSoftmax implements compute.FusedOps.
func (f *Function) FusedSoftmax(x compute.Value, axis int) (compute.Value, error) {
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.FusedSoftmax(in[0], axis)
	}
	v, err := f.Function.FusedSoftmax(x, axis)
	return f.record(v, err, again, func(n *node) {
		if n.shape.DType == dtypes.Float32 && axis == n.shape.Rank()-1 {
			n.kind, n.op = kindRow, opRowSoftmax
		}
	}, x)
}
