//go:build goexperiment.simd

#include "textflag.h"
#include "rows_amd64.h"

// e^x, sigmoids, softmax, sums and maxima, eight elements at a time.
//
// e^x: x = k·ln 2 + r with |r| <= ln 2/2 and a polynomial of degree 7 for e^r
// (Cephes, expf). 2^k is applied in two halves, so that infinity comes out
// right; what is below 2^-126 becomes 0, since denormal results take a hundred
// cycles each and masked attention scores are full of them.

// EIGHT is a constant in eight elements.
#define EIGHT(at, bits) \
	DATA ·exponential+at+0(SB)/4, $bits; \
	DATA ·exponential+at+4(SB)/4, $bits; \
	DATA ·exponential+at+8(SB)/4, $bits; \
	DATA ·exponential+at+12(SB)/4, $bits; \
	DATA ·exponential+at+16(SB)/4, $bits; \
	DATA ·exponential+at+20(SB)/4, $bits; \
	DATA ·exponential+at+24(SB)/4, $bits; \
	DATA ·exponential+at+28(SB)/4, $bits

EIGHT(0, 0xc2aeac4f) // ln 2^-126: below it the result is 0
EIGHT(32, 0x42b20000) // 89: above it, infinity
EIGHT(64, 0x3fb8aa3b) // 1/ln 2
EIGHT(96, 0xbf318000) // -ln 2, its first bits
EIGHT(128, 0x395e8083) // and the rest
EIGHT(160, 0x39506967) // the polynomial
EIGHT(192, 0x3ab743ce)
EIGHT(224, 0x3c088908)
EIGHT(256, 0x3d2aa9c1)
EIGHT(288, 0x3e2aaaaa)
EIGHT(320, 0x3f000000)
EIGHT(352, 0x3f800000) // 1
EIGHT(384, 0x0000007f) // the bias of an exponent
EIGHT(416, 0x80000000) // a sign
EIGHT(448, 0xff800000) // -infinity
GLOBL ·exponential(SB), RODATA|NOPTR, $480

// EXP replaces Y0 by e^Y0. It uses Y1 to Y5.
#define EXP \
	VCMPPS $5, ·exponential+0(SB), Y0, Y4; \
	VMOVUPS ·exponential+0(SB), Y5; \
	VMAXPS Y0, Y5, Y0; \
	VMOVUPS ·exponential+32(SB), Y5; \
	VMINPS Y0, Y5, Y0; \
	VMULPS ·exponential+64(SB), Y0, Y1; \
	VROUNDPS $0, Y1, Y1; \
	VFMADD231PS ·exponential+96(SB), Y1, Y0; \
	VFMADD231PS ·exponential+128(SB), Y1, Y0; \
	VMOVUPS ·exponential+160(SB), Y2; \
	VFMADD213PS ·exponential+192(SB), Y0, Y2; \
	VFMADD213PS ·exponential+224(SB), Y0, Y2; \
	VFMADD213PS ·exponential+256(SB), Y0, Y2; \
	VFMADD213PS ·exponential+288(SB), Y0, Y2; \
	VFMADD213PS ·exponential+320(SB), Y0, Y2; \
	VMULPS Y0, Y0, Y3; \
	VADDPS ·exponential+352(SB), Y0, Y0; \
	VFMADD213PS Y0, Y3, Y2; \
	VCVTPS2DQ Y1, Y1; \
	VPSRAD $1, Y1, Y3; \
	VPSUBD Y3, Y1, Y1; \
	VPADDD ·exponential+384(SB), Y3, Y3; \
	VPSLLD $23, Y3, Y3; \
	VMULPS Y3, Y2, Y2; \
	VPADDD ·exponential+384(SB), Y1, Y1; \
	VPSLLD $23, Y1, Y1; \
	VMULPS Y1, Y2, Y0; \
	VANDPS Y4, Y0, Y0

// func avx2Exp(dst, src unsafe.Pointer, vectors int)
TEXT ·avx2Exp(SB), NOSPLIT, $0-24
	ARRAYS
	MOVQ vectors+16(FP), CX

exponential:
	VMOVUPS (SI), Y0
	EXP
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ exponential
	VZEROUPPER
	RET

// func avx2Logistic(dst, src unsafe.Pointer, vectors int)
TEXT ·avx2Logistic(SB), NOSPLIT, $0-24
	ARRAYS
	MOVQ vectors+16(FP), CX
	VMOVUPS ·exponential+352(SB), Y8

logistic:
	VMOVUPS (SI), Y0
	VXORPS ·exponential+416(SB), Y0, Y0
	EXP
	VADDPS Y8, Y0, Y0
	VDIVPS Y0, Y8, Y0
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ logistic
	VZEROUPPER
	RET

// func avx2RowSums(dst, src unsafe.Pointer, rows, vectors int)
TEXT ·avx2RowSums(SB), NOSPLIT, $0-32
	ROWS

sumRow:
	MOVQ vectors+24(FP), CX
	VXORPS Y6, Y6, Y6

sumVector:
	VADDPS (SI), Y6, Y6
	ADDQ $32, SI
	DECQ CX
	JNZ sumVector
	SUM
	VMOVSS X6, (DI)
	ADDQ $4, DI
	DECQ BX
	JNZ sumRow
	VZEROUPPER
	RET

// func avx2Softmax(dst, src unsafe.Pointer, rows, vectors int)
TEXT ·avx2Softmax(SB), NOSPLIT, $0-32
	ROWS
	MOVQ vectors+24(FP), R8
	SHLQ $5, R8 // bytes of a row

softmaxRow:
	VMOVUPS ·exponential+448(SB), Y6
	XORQ AX, AX

largest:
	VMAXPS (SI)(AX*1), Y6, Y6
	ADDQ $32, AX
	CMPQ AX, R8
	JNE largest
	LARGEST
	VBROADCASTSS X6, Y8
	VXORPS Y6, Y6, Y6
	XORQ AX, AX

powers:
	VMOVUPS (SI)(AX*1), Y0
	VSUBPS Y8, Y0, Y0
	EXP
	VADDPS Y0, Y6, Y6
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, R8
	JNE powers
	SUM
	VMOVSS ·exponential+352(SB), X7
	VDIVSS X6, X7, X6
	VBROADCASTSS X6, Y6
	XORQ AX, AX

normalise:
	VMULPS (DI)(AX*1), Y6, Y0
	VMOVUPS Y0, (DI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, R8
	JNE normalise
	ADDQ R8, SI
	ADDQ R8, DI
	DECQ BX
	JNZ softmaxRow
	VZEROUPPER
	RET
