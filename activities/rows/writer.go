// Package rows stores datasets and reads them, a shard at a time: however large a dataset is,
// memory holds a shard of it. What fits into one shard is one blob of JSON lines; more is the
// blobs of its shards and a document that names them (dataset.Index). A ref names either.
package rows

import (
	"cmp"
	"context"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
)

// Limits are how large a shard may be.
type Limits struct {
	// Bytes is the most bytes of a shard with more than one row; 0 is dataset.ShardBytes.
	Bytes int
	// Rows is the most rows; 0 is dataset.ShardRows.
	Rows int
}

// Writer stores rows in the order in which they come.
type Writer[T any] struct {
	store  objectstore.Store
	kind   Kind[T]
	limits Limits
	shard  []byte // its lines so far, rows of them
	rows   int
	total  int
	stored []dataset.Shard
}

// NewWriter is a writer of rows of a kind.
func NewWriter[T any](store objectstore.Store, kind Kind[T], limits Limits) *Writer[T] {
	limits.Bytes, limits.Rows = cmp.Or(limits.Bytes, dataset.ShardBytes), cmp.Or(limits.Rows, dataset.ShardRows)
	return &Writer[T]{store: store, kind: kind, limits: limits}
}

// Add stores a row, sooner or later.
func (w *Writer[T]) Add(ctx context.Context, row T) error {
	line, err := w.kind.Encode([]T{row})
	if err != nil {
		return err
	}
	return w.AddLine(ctx, line)
}

// AddLine is Add of a row as its line, with the line's end.
func (w *Writer[T]) AddLine(ctx context.Context, line []byte) error {
	full := len(w.shard)+len(line) > w.limits.Bytes || w.rows == w.limits.Rows
	if full && w.rows > 0 {
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	w.shard = append(w.shard, line...)
	w.rows++
	w.total++
	return nil
}

// Rows is how many rows have been added.
func (w *Writer[T]) Rows() int { return w.total }

func (w *Writer[T]) flush(ctx context.Context) error {
	ref, err := w.store.Put(ctx, w.shard)
	if err != nil {
		return err
	}
	w.stored = append(w.stored, dataset.Shard{Blob: ref, Rows: w.rows})
	w.shard, w.rows = w.shard[:0], 0
	return nil
}

// Close stores what is left and returns the dataset's ref, the zero ref of one without rows,
// and how many shards it has.
func (w *Writer[T]) Close(ctx context.Context) (artifact.Ref, int, error) {
	if w.rows > 0 {
		if err := w.flush(ctx); err != nil {
			return artifact.Ref{}, 0, err
		}
	}
	return Join(ctx, w.store, w.stored)
}

// Join stores the index of shards where there are several, and returns the dataset's ref and
// how many shards it has.
func Join(ctx context.Context, store objectstore.Store, shards []dataset.Shard) (artifact.Ref, int, error) {
	switch len(shards) {
	case 0:
		return artifact.Ref{}, 0, nil
	case 1:
		return shards[0].Blob, 1, nil
	}
	document, err := dataset.NewIndex(shards).Encode()
	if err != nil {
		return artifact.Ref{}, 0, err
	}
	ref, err := store.Put(ctx, document)
	return ref, len(shards), err
}
