package cpu

import (
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// BenchmarkOperation computes graphs of one operation on one core, on arrays of a
// decoder's step of 512 tokens; G elements of the result (of the operand, where it is
// reduced) per second.
func BenchmarkOperation(b *testing.B) {
	rows := array{make([]int32, 512), []int{512, 1}}
	for i := range rows.flat.([]int32) {
		rows.flat.([]int32)[i] = int32(i * 37 % 500)
	}
	unary := func(call func(f compute.Function, x compute.Value) (compute.Value, error)) build {
		return func(f compute.Function, in []compute.Value) (compute.Value, error) { return call(f, in[0]) }
	}
	for _, c := range []struct {
		name     string
		elements int
		build    build
		inputs   []array
	}{
		{"gather", 512 * 128, func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.Gather(in[0], in[1], 1, []int{1}, []int{0}, []int{0}, []int{1, 128}, false)
		}, []array{zeros(512, 128), rows}},
		{"scatter", 512 * 128, func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.ScatterSum(in[0], in[1], in[2], 1, []int{1}, []int{0}, []int{0}, false, false)
		}, []array{zeros(512, 128), rows, zeros(512, 128)}},
		{"concatenate halves of 16", 512 * 4 * 32, func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.Concatenate(2, in[0], in[1])
		}, []array{zeros(512, 4, 16), zeros(512, 4, 16)}},
		{"concatenate rows", 512 * 256, func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.Concatenate(0, in[0], in[1])
		}, []array{zeros(256, 256), zeros(256, 256)}},
		{"pad columns", 512 * 160, func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.Pad(in[0], in[1], compute.PadAxis{}, compute.PadAxis{Start: 16, End: 16})
		}, []array{zeros(512, 128), zeros()}},
		{"transpose", 512 * 512, unary(func(f compute.Function, x compute.Value) (compute.Value, error) { return f.Transpose(x, 1, 0) }), []array{zeros(512, 512)}},
		{"transpose heads", 512 * 128, unary(func(f compute.Function, x compute.Value) (compute.Value, error) { return f.Transpose(x, 0, 2, 1, 3) }), []array{zeros(4, 128, 4, 32)}},
		{"sums of rows", 512 * 128, unary(func(f compute.Function, x compute.Value) (compute.Value, error) { return f.ReduceSum(x, 1) }), []array{zeros(512, 128)}},
		{"sums of columns", 512 * 128, unary(func(f compute.Function, x compute.Value) (compute.Value, error) { return f.ReduceSum(x, 0) }), []array{zeros(512, 128)}},
		{"maxima of rows", 512 * 128, unary(func(f compute.Function, x compute.Value) (compute.Value, error) { return f.ReduceMax(x, 1) }), []array{zeros(512, 128)}},
		{"softmax", 512 * 128, unary(func(f compute.Function, x compute.Value) (compute.Value, error) { return f.FusedSoftmax(x, 1) }), []array{zeros(512, 128)}},
		{"exp", 512 * 128, unary(compute.Function.Exp), []array{zeros(512, 128)}},
		{"logistic", 512 * 128, unary(compute.Function.Logistic), []array{zeros(512, 128)}},
		{"log", 512 * 128, unary(compute.Function.Log), []array{zeros(512, 128)}},
		{"add", 512 * 128, func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.Add(in[0], in[1]) }, []array{zeros(512, 128), zeros(512, 128)}},
		{"mask", 512 * 512, func(f compute.Function, in []compute.Value) (compute.Value, error) {
			wide := shapes.Make(dtypes.Int32, 512, 512)
			x, err := f.BroadcastInDim(in[0], wide, []int{0, 1})
			if err != nil {
				return nil, err
			}
			y, err := f.Reshape(in[0], 1, 512)
			if err != nil {
				return nil, err
			}
			if y, err = f.BroadcastInDim(y, wide, []int{0, 1}); err != nil {
				return nil, err
			}
			return f.Equal(x, y)
		}, []array{rows}},
	} {
		for _, class := range available() {
			b.Run(c.name+"/"+class.class, func(b *testing.B) {
				backend, err := New("threads=1,kernels=" + class.class)
				if err != nil {
					b.Fatal(err)
				}
				defer backend.Finalize()
				exec, inputs, err := c.build.compile(backend, c.inputs...)
				if err != nil {
					b.Fatal(err)
				}
				best := time.Hour
				for b.Loop() {
					start := time.Now()
					outputs, err := exec.Execute(inputs, nil, 0)
					if err != nil {
						b.Fatal(err)
					}
					best = min(best, time.Since(start))
					if err := outputs[0].Finalize(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(c.elements)/float64(best.Nanoseconds()), "G/s")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
