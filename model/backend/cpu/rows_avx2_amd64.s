//go:build goexperiment.simd

#include "textflag.h"

// e^x, sigmoids, softmax, sums and maxima, eight elements at a time.
//
// e^x: x = k·ln 2 + r with |r| <= ln 2/2 and a polynomial of degree 7 for e^r
// (Cephes, expf). 2^k is applied in two halves, so that infinity comes out
// right; what is below 2^-126 becomes 0, since denormal results take a hundred
// cycles each and masked attention scores are full of them.

DATA exp<>+0(SB)/8, $0xc2aeac4fc2aeac4f
DATA exp<>+8(SB)/8, $0xc2aeac4fc2aeac4f
DATA exp<>+16(SB)/8, $0xc2aeac4fc2aeac4f
DATA exp<>+24(SB)/8, $0xc2aeac4fc2aeac4f
DATA exp<>+32(SB)/8, $0x42b2000042b20000
DATA exp<>+40(SB)/8, $0x42b2000042b20000
DATA exp<>+48(SB)/8, $0x42b2000042b20000
DATA exp<>+56(SB)/8, $0x42b2000042b20000
DATA exp<>+64(SB)/8, $0x3fb8aa3b3fb8aa3b
DATA exp<>+72(SB)/8, $0x3fb8aa3b3fb8aa3b
DATA exp<>+80(SB)/8, $0x3fb8aa3b3fb8aa3b
DATA exp<>+88(SB)/8, $0x3fb8aa3b3fb8aa3b
DATA exp<>+96(SB)/8, $0xbf318000bf318000
DATA exp<>+104(SB)/8, $0xbf318000bf318000
DATA exp<>+112(SB)/8, $0xbf318000bf318000
DATA exp<>+120(SB)/8, $0xbf318000bf318000
DATA exp<>+128(SB)/8, $0x395e8083395e8083
DATA exp<>+136(SB)/8, $0x395e8083395e8083
DATA exp<>+144(SB)/8, $0x395e8083395e8083
DATA exp<>+152(SB)/8, $0x395e8083395e8083
DATA exp<>+160(SB)/8, $0x3950696739506967
DATA exp<>+168(SB)/8, $0x3950696739506967
DATA exp<>+176(SB)/8, $0x3950696739506967
DATA exp<>+184(SB)/8, $0x3950696739506967
DATA exp<>+192(SB)/8, $0x3ab743ce3ab743ce
DATA exp<>+200(SB)/8, $0x3ab743ce3ab743ce
DATA exp<>+208(SB)/8, $0x3ab743ce3ab743ce
DATA exp<>+216(SB)/8, $0x3ab743ce3ab743ce
DATA exp<>+224(SB)/8, $0x3c0889083c088908
DATA exp<>+232(SB)/8, $0x3c0889083c088908
DATA exp<>+240(SB)/8, $0x3c0889083c088908
DATA exp<>+248(SB)/8, $0x3c0889083c088908
DATA exp<>+256(SB)/8, $0x3d2aa9c13d2aa9c1
DATA exp<>+264(SB)/8, $0x3d2aa9c13d2aa9c1
DATA exp<>+272(SB)/8, $0x3d2aa9c13d2aa9c1
DATA exp<>+280(SB)/8, $0x3d2aa9c13d2aa9c1
DATA exp<>+288(SB)/8, $0x3e2aaaaa3e2aaaaa
DATA exp<>+296(SB)/8, $0x3e2aaaaa3e2aaaaa
DATA exp<>+304(SB)/8, $0x3e2aaaaa3e2aaaaa
DATA exp<>+312(SB)/8, $0x3e2aaaaa3e2aaaaa
DATA exp<>+320(SB)/8, $0x3f0000003f000000
DATA exp<>+328(SB)/8, $0x3f0000003f000000
DATA exp<>+336(SB)/8, $0x3f0000003f000000
DATA exp<>+344(SB)/8, $0x3f0000003f000000
DATA exp<>+352(SB)/8, $0x3f8000003f800000
DATA exp<>+360(SB)/8, $0x3f8000003f800000
DATA exp<>+368(SB)/8, $0x3f8000003f800000
DATA exp<>+376(SB)/8, $0x3f8000003f800000
DATA exp<>+384(SB)/8, $0x0000007f0000007f
DATA exp<>+392(SB)/8, $0x0000007f0000007f
DATA exp<>+400(SB)/8, $0x0000007f0000007f
DATA exp<>+408(SB)/8, $0x0000007f0000007f
DATA exp<>+416(SB)/8, $0x8000000080000000
DATA exp<>+424(SB)/8, $0x8000000080000000
DATA exp<>+432(SB)/8, $0x8000000080000000
DATA exp<>+440(SB)/8, $0x8000000080000000
DATA exp<>+448(SB)/8, $0xff800000ff800000
DATA exp<>+456(SB)/8, $0xff800000ff800000
DATA exp<>+464(SB)/8, $0xff800000ff800000
DATA exp<>+472(SB)/8, $0xff800000ff800000
GLOBL exp<>(SB), RODATA|NOPTR, $480

