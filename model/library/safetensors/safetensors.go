// Package safetensors reads and writes the safetensors container: an 8-byte
// little-endian header length, a JSON header that gives every tensor's dtype,
// shape and byte range, and the raw little-endian data.
//
// A File is read in place: Open looks at the header alone, and Read converts a
// tensor straight into the caller's memory. Sharded does the same for a set of
// files with an index, as Hugging Face writes it. A Layout is the other way
// round: it knows the size of every file before the first value is there.
//
// F32, BF16, F16 and F64 are read into float32; F32, BF16 and F16 are written.
// Encode and Decode are for small containers that fit in memory twice.
package safetensors

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Tensor is one named tensor with its values in row-major order.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// metadataKey is the one key of a header that names no tensor.
const metadataKey = "__metadata__"

// Encode writes the tensors as F32, sorted by name; metadata may be nil. The
// same tensors and metadata always give the same bytes. Encode panics where a
// tensor's data does not fill its shape or a name occurs twice, since both are
// mistakes of the caller.
func Encode(tensors []Tensor, metadata map[string]string) []byte {
	specs := make([]Spec, len(tensors))
	for i, t := range tensors {
		if n, ok := elements(t.Shape); !ok || n != len(t.Data) {
			panic(fmt.Sprintf("encode safetensors: tensor %q has %d values for shape %v", t.Name, len(t.Data), t.Shape))
		}
		specs[i] = Spec{t.Name, t.Shape}
	}
	file, err := layFile(singleName, specs, F32, metadata)
	if err != nil {
		panic(fmt.Sprintf("encode safetensors: %v", err))
	}
	var out bytes.Buffer
	out.Grow(int(file.Size()))
	if err := file.Write(context.Background(), &out, Values(tensors)); err != nil {
		panic(fmt.Sprintf("encode safetensors: %v", err)) // memory takes every write
	}
	return out.Bytes()
}

// Decode reads a whole container: its tensors sorted by name, and its metadata
// (nil when it has none). Malformed input is an error that names the tensor.
func Decode(data []byte) ([]Tensor, map[string]string, error) {
	file, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, fmt.Errorf("decode safetensors: %w", err)
	}
	tensors := make([]Tensor, 0, len(file.infos))
	for _, info := range file.infos {
		if err := info.checkReadable(); err != nil {
			return nil, nil, fmt.Errorf("decode safetensors: %w", err)
		}
		t := Tensor{info.Name, info.Shape, make([]float32, info.Elements())}
		if err := file.ReadRange(context.Background(), t.Name, 0, t.Data); err != nil {
			return nil, nil, fmt.Errorf("decode safetensors: %w", err)
		}
		tensors = append(tensors, t)
	}
	slices.SortFunc(tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
	return tensors, file.metadata, nil
}

// elements is the number of elements of a shape; false when a dimension is
// negative or the number cannot be held.
func elements(shape []int) (int, bool) {
	n := 1
	for _, d := range shape {
		if d < 0 || d != 0 && n > math.MaxInt/64/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}
