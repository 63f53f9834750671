package cpu

import (
	"math"
	"unsafe"
)

// allotment hands out scratch memory.
type allotment struct{ at unsafe.Pointer }

func (m *allotment) take(elements int) unsafe.Pointer {
	p := m.at
	m.at = unsafe.Add(p, elements*4)
	return p
}

// run computes the attention of every head. With helpers every query head is a
// task, else the heads of a group share the copies of their keys and values.
func (a *attention) run(x *execution) error {
	tasks, each := a.batches*a.heads*a.group, 1
	helpers := x.helpers(tasks, a.nanoseconds(2))
	if helpers == 0 {
		tasks, each = a.batches*a.heads, a.group
	}
	x.share(helpers, tasks, func(task int, scratch unsafe.Pointer) {
		a.attend(x, task*each, each, scratch)
	})
	return nil
}

// nanoseconds is about how long so many products of queries and keys take.
func (a *attention) nanoseconds(products int) float64 {
	terms := float64(a.batches*a.heads*a.group*a.queries) * float64(a.keys*a.size*products)
	if a.causal {
		terms /= 2
	}
	return terms / nanosecond
}

// attend computes count query heads of a group from a head of a batch on.
func (a *attention) attend(x *execution, head, count int, scratch unsafe.Pointer) {
	k := x.plan.backend.kernels
	memory := allotment{scratch}
	keysT, values := memory.take(a.wideKeys*a.size), memory.take(a.keys*a.wide)
	q, scores, y := memory.take(queryBlock*a.wide), memory.take(queryBlock*a.stride()), memory.take(queryBlock*a.wide)
	batch, head := head/(a.heads*a.group), head%(a.heads*a.group)
	packPanels(keysT, a.k.of(x, batch, head/a.group).transpose(), a.size, a.keys, a.keyPanel)
	packPanels(values, a.v.of(x, batch, head/a.group), a.keys, a.size, a.sizePanel)
	for query := head; query < head+count; query++ {
		from, to := a.q.of(x, batch, query), a.out[0].of(x, batch, query)
		for first := 0; first < a.queries; first += queryBlock {
			s := a.span(x, batch, first, min(queryBlock, a.queries-first))
			n := s.n
			loadRows(q, from, first, n, a.size, a.wide)
			scaleRow(q, a.scale, n*a.wide)
			a.weights(k, q, keysT, scores, s)
			k.panels(a.sizePanel, n, s.begin, s.end-s.begin, a.keys, a.wide, matrix{unsafe.Add(scores, s.begin*4), a.stride(), 1}, rowOf(values, s.begin, a.sizePanel), y, a.wide, false)
			storeRows(to, y, first, n, a.size, a.wide)
		}
	}
}

// weights computes softmax(q·kᵀ) of the queries and keys of a span; weights of keys
// that a query does not see are 0.
func (a *attention) weights(k *kernels, q, keysT, scores unsafe.Pointer, s span) {
	k.panels(a.keyPanel, s.n, 0, a.size, a.size, s.end-s.begin, matrix{q, a.wide, 1}, unsafe.Add(keysT, s.begin*a.size*4), unsafe.Add(scores, s.begin*4), a.stride(), false)
	row := func(i int) []float32 {
		return unsafe.Slice((*float32)(unsafe.Add(scores, (i*a.stride()+s.begin)*4)), a.stride()-s.begin)
	}
	var blind [queryBlock]bool
	for i := range s.n { // for all rows first: reading what was just written in smaller parts is slow
		seen := a.seen(s, i)
		for j := seen; j < roundUp(seen); j++ {
			row(i)[j] = float32(math.Inf(-1))
		}
		if s.mask != nil {
			blind[i] = !hide(row(i)[:seen], a.shown(s, i))
		}
	}
	for i := range s.n {
		whole := roundUp(a.seen(s, i))
		if blind[i] {
			whole = 0
		} else {
			k.computeRows(opRowSoftmax, unsafe.Pointer(&row(i)[0]), unsafe.Pointer(&row(i)[0]), 1, whole)
		}
		if end := s.end - s.begin; whole < end {
			clear(row(i)[whole:end])
		}
	}
}

