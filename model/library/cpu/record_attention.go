package cpu

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// WidestHead is the number of elements up to which a head's attention is fused: its
// products are one block of terms.
const WidestHead = depth

// FusedScaledDotProductAttention implements compute.FusedOps for float32, with or
// without a causal mask and one of booleans that all heads share. It needs no state
// for the backward pass.
func (f *Function) FusedScaledDotProductAttention(query, key, value compute.Value, layout compute.AttentionAxesLayout, options *compute.ScaledDotProductAttentionConfig) (compute.Value, []compute.Value, error) {
	spec, dims, mask, err := f.attention(layout, options, query, key, value)
	if err != nil {
		return nil, nil, err
	}
	d := &decomposition{g: f.Function, attentionSpec: spec, mask: mask, q: dims[0], k: dims[1]}
	y := d.join(d.dot(d.weights(query, key), 2, d.split(value), 1), d.q)
	if d.err != nil {
		return nil, nil, d.err
	}
	if in := f.operands(mask, query, key, value); in != nil && f.nodes[y] == nil {
		f.nodes[y] = f.add(&node{kind: kindAttention, in: in, shape: shapes.Make(dtypes.Float32, d.q...), attr: spec, barrier: true})
	}
	return y, nil, nil
}

// FusedScaledDotProductAttentionVJP implements compute.FusedOps, for what
// FusedScaledDotProductAttention does.
func (f *Function) FusedScaledDotProductAttentionVJP(query, key, value compute.Value, layout compute.AttentionAxesLayout, options *compute.ScaledDotProductAttentionConfig, output compute.Value, _ []compute.Value, dOutput compute.Value) (dQuery, dKey, dValue compute.Value, err error) {
	spec, dims, mask, err := f.attention(layout, options, query, key, value, output, dOutput)
	if err != nil {
		return nil, nil, nil, err
	}
	d := &decomposition{g: f.Function, attentionSpec: spec, mask: mask, q: dims[0], k: dims[1]}
	gradients := d.gradients(query, key, value, output, dOutput)
	if d.err != nil {
		return nil, nil, nil, d.err
	}
	if in := f.operands(mask, query, key, value, output, dOutput); in != nil {
		f.recordVJP(spec, in, gradients)
	}
	return gradients[0], gradients[1], gradients[2], nil
}

// recordVJP files the gradients as parts of one node.
func (f *Function) recordVJP(spec attentionSpec, in []*node, gradients [3]compute.Value) {
	total := in[0].shape.Size() + 2*in[1].shape.Size()
	all := f.add(&node{kind: kindAttentionVJP, in: in, shape: shapes.Make(dtypes.Float32, total), attr: spec, barrier: true})
	at := 0
	for i, v := range gradients {
		part := f.add(&node{kind: kindSlice, in: []*node{all}, shape: shapes.Make(dtypes.Float32, in[i].shape.Size()), attr: sliceSpec{starts: []int{at}}})
		at += in[i].shape.Size()
		if f.nodes[v] == nil {
			f.nodes[v] = f.reshaped(part, in[i].dims()...)
		}
	}
}

// operands are the nodes of the operands of attention.
func (f *Function) operands(mask compute.Value, values ...compute.Value) []*node {
	if mask != nil {
		values = append(values, mask)
	}
	return f.lookup(values...)
}

