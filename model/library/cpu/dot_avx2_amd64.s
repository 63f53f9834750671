//go:build goexperiment.simd

#include "textflag.h"
#include "dot_amd64.h"

// Matrix kernels for AVX2 and FMA: rows of C have 16 elements.

#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V5 Y5
#define V6 Y6
#define V7 Y7
#define V8 Y8
#define V9 Y9
#define V10 Y10
#define V11 Y11
#define B0 Y12
#define B1 Y13
#define A0 Y8
#define A1 Y9
#define A2 Y10
#define A3 Y11
#define ZERO VXORPS
#define WIDTH 32
#define FETCH PREFETCHT0 (SI)(DX*1)

// func avx2Dot6(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
TEXT ·avx2Dot6(SB), NOSPLIT, $0-72
	OPERANDS
	FOURTH
	CLEAR6
	AHEAD

loop:
	LOAD
	VBROADCASTSS (AX), Y14
	VBROADCASTSS (AX)(R8*1), Y15
	FMA(Y14, Y0, Y1)
	VBROADCASTSS (AX)(R8*2), Y14
	FMA(Y15, Y2, Y3)
	VBROADCASTSS (R11), Y15
	FMA(Y14, Y4, Y5)
	VBROADCASTSS (R11)(R8*1), Y14
	FMA(Y15, Y6, Y7)
	VBROADCASTSS (R11)(R8*2), Y15
	FMA(Y14, Y8, Y9)
	FMA(Y15, Y10, Y11)
	TERM
	ADDQ R9, R11
	END(ADD6, STORE6)

// func avx2Dot4(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
TEXT ·avx2Dot4(SB), NOSPLIT, $0-72
	DOT4

// func avx2Dot2(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
TEXT ·avx2Dot2(SB), NOSPLIT, $0-72
	DOT2

// func avx2Dot1(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
TEXT ·avx2Dot1(SB), NOSPLIT, $0-72
	DOT1
