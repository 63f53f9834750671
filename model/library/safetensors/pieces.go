package safetensors

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
)

const (
	// pieceBytes is how much of a file is asked for at once: enough for a ranged
	// GET to be worth its latency.
	pieceBytes = 4 << 20
	// readers is how many pieces are under way at once. Over a network it is
	// latency that they share, so it does not depend on the cores.
	readers = 8
)

// piece is a part of a tensor that is read in one go.
type piece struct {
	file *File
	info Info
	at   int64 // in the file
	into []float32
}

// pieces cuts values of a tensor, from element first on, into parts.
func pieces(f *File, info Info, first int, into []float32) iter.Seq[piece] {
	size := info.DType.bytesPerElement()
	return func(yield func(piece) bool) {
		at := f.start + info.Offset + int64(first)*int64(size)
		for part := range slices.Chunk(into, pieceBytes/size) {
			if !yield(piece{f, info, at, part}) {
				return
			}
			at += int64(len(part)) * int64(size)
		}
	}
}

// read fetches the bytes into the values' own memory and widens them there.
func (p piece) read(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("tensor %q: %w", p.info.Name, err)
	}
	raw := p.info.DType.raw(p.into)
	if err := readFull(p.file.reader, raw, p.at); err != nil {
		return fmt.Errorf("tensor %q: %w", p.info.Name, err)
	}
	p.info.DType.widen(p.into, raw)
	return nil
}

// readAll reads tensors, each from the file that holds it, by several readers.
// Which of them reads what changes nothing: every piece has its own place. Of
// several errors it returns the first in the order of names.
func readAll(ctx context.Context, into map[string][]float32, holder func(name string) *File) error {
	names := slices.Sorted(maps.Keys(into))
	infos := make([]Info, len(names))
	for i, name := range names {
		var err error
		if infos[i], err = holder(name).whole(name, into[name]); err != nil {
			return err
		}
	}
	var all []piece
	for i, name := range names {
		all = slices.AppendSeq(all, pieces(holder(name), infos[i], 0, into[name]))
	}
	return each(len(all), func(i int) error { return all[i].read(ctx) })
}

// each runs do for 0 to n-1, several at once, until one fails.
func each(n int, do func(i int) error) error {
	var mu sync.Mutex
	next, failed := 0, n
	var failure error
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= min(n, failed)
	}
	var group sync.WaitGroup
	for range min(n, readers) {
		group.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				if err := do(i); err != nil {
					mu.Lock()
					if i < failed {
						failed, failure = i, err
					}
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	return failure
}
