package objectstore

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"temper/model/artifact"
)

// maxKept is the size up to which an Overlay keeps a blob's bytes: what is larger, as files of weights are, is known
// by its digest alone, and read back from the store below, which has it if it is the same as before.
const maxKept = 64 << 20

// Overlay is a Store over another one that it only reads: what is written stays in memory. Work that is done again
// in it changes nothing. One document can be hidden, so that the work does not find its own record.
type Overlay struct {
	below Reader

	mu        sync.Mutex
	hidden    string
	blobs     map[artifact.Ref][]byte
	documents map[string][]byte
}

// NewOverlay returns one in which nothing is written.
func NewOverlay(below Reader) *Overlay {
	o := &Overlay{below: below}
	o.Begin("")
	return o
}

// Begin forgets what was written, and hides the document key, what was recorded again for it, and the parts that
// unfinished work has recorded of itself; "" hides the parts alone.
func (o *Overlay) Begin(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hidden, o.blobs, o.documents = key, map[artifact.Ref][]byte{}, map[string][]byte{}
}

func (o *Overlay) hides(key string) bool {
	return strings.HasPrefix(key, "parts/") || o.hidden != "" && artifact.Original(key) == artifact.Original(o.hidden)
}

// Put implements Store.
func (o *Overlay) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	ref := artifact.RefOf(data)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.blobs[ref] == nil && len(data) <= maxKept {
		o.blobs[ref] = append([]byte{}, data...)
	}
	return ref, ctx.Err()
}

// Get implements Store.
func (o *Overlay) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	o.mu.Lock()
	data, ok := o.blobs[ref]
	o.mu.Unlock()
	if ok {
		return bytes.Clone(data), nil
	}
	return o.below.Get(ctx, ref)
}

// Create implements Store.
func (o *Overlay) Create(ctx context.Context, key string, data []byte) error {
	if err := CheckKey(key); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, there := o.documents[key]; there {
		return fmt.Errorf("create %s: %w", key, ErrExists)
	}
	o.documents[key] = bytes.Clone(data)
	return ctx.Err()
}

// Read implements Store.
func (o *Overlay) Read(ctx context.Context, key string) ([]byte, error) {
	o.mu.Lock()
	data, ok := o.documents[key]
	hidden := o.hides(key)
	o.mu.Unlock()
	switch {
	case ok:
		return bytes.Clone(data), nil
	case hidden:
		return nil, fmt.Errorf("read %s: %w", key, ErrNotFound)
	}
	return o.below.Read(ctx, key)
}

// List implements Store.
func (o *Overlay) List(ctx context.Context, prefix string) ([]string, error) {
	keys, err := o.below.List(ctx, prefix)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	keys = slices.DeleteFunc(keys, o.hides)
	for key := range o.documents {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}
