// SUM adds the elements of Y6 to the lowest of X6, in a fixed order.
#define SUM \
	VEXTRACTF128 $1, Y6, X7; \
	VADDPS X7, X6, X6; \
	VMOVHLPS X6, X6, X7; \
	VADDPS X7, X6, X6; \
	VMOVSHDUP X6, X7; \
	VADDSS X7, X6, X6

// LARGEST makes the lowest of X6 the largest element of Y6.
#define LARGEST \
	VEXTRACTF128 $1, Y6, X7; \
	VMAXPS X7, X6, X6; \
	VMOVHLPS X6, X6, X7; \
	VMAXPS X7, X6, X6; \
	VMOVSHDUP X6, X7; \
	VMAXPS X7, X6, X6

// ARRAYS loads dst and src, and ROWS the number of rows besides.
#define ARRAYS \
	MOVQ dst+0(FP), DI; \
	MOVQ src+8(FP), SI
#define ROWS ARRAYS; MOVQ rows+16(FP), BX
