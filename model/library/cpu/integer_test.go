package cpu

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// words runs an elementwise instruction on 32-bit values, of a length that fills
// no whole vectors.
func words(op opcode, operands ...[]uint32) []uint32 {
	n := len(operands[0])
	in := [3]int{noSlot, noSlot, noSlot}
	var at []unsafe.Pointer
	for i, x := range operands {
		padded := aligned(roundUp(n))
		for j, w := range x {
			padded[j] = math.Float32frombits(w)
		}
		in[i], at = i, append(at, unsafe.Pointer(&padded[0]))
	}
	out := aligned(roundUp(n))
	computeTile(&instruction{op: op, in: in}, unsafe.Pointer(&out[0]), at, n)
	result := make([]uint32, n)
	for i := range result {
		result[i] = math.Float32bits(out[i])
	}
	return result
}

func truth(ok bool) uint32 {
	if ok {
		return math.MaxUint32
	}
	return 0
}

// TestIntegers compares the kernels for int32 and bool, and conversions from
// them, with Go's.
func TestIntegers(t *testing.T) {
	needKernels(t)
	rng := rand.New(rand.NewPCG(13, 14))
	const n = 1003
	x, y, p, q := make([]uint32, n), make([]uint32, n), make([]uint32, n), make([]uint32, n)
	ends := []int32{0, 1, -1, math.MaxInt32, math.MinInt32, 1 << 24, 1<<24 + 1}
	for i := range x {
		x[i], y[i] = rng.Uint32(), rng.Uint32()
		if i%2 == 0 {
			x[i], y[i] = uint32(ends[rng.IntN(len(ends))]), uint32(ends[rng.IntN(len(ends))])
		}
		p[i], q[i] = truth(rng.IntN(2) == 0), truth(rng.IntN(2) == 0)
	}
	type two = func(a, b int32) uint32
	for op, want := range map[opcode]two{
		opAddInt: func(a, b int32) uint32 { return uint32(a + b) }, opSubInt: func(a, b int32) uint32 { return uint32(a - b) },
		opMulInt: func(a, b int32) uint32 { return uint32(a * b) }, opNegInt: func(a, _ int32) uint32 { return uint32(-a) },
		opMaxInt: func(a, b int32) uint32 { return uint32(max(a, b)) }, opMinInt: func(a, b int32) uint32 { return uint32(min(a, b)) },
		opEqualInt: func(a, b int32) uint32 { return truth(a == b) }, opNotEqualInt: func(a, b int32) uint32 { return truth(a != b) },
		opLessInt: func(a, b int32) uint32 { return truth(a < b) }, opLessEqualInt: func(a, b int32) uint32 { return truth(a <= b) },
		opGreaterInt: func(a, b int32) uint32 { return truth(a > b) }, opGreaterEqualInt: func(a, b int32) uint32 { return truth(a >= b) },
		opFloat: func(a, _ int32) uint32 { return math.Float32bits(float32(a)) }, opCopy: func(a, _ int32) uint32 { return uint32(a) },
	} {
		for i, got := range words(op, x, y) {
			if got != want(int32(x[i]), int32(y[i])) {
				t.Errorf("operation %d of %d and %d is %#x, want %#x", op, int32(x[i]), int32(y[i]), got, want(int32(x[i]), int32(y[i])))
				break
			}
		}
	}
	for op, want := range map[opcode]func(a, b bool) uint32{
		opAnd: func(a, b bool) uint32 { return truth(a && b) }, opOr: func(a, b bool) uint32 { return truth(a || b) },
		opXor: func(a, b bool) uint32 { return truth(a != b) }, opNot: func(a, _ bool) uint32 { return truth(!a) },
		opFloatBool: func(a, _ bool) uint32 { return truth(a) & math.Float32bits(1) }, opIntBool: func(a, _ bool) uint32 { return truth(a) & 1 },
	} {
		for i, got := range words(op, p, q) {
			if got != want(p[i] != 0, q[i] != 0) {
				t.Errorf("operation %d of %v and %v is %#x", op, p[i] != 0, q[i] != 0, got)
				break
			}
		}
	}
	for i, got := range words(opWhere, p, x, y) {
		if p[i] != 0 && got != x[i] || p[i] == 0 && got != y[i] {
			t.Fatalf("where %v: %#x of %#x and %#x", p[i] != 0, got, x[i], y[i])
		}
	}
}

// TestSigns checks the sign of zero against Go's. Of two zeros Max and Min return
// the second.
func TestSigns(t *testing.T) {
	needKernels(t)
	zero, minus := float32(0), float32(math.Copysign(0, -1))
	values := []float32{zero, minus, 1, -1, float32(math.Inf(1)), float32(math.Inf(-1))}
	var x, y []uint32
	for _, a := range values {
		for _, b := range values {
			x, y = append(x, math.Float32bits(a)), append(y, math.Float32bits(b))
		}
	}
	for op, want := range map[opcode]func(a, b float32) float32{
		opAdd: func(a, b float32) float32 { return a + b }, opSub: func(a, b float32) float32 { return a - b },
		opMul: func(a, b float32) float32 { return a * b }, opDiv: func(a, b float32) float32 { return a / b },
		opMax: func(a, b float32) float32 {
			if a == b {
				return b
			}
			return max(a, b)
		},
		opMin: func(a, b float32) float32 {
			if a == b {
				return b
			}
			return min(a, b)
		},
		opNeg: func(a, _ float32) float32 { return -a }, opAbs: func(a, _ float32) float32 { return float32(math.Abs(float64(a))) },
		opSqrt:  func(a, _ float32) float32 { return float32(math.Sqrt(float64(a))) },
		opRsqrt: func(a, _ float32) float32 { return 1 / float32(math.Sqrt(float64(a))) },
	} {
		for i, bits := range words(op, x, y) {
			a, b, got := math.Float32frombits(x[i]), math.Float32frombits(y[i]), math.Float32frombits(bits)
			if w := want(a, b); math.Float32bits(w) != bits && (w == w || got == got) {
				t.Errorf("operation %d of %v and %v is %v, want %v", op, a, b, got, w)
			}
		}
	}
}