// gradients is what runVJP works with.
type gradients struct {
	*attention
	kernels                         *kernels
	keysT, valuesT, keyRows         unsafe.Pointer // of a head, in panels
	dk, dv                          unsafe.Pointer // [keys, wide]
	q, dy, y, dq, qPanels, dyPanels unsafe.Pointer // of a block, [queryBlock, wide]
	w, slopes, sums                 unsafe.Pointer // rows are stride() apart
}

// runVJP computes the gradients of every head: with w = softmax(scale·q·kᵀ),
// dv = wᵀ·dy, ds = w·(dy·vᵀ - Σ dy·y), dq = scale·ds·k and dk = scale·dsᵀ·q. The
// weights are computed again, block by block.
func (a *attention) runVJP(x *execution) error {
	tasks := a.batches * a.heads
	x.share(x.helpers(tasks, a.nanoseconds(5)), tasks, func(task int, scratch unsafe.Pointer) {
		a.differentiate(x, task/a.heads, task%a.heads, scratch)
	})
	return nil
}

// differentiate computes the gradients of a group of query heads and of their keys
// and values.
func (a *attention) differentiate(x *execution, batch, head int, scratch unsafe.Pointer) {
	d := &gradients{attention: a, kernels: x.plan.backend.kernels}
	memory := allotment{scratch}
	d.keysT, d.valuesT = memory.take(a.wideKeys*a.size), memory.take(a.wideKeys*a.size)
	for _, p := range []*unsafe.Pointer{&d.keyRows, &d.dk, &d.dv} {
		*p = memory.take(a.keys * a.wide)
	}
	for _, p := range []*unsafe.Pointer{&d.q, &d.dy, &d.y, &d.dq, &d.qPanels, &d.dyPanels} {
		*p = memory.take(queryBlock * a.wide)
	}
	d.w, d.slopes, d.sums = memory.take(queryBlock*a.stride()), memory.take(queryBlock*a.stride()), memory.take(queryBlock)
	packPanels(d.keysT, a.k.of(x, batch, head).transpose(), a.size, a.keys, a.keyPanel)
	packPanels(d.valuesT, a.v.of(x, batch, head).transpose(), a.size, a.keys, a.keyPanel)
	packPanels(d.keyRows, a.k.of(x, batch, head), a.keys, a.size, a.sizePanel)
	clear(unsafe.Slice((*float32)(d.dk), a.keys*a.wide))
	clear(unsafe.Slice((*float32)(d.dv), a.keys*a.wide))
	for g := range a.group {
		query := head*a.group + g
		for first := 0; first < a.queries; first += queryBlock {
			s := a.span(x, batch, first, min(queryBlock, a.queries-first))
			n := s.n
			loadRows(d.q, a.q.of(x, batch, query), first, n, a.size, a.wide)
			loadRows(d.dy, a.dy.of(x, batch, query), first, n, a.size, a.wide)
			loadRows(d.y, a.y.of(x, batch, query), first, n, a.size, a.wide)
			d.block(s)
			storeRows(a.out[0].of(x, batch, query), d.dq, first, n, a.size, a.wide)
		}
	}
	storeRows(a.out[1].of(x, batch, head), d.dk, 0, a.keys, a.size, a.wide)
	storeRows(a.out[2].of(x, batch, head), d.dv, 0, a.keys, a.size, a.wide)
}

