package cpu

import (
	"reflect"
	"slices"
	"unsafe"

	"github.com/gomlx/compute"
)

// plan is a compiled graph: steps that run one after the other in memory laid
// out at compile time.
type plan struct {
	backend   *Backend
	roots     []*root
	steps     []step
	names     []string // of the steps, for profiles
	constants []constant
	outputs   []*root
	alias     map[*root]*root
	// inPlace maps outputs to the inputs whose memory they may take over.
	inPlace map[int]int
	arena   int // in elements of 4 bytes, the scratch memory included
	scratch int // where scratch memory begins in the arena
	kept    []compute.Executable
}

// step computes part of a graph.
type step func(x *execution) error

// constant is memory that holds a value from compile time on.
type constant struct {
	flat    any
	pointer unsafe.Pointer
}

// lineElements is the number of 4-byte elements of a cache line.
const lineElements = 16

func newPlan(b *Backend, f *Function) (*plan, error) {
	order, err := fold(b, f)
	if err != nil {
		return nil, err
	}
	p := &plan{backend: b, alias: make(map[*root]*root), inPlace: make(map[int]int)}
	l := &layout{plan: p, grouper: grouper{producer: make(map[*root]*unit), owner: make(map[*root]*node)}, copies: make(map[*root]map[string]*node)}
	for i, n := range f.parameters {
		n.view = whole(p.root(n, inInput, i), n.dims())
	}
	for _, n := range order {
		l.visit(n)
	}
	l.finish(f.outputs)
	units := l.schedule()
	l.uses(units)
	l.shareInPlace(units)
	l.allocate()
	for _, u := range units {
		s, err := l.compile(u)
		if err != nil {
			return nil, err
		}
		p.steps, p.names = append(p.steps, s), append(p.names, unitName(u))
	}
	p.scratch = p.arena
	p.arena += l.scratch
	return p, nil
}

// root makes a root for the value of a node.
func (p *plan) root(n *node, where place, index int) *root {
	r := &root{id: len(p.roots), bytes: n.shape.DType.Size(), size: n.shape.Size(), place: where, index: index, first: -1, last: -1}
	p.roots = append(p.roots, r)
	return r
}

// find is the root whose memory a root has.
func (p *plan) find(r *root) *root {
	for p.alias[r] != nil {
		r = p.alias[r]
	}
	return r
}

// layout is a plan in the making.
type layout struct {
	plan *plan
	grouper
	copies   map[*root]map[string]*node
	position int
	scratch  int // elements of scratch memory that the hungriest step needs
}

// visit gives a node its view and its unit.
func (l *layout) visit(n *node) {
	p := l.plan
	switch {
	case n.kind == kindParameter:
		return
	case n.kind == kindConstant:
		r := p.root(n, inConstant, len(p.constants))
		c := constant{flat: n.attr}
		if v := reflect.ValueOf(n.attr); v.Len() > 0 {
			c.pointer = v.UnsafePointer()
		}
		p.constants = append(p.constants, c)
		n.view = whole(r, n.dims())
		return
	case n.isView():
		x := n.in[0]
		if n.view = derive(n, x.view); n.view == nil {
			n.view = derive(n, l.copy(x).view)
		}
		n.barred = n.barrier || x.barred
		n.waits = x.waits
		if n.barrier {
			n.waits = append(slices.Clone(x.waits), n.in...)
		}
		return
	case n.kind == kindForeign || n.kind == kindGather || n.kind == kindScatter:
		n.in = slices.Clone(n.in)
		for i, x := range n.in {
			if !contiguous(x.view.flat()) {
				n.in[i] = l.copy(x)
			}
		}
	case n.kind == kindDot:
		l.prepareDot(n)
	case n.kind == kindAttention || n.kind == kindAttentionVJP:
		l.prepareAttention(n)
	}
	l.put(n)
}

// put gives a computed node memory and a unit.
func (l *layout) put(n *node) {
	n.view = whole(l.plan.root(n, inArena, 0), n.dims())
	l.position++
	n.seq = l.position
	l.place(n, l.position)
}

// copy returns a node with the elements of x one after the other.
func (l *layout) copy(x *node) *node {
	key := viewKey(x.view)
	if c := l.copies[x.view.root][key]; c != nil && !x.barred {
		return l.reshaped(c, x)
	}
	c := &node{kind: kindElement, op: opCopy, in: []*node{x}, shape: x.shape}
	l.put(c)
	if l.copies[x.view.root] == nil {
		l.copies[x.view.root] = make(map[string]*node)
	}
	l.copies[x.view.root][key] = c
	return c
}

// reshaped is a copy with the shape of another node.
func (l *layout) reshaped(c, as *node) *node {
	n := *c
	n.shape, n.view = as.shape, c.view.reshape(as.dims())
	return &n
}
