package cpu

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// Pad implements compute.StandardOps.
func (f *Function) Pad(x, fill compute.Value, axes ...compute.PadAxis) (compute.Value, error) {
	axes = slices.Clone(axes)
	again := func(g compute.Function, in []compute.Value) (compute.Value, error) {
		return g.Pad(in[0], in[1], axes...)
	}
	v, err := f.Function.Pad(x, fill, axes...)
	return f.record(v, err, again, func(n *node) {
		if n.shape.DType != dtypes.Bool && native(n.shape.DType) {
			f.pad(n, axes)
		}
	}, x, fill)
}

// pad makes n a concatenation for every axis that is padded at its ends.
// Elements between others, and axes that are cut, are left to gobackend.
func (f *Function) pad(n *node, axes []compute.PadAxis) {
	last := -1
	for axis, p := range axes {
		if p.Interior != 0 || p.Start < 0 || p.End < 0 {
			return
		}
		if p.Start+p.End > 0 {
			last = axis
		}
	}
	x, fill := n.in[0], n.in[1]
	for axis, p := range axes[:last+1] {
		if p.Start+p.End == 0 {
			continue
		}
		dims := slices.Clone(x.dims())
		edge := func(size int) []*node {
			if size == 0 {
				return nil
			}
			dims[axis] = size
			return []*node{f.spread(fill, shapes.Make(n.shape.DType, dims...))}
		}
		in := slices.Concat(edge(p.Start), []*node{x}, edge(p.End))
		dims[axis] = x.dims()[axis] + p.Start + p.End
		joined := node{kind: kindConcat, in: in, attr: axis, shape: shapes.Make(n.shape.DType, dims...),
			replay: func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Concatenate(axis, in...) }}
		if axis == last {
			*n = joined
			return
		}
		x = f.add(&joined)
	}
}
