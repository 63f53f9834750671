package cpu

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// ulps is the distance of a from the exact value b, in units of b's last place.
func ulps(a float32, b float64) float64 {
	if math.IsNaN(b) && math.IsNaN(float64(a)) || float64(a) == b || math.IsInf(float64(float32(b)), 0) && float32(b) == a {
		return 0
	}
	size := math.Abs(b)
	if size < 0x1p-126 {
		size = 0x1p-126
	}
	_, exponent := math.Frexp(size)
	return math.Abs(float64(a)-b) / math.Ldexp(1, exponent-24)
}

// awkward are elements of all magnitudes, and those that are not numbers.
func awkward(rng *rand.Rand, n int) []float32 {
	x := aligned(roundUp(n))
	specials := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 87.4, -87.4, 88.8, -103, 104, 0x1p-126, 0x1p-149,
		math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
	for i := range x {
		switch i % 4 {
		case 0:
			x[i] = specials[rng.IntN(len(specials))]
		case 1:
			x[i] = float32(rng.NormFloat64() * 30)
		default:
			x[i] = float32(rng.NormFloat64())
		}
	}
	return x
}

// TestElements compares every elementwise kernel with double precision. What is
// below 2^-126 counts as 0.
func TestElements(t *testing.T) {
	needKernels(t)
	truth := func(ok bool) float64 {
		if ok {
			return 1
		}
		return 0
	}
	cases := []struct {
		name string
		op   opcode
		ulps float64
		want func(x, y float64) float64
	}{
		{"add", opAdd, 0.5, func(x, y float64) float64 { return x + y }},
		{"sub", opSub, 0.5, func(x, y float64) float64 { return x - y }},
		{"mul", opMul, 0.5, func(x, y float64) float64 { return x * y }},
		{"div", opDiv, 0.5, func(x, y float64) float64 { return x / y }},
		{"max", opMax, 0, func(x, y float64) float64 { return max(x, y) }},
		{"min", opMin, 0, func(x, y float64) float64 { return min(x, y) }},
		{"neg", opNeg, 0, func(x, _ float64) float64 { return -x }},
		{"abs", opAbs, 0, func(x, _ float64) float64 { return math.Abs(x) }},
		{"sqrt", opSqrt, 0.5, func(x, _ float64) float64 { return math.Sqrt(x) }},
		{"rsqrt", opRsqrt, 1.5, func(x, _ float64) float64 { return 1 / math.Sqrt(x) }},
		{"exp", opExp, 1.5, func(x, _ float64) float64 { return math.Exp(x) }},
		{"log", opLog, 0.5, func(x, _ float64) float64 { return math.Log(x) }},
		{"logistic", opLogistic, 3, func(x, _ float64) float64 { return 1 / (1 + math.Exp(-x)) }},
		{"copy", opCopy, 0, func(x, _ float64) float64 { return x }},
		{"equal", opEqual, 0, func(x, y float64) float64 { return truth(x == y) }},
		{"not equal", opNotEqual, 0, func(x, y float64) float64 { return truth(x != y) }},
		{"less", opLess, 0, func(x, y float64) float64 { return truth(x < y) }},
		{"less or equal", opLessEqual, 0, func(x, y float64) float64 { return truth(x <= y) }},
		{"greater", opGreater, 0, func(x, y float64) float64 { return truth(x > y) }},
		{"greater or equal", opGreaterEqual, 0, func(x, y float64) float64 { return truth(x >= y) }},
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for _, c := range cases {
		const n = 4096
		x, y, z := awkward(rng, n), awkward(rng, n), aligned(n)
		at := []unsafe.Pointer{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0])}
		computeTile(&instruction{op: c.op, in: [3]int{0, 1, noSlot}}, unsafe.Pointer(&z[0]), at, n)
		worst := 0.0
		for i, got := range z {
			if c.op >= opEqual && c.op <= opGreaterEqual {
				got = float32(math.Float32bits(got) & 1)
			}
			want := c.want(float64(x[i]), float64(y[i]))
			off := ulps(got, want)
			if math.Abs(float64(got)) <= 0x1p-126 && math.Abs(want) <= 0x1.01p-126 {
				continue
			}
			if !(off <= c.ulps+1e-6) {
				t.Errorf("%s of %v and %v is %v, %.2f ulps off", c.name, x[i], y[i], got, off)
				break
			}
			worst = max(worst, off)
		}
		t.Logf("%s: at most %.2f ulps off", c.name, worst)
	}
}

