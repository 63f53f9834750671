//go:build goexperiment.simd

#include "textflag.h"
#include "dot_amd64.h"

// Matrix kernels for AVX-512: rows of C have 32 elements.

#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V5 Z5
#define V6 Z6
#define V7 Z7
#define V8 Z8
#define V9 Z9
#define V10 Z10
#define V11 Z11
#define V12 Z12
#define V13 Z13
#define V14 Z14
#define V15 Z15
#define V16 Z16
#define V17 Z17
#define V18 Z18
#define V19 Z19
#define V20 Z20
#define V21 Z21
#define V22 Z22
#define V23 Z23
#define B0 Z24
#define B1 Z25
#define A0 Z26
#define A1 Z27
#define A2 Z28
#define A3 Z29
#define ZERO VPXORQ
#define WIDTH 64
#define FETCH PREFETCHT0 (SI)(DX*1); PREFETCHT0 64(SI)(DX*1)

// func avx512Dot12(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
TEXT ·avx512Dot12(SB), NOSPLIT, $0-72
	OPERANDS
	FOURTH
	LEAQ (R11)(DX*1), R12
	LEAQ (R12)(DX*1), R13
	CLEAR12
	AHEAD

loop:
	LOAD
	VBROADCASTSS (AX), Z26
	VBROADCASTSS (AX)(R8*1), Z27
	VBROADCASTSS (AX)(R8*2), Z28
	VBROADCASTSS (R11), Z29
	VBROADCASTSS (R11)(R8*1), Z30
	VBROADCASTSS (R11)(R8*2), Z31
	FMA(Z26, Z0, Z1)
	VBROADCASTSS (R12), Z26
	FMA(Z27, Z2, Z3)
	VBROADCASTSS (R12)(R8*1), Z27
	FMA(Z28, Z4, Z5)
	VBROADCASTSS (R12)(R8*2), Z28
	FMA(Z29, Z6, Z7)
	VBROADCASTSS (R13), Z29
	FMA(Z30, Z8, Z9)
	VBROADCASTSS (R13)(R8*1), Z30
	FMA(Z31, Z10, Z11)
	VBROADCASTSS (R13)(R8*2), Z31
	FMA(Z26, Z12, Z13)
	FMA(Z27, Z14, Z15)
	FMA(Z28, Z16, Z17)
	FMA(Z29, Z18, Z19)
	FMA(Z30, Z20, Z21)
	FMA(Z31, Z22, Z23)
	TERM
	ADDQ R9, R11
	ADDQ R9, R12
	ADDQ R9, R13
	END(ADD12, STORE12)

// func avx512Dot8(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
TEXT ·avx512Dot8(SB), NOSPLIT, $0-72
	OPERANDS
	FOURTH
	LEAQ (R11)(DX*1), R12
	CLEAR8
	AHEAD

loop:
	LOAD
	VBROADCASTSS (AX), Z26
	VBROADCASTSS (AX)(R8*1), Z27
	VBROADCASTSS (AX)(R8*2), Z28
	VBROADCASTSS (R11), Z29
	FMA(Z26, Z0, Z1)
	VBROADCASTSS (R11)(R8*1), Z26
	FMA(Z27, Z2, Z3)
	VBROADCASTSS (R11)(R8*2), Z27
	FMA(Z28, Z4, Z5)
	VBROADCASTSS (R12), Z28
	FMA(Z29, Z6, Z7)
	VBROADCASTSS (R12)(R8*1), Z29
	FMA(Z26, Z8, Z9)
	FMA(Z27, Z10, Z11)
	FMA(Z28, Z12, Z13)
	FMA(Z29, Z14, Z15)
	TERM
	ADDQ R9, R11
	ADDQ R9, R12
	END(ADD8, STORE8)

// func avx512Dot4(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
TEXT ·avx512Dot4(SB), NOSPLIT, $0-72
	DOT4

// func avx512Dot2(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
TEXT ·avx512Dot2(SB), NOSPLIT, $0-72
	DOT2

// func avx512Dot1(k int, a unsafe.Pointer, ars, acs uintptr, b unsafe.Pointer, ldb uintptr, c unsafe.Pointer, ldc uintptr, acc uint64)
TEXT ·avx512Dot1(SB), NOSPLIT, $0-72
	DOT1
