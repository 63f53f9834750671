package safetensors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// specsOf are the names and shapes of tensors.
func specsOf(tensors []Tensor) []Spec {
	var specs []Spec
	for _, t := range tensors {
		specs = append(specs, Spec{t.Name, t.Shape})
	}
	return specs
}

// write lays tensors out and writes all files.
func write(t *testing.T, tensors []Tensor, dtype DType, maxFileBytes int64) (*Layout, map[string][]byte) {
	t.Helper()
	layout, err := NewLayout(specsOf(tensors), dtype, maxFileBytes, map[string]string{"format": "pt"})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, file := range layout.Files {
		var out bytes.Buffer
		if err := file.Write(t.Context(), &out, Values(tensors)); err != nil {
			t.Fatal(err)
		}
		if int64(out.Len()) != file.Size() {
			t.Errorf("%s has %d bytes, its layout says %d", file.Name, out.Len(), file.Size())
		}
		files[file.Name] = out.Bytes()
	}
	return layout, files
}

// randomTensors are tensors of the given sizes, in an order that is not that of their names.
func randomTensors(sizes ...int) []Tensor {
	rng := rand.New(rand.NewPCG(1, 2))
	var tensors []Tensor
	for i, n := range sizes {
		data := make([]float32, n)
		for k := range data {
			data[k] = float32(rng.NormFloat64())
		}
		tensors = append(tensors, Tensor{fmt.Sprintf("t%d", (i*7)%10), []int{n}, data})
	}
	return tensors
}

// TestShards checks where files are cut, how they are named, and that the set is read back.
func TestShards(t *testing.T) {
	tensors := randomTensors(10, 10, 20, 100, 1, 1)
	for _, c := range []struct {
		limit int64
		want  string // tensors of each file, in the order given
	}{
		{0, "t0 t7 t4 t1 t8 t5"}, {1 << 40, "t0 t7 t4 t1 t8 t5"}, {568, "t0 t7 t4 t1 t8 t5"}, {567, "t0 t7 t4 t1 t8|t5"},
		{80, "t0 t7|t4|t1|t8 t5"}, {1, "t0|t7|t4|t1|t8|t5"}, {160, "t0 t7 t4|t1|t8 t5"},
	} {
		layout, files := write(t, tensors, F32, c.limit)
		var groups []string
		for i, file := range layout.Files {
			var names []string
			for _, spec := range tensors {
				for _, info := range file.infos {
					if info.Name == spec.Name {
						names = append(names, spec.Name)
					}
				}
			}
			groups = append(groups, strings.Join(names, " "))
			want := "model.safetensors"
			if len(layout.Files) > 1 {
				want = fmt.Sprintf("model-%05d-of-%05d.safetensors", i+1, len(layout.Files))
			}
			if file.Name != want {
				t.Errorf("limit %d: file %d is named %s", c.limit, i, file.Name)
			}
		}
		if got := strings.Join(groups, "|"); got != c.want {
			t.Errorf("limit %d: files %s, want %s", c.limit, got, c.want)
		}
		if (layout.Index == nil) != (len(layout.Files) == 1) {
			t.Errorf("limit %d: %d files, index %s", c.limit, len(layout.Files), layout.Index)
		}
		if layout.Index == nil {
			continue
		}
		if !bytes.Contains(layout.Index, []byte(`"total_size": 568`)) {
			t.Errorf("limit %d: index\n%s", c.limit, layout.Index)
		}
		set, err := OpenSharded(layout.Index, from(files))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range tensors {
			got := make([]float32, len(want.Data))
			if err := set.Read(t.Context(), want.Name, got); err != nil || !reflect.DeepEqual(got, want.Data) {
				t.Errorf("limit %d: tensor %s differs (%v)", c.limit, want.Name, err)
			}
		}
	}
}

