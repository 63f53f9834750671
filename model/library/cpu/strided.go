package cpu

import "unsafe"

// source is a strided array that is read in its linear order.
type source struct {
	view    *view
	factors []factor
	isBool  bool
}

// usualFactors is how many factors an index has room for without more memory.
const usualFactors = 16

// load copies count elements from element start on to 32-bit elements.
func (s *source) load(to, base unsafe.Pointer, start, count int) {
	if s.isBool {
		s.loadBool(to, base, start, count)
		return
	}
	fs := s.factors
	if contiguous(fs) {
		if len(fs) == 0 {
			start = 0
		}
		copyFloats(to, unsafe.Add(base, start*4), count)
		return
	}
	inner := fs[len(fs)-1]
	var space [usualFactors]int
	index := append(space[:0], make([]int, len(fs))...)
	offset, skip := position(fs, start, index)
	for count > 0 {
		n := min(inner.n-skip, count)
		loadRun(to, unsafe.Add(base, offset*4), n, inner.stride)
		to, count = unsafe.Add(to, n*4), count-n
		offset -= skip * inner.stride
		skip = 0
		offset = advance(fs, offset, index)
	}
}

// loadRows copies rows of length elements, in order from the first, to places that
// are width elements apart.
func (s *source) loadRows(to, base unsafe.Pointer, rows, length, width int) {
	fs := s.factors
	if contiguous(fs) {
		for row := range rows {
			s.load(unsafe.Add(to, row*width*4), base, row*length, length)
		}
		return
	}
	inner := fs[len(fs)-1]
	var space [usualFactors]int
	index := append(space[:0], make([]int, len(fs))...)
	offset, skip := 0, 0 // skip: elements of the last factor's run that are done
	for row := range rows {
		at := unsafe.Add(to, row*width*4)
		for count := length; count > 0; {
			n := min(inner.n-skip, count)
			loadRun(at, unsafe.Add(base, (offset+skip*inner.stride)*4), n, inner.stride)
			at, count, skip = unsafe.Add(at, n*4), count-n, skip+n
			if skip == inner.n {
				offset, skip = advance(fs, offset, index), 0
			}
		}
	}
}

// loadRun copies n elements that are stride apart.
func loadRun(to, from unsafe.Pointer, n, stride int) {
	switch stride {
	case 1:
		copyRun(to, from, n)
	case 0:
		fill(to, *(*float32)(from), n)
	default:
		gatherRun(to, from, n, stride)
	}
}

// position is where element start lies, and its index on the last factor; index
// gets those on the others.
func position(fs []factor, start int, index []int) (offset, last int) {
	for i := len(fs) - 1; i >= 0; i-- {
		index[i] = start % fs[i].n
		start /= fs[i].n
		offset += index[i] * fs[i].stride
	}
	return offset, index[len(fs)-1]
}

// advance steps to the next run of the last factor.
func advance(fs []factor, offset int, index []int) int {
	for i := len(fs) - 2; i >= 0; i-- {
		index[i]++
		offset += fs[i].stride
		if index[i] < fs[i].n {
			break
		}
		offset -= fs[i].stride * fs[i].n
		index[i] = 0
	}
	return offset
}

func copyRun(to, from unsafe.Pointer, n int) {
	if n == 1 {
		*(*float32)(to) = *(*float32)(from)
		return
	}
	copyFloats(to, from, n)
}

// fill sets n elements to v. Long runs are copied from their own beginning, which
// is faster than one element at a time.
func fill(to unsafe.Pointer, v float32, n int) {
	dst := unsafe.Slice((*float32)(to), n)
	done := min(n, 16)
	for i := range dst[:done] {
		dst[i] = v
	}
	for ; done < n; done *= 2 {
		copy(dst[done:], dst[:done])
	}
}

func gatherRun(to, from unsafe.Pointer, n, stride int) {
	dst := unsafe.Slice((*float32)(to), n)
	step := uintptr(stride) * 4
	for i := range dst {
		dst[i] = *(*float32)(from)
		if i+1 < n {
			from = unsafe.Add(from, step)
		}
	}
}

// loadBool is load for booleans: all ones for true.
func (s *source) loadBool(to, base unsafe.Pointer, start, count int) {
	dst := unsafe.Slice((*int32)(to), count)
	if contiguous(s.factors) {
		if len(s.factors) == 0 {
			start = 0
		}
		for i, v := range unsafe.Slice((*uint8)(unsafe.Add(base, start)), count) {
			dst[i] = -int32(v)
		}
		return
	}
	var space [usualFactors]int
	index := append(space[:0], make([]int, len(s.factors))...)
	inner := s.factors[len(s.factors)-1]
	offset, skip := position(s.factors, start, index)
	for len(dst) > 0 {
		n := min(inner.n-skip, len(dst))
		for i := range n {
			dst[i] = -int32(*(*uint8)(unsafe.Add(base, offset+i*inner.stride)))
		}
		dst = dst[n:]
		offset -= skip * inner.stride
		skip = 0
		offset = advance(s.factors, offset, index)
	}
}

// storeBool writes count values that are all ones or zeros as booleans.
func storeBool(to, from unsafe.Pointer, count int) {
	src := unsafe.Slice((*int32)(from), count)
	for i := range unsafe.Slice((*uint8)(to), count) {
		*(*uint8)(unsafe.Add(to, i)) = uint8(src[i] & 1)
	}
}
