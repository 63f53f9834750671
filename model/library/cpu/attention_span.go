package cpu

import (
	"bytes"
	"math"
	"unsafe"
)

// span is n queries from first on, and the keys from begin to end, outside which
// they see none.
type span struct {
	first, n, begin, end int
	mask                 unsafe.Pointer // of the first query, or nil
}

// span finds the keys of queries. They begin with a panel.
func (a *attention) span(x *execution, batch, first, n int) span {
	s := span{first: first, n: n, end: a.visible(first + n - 1)}
	if !a.masked {
		return s
	}
	s.mask = x.pointer(a.mask.view, batch*a.mask.batch+first*a.mask.rows)
	begin, end := s.end, 0
	for i := range n {
		row := a.shown(s, i)
		if at := bytes.IndexByte(row, 1); at >= 0 {
			begin, end = min(begin, at), max(end, bytes.LastIndexByte(row, 1)+1)
		}
	}
	if end == 0 { // they see none
		begin, end = 0, 1
	}
	s.begin, s.end = begin/widest*widest, end
	return s
}

// seen is how many keys of a span stand before the end of what a query sees.
func (a *attention) seen(s span, query int) int {
	return max(0, min(a.visible(s.first+query), s.end)-s.begin)
}

// shown is the mask of a query for the keys of a span that stand before the end of
// what it sees.
func (a *attention) shown(s span, query int) []byte {
	row := (*byte)(unsafe.Add(s.mask, query*a.mask.rows))
	return unsafe.Slice(row, s.begin+a.seen(s, query))[s.begin:]
}

// hide makes scores -infinity that a mask does not show, and tells whether it
// shows any.
func hide(scores []float32, mask []byte) bool {
	any := false
	for at := 0; at < len(mask); {
		next := bytes.IndexByte(mask[at:], 1)
		if next < 0 {
			next = len(mask) - at
		}
		for i := range scores[at : at+next] {
			scores[at+i] = float32(math.Inf(-1))
		}
		if at += next; at == len(mask) {
			break
		}
		any = true
		if next = bytes.IndexByte(mask[at:], 0); next < 0 {
			break
		}
		at += next
	}
	return any
}

// rowOf is where a row of a matrix in panels begins.
func rowOf(panels unsafe.Pointer, row int, p panel) unsafe.Pointer {
	return unsafe.Add(panels, row*p.columns*4)
}
