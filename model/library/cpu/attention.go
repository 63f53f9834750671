package cpu

import "github.com/gomlx/compute"

// queryBlock is the number of queries of a head that are treated together: their
// scores over all keys that they see exist at a time, and no others. Results do
// not depend on it, but for sums over queries (dk, dv).
const queryBlock = 32

// attentionSpec says what kindAttention and kindAttentionVJP compute: for every
// head softmax(scale·q·kᵀ)·v, over all keys or those up to the query's own slot,
// or its gradients.
//
// With a mask, bool [batch or 1, queries, keys] and the last operand, only keys
// that it shows count as well; a query that sees none gives zeros.
type attentionSpec struct {
	layout         compute.AttentionAxesLayout
	scale          float32
	causal, masked bool
}

// heads is an array of rank 4 in memory; strides are in elements.
type heads struct {
	view                      *view
	offset                    int
	batch, head, rows, column int
}

// of is the matrix [slots, headDim] of one head.
func (h *heads) of(x *execution, batch, head int) matrix {
	return matrix{x.pointer(h.view, h.offset+batch*h.batch+head*h.head), h.rows, h.column}
}

// attention is a step that computes attention or its gradients.
type attention struct {
	attentionSpec
	batches, heads, group, queries, keys, size int // size is that of a head
	q, k, v, y, dy                             heads
	out                                        [3]heads // y, or dq, dk and dv
	keyPanel, sizePanel                        panel    // for matrices of so many columns
	wideKeys, wide                             int      // keys and size in whole panels
	mask                                       heads    // rows of it, of bytes
}

// strided describes an array by one stride per axis; prepareAttention sees to it
// that there is one.
func strided(v *view, spec attentionSpec) heads {
	stride := func(axis int) int {
		_, s := single(join(v.axes[axis]))
		return s
	}
	return heads{view: v, batch: stride(0), head: stride(spec.layout.HeadsAxis()), rows: stride(spec.layout.SeqAxis()), column: stride(3)}
}

// maskStrides is strided for a mask.
func maskStrides(v *view) heads {
	_, batch := single(join(v.axes[0]))
	_, rows := single(join(v.axes[1]))
	return heads{view: v, batch: batch, rows: rows}
}

// part is the array that lies in a view from an element on, row-major.
func (a *attention) part(v *view, offset, count, slots int) heads {
	h := heads{view: v, offset: offset, batch: count * slots * a.size, column: 1}
	if h.head, h.rows = slots*a.size, a.size; a.layout == compute.AttentionAxesLayoutBSHD {
		h.head, h.rows = a.size, count*a.size
	}
	return h
}

// prepareAttention copies operands whose axes have more than one stride, and masks
// whose rows are not bytes side by side.
func (l *layout) prepareAttention(n *node) {
	for i, x := range n.in {
		copied := len(x.view.axes) == 3 && !contiguous(join(x.view.axes[2]))
		for _, axis := range x.view.axes {
			copied = copied || len(join(axis)) > 1
		}
		if copied {
			n.in[i] = l.copy(x)
		}
	}
}

func (l *layout) compileAttention(n *node) step {
	spec := n.attr.(attentionSpec)
	q, k := n.in[0].dims(), n.in[1].dims()
	a := &attention{attentionSpec: spec, batches: q[0], size: q[3], queries: q[spec.layout.SeqAxis()], keys: k[spec.layout.SeqAxis()]}
	a.heads = k[spec.layout.HeadsAxis()]
	a.group = q[spec.layout.HeadsAxis()] / a.heads
	a.q, a.k, a.v = strided(n.in[0].view, spec), strided(n.in[1].view, spec), strided(n.in[2].view, spec)
	if spec.masked {
		a.mask = maskStrides(n.in[len(n.in)-1].view)
	}
	panels := l.plan.backend.kernels.blocks
	a.keyPanel, a.sizePanel = panels[0], panels[0]
	if narrow := panels[len(panels)-1]; whole16(a.size)%panels[0].columns != 0 {
		a.sizePanel = narrow
	}
	a.wideKeys, a.wide = roundTo(a.keys, a.keyPanel.columns), whole16(a.size)
	a.out[0] = a.part(n.view, 0, a.heads*a.group, a.queries)
	if n.kind == kindAttention {
		l.scratch = max(l.scratch, a.wideKeys*a.size+a.keys*a.wide+queryBlock*(2*a.wide+a.stride()))
		return a.run
	}
	a.y, a.dy = strided(n.in[3].view, spec), strided(n.in[4].view, spec)
	nq, nk := n.in[0].shape.Size(), n.in[1].shape.Size()
	a.out[1], a.out[2] = a.part(n.view, nq, a.heads, a.keys), a.part(n.view, nq+nk, a.heads, a.keys)
	l.scratch = max(l.scratch, 2*a.wideKeys*a.size+3*a.keys*a.wide+queryBlock*(6*a.wide+2*a.stride()+lineElements))
	return a.runVJP
}

func roundTo(n, unit int) int { return (n + unit - 1) / unit * unit }

func whole16(n int) int { return roundTo(n, lineElements) }

// stride is how far apart rows of scores are: not a power of two, since those
// share few lines of the cache.
func (a *attention) stride() int { return a.wideKeys + lineElements }

// visible is the number of keys that a query sees.
func (a *attention) visible(query int) int {
	if a.causal {
		return query + 1
	}
	return a.keys
}