// block computes dq of the queries of a span, and adds to dk and dv of its keys.
func (d *gradients) block(s span) {
	k, ld, n, count := d.kernels, d.stride(), s.n, s.end-s.begin
	compute1(opMul, d.y, d.y, d.dy, nil, n*d.wide)
	k.computeRows(opRowSum, d.sums, d.y, n, d.wide)
	scaleRow(d.q, d.scale, n*d.wide)
	d.weights(k, d.q, d.keysT, d.w, s)
	w, slopes := unsafe.Add(d.w, s.begin*4), unsafe.Add(d.slopes, s.begin*4)
	dy := matrix{d.dy, d.wide, 1}
	k.panels(d.keyPanel, n, 0, d.size, d.size, count, dy, unsafe.Add(d.valuesT, s.begin*d.size*4), slopes, ld, false)
	sums := unsafe.Slice((*float32)(d.sums), n)
	for i, sum := range sums {
		row := unsafe.Add(slopes, i*ld*4)
		seen := d.seen(s, i)
		slopeRow(row, unsafe.Add(w, i*ld*4), sum, roundUp(seen))
		if seen < count {
			clear(unsafe.Slice((*float32)(row), count)[seen:])
		}
	}
	packPanels(d.dyPanels, dy, n, d.wide, d.sizePanel)
	packPanels(d.qPanels, matrix{d.q, d.wide, 1}, n, d.wide, d.sizePanel)
	rows := s.begin * d.wide * 4
	k.panels(d.sizePanel, count, 0, n, n, d.wide, matrix{w, 1, ld}, d.dyPanels, unsafe.Add(d.dv, rows), d.wide, true)
	k.panels(d.sizePanel, count, 0, n, n, d.wide, matrix{slopes, 1, ld}, d.qPanels, unsafe.Add(d.dk, rows), d.wide, true)
	k.panels(d.sizePanel, n, s.begin, count, d.keys, d.wide, matrix{slopes, ld, 1}, rowOf(d.keyRows, s.begin, d.sizePanel), d.dq, d.wide, false)
	scaleRow(d.dq, d.scale, n*d.wide)
}

func (m matrix) transpose() matrix { return matrix{m.at, m.column, m.rows} }

// panels computes C[m, columns] = A[m, terms]·B, or adds that to C, where B lies
// in panels of [height, p.columns]. C is written up to whole panels.
func (k *kernels) panels(p panel, m, begin, terms, height, columns int, a matrix, b, c unsafe.Pointer, ldc int, add bool) {
	for from, n := 0, 0; from < terms; from += n {
		n = min(depth-(begin+from)%depth, terms-from) // as if terms before begin were zeros
		acc := uint64(0)
		if add || from > 0 {
			acc = 1
		}
		for left := 0; left < columns; left += p.columns {
			source := unsafe.Add(b, (left*height+from*p.columns)*4)
			at := 0
			for i, kernel := range p.kernels {
				for m-at >= kernel.rows && !(i == 0 && m-at == 2*p.kernels[1].rows) { // as in panel
					kernel.run(n, a.element(at, from), uintptr(a.rows*4), uintptr(a.column*4), source, uintptr(p.columns*4),
						unsafe.Add(c, (at*ldc+left)*4), uintptr(ldc*4), acc)
					at += kernel.rows
				}
			}
		}
	}
}

// packPanels copies a matrix to panels, with zeros after its columns.
func packPanels(to unsafe.Pointer, from matrix, rows, columns int, p panel) {
	for left := 0; left < columns; left += p.columns {
		pack(unsafe.Add(to, left*rows*4), from.element(0, left), rows, min(p.columns, columns-left), p.columns, from.rows, from.column)
	}
}

// loadRows copies n rows from first on to adjacent rows of wide elements, with
// zeros after those of a row.
func loadRows(to unsafe.Pointer, from matrix, first, n, columns, wide int) {
	pack(to, from.element(first, 0), n, columns, wide, from.rows, from.column)
}

// storeRows copies n adjacent rows of wide elements to rows from first on.
func storeRows(to matrix, from unsafe.Pointer, first, n, columns, wide int) {
	for i := range n {
		copyFloats(to.element(first+i, 0), unsafe.Add(from, i*wide*4), columns)
	}
}
