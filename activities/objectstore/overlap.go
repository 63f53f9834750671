package objectstore

import (
	"bytes"
	"container/list"
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"temper/model/artifact"
)

const (
	// maxSmall is up to which size a blob is kept in memory, and keptBytes how much of them.
	maxSmall, keptBytes = 1 << 20, 64 << 20
	// pendingBytes is how much a batch has under way.
	pendingBytes = 64 << 20
	// atOnce is how many blobs a batch writes, or Warm reads, at once.
	atOnce = 32
)

// Overlap is a Store over another that makes fewer round trips one after the other: it keeps small blobs in memory, which
// never change, each verified when it came, and within a batch (see Begin) it writes blobs side by side while the work goes on.
type Overlap struct {
	Store
	mu    sync.Mutex
	kept  map[string]*list.Element // by SHA-256
	order *list.List               // of keptBlob, the one used last first
	size  int64
	// pending are the blobs that batches have under way.
	pending map[string][]byte
}

type keptBlob struct {
	sha256 string
	data   []byte
}

// NewOverlap returns an Overlap over a store.
func NewOverlap(s Store) *Overlap {
	return &Overlap{Store: s, kept: map[string]*list.Element{}, order: list.New(), pending: map[string][]byte{}}
}

type freshKey struct{}

// Fresh is a context in which blobs are read from the store, whatever is in memory: for a look whether they are there.
func Fresh(ctx context.Context) context.Context { return context.WithValue(ctx, freshKey{}, true) }

// Get implements Store.
func (o *Overlap) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	if data, ok := o.remembered(ref); ok && ctx.Value(freshKey{}) == nil {
		return data, nil
	}
	data, err := o.Store.Get(ctx, ref)
	if err == nil {
		o.keep(ref, data)
	}
	return data, err
}

// remembered is a blob that is in memory.
func (o *Overlap) remembered(ref artifact.Ref) ([]byte, bool) {
	if CheckRef(ref) != nil || ref.Key != artifact.KeyOf(ref.SHA256) {
		return nil, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	data, ok := o.pending[ref.SHA256]
	if at := o.kept[ref.SHA256]; !ok && at != nil {
		o.order.MoveToFront(at)
		data, ok = at.Value.(keptBlob).data, true
	}
	if !ok || int64(len(data)) != ref.Size {
		return nil, false
	}
	return bytes.Clone(data), true
}

// keep puts a small blob into memory, and those that were not used for the longest time out of it.
func (o *Overlap) keep(ref artifact.Ref, data []byte) {
	if ref.Size > maxSmall {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.kept[ref.SHA256] != nil {
		return
	}
	o.kept[ref.SHA256] = o.order.PushFront(keptBlob{ref.SHA256, bytes.Clone(data)})
	for o.size += ref.Size; o.size > keptBytes; {
		last := o.order.Remove(o.order.Back()).(keptBlob)
		delete(o.kept, last.sha256)
		o.size -= int64(len(last.data))
	}
}

// Put implements Store. Within a batch it returns while the blob is being written: what is wrong is found by Batch.Written.
func (o *Overlap) Put(ctx context.Context, data []byte) (artifact.Ref, error) {
	ref := artifact.RefOf(data)
	b, _ := ctx.Value(batchKey{}).(*Batch)
	if b == nil || ref.Size > pendingBytes/2 {
		ref, err := o.Store.Put(ctx, data)
		if err == nil {
			o.keep(ref, data)
		}
		return ref, err
	}
	if err := b.room.Acquire(ctx, ref.Size); err != nil {
		return artifact.Ref{}, err
	}
	data = bytes.Clone(data)
	o.mu.Lock()
	o.pending[ref.SHA256] = data
	o.mu.Unlock()
	b.begin(func(ctx context.Context) (look func(context.Context) error, err error) {
		defer b.room.Release(ref.Size)
		if _, look, err = write(ctx, o.Store, data); err == nil {
			o.keep(ref, data)
		}
		o.mu.Lock()
		delete(o.pending, ref.SHA256)
		o.mu.Unlock()
		return look, err
	})
	return ref, nil
}

// Create implements Store. Within a batch, all blobs of it come first.
func (o *Overlap) Create(ctx context.Context, key string, data []byte) error {
	if b, ok := ctx.Value(batchKey{}).(*Batch); ok {
		if err := b.Looked(); err != nil {
			return err
		}
	}
	return o.Store.Create(ctx, key, data)
}

// Warm reads small blobs into memory, side by side. One that cannot be read is left to whoever reads it.
func (o *Overlap) Warm(ctx context.Context, refs []artifact.Ref) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, ref := range refs {
		if _, there := o.remembered(ref); !there && ref.Size <= maxSmall {
			group.Go(func() error { _, err := o.Get(ctx, ref); return err })
		}
	}
	_ = group.Wait()
}

type batchKey struct{}

// Batch is what one piece of work writes: its blobs side by side, and the look at each as soon as it is written.
type Batch struct {
	ctx    context.Context
	cancel context.CancelFunc
	room   *semaphore.Weighted

	mu     sync.Mutex
	writes sync.WaitGroup
	looks  sync.WaitGroup
	slots  chan struct{}
	failed error
}

// Begin begins a batch: what an Overlap is given with the context that it returns belongs to it. The batch has to be closed.
// Other stores take no notice.
func Begin(ctx context.Context) (context.Context, *Batch) {
	b := &Batch{room: semaphore.NewWeighted(pendingBytes), slots: make(chan struct{}, atOnce)}
	b.ctx, b.cancel = context.WithCancel(ctx)
	return context.WithValue(ctx, batchKey{}, b), b
}

// begin runs a write, and then the look that it returns.
func (b *Batch) begin(write func(context.Context) (func(context.Context) error, error)) {
	b.writes.Add(1)
	b.looks.Add(1)
	go func() {
		defer b.looks.Done()
		b.slots <- struct{}{}
		defer func() { <-b.slots }()
		look, err := write(b.ctx)
		b.note(err)
		b.writes.Done()
		if err == nil && look != nil {
			b.note(look(b.ctx))
		}
	}()
}

func (b *Batch) note(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed == nil {
		b.failed = err
	}
}

func (b *Batch) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failed
}

// Written waits until the store has acknowledged every blob, and returns the first error.
func (b *Batch) Written() error {
	b.writes.Wait()
	return b.failure()
}

// Looked waits until every blob was looked at too.
func (b *Batch) Looked() error {
	b.looks.Wait()
	return b.failure()
}

// Close ends what is still under way.
func (b *Batch) Close() {
	b.cancel()
	b.looks.Wait()
}
