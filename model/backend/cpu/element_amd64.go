//go:build amd64 && goexperiment.simd

package cpu

import (
	"simd/archsimd"
	"unsafe"
)

type vector = archsimd.Float32x8

func ld(p unsafe.Pointer, i int) vector {
	return archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(p, i)))
}

func st(p unsafe.Pointer, i int, v vector) { v.Store((*[8]float32)(unsafe.Add(p, i))) }

func ldInt(p unsafe.Pointer, i int) archsimd.Int32x8 {
	return archsimd.LoadInt32x8((*[8]int32)(unsafe.Add(p, i)))
}

func stInt(p unsafe.Pointer, i int, v archsimd.Int32x8) { v.Store((*[8]int32)(unsafe.Add(p, i))) }

// compute1 runs an elementwise instruction on n elements, a multiple of 8.
func compute1(op opcode, dst, a, b, c unsafe.Pointer, n int) {
	n *= 4
	switch op {
	case opAdd:
		for i := 0; i < n; i += 32 {
			st(dst, i, ld(a, i).Add(ld(b, i)))
		}
	case opSub:
		for i := 0; i < n; i += 32 {
			st(dst, i, ld(a, i).Sub(ld(b, i)))
		}
	case opMul:
		for i := 0; i < n; i += 32 {
			st(dst, i, ld(a, i).Mul(ld(b, i)))
		}
	case opDiv:
		for i := 0; i < n; i += 32 {
			st(dst, i, ld(a, i).Div(ld(b, i)))
		}
	case opMax, opMin:
		extremes(op, dst, a, b, n)
	case opEqual, opNotEqual, opLess, opLessEqual, opGreater, opGreaterEqual:
		comparisons(op, dst, a, b, n)
	case opWhere:
		zero := archsimd.BroadcastInt32x8(0)
		for i := 0; i < n; i += 32 {
			st(dst, i, ld(b, i).Merge(ld(c, i), ldInt(a, i).Less(zero)))
		}
	case opAnd, opOr, opXor, opNot:
		logical(op, dst, a, b, n)
	default:
		unary(op, dst, a, n)
	}
	archsimd.ClearAVXUpperBits()
}

// extremes is the larger or smaller element, or NaN if either is.
func extremes(op opcode, dst, a, b unsafe.Pointer, n int) {
	if op == opMax {
		for i := 0; i < n; i += 32 {
			x := ld(a, i)
			st(dst, i, x.Merge(x.Max(ld(b, i)), x.IsNaN()))
		}
		return
	}
	for i := 0; i < n; i += 32 {
		x := ld(a, i)
		st(dst, i, x.Merge(x.Min(ld(b, i)), x.IsNaN()))
	}
}

func comparisons(op opcode, dst, a, b unsafe.Pointer, n int) {
	switch op {
	case opEqual:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ld(a, i).Equal(ld(b, i)).ToInt32x8())
		}
	case opNotEqual:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ld(a, i).NotEqual(ld(b, i)).ToInt32x8())
		}
	case opLess:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ld(a, i).Less(ld(b, i)).ToInt32x8())
		}
	case opLessEqual:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ld(a, i).LessEqual(ld(b, i)).ToInt32x8())
		}
	case opGreater:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ld(a, i).Greater(ld(b, i)).ToInt32x8())
		}
	case opGreaterEqual:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ld(a, i).GreaterEqual(ld(b, i)).ToInt32x8())
		}
	}
}

func logical(op opcode, dst, a, b unsafe.Pointer, n int) {
	switch op {
	case opAnd:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ldInt(a, i).And(ldInt(b, i)))
		}
	case opOr:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ldInt(a, i).Or(ldInt(b, i)))
		}
	case opXor:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ldInt(a, i).Xor(ldInt(b, i)))
		}
	case opNot:
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ldInt(a, i).Not())
		}
	}
}

func unary(op opcode, dst, a unsafe.Pointer, n int) {
	one := archsimd.BroadcastFloat32x8(1)
	switch op {
	case opNeg:
		sign := archsimd.BroadcastInt32x8(-1 << 31)
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ldInt(a, i).Xor(sign))
		}
	case opAbs:
		rest := archsimd.BroadcastInt32x8(1<<31 - 1)
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ldInt(a, i).And(rest))
		}
	case opSqrt:
		for i := 0; i < n; i += 32 {
			st(dst, i, ld(a, i).Sqrt())
		}
	case opRsqrt:
		for i := 0; i < n; i += 32 {
			st(dst, i, one.Div(ld(a, i).Sqrt()))
		}
	case opExp:
		avx2Exp(dst, a, n/32)
	case opLogistic:
		avx2Logistic(dst, a, n/32)
	case opCopy:
		for i := 0; i < n; i += 32 {
			st(dst, i, ld(a, i))
		}
	case opFloat:
		for i := 0; i < n; i += 32 {
			st(dst, i, ldInt(a, i).ConvertToFloat32())
		}
	case opFloatBool:
		bits := one.AsInt32x8()
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ldInt(a, i).And(bits))
		}
	case opIntBool:
		bits := archsimd.BroadcastInt32x8(1)
		for i := 0; i < n; i += 32 {
			stInt(dst, i, ldInt(a, i).And(bits))
		}
	}
}