// TestLargeTensor checks values around the sizes in which they are moved.
func TestLargeTensor(t *testing.T) {
	for _, n := range []int{blockValues - 1, blockValues, blockValues + 1, 2*blockValues + 77} {
		tensors := randomTensors(n, 3)
		for _, dtype := range []DType{F32, BF16, F16} {
			_, files := write(t, tensors, dtype, 0)
			f, err := open(files["model.safetensors"])
			if err != nil {
				t.Fatal(err)
			}
			got, middle := make([]float32, n), make([]float32, n-5)
			if err := errors.Join(f.Read(t.Context(), "t0", got), f.ReadRange(t.Context(), "t0", 3, middle)); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got[3:n-2], middle) {
				t.Errorf("%s, %d values: a part differs from the whole", dtype, n)
			}
			one := []float32{0}
			for i, v := range tensors[0].Data {
				raw := dtype.raw(one)
				if err := dtype.narrow(raw, []float32{v}); err != nil {
					t.Fatal(err)
				}
				dtype.widen(one, raw)
				if got[i] != one[0] {
					t.Fatalf("%s, %d values: value %d is %v, want %v", dtype, n, i, got[i], one[0])
				}
			}
		}
	}
}

// TestLayoutRefusals checks what cannot be written.
func TestLayoutRefusals(t *testing.T) {
	for want, err := range map[string]error{
		"there are no tensors":             second(NewLayout(nil, F32, 0, nil)),
		`dtype "F64" cannot be written`:    second(NewLayout([]Spec{{"a", nil}}, F64, 0, nil)),
		`tensor name "a" occurs twice`:     second(NewLayout([]Spec{{"a", nil}, {"a", nil}}, F32, 0, nil)),
		`"a" occurs twice (model-00001`:    second(NewLayout([]Spec{{"a", nil}, {"a", nil}}, F32, 1, nil)),
		"reserved":                         second(NewLayout([]Spec{{metadataKey, nil}}, F32, 0, nil)),
		`shape [-1] is negative`:           second(NewLayout([]Spec{{"a", []int{-1}}}, F32, 0, nil)),
		`shape [9223372036854775807] is `:  second(NewLayout([]Spec{{"a", []int{1<<63 - 1}}}, F32, 0, nil)),
		`dtype "" cannot be written; vali`: second(NewLayout([]Spec{{"a", nil}}, "", 0, nil)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// full is a writer without room.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errDisk
	}
	return len(p), nil
}

// TestWriteErrors checks that a failing source, a full disk, values that do not
// fit and an ended context each stop the writing, and name the tensor.
func TestWriteErrors(t *testing.T) {
	tensors := randomTensors(3*blockValues, 5)
	layout, err := NewLayout(specsOf(tensors), F16, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	file := layout.Files[0]
	if err := file.Write(t.Context(), &full{0}, Values(tensors)); !errors.Is(err, errDisk) {
		t.Errorf("no room for the header: %v", err)
	}
	if err := file.Write(t.Context(), &full{5 << 20}, Values(tensors)); !errors.Is(err, errDisk) || !strings.Contains(err.Error(), `model.safetensors: tensor "t0"`) {
		t.Errorf("no room for the values: %v", err)
	}
	if err := file.Write(t.Context(), io.Discard, Values(tensors[:1])); err == nil || !strings.Contains(err.Error(), `tensor "t7": it has 0 values, not 5`) {
		t.Errorf("a source without a tensor: %v", err)
	}
	tensors[1].Data[4] = 1e5
	if err := file.Write(t.Context(), io.Discard, Values(tensors)); err == nil || !strings.Contains(err.Error(), `tensor "t7": value 100000 is beyond F16`) {
		t.Errorf("a value that does not fit: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	err = file.Write(ctx, io.Discard, func(context.Context, string, int, []float32) error { calls++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("an ended context: %v after %d calls", err, calls)
	}
}

// TestReadMemory checks that reading takes no memory beside the values' own, and
// writing no more than a few blocks.
func TestReadMemory(t *testing.T) {
	const n = 8 << 20
	tensors := randomTensors(n)
	for _, dtype := range []DType{F32, BF16, F16} {
		layout, err := NewLayout(specsOf(tensors), dtype, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		var data bytes.Buffer
		data.Grow(int(layout.Files[0].Size()))
		taken := allocated(func() { err = layout.Files[0].Write(t.Context(), &data, Values(tensors)) })
		if err != nil || taken > 14<<20 {
			t.Errorf("%s: writing takes %d bytes (%v)", dtype, taken, err)
		}
		into := make([]float32, n)
		f, err := open(data.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		taken = allocated(func() { err = f.Read(t.Context(), "t0", into) })
		if err != nil || taken > 1<<20 {
			t.Errorf("%s: reading takes %d bytes (%v)", dtype, taken, err)
		}
	}
}

// allocated is how many bytes do allocates.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
