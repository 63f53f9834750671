package cpu

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
)

// viewKey tells views apart.
func viewKey(v *view) string { return fmt.Sprint(v.root.id, v.offset, v.flat()) }

// finish gives every output memory of its own.
func (l *layout) finish(outputs []*node) {
	for i, n := range outputs {
		r := n.view.root
		if r.place != inArena || n.view.offset != 0 || r.size != n.shape.Size() || !contiguous(n.view.flat()) {
			c := &node{kind: kindElement, op: opCopy, in: []*node{n}, shape: n.shape}
			if !native(n.shape.DType) || n.shape.Size() == 0 {
				c.kind, c.op = kindForeign, opNone
				c.replay = func(g compute.Function, in []compute.Value) (compute.Value, error) { return g.Identity(in[0]) }
			}
			l.put(c)
			r = c.view.root
		}
		r.place, r.index = inOutput, i
		l.plan.outputs = append(l.plan.outputs, r)
	}
}

// schedule orders the units: each after those that it needs, and otherwise by
// their last nodes.
func (l *layout) schedule() []*unit {
	var left, out []*unit
	for _, u := range l.units {
		if u != nil {
			for _, n := range u.nodes {
				u.last = max(u.last, n.seq)
			}
			slices.SortFunc(u.nodes, func(a, b *node) int { return a.seq - b.seq })
			left = append(left, u)
		}
	}
	slices.SortFunc(left, func(a, b *unit) int { return a.last - b.last })
	var done bits
	for i, u := range l.units {
		if u == nil {
			done.add(i)
		}
	}
	ready := func(u *unit) bool {
		for i, w := range u.after {
			have := uint64(0)
			if i < len(done) {
				have = done[i]
			}
			if w&^have != 0 {
				return false
			}
		}
		return true
	}
	for len(left) > 0 {
		i := slices.IndexFunc(left, ready)
		if i < 0 {
			panic(fmt.Sprintf("cpu: %d groups of operations wait for one another: the graph has a cycle", len(left)))
		}
		u := left[i]
		left = slices.Delete(left, i, i+1)
		u.step = len(out)
		out = append(out, u)
		done.add(u.id)
	}
	return out
}

// uses finds the steps between which every root is needed. Values that only
// their own group reads stay in registers and need no memory.
func (l *layout) uses(units []*unit) {
	for _, u := range units {
		for _, n := range u.nodes {
			for _, x := range n.in {
				r := x.view.root
				if p := l.producer[r]; p == u && r.place == inArena {
					continue
				}
				r.last = max(r.last, u.step)
			}
		}
	}
	for r, u := range l.producer {
		if r.last >= 0 || r.place == inOutput {
			r.first = u.step
		}
	}
}

// gap is free memory of an arena, in cache lines.
type gap struct{ at, n int }

// allocate lays the roots out in the arena, so that roots that are needed at the
// same time do not overlap.
func (l *layout) allocate() {
	starts, ends := make(map[int][]*root), make(map[int][]*root)
	steps := 0
	for _, r := range l.plan.roots {
		if r.place == inArena && r.first >= 0 && l.plan.alias[r] == nil {
			starts[r.first] = append(starts[r.first], r)
			end := max(r.first, r.last)
			ends[end] = append(ends[end], r)
			steps = max(steps, end+1)
		}
	}
	var free []gap
	top := 0
	for step := range steps {
		for _, r := range starts[step] {
			r.index = take(&free, &top, lines(r))
		}
		for _, r := range ends[step] {
			give(&free, gap{r.index, lines(r)})
		}
	}
	l.plan.arena = top * lineElements
}

func lines(r *root) int { return (r.size*r.bytes + 63) / 64 }

// take finds n lines, in the smallest gap that has them or at the top.
func take(free *[]gap, top *int, n int) int {
	best := -1
	for i, g := range *free {
		if g.n >= n && (best < 0 || g.n < (*free)[best].n) {
			best = i
		}
	}
	if best < 0 {
		if last := len(*free) - 1; last >= 0 && (*free)[last].at+(*free)[last].n == *top {
			at := (*free)[last].at
			*free = (*free)[:last]
			*top = at + n
			return at
		}
		at := *top
		*top += n
		return at
	}
	g := &(*free)[best]
	at := g.at
	g.at, g.n = g.at+n, g.n-n
	if g.n == 0 {
		*free = slices.Delete(*free, best, best+1)
	}
	return at
}

// give returns lines to the gaps, which are in order and do not touch.
func give(free *[]gap, g gap) {
	if g.n == 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(*free, g.at, func(a gap, at int) int { return a.at - at })
	*free = slices.Insert(*free, i, g)
	if i+1 < len(*free) && g.at+g.n == (*free)[i+1].at {
		(*free)[i].n += (*free)[i+1].n
		*free = slices.Delete(*free, i+1, i+2)
	}
	if i > 0 && (*free)[i-1].at+(*free)[i-1].n == (*free)[i].at {
		(*free)[i-1].n += (*free)[i].n
		*free = slices.Delete(*free, i, i+1)
	}
}
