package cpu

import (
	"fmt"
	mathbits "math/bits"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/gomlx/compute"
)

// TestThreads checks that a call gives the same bits with any number of threads,
// where every step is shared, and that those end with the call.
func TestThreads(t *testing.T) {
	needKernels(t)
	rng := rand.New(rand.NewPCG(15, 16))
	random := func(dims ...int) array {
		a := zeros(dims...)
		for i := range a.flat.([]float32) {
			a.flat.([]float32)[i] = float32(rng.NormFloat64())
		}
		return a
	}
	dot := func(batch, left, right []int) build {
		return func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.DotGeneral(in[0], left, batch, in[1], right, batch, compute.DotGeneralConfig{})
		}
	}
	for _, c := range []struct {
		name   string
		build  build
		inputs []array
	}{
		{"rows", dot(nil, []int{1}, []int{0}), []array{random(1003, 70), random(70, 9)}},
		{"columns", dot(nil, []int{1}, []int{0}), []array{random(5, 600), random(600, 1000)}},
		{"rows and columns", dot(nil, []int{0}, []int{0}), []array{random(700, 500), random(700, 100)}},
		{"batch", dot([]int{0}, []int{2}, []int{2}), []array{random(3, 301, 20), random(3, 45, 20)}},
		{"elements", func(f compute.Function, in []compute.Value) (compute.Value, error) {
			v, err := f.FusedSoftmax(in[0], 1)
			if err != nil {
				return nil, err
			}
			return f.LessThan(v, in[0])
		}, []array{random(997, 33)}},
		{"sums", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.ReduceSum(in[0], 1) }, []array{random(2000, 19)}},
	} {
		var want any
		for _, threads := range []int{1, 2, 4, 7} {
			b, err := New(fmt.Sprintf("threads=%d", threads))
			if err != nil {
				t.Fatal(err)
			}
			b.(*Backend).worthwhile = 1
			before := runtime.NumGoroutine()
			got, err := c.build.compute(b, c.inputs...)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			for i := 0; runtime.NumGoroutine() > before && i < 1000; i++ {
				time.Sleep(time.Millisecond)
			}
			if n := runtime.NumGoroutine(); n > before || computing.Load() != 0 {
				t.Errorf("%s: %d goroutines after the call, %d before; %d compute", c.name, n, before, computing.Load())
			}
			if want == nil {
				want = got
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %d threads give other bits", c.name, threads)
			}
			b.Finalize()
		}
	}
}

// TestPanicInTask checks that a panic of any thread is the caller's, when all have
// ended, and that the backend goes on.
func TestPanicInTask(t *testing.T) {
	b, err := New("threads=4")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	for broken := range 8 {
		x := &execution{plan: &plan{backend: b.(*Backend), arena: 64}}
		var working atomic.Int32
		func() {
			defer func() {
				if r := recover(); r != "broken" || working.Load() != 0 || computing.Load() != 0 {
					t.Errorf("task %d: panic %v with %d at work, %d counted", broken, r, working.Load(), computing.Load())
				}
			}()
			computing.Store(2) // helpers, of a call that is not counted here
			x.share(2, 8, func(task int, _ unsafe.Pointer) {
				working.Add(1)
				defer working.Add(-1)
				time.Sleep(time.Millisecond)
				if task == broken {
					panic("broken")
				}
			})
		}()
	}
}

// TestManyAxes checks views of more factors than usual.
func TestManyAxes(t *testing.T) {
	needKernels(t)
	const axes = 20
	dims, perm := make([]int, axes), make([]int, axes)
	in := zeros(1 << axes)
	for i := range in.flat.([]float32) {
		in.flat.([]float32)[i] = float32(i)
	}
	for i := range dims {
		dims[i], perm[i] = 2, axes-1-i
	}
	for _, threads := range []int{1, 4} {
		b, err := New(fmt.Sprintf("threads=%d", threads))
		if err != nil {
			t.Fatal(err)
		}
		got, err := build(func(f compute.Function, in []compute.Value) (compute.Value, error) {
			v, err := f.Reshape(in[0], dims...)
			if err != nil {
				return nil, err
			}
			if v, err = f.Transpose(v, perm...); err != nil {
				return nil, err
			}
			return f.Neg(v)
		}).compute(b, in)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range got.([]float32) {
			if want := -float32(mathbits.Reverse32(uint32(i)) >> (32 - axes)); x != want {
				t.Fatalf("%d threads: element %d is %v, want %v", threads, i, x, want)
			}
		}
		b.Finalize()
	}
}

// TestHelpers checks that a call gets helpers for cores that no other call uses,
// and for as much work as there is.
func TestHelpers(t *testing.T) {
	x := &execution{plan: &plan{backend: &Backend{threads: 4, worthwhile: 10}}}
	for _, c := range []struct {
		calls, tasks int
		nanoseconds  float64
		want         int
	}{
		{1, 100, 1e6, 3}, {2, 100, 1e6, 2}, {4, 100, 1e6, 0}, {9, 100, 1e6, 0}, {1, 2, 1e6, 1}, {1, 1, 1e6, 0}, {1, 100, 29, 1}, {1, 100, 9, 0},
	} {
		computing.Store(int32(c.calls))
		if got := x.helpers(c.tasks, c.nanoseconds); got != c.want || int(computing.Load()) != c.calls+got {
			t.Errorf("%d calls, %d tasks of %v ns: %d helpers, want %d; %d compute", c.calls, c.tasks, c.nanoseconds, got, c.want, computing.Load())
		}
	}
	computing.Store(0)
}
