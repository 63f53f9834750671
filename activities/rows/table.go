package rows

import (
	"bytes"
	"context"
	"fmt"

	"temper/activities/liveness"
	"temper/model/artifact"
	"temper/model/dataset"
)

// Blobs is the part of a store that reads blobs.
type Blobs interface {
	Get(ctx context.Context, ref artifact.Ref) ([]byte, error)
}

// Table is a stored dataset that is read by the numbers of its rows, or from its first row to
// its last. It is safe for concurrent use.
type Table[T any] struct {
	store  Blobs
	kind   Kind[T]
	shards []dataset.Shard
	firsts []int
	// whole is the dataset where it is one blob, disk what this worker holds of one in shards.
	whole *lines
	disk  *onDisk
}

// Open opens the dataset that ref names. Rows that are read by their numbers, of a dataset
// that is more than one blob, come from a copy of their shard on this worker's disk, which
// shelf keeps.
func Open[T any](ctx context.Context, store Blobs, shelf *Shelf, kind Kind[T], ref artifact.Ref) (*Table[T], error) {
	t := &Table[T]{store: store, kind: kind}
	data, err := store.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !dataset.IsIndex(data) {
		t.whole = linesOf(data)
		t.shards, t.firsts = []dataset.Shard{{Blob: ref, Rows: t.whole.len()}}, []int{0}
		return t, nil
	}
	index, err := dataset.DecodeIndex(data)
	if err != nil {
		return nil, fmt.Errorf("dataset %s: %w", ref.Short(), err)
	}
	t.shards, t.firsts = index.Shards, index.Firsts()
	t.disk, err = shelf.of(ref, len(index.Shards))
	return t, err
}

// Len is the number of rows.
func (t *Table[T]) Len() int {
	last := len(t.shards) - 1
	return t.firsts[last] + t.shards[last].Rows
}

// Shards are the blobs that hold the rows.
func (t *Table[T]) Shards() []dataset.Shard { return t.shards }

// At is a row by its number, from 0.
func (t *Table[T]) At(ctx context.Context, row int) (T, error) {
	var none T
	if row < 0 || row >= t.Len() {
		return none, fmt.Errorf("%s %d is not in a dataset of %d", t.kind.Name, row, t.Len())
	}
	shard := dataset.ShardOf(t.firsts, row)
	at, err := t.lines(ctx, shard)
	if err != nil {
		return none, err
	}
	line, err := at.line(row - t.firsts[shard])
	if err != nil {
		return none, err
	}
	return t.decoded(line, row)
}

// Pick are some rows by their numbers.
func (t *Table[T]) Pick(ctx context.Context, rows []int) (map[int]T, error) {
	picked := make(map[int]T, len(rows))
	for _, i := range rows {
		if _, have := picked[i]; have {
			continue
		}
		row, err := t.At(ctx, i)
		if err != nil {
			return nil, err
		}
		picked[i] = row
	}
	return picked, nil
}

// Each calls with every row, in order, and with the line that it was read from.
func (t *Table[T]) Each(ctx context.Context, with func(number int, row T, line []byte) error) error {
	for shard := range t.shards {
		if err := t.EachOf(ctx, shard, with); err != nil {
			return err
		}
	}
	return nil
}

// EachOf is Each for the rows of one shard, by their numbers in the whole dataset.
func (t *Table[T]) EachOf(ctx context.Context, shard int, with func(number int, row T, line []byte) error) error {
	of := t.whole
	if of == nil {
		data, err := t.store.Get(ctx, t.shards[shard].Blob)
		if err != nil {
			return err
		}
		of = linesOf(data)
	}
	for i := range of.len() {
		line, err := of.line(i)
		if err != nil {
			return err
		}
		number := t.firsts[shard] + i
		row, err := t.decoded(line, number)
		if err != nil {
			return err
		}
		if err := with(number, row, line); err != nil {
			return err
		}
		liveness.Done(ctx)
	}
	return ctx.Err()
}

// All are all rows.
func (t *Table[T]) All(ctx context.Context) ([]T, error) {
	all := make([]T, 0, t.Len())
	err := t.Each(ctx, func(_ int, row T, _ []byte) error {
		all = append(all, row)
		return nil
	})
	return all, err
}

func (t *Table[T]) decoded(line []byte, number int) (T, error) {
	row, err := t.kind.Decode(bytes.TrimSuffix(line, []byte("\n")))
	if err != nil {
		err = fmt.Errorf("decode %ss: line %d: %w", t.kind.Name, number+1, err)
	}
	return row, err
}

// lines are those of a shard.
func (t *Table[T]) lines(ctx context.Context, shard int) (*lines, error) {
	if t.whole != nil {
		return t.whole, nil
	}
	return t.disk.lines(shard, func() ([]byte, error) { return t.store.Get(ctx, t.shards[shard].Blob) })
}
