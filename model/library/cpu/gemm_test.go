package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// productCase is one product: sizes, and where its operands lie.
type productCase struct {
	m, n, k        int
	a, b           matrix
	left, right, c []float32
}

// newProduct draws matrices that are row-major, transposed, or parts of wider
// ones.
func newProduct(rng *rand.Rand, m, n, k int) productCase {
	draw := func(rows, columns int) ([]float32, matrix) {
		gap := rng.IntN(3)
		data := make([]float32, (rows+gap)*(columns+gap)+1)
		for i := range data {
			data[i] = float32(rng.NormFloat64())
		}
		at := unsafe.Pointer(&data[rng.IntN(2)])
		if rng.IntN(2) == 0 {
			return data, matrix{at, columns + gap, 1}
		}
		return data, matrix{at, 1, rows + gap}
	}
	p := productCase{m: m, n: n, k: k, c: aligned(m*n + 1)}
	p.left, p.a = draw(m, k)
	p.right, p.b = draw(k, n)
	return p
}

func (p productCase) run(k *kernels) {
	scratch := aligned(gemmScratch)
	p.c[p.m*p.n] = 42 // a guard
	k.gemm(p.m, p.n, p.k, p.a, p.b, unsafe.Pointer(&p.c[0]), p.n, false, unsafe.Pointer(&scratch[0]))
}

func get(m matrix, row, column int) float64 { return float64(*(*float32)(m.element(row, column))) }

// check compares with sums in double precision: the error of a chain of k fused
// multiply-adds is at most k roundings of the sum of magnitudes.
func (p productCase) check() error {
	for i := range p.m {
		for j := range p.n {
			sum, size := 0.0, 0.0
			for t := range p.k {
				product := get(p.a, i, t) * get(p.b, t, j)
				sum, size = sum+product, size+math.Abs(product)
			}
			got := float64(p.c[i*p.n+j])
			if math.IsNaN(sum) != math.IsNaN(got) || math.Abs(got-sum) > float64(p.k+2)*size*0x1p-24 {
				return fmt.Errorf("%dx%dx%d: element %d,%d is %v, want %v", p.m, p.n, p.k, i, j, got, sum)
			}
		}
	}
	if p.c[p.m*p.n] != 42 {
		return fmt.Errorf("%dx%dx%d: wrote past the end", p.m, p.n, p.k)
	}
	return nil
}

// TestProducts checks products of many sizes, layouts and kernels, and that all
// classes agree to the last bit.
func TestProducts(t *testing.T) {
	needKernels(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		m, n, k := 1+rng.IntN(40), 1+rng.IntN(80), 1+rng.IntN(70)
		switch i % 20 {
		case 0:
			m, k = 50+rng.IntN(30), 500+rng.IntN(700) // more than one block of terms
		case 1:
			m = 1
		case 2:
			n = 1
		}
		p := newProduct(rng, m, n, k)
		var first []float32
		for _, kernels := range available() {
			p.run(kernels)
			if err := p.check(); err != nil {
				t.Fatalf("%s: %v", kernels.class, err)
			}
			if first == nil {
				first = append(first, p.c...)
			}
			for j := range first {
				if first[j] != p.c[j] {
					t.Fatalf("%s: %dx%dx%d: element %d is %v, with %s kernels %v", kernels.class, m, n, k, j, p.c[j], available()[0].class, first[j])
				}
			}
		}
	}
}

// TestRowPosition checks that a row's results depend neither on where it stands
// nor on how many there are.
func TestRowPosition(t *testing.T) {
	needKernels(t)
	rng := rand.New(rand.NewPCG(3, 4))
	for _, kernels := range available() {
		for range 30 {
			n, k := 1+rng.IntN(70), 1+rng.IntN(600)
			p := newProduct(rng, 61, n, k)
			p.run(kernels)
			for range 20 {
				from := rng.IntN(p.m)
				part := p
				part.m, part.c = 1+rng.IntN(p.m-from), aligned(p.m*n+1)
				part.a.at = p.a.element(from, 0)
				part.run(kernels)
				for i := range part.m * n {
					if part.c[i] != p.c[from*n+i] {
						t.Fatalf("%s: row %d of %d differs from row %d of %d (%d columns, %d terms)", kernels.class, i/n, part.m, from+i/n, p.m, n, k)
					}
				}
			}
		}
	}
}

// TestProductsOfSpecials checks that NaN and infinities go where they must and
// nowhere else.
func TestProductsOfSpecials(t *testing.T) {
	needKernels(t)
	rng := rand.New(rand.NewPCG(5, 6))
	specials := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 0, 0x1p-140}
	for range 60 {
		p := newProduct(rng, 1+rng.IntN(20), 1+rng.IntN(40), 1+rng.IntN(40))
		*(*float32)(p.a.element(rng.IntN(p.m), rng.IntN(p.k))) = specials[rng.IntN(len(specials))]
		*(*float32)(p.b.element(rng.IntN(p.k), rng.IntN(p.n))) = specials[rng.IntN(len(specials))]
		for _, kernels := range available() {
			p.run(kernels)
			for i := range p.m {
				for j := range p.n {
					want := float32(0)
					for t := range p.k {
						want = float32(math.FMA(get(p.a, i, t), get(p.b, t, j), float64(want)))
					}
					got := p.c[i*p.n+j]
					if math.IsNaN(float64(want)) != math.IsNaN(float64(got)) || math.IsInf(float64(want), 0) != math.IsInf(float64(got), 0) {
						t.Fatalf("%s: %dx%dx%d: element %d,%d is %v, want %v", kernels.class, p.m, p.n, p.k, i, j, got, want)
					}
				}
			}
		}
	}
}

// FuzzProduct checks a product of any shape.
func FuzzProduct(f *testing.F) {
	f.Add(uint64(1), uint8(7), uint8(33), uint16(513))
	f.Add(uint64(2), uint8(12), uint8(16), uint16(1))
	f.Fuzz(func(t *testing.T, seed uint64, m, n uint8, k uint16) {
		p := newProduct(rand.New(rand.NewPCG(seed, 0)), 1+int(m)%64, 1+int(n)%96, 1+int(k)%1100)
		for _, kernels := range available() {
			p.run(kernels)
			if err := p.check(); err != nil {
				t.Fatalf("%s: %v", kernels.class, err)
			}
		}
	})
}
