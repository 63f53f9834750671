package cpu

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// DotGeneral implements compute.StandardOps.
func (f *Function) DotGeneral(left compute.Value, leftContract, leftBatch []int, right compute.Value, rightContract, rightBatch []int, config compute.DotGeneralConfig) (compute.Value, error) {
	axes := dotAxes{slices.Clone(leftContract), slices.Clone(leftBatch), slices.Clone(rightContract), slices.Clone(rightBatch)}
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.DotGeneral(in[0], axes.leftContract, axes.leftBatch, in[1], axes.rightContract, axes.rightBatch, config)
	}
	v, err := f.Function.DotGeneral(left, leftContract, leftBatch, right, rightContract, rightBatch, config)
	v, err = f.record(v, err, again, func(n *node) {
		plain := config.AccumulatorDType == dtypes.InvalidDType || config.AccumulatorDType == dtypes.Float32
		if plain && n.shape.DType == dtypes.Float32 && n.in[0].shape.DType == dtypes.Float32 && n.in[1].shape.DType == dtypes.Float32 {
			f.dot(n, axes)
		}
	}, left, right)
	return f.emptySum(v, err)
}

// dot makes n a product of matrices. A product over one element is elementwise,
// and one that leaves a single column is a sum over the rows of an elementwise
// product: both then become part of what is around them.
func (f *Function) dot(n *node, axes dotAxes) {
	for _, list := range [][]int{axes.leftContract, axes.leftBatch, axes.rightContract, axes.rightBatch} {
		for _, axis := range list {
			if axis < 0 {
				return // as gobackend has it
			}
		}
	}
	left, right := n.in[0], n.in[1]
	n.kind, n.attr = kindDot, axes
	if len(axes.leftBatch) > 0 || left.shape.Rank() != 2 || right.shape.Rank() != 2 || len(axes.leftContract) != 1 {
		return
	}
	if axes.leftContract[0] == 0 {
		left = f.transposed(left, []int{1, 0})
	}
	if axes.rightContract[0] == 1 {
		right = f.transposed(right, []int{1, 0})
	}
	rows, inner, columns := left.dims()[0], left.dims()[1], right.dims()[1]
	switch {
	case inner == 1:
		n.kind, n.op, n.attr = kindElement, opMul, nil
		n.in = []*node{f.spread(left, n.shape), f.spread(right, n.shape)}
		n.replay = func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Mul(in[0], in[1]) }
	case columns == 1:
		shape := shapes.Make(dtypes.Float32, rows, inner)
		product := f.add(&node{kind: kindElement, op: opMul, shape: shape,
			in:     []*node{left, f.spread(f.transposed(right, []int{1, 0}), shape)},
			replay: func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Mul(in[0], in[1]) },
		})
		n.attr = nil
		f.overRows(n, opRowSum, product)
	}
}

// FusedDense implements compute.FusedOps.
func (f *Function) FusedDense(x, weight, bias compute.Value, config compute.DenseConfig) (compute.Value, error) {
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		if bias == nil {
			return g.FusedDense(in[0], in[1], nil, config)
		}
		return g.FusedDense(in[0], in[1], in[2], config)
	}
	v, err := f.Function.FusedDense(x, weight, bias, config)
	in := []compute.Value{x, weight}
	if bias != nil {
		in = append(in, bias)
	}
	return f.record(v, err, again, func(n *node) {
		x, w := n.in[0], n.in[1]
		if config.Activation != compute.ActivationNone || n.shape.DType != dtypes.Float32 || w.shape.Rank() != 2 || x.shape.Rank() < 1 {
			return
		}
		axes := dotAxes{leftContract: []int{x.shape.Rank() - 1}, rightContract: []int{0}}
		if config.WeightLayout == compute.DenseLayoutOutputsInput {
			axes.rightContract[0] = 1
		}
		if len(n.in) == 2 {
			n.kind, n.attr = kindDot, axes
			return
		}
		product := f.add(&node{kind: kindDot, in: []*node{x, w}, shape: n.shape, attr: axes,
			replay: func(g compute.Function, in []compute.Value) (compute.Value, error) {
				return g.DotGeneral(in[0], axes.leftContract, nil, in[1], axes.rightContract, nil, compute.DotGeneralConfig{})
			}})
		rank := n.shape.Rank()
		spread := f.add(&node{kind: kindBroadcast, in: []*node{n.in[2]}, shape: n.shape, attr: []int{rank - 1},
			replay: func(g compute.Function, in []compute.Value) (compute.Value, error) {
				return g.BroadcastInDim(in[0], n.shape, []int{rank - 1})
			}})
		n.kind, n.op, n.in = kindElement, opAdd, []*node{product, spread}
		n.replay = func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Add(in[0], in[1]) }
	}, in...)
}
