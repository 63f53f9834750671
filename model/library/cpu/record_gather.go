package cpu

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// Gather implements compute.StandardOps.
func (f *Function) Gather(operand, indices compute.Value, indexVectorAxis int, offsetAxes, collapsedAxes, indexMap, sizes []int, sorted bool) (compute.Value, error) {
	offsetAxes, collapsedAxes, indexMap, sizes = slices.Clone(offsetAxes), slices.Clone(collapsedAxes), slices.Clone(indexMap), slices.Clone(sizes)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.Gather(in[0], in[1], indexVectorAxis, offsetAxes, collapsedAxes, indexMap, sizes, sorted)
	}
	v, err := f.Function.Gather(operand, indices, indexVectorAxis, offsetAxes, collapsedAxes, indexMap, sizes, sorted)
	return f.record(v, err, again, func(n *node) {
		x, index := n.in[0], n.in[1]
		if !rowIndex(index, indexVectorAxis, indexMap) || !wideNative(x) || x.shape.Rank() == 0 {
			return
		}
		for axis, size := range sizes {
			if axis == 0 && size != 1 || axis > 0 && size != x.dims()[axis] {
				return
			}
		}
		// The batch axes come first in the output, then the rest of the row.
		if len(collapsedAxes) == 1 && collapsedAxes[0] == 0 && trailing(offsetAxes, n.shape.Rank()) {
			n.kind = kindGather
		}
	}, operand, indices)
}

// ScatterSum implements compute.StandardOps.
func (f *Function) ScatterSum(operand, indices, updates compute.Value, indexVectorAxis int, windowAxes, insertedAxes, indexMap []int, sorted, unique bool) (compute.Value, error) {
	windowAxes, insertedAxes, indexMap = slices.Clone(windowAxes), slices.Clone(insertedAxes), slices.Clone(indexMap)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.ScatterSum(in[0], in[1], in[2], indexVectorAxis, windowAxes, insertedAxes, indexMap, sorted, unique)
	}
	v, err := f.Function.ScatterSum(operand, indices, updates, indexVectorAxis, windowAxes, insertedAxes, indexMap, sorted, unique)
	v, err = f.record(v, err, again, func(n *node) {
		x, index, update := n.in[0], n.in[1], n.in[2]
		if !rowIndex(index, indexVectorAxis, indexMap) || x.shape.DType != dtypes.Float32 || x.shape.Rank() == 0 {
			return
		}
		whole := len(windowAxes) == x.shape.Rank()-1 && trailing(windowAxes, update.shape.Rank()) &&
			slices.Equal(update.dims()[update.shape.Rank()-len(windowAxes):], x.dims()[1:])
		if whole && len(insertedAxes) == 1 && insertedAxes[0] == 0 {
			n.kind = kindScatter
		}
	}, operand, indices, updates)
	if n := f.nodes[v]; n != nil && len(n.in) == 3 && native(n.shape.DType) && !isEmpty(n) && isEmpty(n.in[2]) { // nothing is added
		n.kind, n.in = kindAlias, n.in[:1]
		n.replay = func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Identity(in[0]) }
	}
	return v, err
}

// rowIndex tells whether indices are single int32 that name rows.
func rowIndex(index *node, indexVectorAxis int, indexMap []int) bool {
	rank := index.shape.Rank()
	if index.shape.DType != dtypes.Int32 || len(indexMap) != 1 || indexMap[0] != 0 {
		return false
	}
	return indexVectorAxis == rank || indexVectorAxis == rank-1 && index.dims()[rank-1] == 1
}

func wideNative(x *node) bool {
	return x.shape.DType == dtypes.Float32 || x.shape.DType == dtypes.Int32
}

// trailing tells whether axes are the last of so many.
func trailing(axes []int, rank int) bool {
	for i, axis := range axes {
		if axis != rank-len(axes)+i {
			return false
		}
	}
	return true
}
