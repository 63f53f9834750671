package objectstore

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"temper/model/artifact"
)

// writing counts what it is asked for, and may fail.
type writing struct {
	*Memory
	gets, looks atomic.Int64
	write, look error
	hold        chan struct{}
}

func (w *writing) Write(ctx context.Context, data []byte) (artifact.Ref, func(context.Context) error, error) {
	<-w.hold
	if w.write != nil {
		return artifact.Ref{}, nil, w.write
	}
	ref, err := w.Memory.Put(ctx, data)
	return ref, func(context.Context) error { w.looks.Add(1); return w.look }, err
}

func (w *writing) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	w.gets.Add(1)
	return w.Memory.Get(ctx, ref)
}

// TestBatch: within a batch a blob can be read before it is written, a document waits for all looks, and what went wrong is told.
func TestBatch(t *testing.T) {
	away := &TransientError{Op: OpPut, Err: errors.New("away")}
	for name, test := range map[string]struct{ write, look error }{"well": {}, "not written": {write: away}, "not there": {look: away}} {
		t.Run(name, func(t *testing.T) {
			w := &writing{Memory: NewMemory(), write: test.write, look: test.look, hold: make(chan struct{})}
			o := NewOverlap(w)
			ctx, b := Begin(t.Context())
			defer b.Close()
			var refs []artifact.Ref
			for i := range 5 {
				data := fmt.Appendf(nil, "blob %d", i)
				ref, err := o.Put(ctx, data)
				if err != nil || ref != artifact.RefOf(data) {
					t.Fatal(ref, err)
				}
				data[0] = 'X' // the caller's again
				refs = append(refs, ref)
			}
			if got, err := o.Get(t.Context(), refs[3]); err != nil || string(got) != "blob 3" || w.gets.Load() != 0 {
				t.Errorf("before it is written it reads as %q, %v, after %d requests", got, err, w.gets.Load())
			}
			close(w.hold)
			if err := b.Written(); !errors.Is(err, test.write) {
				if test.write != nil || test.look == nil {
					t.Errorf("written: %v, want %v", err, test.write)
				}
			}
			err := o.Create(ctx, "runs/manifest", []byte("{}"))
			if want := errors.Join(test.write, test.look); (err == nil) != (want == nil) || want != nil && !IsTransient(err) {
				t.Errorf("create: %v, want %v", err, want)
			}
			if _, there := w.Memory.look("runs/manifest"); there != (err == nil) {
				t.Errorf("the document is there: %t, create: %v", there, err)
			}
			if looks := w.looks.Load(); test.write == nil && looks != 5 {
				t.Errorf("%d looks", looks)
			}
		})
	}
}

// TestOverlapKeeps: a blob is read once, its bytes are the caller's, and a fresh look goes to the store.
func TestOverlapKeeps(t *testing.T) {
	w := &writing{Memory: NewMemory()}
	ref, err := w.Memory.Put(t.Context(), []byte("blob"))
	if err != nil {
		t.Fatal(err)
	}
	o := NewOverlap(w)
	for range 3 {
		got, err := o.Get(t.Context(), ref)
		if err != nil || string(got) != "blob" {
			t.Fatalf("%q, %v", got, err)
		}
		got[0] = 'X'
	}
	if n := w.gets.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
	if _, err := o.Get(Fresh(t.Context()), ref); err != nil || w.gets.Load() != 2 {
		t.Errorf("a fresh look: %v after %d requests", err, w.gets.Load())
	}
	for _, forged := range []artifact.Ref{{Key: ref.Key, SHA256: ref.SHA256, Size: 3}, {Key: "blobs/sha256/aa/other", SHA256: ref.SHA256, Size: 4}} {
		if got, err := o.Get(t.Context(), forged); err == nil {
			t.Errorf("%+v reads as %q", forged, got)
		}
	}
	for i := range 2 * keptBytes / maxSmall {
		if _, err := o.Put(t.Context(), append(make([]byte, maxSmall-1), byte(i))); err != nil {
			t.Fatal(err)
		}
	}
	if o.size > keptBytes || len(o.kept) != o.order.Len() || len(o.kept) == 0 {
		t.Errorf("%d bytes are kept, in %d and %d blobs", o.size, len(o.kept), o.order.Len())
	}
}
