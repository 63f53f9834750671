package cpu

import (
	"reflect"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// Function is the main function of a graph. It embeds gobackend's, to which every
// operation goes, so that shapes and errors are gobackend's; what it knows how
// to compute or replay, it records. A value that depends on anything else is not
// recorded.
type Function struct {
	compute.Function // gobackend's
	builder          *Builder
	order            []*node
	nodes            map[compute.Value]*node
	parameters       []*node
	outputs          []*node
	unknown          bool // an output was not recorded
}

// Builder implements compute.Function.
func (f *Function) Builder() compute.Builder { return f.builder }

// recorded tells whether the whole graph was.
func (f *Function) recorded() bool {
	if f.unknown {
		return false
	}
	for _, p := range f.parameters {
		if p.shape.IsDynamic() || p.shape.DType.IsPacked() {
			return false
		}
	}
	return true
}

// Parameter implements compute.Function.
func (f *Function) Parameter(name string, shape shapes.Shape, sharding *compute.ShardingSpec) (compute.Value, error) {
	v, err := f.Function.Parameter(name, shape, sharding)
	if err != nil {
		return nil, err
	}
	n := f.add(&node{kind: kindParameter, shape: shape})
	f.nodes[v], f.parameters = n, append(f.parameters, n)
	return v, nil
}

// Constant implements compute.Function.
func (f *Function) Constant(flat any, dims ...int) (compute.Value, error) {
	v, err := f.Function.Constant(flat, dims...)
	if err != nil {
		return nil, err
	}
	from := reflect.ValueOf(flat)
	own := reflect.MakeSlice(from.Type(), from.Len(), from.Len())
	reflect.Copy(own, from)
	if _, known := f.nodes[v]; !known {
		shape, err := f.Function.Shape(v)
		if err != nil {
			return nil, err
		}
		f.nodes[v] = f.add(&node{kind: kindConstant, shape: shape, attr: own.Interface()})
	}
	return v, nil
}

// Return implements compute.Function.
func (f *Function) Return(outputs []compute.Value, sharding []*compute.ShardingSpec) error {
	if err := f.Function.Return(outputs, sharding); err != nil {
		return err
	}
	for _, o := range outputs {
		n, ok := f.nodes[o]
		f.unknown = f.unknown || !ok
		f.outputs = append(f.outputs, n)
	}
	return nil
}

func (f *Function) add(n *node) *node {
	n.id = len(f.order)
	f.order = append(f.order, n)
	return n
}

// lookup returns the nodes of values, or nil if one is not recorded.
func (f *Function) lookup(values ...compute.Value) []*node {
	in := make([]*node, len(values))
	for i, v := range values {
		n, ok := f.nodes[v]
		if !ok {
			return nil
		}
		in[i] = n
	}
	return in
}

// record files a value that replay computes from the values in. refine, if not
// nil, makes more than a foreign node of it: it may change the node and put
// others before it.
func (f *Function) record(v compute.Value, err error, again replay, refine func(n *node), in ...compute.Value) (compute.Value, error) {
	if err != nil {
		return nil, err
	}
	if _, known := f.nodes[v]; known {
		return v, nil
	}
	shape, err := f.Function.Shape(v)
	if err != nil {
		return nil, err
	}
	inputs := f.lookup(in...)
	if inputs == nil && len(in) > 0 || shape.IsDynamic() || shape.DType.IsPacked() {
		return v, nil
	}
	n := &node{in: inputs, shape: shape, replay: again}
	switch {
	case shape.Size() == 0:
		n.zero()
	case refine != nil && !slices.ContainsFunc(inputs, isEmpty):
		refine(n)
	}
	f.nodes[v] = f.add(n)
	return v, nil
}

func isEmpty(n *node) bool { return n.shape.Size() == 0 }

// zero makes n a constant, all zeros or without elements.
func (n *node) zero() {
	flat := reflect.MakeSlice(reflect.SliceOf(n.shape.DType.GoType()), n.shape.Size(), n.shape.Size())
	n.kind, n.in, n.attr = kindConstant, nil, flat.Interface()
}

// emptySum makes v, a sum or sums of products, zero where there is nothing to add.
func (f *Function) emptySum(v compute.Value, err error) (compute.Value, error) {
	if n := f.nodes[v]; n != nil && slices.ContainsFunc(n.in, isEmpty) {
		n.zero()
	}
	return v, err
}

// spread makes n a broadcast of x to a shape: equal axes, axes of size 1, or a
// scalar.
func (f *Function) spread(x *node, to shapes.Shape) *node {
	if slices.Equal(x.dims(), to.Dimensions) {
		return x
	}
	axes := make([]int, x.shape.Rank())
	for i := range axes {
		axes[i] = i
	}
	shape := shapes.Make(x.shape.DType, to.Dimensions...)
	return f.add(&node{kind: kindBroadcast, in: []*node{x}, shape: shape, attr: axes,
		replay: func(g compute.Function, in []compute.Value) (compute.Value, error) {
			return g.BroadcastInDim(in[0], shape, axes)
		}})
}

// element makes n an elementwise operation, if all types are native.
func (f *Function) element(op opcode) func(n *node) {
	return func(n *node) {
		if op == opNone || !native(n.shape.DType) {
			return
		}
		in := make([]*node, len(n.in))
		for i, x := range n.in {
			if !native(x.shape.DType) {
				return
			}
			in[i] = f.spread(x, n.shape)
		}
		n.kind, n.op, n.in = kindElement, op, in
	}
}

// view1 makes n a view of its input, if its type is native.
func view1(k kind, attr any) func(n *node) {
	return func(n *node) {
		if native(n.shape.DType) {
			n.kind, n.attr = k, attr
		}
	}
}
