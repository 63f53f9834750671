package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// singleName is the name of a model's one file in Hugging Face's layout.
const singleName = "model.safetensors"

// Spec names a tensor that is to be written.
type Spec struct {
	Name  string
	Shape []int
}

// Layout says how tensors are laid out in one file or several, before any value
// is known. The same arguments give the same layout.
type Layout struct {
	Files []FileLayout
	// Index is the content of model.safetensors.index.json, nil for a single file.
	Index []byte
}

// FileLayout is one file of a layout: model.safetensors, or
// model-00001-of-00003.safetensors.
type FileLayout struct {
	Name   string
	header []byte // with its length before it
	infos  []Info // in the order of their data
}

// NewLayout lays tensors out as Hugging Face does: in the given order, a new file
// where the next tensor would bring the values of the last one over
// maxFileBytes (0: no limit; a tensor that is larger gets a file of its own);
// in a file they are sorted by name. dtype is F32, BF16 or F16. metadata goes
// into every file; it may be nil.
func NewLayout(specs []Spec, dtype DType, maxFileBytes int64, metadata map[string]string) (*Layout, error) {
	var shards [][]Spec
	var size, total int64
	for _, spec := range specs {
		n, ok := elements(spec.Shape)
		if !ok {
			return nil, fmt.Errorf("lay out safetensors: tensor %q: shape %v is negative or too large", spec.Name, spec.Shape)
		}
		bytes := int64(n) * int64(dtype.bytesPerElement())
		if len(shards) == 0 || maxFileBytes > 0 && size > 0 && size+bytes > maxFileBytes {
			shards, size = append(shards, nil), 0
		}
		last := len(shards) - 1
		shards[last] = append(shards[last], spec)
		size, total = size+bytes, total+bytes
	}
	if len(shards) == 0 {
		return nil, errors.New("lay out safetensors: there are no tensors")
	}
	place, layout := map[string]string{}, &Layout{}
	for i, shard := range shards {
		name := singleName
		if len(shards) > 1 {
			name = fmt.Sprintf("model-%05d-of-%05d.safetensors", i+1, len(shards))
		}
		file, err := layFile(name, shard, dtype, metadata)
		if err != nil {
			return nil, fmt.Errorf("lay out safetensors: %w", err)
		}
		layout.Files = append(layout.Files, file)
		for _, spec := range shard {
			if other, twice := place[spec.Name]; twice {
				return nil, fmt.Errorf("lay out safetensors: tensor name %q occurs twice (%s, %s)", spec.Name, other, name)
			}
			place[spec.Name] = name
		}
	}
	if len(shards) == 1 {
		return layout, nil
	}
	var err error
	layout.Index, err = encodeIndex(place, total)
	return layout, err
}

func encodeIndex(place map[string]string, total int64) ([]byte, error) {
	type metadata struct {
		TotalSize int64 `json:"total_size"`
	}
	index, err := json.MarshalIndent(struct {
		Metadata  metadata          `json:"metadata"`
		WeightMap map[string]string `json:"weight_map"`
	}{metadata{total}, place}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("lay out safetensors: index: %w", err)
	}
	return append(index, '\n'), nil
}

// entry is one tensor of the header.
type entry struct {
	DType   DType    `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// layFile makes the header of one file, of tensors whose shapes are right.
func layFile(name string, specs []Spec, dtype DType, metadata map[string]string) (FileLayout, error) {
	f := FileLayout{Name: name}
	if !dtype.writable() {
		return f, fmt.Errorf("dtype %q cannot be written; valid: F32, BF16, F16", dtype)
	}
	fields := make(map[string]any, len(specs)+1)
	if len(metadata) > 0 {
		fields[metadataKey] = metadata
	}
	var end int64
	sorted := slices.SortedFunc(slices.Values(specs), func(a, b Spec) int { return strings.Compare(a.Name, b.Name) })
	for _, spec := range sorted {
		if _, twice := fields[spec.Name]; twice || spec.Name == metadataKey {
			return f, fmt.Errorf("tensor name %q occurs twice or is reserved", spec.Name)
		}
		shape := append([]int{}, spec.Shape...) // not nil, which JSON would show as null
		n, _ := elements(shape)                 // the callers have checked it
		info := Info{spec.Name, dtype, shape, end, int64(n) * int64(dtype.bytesPerElement())}
		end += info.Bytes
		fields[spec.Name] = entry{dtype, shape, [2]int64{info.Offset, end}}
		f.infos = append(f.infos, info)
	}
	text, err := json.Marshal(fields) // sorts the keys
	if err != nil {
		return f, fmt.Errorf("header: %w", err)
	}
	for len(text)%8 != 0 { // the data starts at a multiple of 8
		text = append(text, ' ')
	}
	if len(text) > maxHeaderBytes {
		return f, fmt.Errorf("the header takes %d bytes; at most %d are allowed", len(text), maxHeaderBytes)
	}
	f.header = append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
	return f, nil
}

// Size is the file's length in bytes.
func (f FileLayout) Size() int64 {
	size := int64(len(f.header))
	for _, info := range f.infos {
		size += info.Bytes
	}
	return size
}
