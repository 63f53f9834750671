package cpu

import (
	"slices"
	"unsafe"

	"github.com/gomlx/compute/shapes"
)

// product is a batch of matrix products, C[m, n] = A[m, k]·B[k, n] each.
type product struct {
	m, n, k             int
	left, right, out    *view
	leftRow, leftColumn int // strides of A
	rightRow, rightCol  int // strides of B
	parts               []part
	sum                 *view // what the products are added to, or nil
}

// nanosecond is about how many multiply-adds a core does in one.
const nanosecond = 40

// part says where one product's matrices begin in their views.
type part struct{ a, b, c int }

// sides lists the factors of an operand by the role of their axes.
func sides(n *node, batch, contract []int) (fb, free, fk []factor) {
	for _, axis := range batch {
		fb = append(fb, n.view.axes[axis]...)
	}
	for axis := range n.dims() {
		if !slices.Contains(batch, axis) && !slices.Contains(contract, axis) {
			free = append(free, n.view.axes[axis]...)
		}
	}
	for _, axis := range contract {
		fk = append(fk, n.view.axes[axis]...)
	}
	return join(fb), join(free), join(fk)
}

// prepareDot copies operands that no strides describe.
func (l *layout) prepareDot(n *node) {
	axes := n.attr.(dotAxes)
	n.in = slices.Clone(n.in)
	_, free, fk := sides(n.in[0], axes.leftBatch, axes.leftContract)
	if len(fk) > 1 || len(free) > 1 && free[len(free)-1].n < 16 {
		n.in[0], axes.leftBatch, axes.leftContract = l.arrange(n.in[0], axes.leftBatch, axes.leftContract)
	}
	_, free, fk = sides(n.in[1], axes.rightBatch, axes.rightContract)
	if len(fk) > 1 || len(free) > 1 {
		n.in[1], axes.rightBatch, axes.rightContract = l.arrange(n.in[1], axes.rightBatch, axes.rightContract)
	}
	n.attr = axes
}

// arrange returns a copy of an operand with the axes batch, free, contracted.
func (l *layout) arrange(x *node, batch, contract []int) (*node, []int, []int) {
	perm := slices.Clone(batch)
	for axis := range x.dims() {
		if !slices.Contains(batch, axis) && !slices.Contains(contract, axis) {
			perm = append(perm, axis)
		}
	}
	perm = append(perm, contract...)
	dims := make([]int, len(perm))
	for i, axis := range perm {
		dims[i] = x.dims()[axis]
	}
	t := &node{kind: kindTranspose, in: []*node{x}, shape: shapes.Make(x.shape.DType, dims...), attr: perm,
		view: x.view.transpose(perm), barred: x.barred, waits: x.waits}
	rank := len(perm)
	return l.copy(t), upTo(0, len(batch)), upTo(rank-len(contract), rank)
}

func upTo(from, to int) []int {
	var list []int
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}

func (l *layout) compileDot(n *node) step {
	axes := n.attr.(dotAxes)
	leftBatch, rows, leftInner := sides(n.in[0], axes.leftBatch, axes.leftContract)
	rightBatch, columns, rightInner := sides(n.in[1], axes.rightBatch, axes.rightContract)
	p := &product{left: n.in[0].view, right: n.in[1].view, out: n.view}
	var outer []factor
	if len(rows) > 1 {
		outer, rows = rows[:len(rows)-1], rows[len(rows)-1:]
	}
	p.m, p.leftRow = single(rows)
	p.k, p.leftColumn = single(leftInner)
	_, p.rightRow = single(rightInner)
	p.n, p.rightCol = single(columns)
	if p.n == 1 {
		p.rightCol = 1
	}
	as, bs, over := offsets(leftBatch), offsets(rightBatch), offsets(outer)
	for i := range as {
		for j := range over {
			p.parts = append(p.parts, part{as[i] + over[j], bs[i], (i*len(over) + j) * p.m * p.n})
		}
	}
	if len(n.in) > 2 {
		p.sum = n.in[2].view
	}
	l.scratch = max(l.scratch, gemmScratch)
	return p.run
}

// single is the size and stride of at most one factor.
func single(fs []factor) (n, stride int) {
	if len(fs) == 0 {
		return 1, 0
	}
	return fs[0].n, fs[0].stride
}

// offsets lists where the elements that factors describe lie, in order.
func offsets(fs []factor) []int {
	list := []int{0}
	for _, f := range fs {
		var next []int
		for _, base := range list {
			for i := range f.n {
				next = append(next, base+i*f.stride)
			}
		}
		list = next
	}
	return list
}

func (p *product) run(x *execution) error {
	if p.sum != nil {
		copyBytes(x.pointer(p.out, 0), x.pointer(p.sum, 0), p.sum.root.size*4) // mostly they are one
	}
	wide, high := p.block(int(x.plan.backend.threads))
	across, down := (p.n+wide-1)/wide, (p.m+high-1)/high
	tasks := len(p.parts) * across * down
	// Fewer rows wait for B, of which a nanosecond brings four elements.
	helpers := x.helpers(tasks, float64(max(p.m, nanosecond/4))*float64(p.n)*float64(p.k)*float64(len(p.parts))/nanosecond)
	if helpers == 0 {
		for i := range p.parts {
			p.compute(x, i, 0, p.m, 0, p.n, x.scratch)
		}
		return nil
	}
	x.share(helpers, tasks, func(task int, scratch unsafe.Pointer) {
		row, column := task/across%down*high, task%across*wide
		p.compute(x, task/across/down, row, min(row+high, p.m), column, min(column+wide, p.n), scratch)
	})
	return nil
}

// block is the size of the blocks that the products are cut into for so many
// threads: columns in whole panels first, and rows where there are few columns.
func (p *product) block(threads int) (columns, rows int) {
	const least = 96 // rows for which copying B once more does not matter
	want := (tasksPerThread*threads + len(p.parts) - 1) / len(p.parts)
	columns = roundTo((p.n+want-1)/want, widest)
	if want /= (p.n + columns - 1) / columns; want < 2 {
		return columns, p.m
	}
	return columns, max(least, roundTo((p.m+want-1)/want, tallest))
}

// compute computes a block of one of the products.
func (p *product) compute(x *execution, i, firstRow, endRow, firstColumn, endColumn int, scratch unsafe.Pointer) {
	part := p.parts[i]
	a := matrix{x.pointer(p.left, part.a+firstRow*p.leftRow), p.leftRow, p.leftColumn}
	b := matrix{x.pointer(p.right, part.b+firstColumn*p.rightCol), p.rightRow, p.rightCol}
	c := x.pointer(p.out, part.c+firstRow*p.n+firstColumn)
	x.plan.backend.kernels.gemm(endRow-firstRow, endColumn-firstColumn, p.k, a, b, c, p.n, p.sum != nil, scratch)
}
