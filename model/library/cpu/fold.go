package cpu

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
)

// foldBytes bounds what is computed at compile time and kept.
const foldBytes = 8 << 20

// fold computes at compile time what depends on no input, and returns the nodes
// that the outputs need, in order. Views of constants stay views.
func fold(b *Backend, f *Function) ([]*node, error) {
	live := make(map[*node]bool)
	var visit func(n *node)
	visit = func(n *node) {
		if !live[n] {
			live[n] = true
			for _, x := range n.in {
				visit(x)
			}
		}
	}
	for _, o := range f.outputs {
		visit(o)
	}
	constant := make(map[*node]bool)
	needed := make(map[*node]bool) // constants that are computed here
	need := func(n *node) {
		for n.isView() {
			n = n.in[0]
		}
		if constant[n] && n.kind != kindConstant {
			needed[n] = true
		}
	}
	for _, n := range f.order {
		if !live[n] {
			continue
		}
		fixed := n.kind == kindConstant || n.kind != kindParameter && !n.barrier && n.shape.ByteSize() <= foldBytes
		for _, x := range n.in {
			fixed = fixed && constant[x]
		}
		constant[n] = fixed
		if !fixed {
			for _, x := range n.in {
				need(x)
			}
		}
	}
	for _, o := range f.outputs {
		need(o)
	}
	if len(needed) > 0 {
		if err := evaluate(b, f.order, needed); err != nil {
			return nil, fmt.Errorf("fold constants: %w", err)
		}
		clear(live)
		for _, o := range f.outputs {
			visit(o)
		}
	}
	order := swapTransposed(f.order, f.outputs, live)
	return accumulate(order, f.outputs), nil
}

// swapTransposed returns the live nodes. A product of two matrices that only its
// transpose is wanted of is computed transposed: Bᵀ·Aᵀ, with the same sums.
func swapTransposed(nodes, outputs []*node, live map[*node]bool) []*node {
	users := make(map[*node]int)
	for _, o := range outputs {
		users[o]++
	}
	for _, n := range nodes {
		if live[n] {
			for _, x := range n.in {
				users[x]++
			}
		}
	}
	dropped := make(map[*node]bool)
	var order []*node
	for _, n := range nodes {
		if !live[n] && n.kind != kindParameter {
			continue
		}
		if n.kind == kindTranspose && users[n.in[0]] == 1 && n.in[0].kind == kindDot && n.in[0].shape.Rank() == 2 && n.shape.Rank() == 2 && n.attr.([]int)[0] == 1 {
			dot := n.in[0]
			axes := dot.attr.(dotAxes)
			if len(axes.leftBatch) == 0 && dot.in[0].shape.Rank() == 2 && dot.in[1].shape.Rank() == 2 {
				dropped[dot] = true
				n.kind, n.in = kindDot, []*node{dot.in[1], dot.in[0]}
				n.attr = dotAxes{leftContract: axes.rightContract, rightContract: axes.leftContract}
			}
		}
		order = append(order, n)
	}
	return slices.DeleteFunc(order, func(n *node) bool { return dropped[n] })
}

// evaluate turns nodes into constants.
func evaluate(b *Backend, order []*node, needed map[*node]bool) error {
	builder := b.Backend.Builder("constants")
	g := builder.Main()
	values := make(map[*node]compute.Value)
	var value func(n *node) (compute.Value, error)
	value = func(n *node) (compute.Value, error) {
		if v, ok := values[n]; ok {
			return v, nil
		}
		var v compute.Value
		var err error
		if n.kind == kindConstant {
			v, err = g.Constant(n.attr, n.dims()...)
		} else {
			in := make([]compute.Value, len(n.in))
			for i, x := range n.in {
				if in[i], err = value(x); err != nil {
					return nil, err
				}
			}
			v, err = n.replay(g, in)
		}
		values[n] = v
		return v, err
	}
	var nodes []*node
	var outputs []compute.Value
	for _, n := range order {
		if needed[n] {
			v, err := value(n)
			if err != nil {
				return err
			}
			nodes, outputs = append(nodes, n), append(outputs, v)
		}
	}
	if err := g.Return(outputs, nil); err != nil {
		return err
	}
	exec, err := builder.Compile()
	if err != nil {
		return err
	}
	defer exec.Finalize()
	clearVectorState()
	results, err := exec.Execute(nil, nil, 0)
	if err != nil {
		return err
	}
	clearVectorState()
	for i, n := range nodes {
		flat, err := results[i].Data()
		if err != nil {
			return err
		}
		n.kind, n.op, n.in, n.attr = kindConstant, opNone, nil, flat
	}
	return nil
}
