package cpu

import "slices"

// unit is what one step computes: one node, or a group of elementwise and row
// nodes, or a group of foreign ones.
type unit struct {
	id    int
	kind  kind // kindElement for groups, with row nodes or without
	nodes []*node
	// Of a group: the number of elements of its full values, and that of a row, or
	// 0 where no node works on rows.
	size, columns int
	after         bits // units that it depends on, directly or not
	last          int  // position of its last node
	step          int
}

// bits is a set of small numbers.
type bits []uint64

func (b bits) has(i int) bool { return i/64 < len(b) && b[i/64]>>(i%64)&1 == 1 }

func (b *bits) add(i int) {
	for len(*b) <= i/64 {
		*b = append(*b, 0)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b *bits) addAll(other bits) {
	for len(*b) < len(other) {
		*b = append(*b, 0)
	}
	for i, w := range other {
		(*b)[i] |= w
	}
}

// grouper puts nodes into units.
type grouper struct {
	units    []*unit // nil where a unit was merged into another
	producer map[*root]*unit
	owner    map[*root]*node
}

// place makes a unit of a node and merges it with those that produce its inputs
// where that is possible.
func (g *grouper) place(n *node, position int) {
	u := &unit{id: len(g.units), kind: n.kind, nodes: []*node{n}, last: position}
	switch n.kind {
	case kindElement:
		u.size = n.shape.Size()
	case kindRow:
		_, c := rows(n.in[0].shape)
		u.kind, u.size, u.columns = kindElement, n.in[0].shape.Size(), c
	}
	g.units = append(g.units, u)
	g.producer[n.view.root], g.owner[n.view.root] = u, n
	var near []*unit
	for _, x := range n.in {
		p := g.producer[x.view.root]
		if p != nil {
			u.after.add(p.id)
			u.after.addAll(p.after)
			if !x.barred && !slices.Contains(near, p) {
				near = append(near, p)
			}
		}
		for _, b := range x.waits {
			if p := g.producer[b.view.root]; p != nil {
				u.after.add(p.id)
				u.after.addAll(p.after)
			}
		}
	}
	for _, p := range near {
		u = g.merge(p, u)
	}
}

// merge joins two units into one if it can, and returns the one that has b's
// nodes.
func (g *grouper) merge(a, b *unit) *unit {
	if a == b || a.kind != b.kind || a.kind != kindElement && a.kind != kindForeign || g.between(a, b) {
		return b
	}
	size, columns := a.size, max(a.columns, b.columns)
	if a.kind == kindElement {
		if a.columns > 0 && b.columns > 0 && a.columns != b.columns {
			return b
		}
		if b.size != a.size && (a.columns < 2 || b.columns > 0 || b.size*a.columns != a.size) {
			return b
		}
	}
	if !g.fits(a, b, size, columns) {
		return b
	}
	b.nodes = append(slices.Clone(a.nodes), b.nodes...)
	b.size, b.columns = size, columns
	b.after.addAll(a.after)
	for r, u := range g.producer {
		if u == a {
			g.producer[r] = b
		}
	}
	for _, u := range g.units {
		if u != nil && (u.after.has(a.id) || u.after.has(b.id)) {
			u.after.addAll(b.after)
			u.after.add(b.id)
		}
	}
	b.after[a.id/64] &^= 1 << (a.id % 64)
	if b.after.has(b.id) {
		b.after[b.id/64] &^= 1 << (b.id % 64)
	}
	g.units[a.id] = nil
	return b
}

// between tells whether a third unit needs one of the two and is needed by the
// other.
func (g *grouper) between(a, b *unit) bool {
	for _, u := range g.units {
		if u == nil || u == a || u == b {
			continue
		}
		if b.after.has(u.id) && u.after.has(a.id) || a.after.has(u.id) && u.after.has(b.id) {
			return true
		}
	}
	return false
}

// fits tells whether the nodes of b find the values of a where they need them:
// full values element by element, or row values for every row.
func (g *grouper) fits(a, b *unit, size, columns int) bool {
	for _, n := range b.nodes {
		for _, x := range n.in {
			if g.producer[x.view.root] != a {
				continue
			}
			if a.kind == kindForeign {
				if x.barred || x.view.offset != 0 || x.view.root.size != x.shape.Size() {
					return false
				}
				continue
			}
			if x.barred || access(x.view, g.owner[x.view.root].shape.Size(), nodeSize(n), size, columns) == accessNone {
				return false
			}
		}
	}
	return true
}

// nodeSize is the number of elements that a node computes on.
func nodeSize(n *node) int {
	if n.kind == kindRow {
		return n.in[0].shape.Size()
	}
	return n.shape.Size()
}

// accessKind is how a node of a group reads a value of the group.
type accessKind uint8

const (
	accessNone   accessKind = iota // it cannot
	accessSame                     // element by element, or row by row
	accessSpread                   // an element of a row value for all elements of the row
)

// access tells how a node on n elements reads, as v, a value of the group that
// has so many elements.
func access(v *view, elements, n, size, columns int) accessKind {
	fs := v.flat()
	if v.offset != 0 {
		return accessNone
	}
	switch {
	case elements == n && contiguous(fs):
		return accessSame
	case n == size && columns > 1 && elements*columns == size:
		if len(fs) == 2 && fs[0] == (factor{elements, 1}) && fs[1] == (factor{columns, 0}) {
			return accessSpread
		}
		if len(fs) == 1 && elements == 1 && fs[0] == (factor{columns, 0}) {
			return accessSpread
		}
	}
	return accessNone
}
