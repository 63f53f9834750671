// Matrix kernels: C[m, n] = A[m, k]·B[k, n], plus C where acc is not 0, for rows
// of C that two vector registers hold. Strides are in bytes. Every element of C is
// one chain of fused multiply-adds over k, whatever the kernel.
//
// A file that includes this says what it has: V0 and V1 to hold the first row of
// C, V2 and V3 the second and so on; B0 and B1 for a row of B; A0 to A3 for elements of A;
// ZERO to clear a register, WIDTH bytes in one, and FETCH to fetch a row of B ahead.
//
// Registers: CX terms left, AX A, R8 from row to row of A, R9 from term to term,
// SI B, BX from row to row of B, DX how far ahead it is fetched, DI C, R10 from
// row to row of C, R11 A's rows from the fourth on.

#define OPERANDS \
	MOVQ k+0(FP), CX; \
	MOVQ a+8(FP), AX; \
	MOVQ ars+16(FP), R8; \
	MOVQ acs+24(FP), R9; \
	MOVQ b+32(FP), SI; \
	MOVQ ldb+40(FP), BX; \
	MOVQ c+48(FP), DI; \
	MOVQ ldc+56(FP), R10

#define FOURTH \
	LEAQ (R8)(R8*2), DX; \
	LEAQ (AX)(DX*1), R11

#define AHEAD \
	LEAQ (BX)(BX*2), DX; \
	SHLQ $3, DX

// CLEARn zeroes n rows of C.
#define CLEAR(left, right) \
	ZERO left, left, left; \
	ZERO right, right, right
#define CLEAR1 CLEAR(V0, V1)
#define CLEAR2 CLEAR1; CLEAR(V2, V3)
#define CLEAR4 CLEAR2; CLEAR(V4, V5); CLEAR(V6, V7)
#define CLEAR6 CLEAR4; CLEAR(V8, V9); CLEAR(V10, V11)
#define CLEAR8 CLEAR6; CLEAR(V12, V13); CLEAR(V14, V15)
#define CLEAR12 CLEAR8; CLEAR(V16, V17); CLEAR(V18, V19); CLEAR(V20, V21); CLEAR(V22, V23)

#define LOAD \
	FETCH; \
	VMOVUPS (SI), B0; \
	VMOVUPS WIDTH(SI), B1

// FMA adds to a row of C.
#define FMA(a, left, right) \
	VFMADD231PS B0, a, left; \
	VFMADD231PS B1, a, right

#define TERM \
	ADDQ BX, SI; \
	ADDQ R9, AX

// ADDn adds the n rows that C had.
#define ADD(left, right) \
	VADDPS (AX), left, left; \
	VADDPS WIDTH(AX), right, right
#define ADDNEXT(left, right) ADDQ R10, AX; ADD(left, right)
#define ADD1 MOVQ DI, AX; ADD(V0, V1)
#define ADD2 ADD1; ADDNEXT(V2, V3)
#define ADD4 ADD2; ADDNEXT(V4, V5); ADDNEXT(V6, V7)
#define ADD6 ADD4; ADDNEXT(V8, V9); ADDNEXT(V10, V11)
#define ADD8 ADD6; ADDNEXT(V12, V13); ADDNEXT(V14, V15)
#define ADD12 ADD8; ADDNEXT(V16, V17); ADDNEXT(V18, V19); ADDNEXT(V20, V21); ADDNEXT(V22, V23)

// STOREn writes n rows of C.
#define STORE(left, right) \
	VMOVUPS left, (DI); \
	VMOVUPS right, WIDTH(DI)
#define STORENEXT(left, right) ADDQ R10, DI; STORE(left, right)
#define STORE1 STORE(V0, V1)
#define STORE2 STORE1; STORENEXT(V2, V3)
#define STORE4 STORE2; STORENEXT(V4, V5); STORENEXT(V6, V7)
#define STORE6 STORE4; STORENEXT(V8, V9); STORENEXT(V10, V11)
#define STORE8 STORE6; STORENEXT(V12, V13); STORENEXT(V14, V15)
#define STORE12 STORE8; STORENEXT(V16, V17); STORENEXT(V18, V19); STORENEXT(V20, V21); STORENEXT(V22, V23)

// END goes to the next term, and after the last one to memory.
#define END(add, write) \
	DECQ CX; \
	JNZ loop; \
	CMPQ acc+64(FP), $0; \
	JEQ store; \
	add; \
store: \
	write; \
	VZEROUPPER; \
	RET

// The kernels for few rows.
#define DOT4 \
	OPERANDS; \
	FOURTH; \
	CLEAR4; \
	AHEAD; \
loop: \
	LOAD; \
	VBROADCASTSS (AX), A0; \
	VBROADCASTSS (AX)(R8*1), A1; \
	VBROADCASTSS (AX)(R8*2), A2; \
	VBROADCASTSS (R11), A3; \
	FMA(A0, V0, V1); \
	FMA(A1, V2, V3); \
	FMA(A2, V4, V5); \
	FMA(A3, V6, V7); \
	TERM; \
	ADDQ R9, R11; \
	END(ADD4, STORE4)

#define DOT2 \
	OPERANDS; \
	CLEAR2; \
	AHEAD; \
loop: \
	LOAD; \
	VBROADCASTSS (AX), A0; \
	VBROADCASTSS (AX)(R8*1), A1; \
	FMA(A0, V0, V1); \
	FMA(A1, V2, V3); \
	TERM; \
	END(ADD2, STORE2)

#define DOT1 \
	OPERANDS; \
	CLEAR1; \
	AHEAD; \
loop: \
	LOAD; \
	VBROADCASTSS (AX), A0; \
	FMA(A0, V0, V1); \
	TERM; \
	END(ADD1, STORE1)
