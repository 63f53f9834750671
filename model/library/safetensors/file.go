package safetensors

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
)

// File is a container whose header has been read and found right. Its values
// are read from where they lie. It is safe for concurrent use if its reader is.
type File struct {
	reader   io.ReaderAt
	start    int64 // where the data begins
	infos    []Info
	index    map[string]int // into infos
	metadata map[string]string
}

// Open reads the header of a container of size bytes, and checks all that can be
// known without the values: that dtype, shape and byte range of each tensor
// agree, that the ranges cover the data without overlap or gap, and that the
// container is exactly as long as the header says. The error names the tensor.
func Open(r io.ReaderAt, size int64) (*File, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	f := &File{reader: r, start: h.end, infos: h.infos, metadata: h.metadata, index: make(map[string]int, len(h.infos))}
	for i, info := range h.infos {
		f.index[info.Name] = i
	}
	return f, nil
}

// Tensors describes the tensors in the order of their data.
func (f *File) Tensors() []Info { return slices.Clone(f.infos) }

// Lookup finds a tensor by its name.
func (f *File) Lookup(name string) (Info, bool) {
	i, ok := f.index[name]
	if !ok {
		return Info{}, false
	}
	return f.infos[i], true
}

// Metadata is the container's free-form text, nil when it has none.
func (f *File) Metadata() map[string]string { return maps.Clone(f.metadata) }

// Read converts a tensor into into, which must have exactly its size. Beside
// into it holds no memory to speak of.
func (f *File) Read(ctx context.Context, name string, into []float32) error {
	return f.ReadAll(ctx, map[string][]float32{name: into})
}

// ReadAll reads several tensors side by side, each into the memory that is given
// for its name. Names, dtypes and sizes are checked before anything is read.
func (f *File) ReadAll(ctx context.Context, into map[string][]float32) error {
	return readAll(ctx, into, func(string) *File { return f })
}

// ReadRange reads a part of a tensor: as many values as into holds, from element
// first on. It is a Source.
func (f *File) ReadRange(ctx context.Context, name string, first int, into []float32) error {
	info, err := f.find(name)
	if err != nil {
		return err
	}
	if first < 0 || len(into) > info.Elements()-first {
		return fmt.Errorf("tensor %q has %d values; asked for %d from %d on", name, info.Elements(), len(into), first)
	}
	for part := range pieces(f, info, first, into) {
		if err := part.read(ctx); err != nil {
			return err
		}
	}
	return nil
}

// find looks a tensor up whose values are wanted.
func (f *File) find(name string) (Info, error) {
	info, ok := f.Lookup(name)
	if !ok {
		return info, fmt.Errorf("tensor %q is missing", name)
	}
	return info, info.checkReadable()
}

// whole is find for all values of a tensor.
func (f *File) whole(name string, into []float32) (Info, error) {
	info, err := f.find(name)
	if err == nil && len(into) != info.Elements() {
		err = fmt.Errorf("tensor %q has shape %v, %d values; there is room for %d", name, info.Shape, info.Elements(), len(into))
	}
	return info, err
}
