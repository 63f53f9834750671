package cpu

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/gomlx/compute/dtypes"
)

// program computes a group of elementwise and row nodes. It runs over tiles of
// the group's elements: every instruction reads and writes registers of one tile
// each, which stay in the first-level cache, or memory itself.
type program struct {
	size, columns int // as of the unit
	tile          int // elements of a tile: whole rows where columns > 0
	rows          int // rows of a tile
	code          []instruction
	slots         []slot
	registers     int // in use at the same time
	length        int // elements of a register
	invariant     []int
	prologue      []int // slots of constants
}

// instruction applies op to slots.
type instruction struct {
	op      opcode
	dst     int
	in      [3]int
	row     bool // dst has an element per row
	load    bool // dst is loaded from memory first; there is no op
	overRow bool // in[0] has whole rows and dst, or the other way round for opSpread
}

// slot is a value of a program.
type slot struct {
	register int // where it is held, or -1
	row      bool
	in       *source // what is loaded
	direct   bool    // contiguous memory that instructions may read in place
	constant float32 // where isConstant
	isConst  bool
	fixed    bool  // loaded once: all tiles have the same elements
	out      *view // what is stored, or nil
	outBool  bool
	lastUse  int
	firstUse int // of a direct slot
}

const (
	// tileElements is about the size of a tile: registers take 4 KiB.
	tileElements = 1024
	noSlot       = -1
)

// assembler translates a group.
type assembler struct {
	*program
	l      *layout
	u      *unit
	values map[*root]int
	loads  map[string]int
}

func (l *layout) compileGroup(u *unit) step {
	p := &program{size: u.size, columns: u.columns}
	p.chooseTile(u, l)
	a := &assembler{program: p, l: l, u: u, values: make(map[*root]int), loads: make(map[string]int)}
	for _, n := range u.nodes {
		a.node(n)
	}
	a.assign()
	p.length = (p.tile + 15) / 16 * 16
	l.scratch = max(l.scratch, (p.registers+1)*p.length)
	return p.run
}

// chooseTile makes tiles of whole rows, and of the period of what is broadcast
// along rows, so that it is loaded once.
func (p *program) chooseTile(u *unit, l *layout) {
	period := p.columns
	if period == 0 {
		for _, n := range u.nodes {
			for _, x := range n.in {
				fs := x.view.flat()
				if len(fs) == 2 && fs[0].stride == 0 && fs[1].stride == 1 && fs[1].n <= tileElements && x.shape.Size() == p.size {
					period = fs[1].n
				}
			}
		}
	}
	if period == 0 {
		p.tile = tileElements
		return
	}
	p.rows = max(1, tileElements/period)
	if p.rows > 8 {
		p.rows = p.rows / 8 * 8
	}
	p.tile = p.rows * period
}

// node adds the instructions of one node.
func (a *assembler) node(n *node) {
	row := a.columns > 1 && nodeSize(n) != a.size || n.kind == kindRow && n.op != opRowSoftmax
	code := instruction{op: n.op, in: [3]int{noSlot, noSlot, noSlot}, row: row, overRow: n.kind == kindRow}
	for i, x := range n.in {
		code.in[i] = a.operand(x, nodeSize(n))
	}
	code.dst = a.slot(slot{row: row})
	r := n.view.root
	if r.first >= 0 {
		a.slots[code.dst].out, a.slots[code.dst].outBool = n.view, n.shape.DType == dtypes.Bool
	}
	a.values[r] = code.dst
	a.code = append(a.code, code)
}

func (a *assembler) slot(s slot) int {
	s.register, s.lastUse = -1, -1
	a.slots = append(a.slots, s)
	return len(a.slots) - 1
}

// operand is the slot of an input of a node on n elements.
func (a *assembler) operand(x *node, n int) int {
	if at, ok := a.values[x.view.root]; ok {
		switch access(x.view, a.l.owner[x.view.root].shape.Size(), n, a.size, a.columns) {
		case accessSame:
			return at
		case accessSpread:
			return a.spread(at)
		}
	}
	fs := x.view.flat()
	r := x.view.root
	row := a.columns > 1 && n != a.size
	if r.place == inConstant && !slices.ContainsFunc(fs, func(f factor) bool { return f.stride != 0 }) {
		return a.constant(x, row)
	}
	key := fmt.Sprint(viewKey(x.view), row)
	if at, ok := a.loads[key]; ok {
		return at
	}
	s := slot{row: row, in: &source{view: x.view, factors: fs, isBool: r.bytes == 1}}
	s.direct = contiguous(fs) && len(fs) == 1 && r.bytes == 4
	if a.rows > 0 && !row && len(fs) == 2 && fs[0].stride == 0 && a.tile%fs[1].n == 0 {
		s.fixed = true
	}
	if !row && len(fs) == 1 && fs[0].stride == 0 {
		s.fixed = true
	}
	at := a.slot(s)
	a.loads[key] = at
	switch {
	case s.fixed:
		a.invariant = append(a.invariant, at)
	case !s.direct:
		a.code = append(a.code, instruction{load: true, dst: at, in: [3]int{noSlot, noSlot, noSlot}, row: row})
	}
	return at
}

// spread repeats a row value along its rows.
func (a *assembler) spread(at int) int {
	key := fmt.Sprint("spread", at)
	if s, ok := a.loads[key]; ok {
		return s
	}
	dst := a.slot(slot{})
	a.code = append(a.code, instruction{op: opSpread, dst: dst, in: [3]int{at, noSlot, noSlot}, overRow: true})
	a.loads[key] = dst
	return dst
}

// constant is a slot in which every element is the same from the start.
func (a *assembler) constant(x *node, row bool) int {
	key := "constant" + viewKey(x.view)
	if at, ok := a.loads[key]; ok {
		return at
	}
	c := a.l.plan.constants[x.view.root.index]
	s := slot{isConst: true}
	var bits [1]float32
	one := source{view: x.view, isBool: x.view.root.bytes == 1}
	one.load(unsafe.Pointer(&bits), unsafe.Add(c.pointer, x.view.offset*x.view.root.bytes), 0, 1)
	s.constant = bits[0]
	at := a.slot(s)
	a.loads[key] = at
	a.prologue = append(a.prologue, at)
	return at
}

// assign gives registers to the slots, which are free again after the last
// instruction that reads them.
func (a *assembler) assign() {
	for i, c := range a.code {
		for _, in := range c.in {
			if in != noSlot {
				a.slots[in].lastUse = i
			}
		}
		a.slots[c.dst].lastUse = max(a.slots[c.dst].lastUse, i)
	}
	var free []int
	take := func(at int) {
		s := &a.slots[at]
		if n := len(free); n > 0 {
			s.register, free = free[n-1], free[:n-1]
			return
		}
		s.register = a.registers
		a.registers++
	}
	for _, at := range append(slices.Clone(a.prologue), a.invariant...) {
		take(at)
	}
	// A direct slot needs a register for a last tile that is not whole.
	direct := make(map[int]bool)
	for i, c := range a.code {
		for _, in := range c.in {
			if in != noSlot && a.slots[in].register < 0 && !direct[in] {
				take(in)
				a.slots[in].firstUse = i
				direct[in] = true
			}
		}
		if a.slots[c.dst].register < 0 {
			take(c.dst)
		}
		for at := range a.slots {
			s := &a.slots[at]
			if s.lastUse == i && s.register >= 0 && !s.isConst && !s.fixed {
				free = append(free, s.register)
			}
		}
	}
}
