//go:build amd64 && goexperiment.simd

package cpu

import (
	"simd/archsimd"
	"unsafe"
)

type (
	vector  = archsimd.Float32x8
	integer = archsimd.Int32x8
)

func ld(p unsafe.Pointer, i int) vector {
	return archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(p, i)))
}

func st(p unsafe.Pointer, i int, v vector) { v.Store((*[8]float32)(unsafe.Add(p, i))) }

func ldInt(p unsafe.Pointer, i int) integer {
	return archsimd.LoadInt32x8((*[8]int32)(unsafe.Add(p, i)))
}

// The loops over n bytes are inlined into their callers, with what they do. They
// load and store by themselves, since every function that is inlined leaves a
// NOP in the loop.

type (
	floats8 = [8]float32
	ints8   = [8]int32
)

func floats1(dst, a unsafe.Pointer, n int, do func(x vector) vector) {
	for i := 0; i < n; i += 32 {
		do(archsimd.LoadFloat32x8((*floats8)(unsafe.Add(a, i)))).Store((*floats8)(unsafe.Add(dst, i)))
	}
}

func floats2(dst, a, b unsafe.Pointer, n int, do func(x, y vector) vector) {
	for i := 0; i < n; i += 32 {
		x, y := archsimd.LoadFloat32x8((*floats8)(unsafe.Add(a, i))), archsimd.LoadFloat32x8((*floats8)(unsafe.Add(b, i)))
		do(x, y).Store((*floats8)(unsafe.Add(dst, i)))
	}
}

func compare(dst, a, b unsafe.Pointer, n int, do func(x, y vector) archsimd.Mask32x8) {
	for i := 0; i < n; i += 32 {
		x, y := archsimd.LoadFloat32x8((*floats8)(unsafe.Add(a, i))), archsimd.LoadFloat32x8((*floats8)(unsafe.Add(b, i)))
		do(x, y).ToInt32x8().Store((*ints8)(unsafe.Add(dst, i)))
	}
}

func ints1(dst, a unsafe.Pointer, n int, do func(x integer) integer) {
	for i := 0; i < n; i += 32 {
		do(archsimd.LoadInt32x8((*ints8)(unsafe.Add(a, i)))).Store((*ints8)(unsafe.Add(dst, i)))
	}
}

func ints2(dst, a, b unsafe.Pointer, n int, do func(x, y integer) integer) {
	for i := 0; i < n; i += 32 {
		x, y := archsimd.LoadInt32x8((*ints8)(unsafe.Add(a, i))), archsimd.LoadInt32x8((*ints8)(unsafe.Add(b, i)))
		do(x, y).Store((*ints8)(unsafe.Add(dst, i)))
	}
}

// compute1 runs an elementwise instruction on n elements, a multiple of 8.
func compute1(op opcode, dst, a, b, c unsafe.Pointer, n int) {
	n *= 4
	switch op {
	case opAdd:
		floats2(dst, a, b, n, func(x, y vector) vector { return x.Add(y) })
	case opSub:
		floats2(dst, a, b, n, func(x, y vector) vector { return x.Sub(y) })
	case opMul:
		floats2(dst, a, b, n, func(x, y vector) vector { return x.Mul(y) })
	case opDiv:
		floats2(dst, a, b, n, func(x, y vector) vector { return x.Div(y) })
	case opMax: // the larger element, or NaN if either is
		floats2(dst, a, b, n, func(x, y vector) vector { return x.Merge(x.Max(y), x.IsNaN()) })
	case opMin:
		floats2(dst, a, b, n, func(x, y vector) vector { return x.Merge(x.Min(y), x.IsNaN()) })
	case opWhere:
		zero := archsimd.BroadcastInt32x8(0)
		for i := 0; i < n; i += 32 {
			st(dst, i, ld(b, i).Merge(ld(c, i), ldInt(a, i).Less(zero)))
		}
	case opEqual, opNotEqual, opLess, opLessEqual, opGreater, opGreaterEqual:
		comparisons(op, dst, a, b, n)
	case opAnd:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.And(y) })
	case opOr:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Or(y) })
	case opXor:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Xor(y) })
	default:
		if op >= opAddInt && op <= opGreaterEqualInt {
			integers(op, dst, a, b, n)
		} else {
			unary(op, dst, a, n)
		}
	}
	archsimd.ClearAVXUpperBits()
}

func integers(op opcode, dst, a, b unsafe.Pointer, n int) {
	switch op {
	case opAddInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Add(y) })
	case opSubInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Sub(y) })
	case opMulInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Mul(y) })
	case opMaxInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Max(y) })
	case opMinInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Min(y) })
	case opNegInt:
		zero := archsimd.BroadcastInt32x8(0)
		ints1(dst, a, n, func(x integer) integer { return zero.Sub(x) })
	case opEqualInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Equal(y).ToInt32x8() })
	case opNotEqualInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Equal(y).ToInt32x8().Not() })
	case opLessInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return y.Greater(x).ToInt32x8() })
	case opLessEqualInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Greater(y).ToInt32x8().Not() })
	case opGreaterInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return x.Greater(y).ToInt32x8() })
	case opGreaterEqualInt:
		ints2(dst, a, b, n, func(x, y integer) integer { return y.Greater(x).ToInt32x8().Not() })
	}
}

func comparisons(op opcode, dst, a, b unsafe.Pointer, n int) {
	switch op {
	case opEqual:
		compare(dst, a, b, n, func(x, y vector) archsimd.Mask32x8 { return x.Equal(y) })
	case opNotEqual:
		compare(dst, a, b, n, func(x, y vector) archsimd.Mask32x8 { return x.NotEqual(y) })
	case opLess:
		compare(dst, a, b, n, func(x, y vector) archsimd.Mask32x8 { return x.Less(y) })
	case opLessEqual:
		compare(dst, a, b, n, func(x, y vector) archsimd.Mask32x8 { return x.LessEqual(y) })
	case opGreater:
		compare(dst, a, b, n, func(x, y vector) archsimd.Mask32x8 { return x.Greater(y) })
	case opGreaterEqual:
		compare(dst, a, b, n, func(x, y vector) archsimd.Mask32x8 { return x.GreaterEqual(y) })
	}
}

func unary(op opcode, dst, a unsafe.Pointer, n int) {
	one := archsimd.BroadcastFloat32x8(1)
	switch op {
	case opNeg:
		sign := archsimd.BroadcastInt32x8(-1 << 31)
		ints1(dst, a, n, func(x integer) integer { return x.Xor(sign) })
	case opAbs:
		rest := archsimd.BroadcastInt32x8(1<<31 - 1)
		ints1(dst, a, n, func(x integer) integer { return x.And(rest) })
	case opNot:
		ints1(dst, a, n, func(x integer) integer { return x.Not() })
	case opSqrt:
		floats1(dst, a, n, func(x vector) vector { return x.Sqrt() })
	case opRsqrt:
		floats1(dst, a, n, func(x vector) vector { return one.Div(x.Sqrt()) })
	case opExp:
		avx2Exp(dst, a, n/32)
	case opLogistic:
		avx2Logistic(dst, a, n/32)
	case opCopy:
		floats1(dst, a, n, func(x vector) vector { return x })
	case opFloat:
		for i := 0; i < n; i += 32 {
			st(dst, i, ldInt(a, i).ConvertToFloat32())
		}
	case opFloatBool:
		bits := one.AsInt32x8()
		ints1(dst, a, n, func(x integer) integer { return x.And(bits) })
	case opIntBool:
		bits := archsimd.BroadcastInt32x8(1)
		ints1(dst, a, n, func(x integer) integer { return x.And(bits) })
	}
}
