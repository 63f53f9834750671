package cpu

import (
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// scatter compiles cache + rows at indices, as a decode step writes its keys.
func scatter(t *testing.T, b *Backend) compute.Executable {
	builder := b.Builder("scatter")
	f := builder.Main()
	value := func(v compute.Value, err error) compute.Value {
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	cache := value(f.Parameter("cache", shapes.Make(dtypes.Float32, 2, 3, 2), nil))
	at := value(f.Parameter("at", shapes.Make(dtypes.Int32, 2, 1), nil))
	rows := value(f.Parameter("rows", shapes.Make(dtypes.Float32, 2, 2), nil))
	flat := value(f.Reshape(cache, 6, 2))
	sum := value(f.ScatterSum(flat, at, rows, 1, []int{1}, []int{0}, []int{0}, false, false))
	if err := f.Return([]compute.Value{value(f.Reshape(sum, 2, 3, 2))}, nil); err != nil {
		t.Fatal(err)
	}
	exec, err := builder.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return exec
}

// TestDonation checks that rows are added in place to a donated operand, and to a
// copy otherwise, and that a donated buffer is of no further use.
func TestDonation(t *testing.T) {
	needKernels(t)
	backend, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	b := backend.(*Backend)
	exec := scatter(t, b)
	buffer := func(flat any, shape shapes.Shape) compute.Buffer {
		x, err := b.BufferFromFlatData(0, flat, shape)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, donate := range []bool{false, true} {
		cache := buffer([]float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, shapes.Make(dtypes.Float32, 2, 3, 2))
		before, err := dataPointer(cache)
		if err != nil {
			t.Fatal(err)
		}
		inputs := []compute.Buffer{cache, buffer([]int32{4, 0}, shapes.Make(dtypes.Int32, 2, 1)), buffer([]float32{100, 200, 300, 400}, shapes.Make(dtypes.Float32, 2, 2))}
		outputs, err := exec.Execute(inputs, []bool{donate, false, false}, 0)
		if err != nil {
			t.Fatal(err)
		}
		flat, err := outputs[0].Data()
		if err != nil {
			t.Fatal(err)
		}
		if want := []float32{300, 401, 2, 3, 4, 5, 6, 7, 108, 209, 10, 11}; !slices.Equal(flat.([]float32), want) {
			t.Errorf("donated %v: %v, want %v", donate, flat, want)
		}
		after, err := dataPointer(outputs[0])
		if err != nil {
			t.Fatal(err)
		}
		if (before == after) != donate {
			t.Errorf("donated %v, and written in place %v", donate, before == after)
		}
		_, err = exec.Execute(inputs, nil, 0)
		if donate != (err != nil && strings.Contains(err.Error(), "donated")) {
			t.Errorf("donated %v, and used again: error %v", donate, err)
		}
	}
	bad := []compute.Buffer{buffer(make([]float32, 12), shapes.Make(dtypes.Float32, 2, 3, 2)), buffer([]int32{6, 0}, shapes.Make(dtypes.Int32, 2, 1)), buffer(make([]float32, 4), shapes.Make(dtypes.Float32, 2, 2))}
	if _, err := exec.Execute(bad, nil, 0); err == nil || !strings.Contains(err.Error(), "index 6 of 6 rows") {
		t.Errorf("an index out of range: error %v", err)
	}
}
