// Package safetensors reads and writes the safetensors container: an 8-byte
// little-endian header length, a JSON header that gives every tensor's dtype,
// shape and byte range, and the raw little-endian data.
//
// F32, BF16 and F16 are read into float32; F32 is written.
package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
)

// Tensor is one named tensor with its values in row-major order.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// entry is one tensor of the header.
type entry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

const metadataKey = "__metadata__"

// Encode writes the tensors as F32, sorted by name; metadata may be nil. The
// same tensors and metadata always give the same bytes. Encode panics where a
// tensor's data does not fill its shape or a name occurs twice, since both are
// mistakes of the caller.
func Encode(tensors []Tensor, metadata map[string]string) []byte {
	sorted := slices.Clone(tensors)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	header := make(map[string]any, len(sorted)+1)
	if len(metadata) > 0 {
		header[metadataKey] = metadata
	}
	size := 0
	for _, t := range sorted {
		n, ok := elements(t.Shape)
		if !ok || n != len(t.Data) {
			panic(fmt.Sprintf("encode safetensors: tensor %q has %d values for shape %v", t.Name, len(t.Data), t.Shape))
		}
		if _, twice := header[t.Name]; twice || t.Name == metadataKey {
			panic(fmt.Sprintf("encode safetensors: tensor name %q occurs twice or is reserved", t.Name))
		}
		shape := t.Shape
		if shape == nil {
			shape = []int{}
		}
		header[t.Name] = entry{"F32", shape, [2]int{size, size + 4*n}}
		size += 4 * n
	}
	text, err := json.Marshal(header) // sorts the keys
	if err != nil {
		panic(fmt.Sprintf("encode safetensors: %v", err))
	}
	for len(text)%8 != 0 { // the data starts at a multiple of 8
		text = append(text, ' ')
	}
	out := make([]byte, 0, 8+len(text)+size)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(text)))
	out = append(out, text...)
	for _, t := range sorted {
		for _, v := range t.Data {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return out
}

// Decode reads a container: its tensors sorted by name, and its metadata (nil
// when it has none). Malformed input is an error that names the tensor: cut
// short, byte ranges that overlap or leave gaps, a size that differs from the
// shape's, an unknown dtype.
func Decode(data []byte) ([]Tensor, map[string]string, error) {
	header, body, err := split(data)
	if err != nil {
		return nil, nil, fmt.Errorf("decode safetensors: %w", err)
	}
	entries, metadata, err := parseHeader(header)
	if err != nil {
		return nil, nil, fmt.Errorf("decode safetensors: %w", err)
	}
	if err := checkRanges(entries, len(body)); err != nil {
		return nil, nil, fmt.Errorf("decode safetensors: %w", err)
	}
	tensors := make([]Tensor, 0, len(entries))
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		e := entries[name]
		tensors = append(tensors, Tensor{name, e.Shape, decoders[e.DType].floats(body[e.Offsets[0]:e.Offsets[1]])})
	}
	return tensors, metadata, nil
}

// split separates the JSON header from the data.
func split(data []byte) (header, body []byte, err error) {
	if len(data) < 8 {
		return nil, nil, fmt.Errorf("%d bytes; the header length alone takes 8", len(data))
	}
	n := binary.LittleEndian.Uint64(data)
	if n > uint64(len(data)-8) {
		return nil, nil, fmt.Errorf("header of %d bytes is cut short: %d bytes follow its length", n, len(data)-8)
	}
	return data[8 : 8+n], data[8+n:], nil
}

func parseHeader(header []byte) (map[string]entry, map[string]string, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(header, &raw); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	var metadata map[string]string
	entries := make(map[string]entry, len(raw))
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if name == metadataKey {
			if err := json.Unmarshal(raw[name], &metadata); err != nil {
				return nil, nil, fmt.Errorf("header %s: %w", metadataKey, err)
			}
			continue
		}
		var e struct {
			DType   *string `json:"dtype"`
			Shape   *[]int  `json:"shape"`
			Offsets []int   `json:"data_offsets"`
		}
		if err := json.Unmarshal(raw[name], &e); err != nil {
			return nil, nil, fmt.Errorf("tensor %q: header: %w", name, err)
		}
		if e.DType == nil || e.Shape == nil || len(e.Offsets) != 2 {
			return nil, nil, fmt.Errorf("tensor %q: header needs dtype, shape and two data_offsets", name)
		}
		entries[name] = entry{*e.DType, *e.Shape, [2]int{e.Offsets[0], e.Offsets[1]}}
	}
	return entries, metadata, nil
}

// checkRanges verifies every tensor's dtype, size and byte range, and that
// the ranges cover the body exactly once.
func checkRanges(entries map[string]entry, body int) error {
	names := slices.Sorted(maps.Keys(entries))
	for _, name := range names {
		e := entries[name]
		d, ok := decoders[e.DType]
		if !ok {
			return fmt.Errorf("tensor %q: dtype %q; F32, BF16 and F16 are supported", name, e.DType)
		}
		n, ok := elements(e.Shape)
		if !ok {
			return fmt.Errorf("tensor %q: shape %v is negative or too large", name, e.Shape)
		}
		start, end := e.Offsets[0], e.Offsets[1]
		if start < 0 || end < start || end > body {
			return fmt.Errorf("tensor %q: data_offsets %v lie outside the %d bytes of data", name, e.Offsets, body)
		}
		if end-start != n*d.size {
			return fmt.Errorf("tensor %q: %d bytes of data for shape %v of %s, which takes %d", name, end-start, e.Shape, e.DType, n*d.size)
		}
	}
	sort.SliceStable(names, func(i, j int) bool {
		a, b := entries[names[i]].Offsets, entries[names[j]].Offsets
		return a[0] < b[0] || a[0] == b[0] && a[1] < b[1]
	})
	at := 0
	for _, name := range names {
		if start := entries[name].Offsets[0]; start < at {
			return fmt.Errorf("tensor %q: its data starts at %d, inside the tensor before it, which ends at %d", name, start, at)
		} else if start > at {
			return fmt.Errorf("tensor %q: its data starts at %d, leaving a gap after %d", name, start, at)
		}
		at = entries[name].Offsets[1]
	}
	if at != body {
		return fmt.Errorf("%d bytes of data follow the last tensor", body-at)
	}
	return nil
}

// elements is the number of elements of a shape; false when a dimension is
// negative or the number cannot be held.
func elements(shape []int) (int, bool) {
	n := 1
	for _, d := range shape {
		if d < 0 || d != 0 && n > math.MaxInt/16/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}