// attention checks the operands of attention: queries, keys, values, and others
// like the queries; and returns the mask, if there is one, as [batch or 1, queries,
// keys]. It returns ErrNotImplemented for what has no kernels.
func (f *Function) attention(layout compute.AttentionAxesLayout, options *compute.ScaledDotProductAttentionConfig, operands ...compute.Value) (spec attentionSpec, dims [][]int, mask compute.Value, err error) {
	const name = "fused scaled dot-product attention"
	if options == nil {
		options = &compute.ScaledDotProductAttentionConfig{}
	}
	supported := f.builder.backend.kernels.class != classGo && options.Bias == nil && options.QuerySeqLen == nil && options.KeyValueSeqLen == nil
	for _, v := range operands {
		shape, err := f.Function.Shape(v)
		if err != nil {
			return spec, nil, nil, err
		}
		if shape.Rank() != 4 {
			return spec, nil, nil, fmt.Errorf("%s: an operand of shape %s, want rank 4", name, shape)
		}
		supported = supported && shape.DType == dtypes.Float32 && !shape.IsDynamic() && shape.Size() > 0
		dims = append(dims, shape.Dimensions)
	}
	if !supported {
		return spec, nil, nil, fmt.Errorf("%s of shapes %v: only float32 without biases and lengths: %w", name, dims, compute.ErrNotImplemented)
	}
	q, k := dims[0], dims[1]
	groups := q[layout.HeadsAxis()]%k[layout.HeadsAxis()] == 0 && q[0] == k[0] && q[3] == k[3] && slices.Equal(k[:3], dims[2][:3])
	for _, d := range dims[3:] {
		groups = groups && slices.Equal(d, q)
	}
	if !groups {
		return spec, nil, nil, fmt.Errorf("%s: shapes %v (%s) do not go together", name, dims, layout)
	}
	if q[3] > WidestHead || dims[2][3] != k[3] || options.Causal && q[layout.SeqAxis()] != k[layout.SeqAxis()] {
		return spec, nil, nil, fmt.Errorf("%s of shapes %v: %w", name, dims, compute.ErrNotImplemented)
	}
	if options.Mask != nil {
		if mask, err = f.attentionMask(options.Mask, layout, q, k); err != nil {
			return spec, nil, nil, fmt.Errorf("%s of shapes %v: %w", name, dims, err)
		}
	}
	spec = attentionSpec{layout: layout, scale: float32(options.Scale), causal: options.Causal, masked: mask != nil}
	if options.Scale == 0 {
		spec.scale = float32(1 / math.Sqrt(float64(q[3])))
	}
	return spec, dims, mask, nil
}

// attentionMask brings a mask that is the same for all heads to [batch or 1,
// queries, keys]; for others ErrNotImplemented says that the caller must do without
// the fused operation, as GoMLX's attention layer does. A mask has the axes of scores: those
// of the queries, with keys for the last one; or the last of them.
func (f *Function) attentionMask(mask compute.Value, layout compute.AttentionAxesLayout, q, k []int) (compute.Value, error) {
	shape, err := f.Function.Shape(mask)
	if err != nil {
		return nil, err
	}
	dims := slices.Clone(shape.Dimensions)
	for len(dims) < 4 {
		dims = slices.Insert(dims, 0, 1)
	}
	if shape.DType != dtypes.Bool || len(dims) != 4 || dims[0] != 1 && dims[0] != q[0] || dims[layout.HeadsAxis()] != 1 ||
		dims[layout.SeqAxis()] != q[layout.SeqAxis()] || dims[3] != k[layout.SeqAxis()] {
		return nil, fmt.Errorf("a mask of shape %s (%s): only bool, with one row per query for all heads: %w", shape, layout, compute.ErrNotImplemented)
	}
	return f.Reshape(mask, dims[0], q[layout.SeqAxis()], dims[3])
}

// decomposition writes attention in gobackend's operations, for graphs that are
// left to gobackend as a whole. After an error it does nothing.
type decomposition struct {
	attentionSpec
	g    compute.Function
	mask compute.Value // [batch or 1, queries, keys], or nil
	q, k []int         // the shapes of queries and keys
	err  error
}

// try calls a step unless an earlier one failed.
func (d *decomposition) try(step func() (compute.Value, error)) compute.Value {
	if d.err != nil {
		return nil
	}
	v, err := step()
	d.err = err
	return v
}

func (d *decomposition) moved(x compute.Value) compute.Value {
	if d.layout == compute.AttentionAxesLayoutBHSD {
		return x
	}
	return d.try(func() (compute.Value, error) { return d.g.Transpose(x, 0, 2, 1, 3) })
}

func (d *decomposition) kvHeads() int { return d.k[d.layout.HeadsAxis()] }

// split is x as [batch·kvHeads, slots, headDim]; the queries of a group stand
// below one another.
func (d *decomposition) split(x compute.Value) compute.Value {
	x = d.moved(x)
	return d.try(func() (compute.Value, error) {
		shape, err := d.g.Shape(x)
		if err != nil {
			return nil, err
		}
		n := d.k[0] * d.kvHeads()
		return d.g.Reshape(x, n, shape.Size()/n/d.k[3], d.k[3])
	})
}

// join undoes split.
func (d *decomposition) join(x compute.Value, dims []int) compute.Value {
	x = d.try(func() (compute.Value, error) {
		return d.g.Reshape(x, dims[0], dims[d.layout.HeadsAxis()], dims[d.layout.SeqAxis()], dims[3])
	})
	return d.moved(x)
}

// dot multiplies batches of matrices, summing over an axis of each.
func (d *decomposition) dot(a compute.Value, axisA int, b compute.Value, axisB int) compute.Value {
	return d.try(func() (compute.Value, error) {
		return d.g.DotGeneral(a, []int{axisA}, []int{0}, b, []int{axisB}, []int{0}, compute.DotGeneralConfig{})
	})
}

