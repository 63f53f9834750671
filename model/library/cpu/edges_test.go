package cpu

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// array is an input of a graph.
type array struct {
	flat any
	dims []int
}

func zeros(dims ...int) array { return array{make([]float32, size(dims)), dims} }

// build makes one value of the inputs.
type build func(f compute.Function, in []compute.Value) (compute.Value, error)

// compute builds a graph and executes it; the result is a slice of its type.
func (make build) compute(b compute.Backend, inputs ...array) (any, error) {
	exec, buffers, err := make.compile(b, inputs...)
	if err != nil {
		return nil, err
	}
	outputs, err := exec.Execute(buffers, nil, 0)
	if err != nil {
		return nil, err
	}
	return outputs[0].Data()
}

// compile builds a graph, and buffers of its inputs.
func (make build) compile(b compute.Backend, inputs ...array) (compute.Executable, []compute.Buffer, error) {
	builder := b.Builder("edges")
	f := builder.Main()
	var in []compute.Value
	var buffers []compute.Buffer
	for i, a := range inputs {
		shape := shapes.Make(dtypes.FromGoType(reflect.TypeOf(a.flat).Elem()), a.dims...)
		v, err := f.Parameter(fmt.Sprint("p", i), shape, nil)
		if err != nil {
			return nil, nil, err
		}
		buffer, err := b.BufferFromFlatData(0, a.flat, shape)
		if err != nil {
			return nil, nil, err
		}
		in, buffers = append(in, v), append(buffers, buffer)
	}
	v, err := make(f, in)
	if err != nil {
		return nil, nil, err
	}
	if err := f.Return([]compute.Value{v}, nil); err != nil {
		return nil, nil, err
	}
	exec, err := builder.Compile()
	return exec, buffers, err
}

// TestZeroSizes computes on arrays without elements, several of which stop
// gobackend.
func TestZeroSizes(t *testing.T) {
	number := zeros()
	none := array{[]int32{}, []int{0, 1}}
	dot := func(left, right []int) build {
		return func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.DotGeneral(in[0], left, nil, in[1], right, nil, compute.DotGeneralConfig{})
		}
	}
	cases := []struct {
		name   string
		build  build
		inputs []array
		want   []float32
	}{
		{"add", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.Add(in[0], in[1]) }, []array{zeros(0, 3), zeros(0, 3)}, nil},
		{"exp", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.Exp(in[0]) }, []array{zeros(2, 0)}, nil},
		{"dot without rows", dot([]int{1}, []int{0}), []array{zeros(0, 3), zeros(3, 2)}, nil},
		{"dot without columns", dot([]int{1}, []int{0}), []array{zeros(2, 3), zeros(3, 0)}, nil},
		{"dot without terms", dot([]int{1}, []int{0}), []array{zeros(2, 0), zeros(0, 3)}, make([]float32, 6)},
		{"sum of nothing", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.ReduceSum(in[0], 1) }, []array{zeros(2, 0)}, make([]float32, 2)},
		{"sums of columns of nothing", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.ReduceSum(in[0], 0) }, []array{zeros(0, 3)}, make([]float32, 3)},
		{"no sums", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.ReduceSum(in[0], 1) }, []array{zeros(0, 3)}, nil},
		{"maximum of nothing", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.ReduceMax(in[0], 1) }, []array{zeros(1, 0)}, []float32{float32(math.Inf(-1))}},
		{"softmax of no rows", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.FusedSoftmax(in[0], 1) }, []array{zeros(0, 3)}, nil},
		{"softmax of empty rows", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.FusedSoftmax(in[0], 1) }, []array{zeros(3, 0)}, nil},
		{"transpose", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.Transpose(in[0], 1, 0) }, []array{zeros(0, 3)}, nil},
		{"reshape", func(f compute.Function, in []compute.Value) (compute.Value, error) { return f.Reshape(in[0], 3, 0) }, []array{zeros(0, 4)}, nil},
		{"gather nothing", func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.Gather(in[0], in[1], 1, []int{1}, []int{0}, []int{0}, []int{1, 2}, false)
		}, []array{zeros(5, 2), none}, nil},
		{"scatter nothing", func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.ScatterSum(in[0], in[1], in[2], 1, []int{1}, []int{0}, []int{0}, false, false)
		}, []array{zeros(2, 2), none, zeros(0, 2)}, make([]float32, 4)},
		{"pad nothing", func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.Pad(in[0], in[1], compute.PadAxis{Start: 1, End: 1}, compute.PadAxis{})
		}, []array{zeros(0, 2), number}, make([]float32, 4)},
		{"concatenate with nothing", func(f compute.Function, in []compute.Value) (compute.Value, error) {
			return f.Concatenate(0, in[0], in[1])
		}, []array{zeros(0, 2), zeros(2, 2)}, make([]float32, 4)},
	}
	needKernels(t)
	b, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	for _, c := range cases {
		got, err := c.build.compute(b, c.inputs...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(got.([]float32), c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestIndices gathers rows at indices beyond the table, and adds rows that occur
// more than once, with NaN and infinities among them.
func TestIndices(t *testing.T) {
	needKernels(t)
	b, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	table := array{[]float32{1, 2, 3, nan, 5, 6, -inf, 8, 9, 10, 11, 12}, []int{4, 3}}
	at := array{[]int32{-7, 3, 1, 9, 2}, []int{5, 1}}
	got, err := build(func(f compute.Function, in []compute.Value) (compute.Value, error) {
		return f.Gather(in[0], in[1], 1, []int{1}, []int{0}, []int{0}, []int{1, 3}, false)
	}).compute(b, table, at)
	if want := []float32{1, 2, 3, 10, 11, 12, nan, 5, 6, 10, 11, 12, -inf, 8, 9}; err != nil || !sameBits(got.([]float32), want) {
		t.Errorf("gather: %v, %v, want %v", got, err, want)
	}
	add := build(func(f compute.Function, in []compute.Value) (compute.Value, error) {
		return f.ScatterSum(in[0], in[1], in[2], 1, []int{1}, []int{0}, []int{0}, false, false)
	})
	rows := array{[]float32{100, inf, 1e-9, 200, 0x1p-24, 3, 1, 1, inf, 1, nan, 4}, []int{4, 3}}
	got, err = add.compute(b, zeros(3, 3), array{[]int32{2, 0, 2, 0}, []int{4, 1}}, rows)
	want := []float32{201, nan, 7, 0, 0, 0, 101, inf, inf}
	if err != nil || !slices.EqualFunc(got.([]float32), want, func(x, y float32) bool { return x == y || x != x && y != y }) {
		t.Errorf("scatter: %v, %v, want %v", got, err, want)
	}
	for _, index := range []int32{-1, 3, math.MaxInt32} {
		if _, err := add.compute(b, zeros(3, 3), array{[]int32{index}, []int{1, 1}}, zeros(1, 3)); err == nil {
			t.Errorf("scatter to row %d of 3: no error", index)
		}
	}
}
