package cpu

import (
	"math"
	"unsafe"
)

// vectorElements is what kernels treat at a time: lengths are multiples of it.
const vectorElements = 8

func roundUp(n int) int { return (n + vectorElements - 1) / vectorElements * vectorElements }

// run computes all tiles.
func (p *program) run(x *execution) error {
	tiles := (p.size + p.tile - 1) / p.tile
	each := max(1, tiles/(tasksPerThread*int(x.plan.backend.threads)))
	tasks := (tiles + each - 1) / each
	helpers := x.helpers(tasks, float64(p.size)*float64(len(p.code))*elementNanoseconds)
	if helpers == 0 {
		p.runTiles(x, x.scratch, 0, p.size)
		return nil
	}
	x.share(helpers, tasks, func(task int, scratch unsafe.Pointer) {
		p.runTiles(x, scratch, task*each*p.tile, min((task+1)*each*p.tile, p.size))
	})
	return nil
}

// elementNanoseconds is about what an instruction takes for an element.
const elementNanoseconds = 0.3

// runTiles computes the tiles of elements from from to to.
func (p *program) runTiles(x *execution, scratch unsafe.Pointer, from, to int) {
	var space [64]unsafe.Pointer
	at := space[:]
	if len(p.slots) > len(at) {
		at = make([]unsafe.Pointer, len(p.slots))
	}
	for i := range p.slots {
		if s := &p.slots[i]; s.register >= 0 {
			at[i] = unsafe.Add(scratch, s.register*p.length*4)
		}
	}
	for _, i := range p.prologue {
		fill(at[i], p.slots[i].constant, p.length)
	}
	for _, i := range p.invariant {
		s := &p.slots[i]
		s.in.load(at[i], x.pointer(s.in.view, 0), 0, min(p.tile, p.size))
	}
	for start := from; start < to; start += p.tile {
		p.runTile(x, scratch, at, start, min(p.tile, to-start))
	}
}

// runTile computes n elements from start on.
func (p *program) runTile(x *execution, scratch unsafe.Pointer, at []unsafe.Pointer, start, n int) {
	firstRow, rows := 0, 0
	if p.columns > 0 {
		firstRow, rows = start/p.columns, n/p.columns
	}
	for i := range p.slots {
		s := &p.slots[i]
		if !s.direct {
			continue
		}
		from, count := start, n
		if s.row {
			from, count = firstRow, rows
		}
		at[i] = x.pointer(s.in.view, from)
		if count%vectorElements != 0 { // see directInputs
			at[i] = unsafe.Add(scratch, s.register*p.length*4)
		}
	}
	for i := range p.code {
		c := &p.code[i]
		from, count := start, n
		if c.row {
			from, count = firstRow, rows
		}
		dst := &p.slots[c.dst]
		if c.load {
			dst.in.load(at[c.dst], x.pointer(dst.in.view, 0), from, count)
			continue
		}
		p.directInputs(x, at, c, i, start, n, firstRow, rows)
		to := at[c.dst]
		stored := dst.out != nil
		if stored && !dst.outBool && count%vectorElements == 0 {
			to = x.pointer(dst.out, from)
			at[c.dst] = to
		} else if stored {
			to = unsafe.Add(scratch, dst.register*p.length*4)
			at[c.dst] = to
		}
		if c.overRow {
			x.plan.backend.kernels.computeRows(c.op, to, at[c.in[0]], rows, p.columns)
		} else {
			computeTile(c, to, at, count)
		}
		if stored {
			out := x.pointer(dst.out, from)
			switch {
			case dst.outBool:
				storeBool(out, to, count)
			case out != to:
				copyFloats(out, to, count)
			}
		}
	}
}

// directInputs copies the inputs of an instruction that lie in memory and do not
// fill whole vectors, on their first use.
func (p *program) directInputs(x *execution, at []unsafe.Pointer, c *instruction, i, start, n, firstRow, rows int) {
	for _, in := range c.in {
		if in == noSlot || !p.slots[in].direct {
			continue
		}
		s := &p.slots[in]
		from, count := start, n
		if s.row {
			from, count = firstRow, rows
		}
		if count%vectorElements != 0 && s.firstUse == i {
			copyFloats(at[in], x.pointer(s.in.view, from), count)
		}
	}
}

// computeTile runs one elementwise instruction on count elements, rounded up to
// whole vectors.
func computeTile(c *instruction, to unsafe.Pointer, at []unsafe.Pointer, count int) {
	var in [3]unsafe.Pointer
	for i, s := range c.in {
		if s != noSlot {
			in[i] = at[s]
		}
	}
	if c.op == opLog {
		logarithms(to, in[0], count)
		return
	}
	compute1(c.op, to, in[0], in[1], in[2], roundUp(count))
}

func logarithms(to, from unsafe.Pointer, n int) {
	dst, src := unsafe.Slice((*float32)(to), n), unsafe.Slice((*float32)(from), n)
	for i, v := range src {
		dst[i] = float32(math.Log(float64(v)))
	}
}
