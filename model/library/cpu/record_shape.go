package cpu

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// Reshape implements compute.StandardOps.
func (f *Function) Reshape(x compute.Value, dims ...int) (compute.Value, error) {
	dims = slices.Clone(dims)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Reshape(in[0], dims...) }
	v, err := f.Function.Reshape(x, dims...)
	return f.record(v, err, again, view1(kindReshape, nil), x)
}

// Transpose implements compute.StandardOps.
func (f *Function) Transpose(x compute.Value, permutation ...int) (compute.Value, error) {
	perm := slices.Clone(permutation)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.Transpose(in[0], perm...)
	}
	v, err := f.Function.Transpose(x, perm...)
	return f.record(v, err, again, view1(kindTranspose, perm), x)
}

// BroadcastInDim implements compute.StandardOps.
func (f *Function) BroadcastInDim(x compute.Value, shape shapes.Shape, axes []int) (compute.Value, error) {
	axes = slices.Clone(axes)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.BroadcastInDim(in[0], shape, axes)
	}
	v, err := f.Function.BroadcastInDim(x, shape, axes)
	return f.record(v, err, again, view1(kindBroadcast, axes), x)
}

// Slice implements compute.StandardOps.
func (f *Function) Slice(x compute.Value, starts, limits, strides []int) (compute.Value, error) {
	starts, limits, strides = slices.Clone(starts), slices.Clone(limits), slices.Clone(strides)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.Slice(in[0], starts, limits, strides)
	}
	v, err := f.Function.Slice(x, starts, limits, strides)
	return f.record(v, err, again, view1(kindSlice, sliceSpec{starts, strides}), x)
}

// Identity implements compute.StandardOps.
func (f *Function) Identity(x compute.Value) (compute.Value, error) {
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Identity(in[0]) }
	v, err := f.Function.Identity(x)
	return f.record(v, err, again, view1(kindAlias, nil), x)
}

// SchedulingBarrier implements compute.StandardOps.
func (f *Function) SchedulingBarrier(x compute.Value, after ...compute.Value) (compute.Value, error) {
	v, err := f.Function.SchedulingBarrier(x, after...)
	return f.barrier(v, err, append([]compute.Value{x}, after...))
}

// OptimizationBarrier implements compute.StandardOps: each value waits for all.
func (f *Function) OptimizationBarrier(operands ...compute.Value) ([]compute.Value, error) {
	values, err := f.Function.OptimizationBarrier(operands...)
	if err != nil {
		return nil, err
	}
	for i, v := range values {
		in := slices.Concat([]compute.Value{operands[i]}, operands[:i], operands[i+1:])
		if _, err := f.barrier(v, nil, in); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// barrier records a value that is the first of in, but not before the rest.
func (f *Function) barrier(v compute.Value, err error, in []compute.Value) (compute.Value, error) {
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Identity(in[0]) }
	v, err = f.record(v, err, again, view1(kindAlias, nil), in...)
	if n := f.nodes[v]; n != nil {
		n.barrier = true
	}
	return v, err
}

// Concatenate implements compute.StandardOps.
func (f *Function) Concatenate(axis int, operands ...compute.Value) (compute.Value, error) {
	operands = slices.Clone(operands)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Concatenate(axis, in...) }
	v, err := f.Function.Concatenate(axis, operands...)
	return f.record(v, err, again, func(n *node) {
		if n.shape.DType == dtypes.Bool || !native(n.shape.DType) || axis < 0 {
			return
		}
		first, same := n.in[0], true
		for _, x := range n.in {
			same = same && x == first
		}
		if !same {
			n.kind, n.attr = kindConcat, axis
			return
		}
		f.repeat(n, first, axis)
	}, operands...)
}

// repeat makes n the concatenation of copies of x, which is a view of x: with the
// copies on an axis of their own before the one that they are joined along.
func (f *Function) repeat(n, x *node, axis int) {
	dims := slices.Insert(slices.Clone(x.dims()), axis, len(n.in))
	axes := make([]int, 0, len(dims))
	for i := range dims {
		if i != axis {
			axes = append(axes, i)
		}
	}
	shape := shapes.Make(x.shape.DType, dims...)
	spread := f.add(&node{kind: kindBroadcast, in: []*node{x}, shape: shape, attr: axes,
		replay: func(g compute.Function, in []compute.Value) (compute.Value, error) {
			return g.BroadcastInDim(in[0], shape, axes)
		}})
	joined := slices.Clone(n.dims())
	n.kind, n.in = kindReshape, []*node{spread}
	n.replay = func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.Reshape(in[0], joined...)
	}
}

// ConvertDType implements compute.StandardOps.
func (f *Function) ConvertDType(x compute.Value, dtype dtypes.DType) (compute.Value, error) {
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.ConvertDType(in[0], dtype)
	}
	v, err := f.Function.ConvertDType(x, dtype)
	return f.record(v, err, again, func(n *node) { f.element(conversion(n.in[0].shape.DType, dtype))(n) }, x)
}

// Where implements compute.StandardOps.
func (f *Function) Where(condition, onTrue, onFalse compute.Value) (compute.Value, error) {
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.Where(in[0], in[1], in[2])
	}
	v, err := f.Function.Where(condition, onTrue, onFalse)
	return f.record(v, err, again, f.element(opWhere), condition, onTrue, onFalse)
}

// LogicalNot implements compute.StandardOps.
func (f *Function) LogicalNot(x compute.Value) (compute.Value, error) {
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.LogicalNot(in[0]) }
	v, err := f.Function.LogicalNot(x)
	return f.record(v, err, again, f.element(opNot), x)
}
