package cpu

import (
	"sync"
	"time"
	"unsafe"
)

// Peak is how many operations (a multiply-add is two) per second so many cores do together in this
// package's fastest matrix product, on operands in their nearest caches: the best of a few
// milliseconds, which other work on the machine may spare. It is 0 without kernels for this processor.
func Peak(cores int) float64 {
	classes := available()
	if len(classes) == 0 {
		return 0
	}
	rates := make([]float64, cores)
	var all sync.WaitGroup
	for i := range rates {
		all.Go(func() { rates[i] = classes[0].peak() })
	}
	all.Wait()
	sum := 0.0
	for _, r := range rates {
		sum += r
	}
	return sum
}

// peak is that of the core that it runs on.
func (k *kernels) peak() float64 {
	const (
		m, n, inner  = 48, 32, 256
		calls, tries = 100, 20
	)
	x, y, c, scratch := make([]float32, m*inner), make([]float32, inner*n), make([]float32, m*n), make([]float32, gemmScratch)
	left, right := matrix{unsafe.Pointer(&x[0]), inner, 1}, matrix{unsafe.Pointer(&y[0]), n, 1}
	best := time.Hour
	for range tries {
		start := time.Now()
		for range calls {
			k.gemm(m, n, inner, left, right, unsafe.Pointer(&c[0]), n, false, unsafe.Pointer(&scratch[0]))
		}
		best = min(best, max(time.Since(start), 1))
	}
	clearVectorState()
	return 2 * m * n * inner * calls / best.Seconds()
}
