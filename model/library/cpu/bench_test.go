package cpu

import (
	"fmt"
	"testing"
	"time"
	"unsafe"
)

// BenchmarkProduct multiplies matrices of the shapes of a small decoder, on one
// core: x·w, dyᵀ·x, a decode step, and scores and their weights of a head.
func BenchmarkProduct(b *testing.B) {
	for _, s := range []struct {
		name       string
		m, n, k    int
		left, swap bool // A or B transposed
	}{
		{"NN", 512, 128, 128, false, false}, {"NN", 512, 384, 128, false, false}, {"NN", 512, 128, 384, false, false},
		{"NN", 512, 512, 128, false, false}, {"TN", 384, 128, 512, true, false}, {"TN", 128, 128, 512, true, false},
		{"NN", 24, 384, 128, false, false}, {"NN", 24, 128, 384, false, false},
		{"NT", 256, 128, 32, false, true}, {"NN", 256, 32, 128, false, false}, {"NN", 2, 80, 32, false, false},
	} {
		for _, k := range available() {
			b.Run(fmt.Sprintf("%s/%s/%dx%dx%d", k.class, s.name, s.m, s.n, s.k), func(b *testing.B) {
				x, y, c := aligned(s.m*s.k), aligned(s.k*s.n), aligned(s.m*s.n)
				left, right := matrix{unsafe.Pointer(&x[0]), s.k, 1}, matrix{unsafe.Pointer(&y[0]), s.n, 1}
				if s.left {
					left.rows, left.column = 1, s.m
				}
				if s.swap {
					right.rows, right.column = 1, s.k
				}
				scratch := aligned(gemmScratch)
				best := time.Hour // of short runs, which other work on the machine may spare
				calls := 1 + 2e6/(s.m*s.n*s.k)
				for b.Loop() {
					start := time.Now()
					for range calls {
						k.gemm(s.m, s.n, s.k, left, right, unsafe.Pointer(&c[0]), s.n, false, unsafe.Pointer(&scratch[0]))
					}
					best = min(best, time.Since(start))
				}
				b.ReportMetric(2*float64(s.m*s.n*s.k*calls)/best.Seconds()/1e9, "GFLOP/s")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkColdProduct is a decode step's product with weights that no cache
// near the core holds.
func BenchmarkColdProduct(b *testing.B) {
	const m, n, k, copies = 12, 768, 256, 64
	for _, kernels := range available() {
		b.Run(kernels.class, func(b *testing.B) {
			x, y, c := aligned(m*k), aligned(copies*k*n), aligned(m*n)
			for i := range y {
				y[i] = 1 // so that it has memory of its own
			}
			scratch := aligned(gemmScratch)
			best, at := time.Hour, 0
			for b.Loop() {
				start := time.Now()
				for range 4 {
					at = (at + 1) % copies
					kernels.gemm(m, n, k, matrix{unsafe.Pointer(&x[0]), k, 1}, matrix{unsafe.Pointer(&y[at*k*n]), n, 1}, unsafe.Pointer(&c[0]), n, false, unsafe.Pointer(&scratch[0]))
				}
				best = min(best, time.Since(start))
			}
			b.ReportMetric(4*4*float64(n*k)/best.Seconds()/1e9, "GB/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}