// EXP replaces Y0 by e^Y0. It uses Y1 to Y5.
#define EXP \
	VCMPPS $5, exp<>+0(SB), Y0, Y4; \
	VMOVUPS exp<>+0(SB), Y5; \
	VMAXPS Y0, Y5, Y0; \
	VMOVUPS exp<>+32(SB), Y5; \
	VMINPS Y0, Y5, Y0; \
	VMULPS exp<>+64(SB), Y0, Y1; \
	VROUNDPS $0, Y1, Y1; \
	VFMADD231PS exp<>+96(SB), Y1, Y0; \
	VFMADD231PS exp<>+128(SB), Y1, Y0; \
	VMOVUPS exp<>+160(SB), Y2; \
	VFMADD213PS exp<>+192(SB), Y0, Y2; \
	VFMADD213PS exp<>+224(SB), Y0, Y2; \
	VFMADD213PS exp<>+256(SB), Y0, Y2; \
	VFMADD213PS exp<>+288(SB), Y0, Y2; \
	VFMADD213PS exp<>+320(SB), Y0, Y2; \
	VMULPS Y0, Y0, Y3; \
	VADDPS exp<>+352(SB), Y0, Y0; \
	VFMADD213PS Y0, Y3, Y2; \
	VCVTPS2DQ Y1, Y1; \
	VPSRAD $1, Y1, Y3; \
	VPSUBD Y3, Y1, Y1; \
	VPADDD exp<>+384(SB), Y3, Y3; \
	VPSLLD $23, Y3, Y3; \
	VMULPS Y3, Y2, Y2; \
	VPADDD exp<>+384(SB), Y1, Y1; \
	VPSLLD $23, Y1, Y1; \
	VMULPS Y1, Y2, Y0; \
	VANDPS Y4, Y0, Y0

// SUM adds the elements of Y6 to the lowest of X6, in a fixed order.
#define SUM \
	VEXTRACTF128 $1, Y6, X7; \
	VADDPS X7, X6, X6; \
	VMOVHLPS X6, X6, X7; \
	VADDPS X7, X6, X6; \
	VMOVSHDUP X6, X7; \
	VADDSS X7, X6, X6

// func avx2Exp(dst, src unsafe.Pointer, vectors int)
TEXT ·avx2Exp(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
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
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ vectors+16(FP), CX
	VMOVUPS exp<>+352(SB), Y8

logistic:
	VMOVUPS (SI), Y0
	VXORPS exp<>+416(SB), Y0, Y0
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
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ rows+16(FP), BX

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
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ rows+16(FP), BX
	MOVQ vectors+24(FP), R8
	SHLQ $5, R8 // bytes of a row

softmaxRow:
	VMOVUPS exp<>+448(SB), Y6
	XORQ AX, AX

largest:
	VMAXPS (SI)(AX*1), Y6, Y6
	ADDQ $32, AX
	CMPQ AX, R8
	JNE largest
	VEXTRACTF128 $1, Y6, X7
	VMAXPS X7, X6, X6
	VMOVHLPS X6, X6, X7
	VMAXPS X7, X6, X6
	VMOVSHDUP X6, X7
	VMAXPS X7, X6, X6
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
	VMOVSS exp<>+352(SB), X7
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
