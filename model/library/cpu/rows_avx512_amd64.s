//go:build goexperiment.simd

#include "textflag.h"
#include "rows_amd64.h"

// EXP replaces Z0 by e^Z0, with the steps of the one for AVX2. It uses Z1 to Z3
// and K1, and the constants in Z16 to Z28.
#define EXP \
	VCMPPS $5, Z16, Z0, K1; \
	VMAXPS Z0, Z16, Z0; \
	VMINPS Z0, Z17, Z0; \
	VMULPS Z18, Z0, Z1; \
	VRNDSCALEPS $0, Z1, Z1; \
	VFMADD231PS Z19, Z1, Z0; \
	VFMADD231PS Z20, Z1, Z0; \
	VMOVAPS Z21, Z2; \
	VFMADD213PS Z22, Z0, Z2; \
	VFMADD213PS Z23, Z0, Z2; \
	VFMADD213PS Z24, Z0, Z2; \
	VFMADD213PS Z25, Z0, Z2; \
	VFMADD213PS Z26, Z0, Z2; \
	VMULPS Z0, Z0, Z3; \
	VADDPS Z27, Z0, Z0; \
	VFMADD213PS Z0, Z3, Z2; \
	VCVTPS2DQ Z1, Z1; \
	VPSRAD $1, Z1, Z3; \
	VPSUBD Z3, Z1, Z1; \
	VPADDD Z28, Z3, Z3; \
	VPSLLD $23, Z3, Z3; \
	VMULPS Z3, Z2, Z2; \
	VPADDD Z28, Z1, Z1; \
	VPSLLD $23, Z1, Z1; \
	VMULPS.Z Z1, Z2, K1, Z0

// func avx512Softmax(dst, src unsafe.Pointer, rows, vectors int)
//
// It is avx2Softmax with two vectors at a time, which it adds one after the
// other, so that sums are the same. Where vectors is odd the last one is alone.
TEXT ·avx512Softmax(SB), NOSPLIT, $0-32
	ROWS
	MOVQ vectors+24(FP), R8
	SHLQ $5, R8    // bytes of a row
	MOVQ R8, R9
	ANDQ $~63, R9  // those in whole pairs of vectors
	VBROADCASTSS ·exponential+0(SB), Z16 // see rows_avx2_amd64.s
	VBROADCASTSS ·exponential+32(SB), Z17
	VBROADCASTSS ·exponential+64(SB), Z18
	VBROADCASTSS ·exponential+96(SB), Z19
	VBROADCASTSS ·exponential+128(SB), Z20
	VBROADCASTSS ·exponential+160(SB), Z21
	VBROADCASTSS ·exponential+192(SB), Z22
	VBROADCASTSS ·exponential+224(SB), Z23
	VBROADCASTSS ·exponential+256(SB), Z24
	VBROADCASTSS ·exponential+288(SB), Z25
	VBROADCASTSS ·exponential+320(SB), Z26
	VBROADCASTSS ·exponential+352(SB), Z27
	VBROADCASTSS ·exponential+384(SB), Z28

row:
	VBROADCASTSS ·exponential+448(SB), Z6
	XORQ AX, AX
	CMPQ AX, R9
	JEQ largestOdd

largest:
	VMAXPS (SI)(AX*1), Z6, Z6
	ADDQ $64, AX
	CMPQ AX, R9
	JNE largest

largestOdd:
	VEXTRACTF64X4 $1, Z6, Y7
	VMAXPS Y7, Y6, Y6
	CMPQ AX, R8
	JEQ largestLane
	VMAXPS (SI)(AX*1), Y6, Y6

largestLane:
	LARGEST
	VBROADCASTSS X6, Z8
	VXORPS Y6, Y6, Y6
	XORQ AX, AX
	CMPQ AX, R9
	JEQ powersOdd

powers:
	VMOVUPS (SI)(AX*1), Z0
	VSUBPS Z8, Z0, Z0
	EXP
	VMOVUPS Z0, (DI)(AX*1)
	VEXTRACTF64X4 $1, Z0, Y7
	VADDPS Y0, Y6, Y6
	VADDPS Y7, Y6, Y6
	ADDQ $64, AX
	CMPQ AX, R9
	JNE powers

powersOdd:
	CMPQ AX, R8
	JEQ total
	VMOVUPS (SI)(AX*1), Y0
	VSUBPS Y8, Y0, Y0
	EXP
	VMOVUPS Y0, (DI)(AX*1)
	VADDPS Y0, Y6, Y6

total:
	SUM
	VMOVSS ·exponential+352(SB), X7
	VDIVSS X6, X7, X6
	VBROADCASTSS X6, Z6
	XORQ AX, AX
	CMPQ AX, R9
	JEQ normaliseOdd

normalise:
	VMULPS (DI)(AX*1), Z6, Z0
	VMOVUPS Z0, (DI)(AX*1)
	ADDQ $64, AX
	CMPQ AX, R9
	JNE normalise

normaliseOdd:
	CMPQ AX, R8
	JEQ next
	VMULPS (DI)(AX*1), Y6, Y0
	VMOVUPS Y0, (DI)(AX*1)

next:
	ADDQ R8, SI
	ADDQ R8, DI
	DECQ BX
	JNZ row
	VZEROUPPER
	RET
