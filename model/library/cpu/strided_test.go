package cpu

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// TestViews reads parts of random views of random views and compares each element with
// where it stands in the array.
func TestViews(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range 2000 {
		dims := make([]int, 1+rng.IntN(4))
		for i := range dims {
			dims[i] = 1 + rng.IntN(7)
		}
		floats, bools := make([]float32, size(dims)), make([]bool, size(dims))
		at := make([]int, size(dims)) // of the view's elements in the array
		for i := range floats {
			floats[i], bools[i], at[i] = float32(i), rng.IntN(2) == 0, i
		}
		v := whole(&root{size: size(dims)}, dims)
		for range rng.IntN(5) {
			v, dims, at = derived(rng, v, dims, at)
		}
		start := rng.IntN(len(at))
		count := 1 + rng.IntN(len(at)-start)
		got, truth := make([]float32, count), make([]int32, count)
		s := source{view: v, factors: v.flat()}
		s.load(unsafe.Pointer(&got[0]), unsafe.Pointer(&floats[v.offset]), start, count)
		s.isBool = true
		s.load(unsafe.Pointer(&truth[0]), unsafe.Pointer(&bools[v.offset]), start, count)
		for i := range count {
			from := at[start+i]
			if got[i] != float32(from) || (truth[i] == -1) != bools[from] || (truth[i] == 0) == bools[from] {
				t.Fatalf("view %v, element %d of %v: %v and %d, want %d and %v", v.axes, start+i, dims, got[i], truth[i], from, bools[from])
			}
		}
	}
}

// derived is a view of a view, or the view itself if there is none of the kind.
func derived(rng *rand.Rand, v *view, dims, at []int) (*view, []int, []int) {
	to := make([]int, len(dims))
	var pick func(index []int) []int
	var w *view
	switch rng.IntN(4) {
	case 0:
		perm := rng.Perm(len(dims))
		for i, axis := range perm {
			to[i] = dims[axis]
		}
		w = v.transpose(perm)
		pick = func(index []int) []int {
			from := make([]int, len(index))
			for i, axis := range perm {
				from[axis] = index[i]
			}
			return from
		}
	case 1:
		s := sliceSpec{make([]int, len(dims)), make([]int, len(dims))}
		for i, d := range dims {
			s.starts[i], s.strides[i] = rng.IntN(d), 1+rng.IntN(2)
			to[i] = 1 + rng.IntN((d-s.starts[i]+s.strides[i]-1)/s.strides[i])
		}
		w = v.slice(dims, to, s)
		pick = func(index []int) []int {
			from := make([]int, len(index))
			for i := range index {
				from[i] = s.starts[i] + index[i]*s.strides[i]
			}
			return from
		}
	case 2:
		if to = (&randomGraph{rng: rng}).regroup(size(dims)); v.reshape(to) == nil {
			return v, dims, at
		}
		return v.reshape(to), to, at
	default: // an axis of one element becomes three
		axes := make([]int, len(dims))
		for i, d := range dims {
			axes[i], to[i] = i, d
			if d == 1 {
				to[i] = 3
			}
		}
		w = v.broadcast(dims, to, axes)
		pick = func(index []int) []int {
			from := make([]int, len(index))
			for i := range index {
				from[i] = index[i] % dims[i]
			}
			return from
		}
	}
	if w == nil {
		return v, dims, at
	}
	moved := make([]int, size(to))
	for i := range moved {
		index := make([]int, len(to))
		for rest, axis := i, len(to)-1; axis >= 0; axis-- {
			index[axis], rest = rest%to[axis], rest/to[axis]
		}
		linear := 0
		for axis, j := range pick(index) {
			linear = linear*dims[axis] + j
		}
		moved[i] = at[linear]
	}
	return w, to, moved
}