// number is an array of one number.
func (d *decomposition) number(v float32, dims []int) compute.Value {
	c := d.try(func() (compute.Value, error) { return d.g.Constant([]float32{v}) })
	return d.try(func() (compute.Value, error) {
		return d.g.BroadcastInDim(c, shapes.Make(dtypes.Float32, dims...), nil)
	})
}

func (d *decomposition) scaled(x compute.Value) compute.Value {
	return d.try(func() (compute.Value, error) {
		shape, err := d.g.Shape(x)
		if err != nil {
			return nil, err
		}
		return d.g.Mul(x, d.number(d.scale, shape.Dimensions))
	})
}

// weights are softmax(scale·q·kᵀ), [batch·kvHeads, group·queries, keys].
func (d *decomposition) weights(query, key compute.Value) compute.Value {
	scores := d.dot(d.scaled(d.split(query)), 2, d.split(key), 2)
	keys, queries := d.k[d.layout.SeqAxis()], d.q[d.layout.SeqAxis()]
	rows := queries * d.q[d.layout.HeadsAxis()] / d.kvHeads()
	dims := []int{d.k[0] * d.kvHeads(), rows, keys}
	var seen compute.Value
	if d.causal {
		seen = d.try(func() (compute.Value, error) { return d.causalMask(dims, queries) })
	}
	if d.masked {
		shown := d.spreadMask(dims, queries)
		if seen == nil {
			seen = shown
		} else {
			seen = d.try(func() (compute.Value, error) { return d.g.LogicalAnd(seen, shown) })
		}
	}
	if seen != nil {
		hidden := d.number(float32(math.Inf(-1)), dims)
		scores = d.try(func() (compute.Value, error) { return d.g.Where(seen, scores, hidden) })
	}
	weights := d.try(func() (compute.Value, error) { return d.g.FusedSoftmax(scores, 2) })
	if d.masked { // a query that sees nothing
		zero := d.number(0, dims)
		weights = d.try(func() (compute.Value, error) { return d.g.Where(seen, weights, zero) })
	}
	return weights
}

// spreadMask is the mask for the rows of all heads.
func (d *decomposition) spreadMask(dims []int, queries int) compute.Value {
	wide := d.try(func() (compute.Value, error) {
		return d.g.BroadcastInDim(d.mask, shapes.Make(dtypes.Bool, d.k[0], d.kvHeads(), dims[1]/queries, queries, dims[2]), []int{0, 3, 4})
	})
	return d.try(func() (compute.Value, error) { return d.g.Reshape(wide, dims...) })
}

// causalMask tells which keys are seen from which rows, of dims[1]: every so many
// begin with query 0.
func (d *decomposition) causalMask(dims []int, queries int) (compute.Value, error) {
	shape := shapes.Make(dtypes.Int32, dims[1]/queries, queries, dims[2])
	query, err := d.g.Iota(shape, 1)
	if err != nil {
		return nil, err
	}
	key, err := d.g.Iota(shape, 2)
	if err != nil {
		return nil, err
	}
	seen, err := d.g.GreaterOrEqual(query, key)
	if err != nil {
		return nil, err
	}
	if seen, err = d.g.Reshape(seen, dims[1], dims[2]); err != nil {
		return nil, err
	}
	return d.g.BroadcastInDim(seen, shapes.Make(dtypes.Bool, dims...), []int{1, 2})
}

// gradients are dq, dk and dv.
func (d *decomposition) gradients(query, key, value, y, dy compute.Value) [3]compute.Value {
	weights := d.weights(query, key)
	dySplit := d.split(dy)
	slopes := d.dot(dySplit, 2, d.split(value), 2)
	product := d.try(func() (compute.Value, error) { return d.g.Mul(dySplit, d.split(y)) })
	sums := d.try(func() (compute.Value, error) { return d.g.ReduceSum(product, 2) })
	slopes = d.try(func() (compute.Value, error) {
		shape, err := d.g.Shape(slopes)
		if err != nil {
			return nil, err
		}
		wide, err := d.g.BroadcastInDim(sums, shape, []int{0, 1})
		if err != nil {
			return nil, err
		}
		return d.g.Sub(slopes, wide)
	})
	slopes = d.try(func() (compute.Value, error) { return d.g.Mul(weights, slopes) })
	return [3]compute.Value{
		d.join(d.scaled(d.dot(slopes, 2, d.split(key), 1)), d.q),
		d.join(d.dot(slopes, 1, d.scaled(d.split(query)), 1), d.k),
		d.join(d.dot(weights, 1, dySplit, 1), d.k),
	}
}
