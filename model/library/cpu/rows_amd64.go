//go:build amd64 && goexperiment.simd

package cpu

import (
	"math"
	"simd/archsimd"
	"unsafe"
)

//go:noescape
func avx2Exp(dst, src unsafe.Pointer, vectors int)

//go:noescape
func avx2Logistic(dst, src unsafe.Pointer, vectors int)

//go:noescape
func avx2RowSums(dst, src unsafe.Pointer, rows, vectors int)

//go:noescape
func avx2Softmax(dst, src unsafe.Pointer, rows, vectors int)

//go:noescape
func avx512Softmax(dst, src unsafe.Pointer, rows, vectors int)

// softmax is that of rows of so many vectors of 8 elements.
func (k *kernels) softmax(dst, src unsafe.Pointer, rows, vectors int) {
	if k.class == classAVX512 {
		avx512Softmax(dst, src, rows, vectors)
		return
	}
	avx2Softmax(dst, src, rows, vectors)
}

// longest is the number of columns up to which rows that fill no whole vectors
// are copied to ones that do, on the stack.
const longest = 1024

// computeRows runs an instruction on rows of so many columns. Sums add every
// eighth element first and then the eight sums, whatever row they are in.
func (k *kernels) computeRows(op opcode, dst, a unsafe.Pointer, rows, columns int) {
	if rows == 0 {
		return
	}
	switch op {
	case opSpread:
		for r := range rows {
			spreadRow(unsafe.Add(dst, r*columns*4), *(*float32)(unsafe.Add(a, r*4)), columns)
		}
		archsimd.ClearAVXUpperBits()
	case opRowMax:
		for r := range rows {
			*(*float32)(unsafe.Add(dst, r*4)) = rowMax(unsafe.Add(a, r*columns*4), columns)
		}
	case opRowSum:
		if columns%8 == 0 {
			avx2RowSums(dst, a, rows, columns/8)
			return
		}
		padRows(a, rows, columns, 0, func(r int, row unsafe.Pointer, vectors int) {
			avx2RowSums(unsafe.Add(dst, r*4), row, 1, vectors)
		})
	case opRowSoftmax:
		if columns%8 == 0 {
			k.softmax(dst, a, rows, columns/8)
			return
		}
		padRows(a, rows, columns, float32(math.Inf(-1)), func(r int, row unsafe.Pointer, vectors int) {
			k.softmax(row, row, 1, vectors)
			copyFloats(unsafe.Add(dst, r*columns*4), row, columns)
		})
	}
}

// padRows calls do with a copy of every row that is filled up to whole vectors.
func padRows(a unsafe.Pointer, rows, columns int, with float32, do func(r int, row unsafe.Pointer, vectors int)) {
	var space [longest]float32
	row := space[:]
	if roundUp(columns) > longest {
		row = make([]float32, roundUp(columns))
	}
	row = row[:roundUp(columns)]
	for r := range rows {
		copyFloats(unsafe.Pointer(&row[0]), unsafe.Add(a, r*columns*4), columns)
		for i := columns; i < len(row); i++ {
			row[i] = with
		}
		do(r, unsafe.Pointer(&row[0]), len(row)/8)
	}
}

// rowMax is the largest element, or NaN if there is one.
func rowMax(row unsafe.Pointer, columns int) float32 {
	src := unsafe.Slice((*float32)(row), columns)
	whole := columns / 8 * 8
	largest := float32(math.Inf(-1))
	if whole > 0 {
		m := ld(row, 0)
		bad := m.IsNaN().ToInt32x8()
		for i := 32; i < whole*4; i += 32 {
			x := ld(row, i)
			bad = bad.Or(x.IsNaN().ToInt32x8())
			m = m.Max(x)
		}
		var t [8]float32
		var nan [8]int32
		m.Store(&t)
		bad.Store(&nan)
		archsimd.ClearAVXUpperBits()
		for i, v := range t {
			if nan[i] != 0 {
				return float32(math.NaN())
			}
			largest = max(largest, v)
		}
	}
	for _, v := range src[whole:] {
		largest = max(largest, v)
	}
	return largest
}

func spreadRow(dst unsafe.Pointer, v float32, columns int) {
	whole := columns / 8 * 8
	x := archsimd.BroadcastFloat32x8(v)
	for i := 0; i < whole*4; i += 32 {
		st(dst, i, x)
	}
	for i := whole; i < columns; i++ {
		*(*float32)(unsafe.Add(dst, i*4)) = v
	}
}

// packRows copies rows of a multiple of 16 elements to adjacent ones.
func packRows(to, from unsafe.Pointer, rows, columns, stride int) {
	for range rows {
		for i := 0; i < columns*4; i += 64 {
			x, y := ld(from, i), ld(from, i+32)
			st(to, i, x)
			st(to, i+32, y)
		}
		to, from = unsafe.Add(to, columns*4), unsafe.Add(from, stride*4)
	}
	archsimd.ClearAVXUpperBits()
}

// scaleRow multiplies n elements, a multiple of 8, by a number.
func scaleRow(at unsafe.Pointer, by float32, n int) {
	s := archsimd.BroadcastFloat32x8(by)
	for i := 0; i < n*4; i += 32 {
		st(at, i, ld(at, i).Mul(s))
	}
	archsimd.ClearAVXUpperBits()
}

// slopeRow is the gradient of softmax: it replaces d by weights·(d - sum), for n
// elements, a multiple of 8.
func slopeRow(d, weights unsafe.Pointer, sum float32, n int) {
	s := archsimd.BroadcastFloat32x8(sum)
	for i := 0; i < n*4; i += 32 {
		st(d, i, ld(weights, i).Mul(ld(d, i).Sub(s)))
	}
	archsimd.ClearAVXUpperBits()
}
