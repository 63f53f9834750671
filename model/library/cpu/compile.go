package cpu

import (
	"fmt"
	"slices"
	"unsafe"
)

// compile makes the step of a unit.
func (l *layout) compile(u *unit) (step, error) {
	n := u.nodes[0]
	switch u.kind {
	case kindElement:
		return l.compileGroup(u), nil
	case kindDot:
		return l.compileDot(n), nil
	case kindGather:
		return compileGather(n), nil
	case kindScatter:
		return compileScatter(n), nil
	case kindConcat:
		return compileConcat(n), nil
	case kindAttention, kindAttentionVJP:
		return l.compileAttention(n), nil
	}
	return l.compileForeign(u)
}

// unitName describes a unit in profiles and errors.
func unitName(u *unit) string {
	n := u.nodes[0]
	switch u.kind {
	case kindElement:
		return fmt.Sprintf("elements %d x %d ops", u.size, len(u.nodes))
	case kindDot:
		return fmt.Sprintf("dot %v %v", n.in[0].dims(), n.in[1].dims())
	case kindGather:
		return "gather"
	case kindScatter:
		return "scatter"
	case kindConcat:
		return fmt.Sprintf("concatenate %v", n.dims())
	case kindAttention, kindAttentionVJP:
		return fmt.Sprintf("attention %v", n.in[0].dims())
	}
	return fmt.Sprintf("gobackend %d ops %v", len(u.nodes), n.dims())
}

// compileGather copies rows; indices beyond the table are moved to its ends, as
// gobackend does.
func compileGather(n *node) step {
	table, index := n.in[0], n.in[1]
	count := index.shape.Size()
	length := table.shape.Size() / table.dims()[0]
	top := int32(table.dims()[0] - 1)
	return func(x *execution) error {
		from, to := x.pointer(table.view, 0), x.pointer(n.view, 0)
		for i, at := range unsafe.Slice((*int32)(x.pointer(index.view, 0)), count) {
			at = max(0, min(at, top))
			copyRun(unsafe.Add(to, i*length*4), unsafe.Add(from, int(at)*length*4), length)
		}
		return nil
	}
}

// compileScatter adds rows to a copy of the operand, one after the other.
func compileScatter(n *node) step {
	operand, index, updates := n.in[0], n.in[1], n.in[2]
	count := index.shape.Size()
	length := operand.shape.Size() / operand.dims()[0]
	top := int32(operand.dims()[0])
	return func(x *execution) error {
		to := x.pointer(n.view, 0)
		copyBytes(to, x.pointer(operand.view, 0), n.shape.Size()*4)
		from := x.pointer(updates.view, 0)
		for i, at := range unsafe.Slice((*int32)(x.pointer(index.view, 0)), count) {
			if at < 0 || at >= top {
				return fmt.Errorf("scatter: index %d of %d rows", at, top)
			}
			sum, row := unsafe.Add(to, int(at)*length*4), unsafe.Add(from, i*length*4)
			whole := length / vectorElements * vectorElements
			compute1(opAdd, sum, sum, row, nil, whole)
			rest := unsafe.Slice((*float32)(sum), length)[whole:]
			for j, v := range unsafe.Slice((*float32)(row), length)[whole:] {
				rest[j] += v
			}
		}
		return nil
	}
}

// compileConcat copies the operands side by side.
func compileConcat(n *node) step {
	axis := n.attr.(int)
	outer, inner := 1, 1
	for i, d := range n.dims() {
		if i < axis {
			outer *= d
		} else if i > axis {
			inner *= d
		}
	}
	width := n.dims()[axis] * inner
	var sources []source
	var lengths []int
	for _, x := range n.in {
		sources = append(sources, source{view: x.view, factors: x.view.flat()})
		lengths = append(lengths, x.dims()[axis]*inner)
	}
	lengths = slices.Clip(lengths)
	return func(x *execution) error {
		to, at := x.pointer(n.view, 0), 0
		for i := range sources {
			s, length := &sources[i], lengths[i]
			s.loadRows(unsafe.Add(to, at*4), x.pointer(s.view, 0), outer, length, width)
			at += length
		}
		return nil
	}
}