// TestRows compares sums, maxima and softmax of rows of all lengths with double
// precision, and checks that a row's results do not depend on its place.
func TestRows(t *testing.T) {
	needKernels(t)
	rng := rand.New(rand.NewPCG(9, 10))
	for _, columns := range []int{1, 2, 7, 8, 9, 15, 16, 31, 53, 64, 100, 129, 1000, 1030} {
		const rows = 5
		x := aligned(rows * columns)
		for i := range x {
			x[i] = float32(rng.NormFloat64() * 4)
		}
		copy(x[4*columns:], x[:columns])
		sums, largest, soft := aligned(rows), aligned(rows), aligned(rows*columns)
		for i, k := range available() {
			k.computeRows(opRowSum, unsafe.Pointer(&sums[0]), unsafe.Pointer(&x[0]), rows, columns)
			k.computeRows(opRowMax, unsafe.Pointer(&largest[0]), unsafe.Pointer(&x[0]), rows, columns)
			before := slices.Clone(soft)
			k.computeRows(opRowSoftmax, unsafe.Pointer(&soft[0]), unsafe.Pointer(&x[0]), rows, columns)
			if i > 0 && !sameBits(before, soft) {
				t.Errorf("%d columns: softmax differs between %s and %s", columns, k.class, available()[i-1].class)
			}
		}
		for r := range rows {
			row := x[r*columns:][:columns]
			sum, size, top, total := 0.0, 0.0, math.Inf(-1), 0.0
			for _, v := range row {
				sum, size, top = sum+float64(v), size+math.Abs(float64(v)), max(top, float64(v))
			}
			for _, v := range row {
				total += math.Exp(float64(v) - top)
			}
			if math.Abs(float64(sums[r])-sum) > size*float64(columns/8+4)*0x1p-24 {
				t.Errorf("%d columns: sum %v, want %v", columns, sums[r], sum)
			}
			if float64(largest[r]) != top {
				t.Errorf("%d columns: maximum %v, want %v", columns, largest[r], top)
			}
			for i, v := range row {
				if p := math.Exp(float64(v)-top) / total; math.Abs(float64(soft[r*columns+i])-p) > 2.5e-6*p+1e-12 {
					t.Errorf("%d columns: softmax %v, want %v", columns, soft[r*columns+i], p)
				}
			}
		}
		if sums[0] != sums[4] || soft[columns-1] != soft[5*columns-1] {
			t.Errorf("%d columns: equal rows have other results", columns)
		}
	}
}

// TestRowsOfSpecials checks rows with NaN and infinities.
func TestRowsOfSpecials(t *testing.T) {
	needKernels(t)
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, k := range available() {
		for _, columns := range []int{3, 8, 13, 24, 32} {
			checkSpecials(t, k, columns, inf, nan)
		}
	}
}

// TestRowsOfInfinities checks rows of which every element is the same infinity.
func TestRowsOfInfinities(t *testing.T) {
	needKernels(t)
	for _, k := range available() {
		for _, columns := range []int{1, 3, 8, 13, 24, 32, 1030} {
			x, out := aligned(columns), aligned(columns)
			for _, v := range []float32{float32(math.Inf(1)), float32(math.Inf(-1))} {
				for i := range x {
					x[i] = v
				}
				for _, op := range []opcode{opRowSum, opRowMax} {
					if k.computeRows(op, unsafe.Pointer(&out[0]), unsafe.Pointer(&x[0]), 1, columns); out[0] != v {
						t.Errorf("%s: operation %d of %d times %v is %v", k.class, op, columns, v, out[0])
					}
				}
				k.computeRows(opRowSoftmax, unsafe.Pointer(&out[0]), unsafe.Pointer(&x[0]), 1, columns)
				if slices.ContainsFunc(out, func(p float32) bool { return p == p }) {
					t.Errorf("%s: softmax of %d times %v is %v", k.class, columns, v, out)
				}
			}
		}
	}
}

func checkSpecials(t *testing.T, k *kernels, columns int, inf, nan float32) {
	for at := range columns {
		x, out := aligned(columns), aligned(columns)
		result := func(op opcode, v float32) float32 {
			clear(x)
			x[at] = v
			k.computeRows(op, unsafe.Pointer(&out[0]), unsafe.Pointer(&x[0]), 1, columns)
			return out[0]
		}
		if got := result(opRowMax, nan); got == got {
			t.Errorf("maximum with NaN at %d of %d is %v", at, columns, got)
		}
		if got := result(opRowMax, -inf); got != 0 {
			t.Errorf("maximum with -Inf at %d of %d is %v", at, columns, got)
		}
		if got := result(opRowSum, nan); got == got {
			t.Errorf("sum with NaN at %d of %d is %v", at, columns, got)
		}
		if got := result(opRowSoftmax, nan); got == got {
			t.Errorf("softmax with NaN at %d of %d is %v", at, columns, got)
		}
		if got := result(opRowMax, inf); got != inf {
			t.Errorf("maximum with Inf at %d of %d is %v", at, columns, got)
		}
		if got := result(opRowSum, -inf); got != -inf {
			t.Errorf("sum with -Inf at %d of %d is %v", at, columns, got)
		}
		if result(opRowSoftmax, inf); out[at] == out[at] {
			t.Errorf("softmax with Inf at %d of %d is %v", at, columns, out)
		}
		if result(opRowSoftmax, -inf); out[at] != 0 || out[(at+1)%columns] == 0 {
			t.Errorf("softmax with -Inf at %d of %d is %v", at, columns, out)
		}
	}
}
