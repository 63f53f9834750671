package cpu

import (
	"fmt"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// foreign is a part of a graph that gobackend computes.
type foreign struct {
	exec      compute.Executable
	in, out   []*node
	constants []compute.Buffer // by input: that of a constant, or nil
}

// compileForeign builds a gobackend graph of a unit's nodes.
func (l *layout) compileForeign(u *unit) (step, error) {
	b := l.plan.backend.Backend
	builder := b.Builder("foreign")
	g := builder.Main()
	f := &foreign{}
	values := make(map[string]compute.Value)
	key := func(n *node) string { return fmt.Sprint(n.view.root.id, n.view.offset, n.shape) }
	var outputs []compute.Value
	for _, n := range u.nodes {
		in := make([]compute.Value, len(n.in))
		for i, x := range n.in {
			v, ok := values[key(x)]
			if !ok && l.producer[x.view.root] == u {
				if v, ok = values[fmt.Sprint(x.view.root.id)]; ok {
					var err error
					if v, err = g.Reshape(v, x.dims()...); err != nil {
						return nil, err
					}
				}
			}
			if !ok {
				var err error
				if v, err = g.Parameter(fmt.Sprint("p", len(f.in)), x.shape, nil); err != nil {
					return nil, err
				}
				f.in = append(f.in, x)
			}
			values[key(x)] = v
			in[i] = v
		}
		v, err := n.replay(g, in)
		if err != nil {
			return nil, err
		}
		values[fmt.Sprint(n.view.root.id)], values[key(n)] = v, v
		if n.view.root.first >= 0 {
			f.out, outputs = append(f.out, n), append(outputs, v)
		}
	}
	if err := g.Return(outputs, nil); err != nil {
		return nil, err
	}
	var err error
	if f.exec, err = builder.Compile(); err != nil {
		return nil, err
	}
	l.plan.kept = append(l.plan.kept, f.exec)
	for _, x := range f.in {
		var c compute.Buffer
		if r := x.view.root; r.place == inConstant && x.view.offset == 0 && r.size == x.shape.Size() {
			if c, err = b.BufferFromFlatData(0, l.plan.constants[r.index].flat, x.shape); err != nil {
				return nil, err
			}
		}
		f.constants = append(f.constants, c)
	}
	return f.run, nil
}

func (f *foreign) run(x *execution) error {
	in := make([]compute.Buffer, len(f.in))
	var temporary []compute.Buffer
	for i, n := range f.in {
		in[i] = f.constants[i]
		if r := n.view.root; in[i] == nil && r.place == inInput && !x.inputs[r.index].lent && r.size == n.shape.Size() && sameShape(n.shape, shapeOf(x.inputs[r.index])) {
			in[i] = x.inputs[r.index].Buffer
		}
		if in[i] != nil {
			continue
		}
		b, err := x.plan.backend.newInner(0, n.shape)
		if err != nil {
			return err
		}
		to, err := dataPointer(b)
		if err != nil {
			return err
		}
		copyBytes(to, x.pointer(n.view, 0), n.shape.Size()*n.view.root.bytes)
		in[i], temporary = b, append(temporary, b)
	}
	clearVectorState()
	out, err := f.exec.Execute(in, nil, 0)
	clearVectorState()
	if err != nil {
		return err
	}
	for i, n := range f.out {
		from, err := dataPointer(out[i])
		if err != nil {
			return err
		}
		copyBytes(x.pointer(n.view, 0), from, n.shape.Size()*n.view.root.bytes)
		if err := out[i].Finalize(); err != nil {
			return err
		}
	}
	for _, b := range temporary {
		if err := x.plan.backend.memory.give(b); err != nil {
			return err
		}
	}
	return nil
}

func shapeOf(b *Buffer) shapes.Shape {
	shape, err := b.Buffer.Shape()
	if err != nil {
		return shapes.Invalid()
	}
	return shape
}

func copyBytes(to, from unsafe.Pointer, n int) {
	if n > 0 && to != from {
		copy(unsafe.Slice((*byte)(to), n), unsafe.Slice((*byte)(from), n))
	}
}
