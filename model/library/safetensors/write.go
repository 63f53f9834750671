package safetensors

import (
	"context"
	"fmt"
	"io"
)

// Source fills into with values of the tensor name, row-major, from element
// first on. It is asked for a few MiB at a time, file by file and tensor by
// tensor in the order of names, each tensor from its beginning to its end.
type Source func(ctx context.Context, name string, first int, into []float32) error

// Values is the Source of tensors in memory.
func Values(tensors []Tensor) Source {
	data := make(map[string][]float32, len(tensors))
	for _, t := range tensors {
		data[t.Name] = t.Data
	}
	return func(_ context.Context, name string, first int, into []float32) error {
		if have := data[name]; first+len(into) > len(have) {
			return fmt.Errorf("it has %d values, not %d or more", len(have), first+len(into))
		}
		copy(into, data[name][first:])
		return nil
	}
}

// Write writes the file: its header and then, a few MiB at a time, what source
// gives. The next values are fetched and converted while the last ones are
// written. An error names the tensor.
func (f FileLayout) Write(ctx context.Context, w io.Writer, source Source) error {
	if _, err := w.Write(f.header); err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	free, full := make(chan []byte, 2), make(chan block)
	free <- nil
	free <- nil
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(full)
		f.fill(ctx, source, free, full)
	}()
	defer func() { cancel(); <-done }() // the source is not used after Write's return
	for b := range full {
		if b.err == nil {
			_, b.err = w.Write(b.data)
		}
		if b.err != nil {
			return fmt.Errorf("%s: tensor %q: %w", f.Name, b.tensor, b.err)
		}
		free <- b.data
	}
	return ctx.Err()
}

// block is converted values on their way to the file.
type block struct {
	tensor string
	data   []byte
	err    error
}

// fill gets and converts all values of the file.
func (f FileLayout) fill(ctx context.Context, source Source, free <-chan []byte, full chan<- block) {
	most := 0
	for _, info := range f.infos {
		most = max(most, info.Elements())
	}
	values := make([]float32, min(blockValues, most))
	for _, info := range f.infos {
		n := info.Elements()
		for first := 0; first < n; first += len(values) {
			part := values[:min(len(values), n-first)]
			b := block{tensor: info.Name}
			select {
			case b.data = <-free:
			case <-ctx.Done():
			}
			if ctx.Err() != nil { // also where there was a free block
				return
			}
			b.data = resize(b.data, len(part)*info.DType.bytesPerElement())
			if b.err = source(ctx, info.Name, first, part); b.err == nil {
				b.err = narrowAll(info.DType, b.data, part)
			}
			select {
			case full <- b:
			case <-ctx.Done():
				return
			}
			if b.err != nil {
				return
			}
		}
	}
}

// narrowAll is narrow on several cores.
func narrowAll(d DType, out []byte, values []float32) error {
	size, count := d.bytesPerElement(), max(1, (len(values)+narrowValues-1)/narrowValues)
	return each(count, func(i int) error {
		first, end := i*narrowValues, min((i+1)*narrowValues, len(values))
		return d.narrow(out[first*size:end*size], values[first:end])
	})
}

// narrowValues is how many values one core converts before it takes the next.
const narrowValues = 1 << 17

// blockValues is how many values are asked for at once.
const blockValues = 1 << 20

// resize is b with n bytes of any content.
func resize(b []byte, n int) []byte {
	if cap(b) < n {
		b = make([]byte, n)
	}
	return b[:n]
}
