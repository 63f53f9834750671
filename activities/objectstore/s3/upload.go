package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/minio/minio-go/v7"

	"temper/activities/objectstore"
)

// upload is one file on its way: in one PUT when id is empty, else in parts.
type upload struct {
	ctx        context.Context
	store      *Store
	key, id    string
	size, part int64

	buffer  []byte
	written int64
	done    bool

	group   sync.WaitGroup
	mu      sync.Mutex
	parts   []minio.CompletePart
	failure error
	slots   chan []byte // buffers that are free
	numbers int
}

func (u *upload) attempt(ctx context.Context, size int64, request func(context.Context) error) error {
	return u.store.attempt(ctx, opWrite, u.key, size, request)
}

// Write implements io.Writer. It returns the error of an earlier part too.
func (u *upload) Write(p []byte) (int, error) {
	if u.written+int64(len(p)) > u.size {
		return 0, fmt.Errorf("write %s: more than the %d bytes announced", u.key, u.size)
	}
	taken := 0
	for len(p) > 0 {
		if u.buffer == nil {
			u.buffer = u.takeBuffer()
		}
		n := min(len(p), int(u.part)-len(u.buffer))
		u.buffer, p, taken = append(u.buffer, p[:n]...), p[n:], taken+n
		u.written += int64(n)
		if u.id != "" && int64(len(u.buffer)) == u.part {
			u.send()
		}
		if err := u.failed(); err != nil {
			return taken, err
		}
	}
	return taken, nil
}

// takeBuffer waits until a part can be begun.
func (u *upload) takeBuffer() []byte {
	if u.id == "" {
		return make([]byte, 0, u.size)
	}
	if u.slots == nil {
		u.slots = make(chan []byte, partsAtOnce)
		for range partsAtOnce {
			u.slots <- nil
		}
	}
	buffer := <-u.slots
	if buffer == nil {
		buffer = make([]byte, 0, u.part)
	}
	return buffer[:0]
}

func (u *upload) failed() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.failure
}

// send uploads the buffer as the next part, beside what comes after it.
func (u *upload) send() {
	data := u.buffer
	u.buffer = nil
	u.numbers++
	number := u.numbers
	u.group.Go(func() {
		etag, err := u.sendPart(number, data)
		u.mu.Lock()
		u.parts = append(u.parts, minio.CompletePart{PartNumber: number, ETag: etag})
		if u.failure == nil {
			u.failure = err
		}
		u.mu.Unlock()
		u.slots <- data
	})
}

// sendPart uploads one part, whose bytes the server checks.
func (u *upload) sendPart(number int, data []byte) (etag string, err error) {
	sum := sha256.Sum256(data)
	opts := minio.PutObjectPartOptions{Sha256Hex: hex.EncodeToString(sum[:])}
	err = u.store.backoff.Do(u.ctx, objectstore.IsTransient, func() error {
		return u.attempt(u.ctx, int64(len(data)), func(ctx context.Context) error {
			part, err := u.store.core.PutObjectPart(ctx, u.store.cfg.Bucket, u.key, u.id, number, bytes.NewReader(data), int64(len(data)), opts)
			etag = part.ETag
			return err
		})
	})
	return etag, err
}

// Close implements pretrained.Writer: it commits the file and looks whether it is there.
func (u *upload) Close() error {
	if u.done {
		return nil
	}
	if u.written != u.size {
		return errors.Join(fmt.Errorf("write %s: %d bytes instead of the %d announced", u.key, u.written, u.size), u.Abort())
	}
	if u.id != "" && len(u.buffer) > 0 {
		u.send()
	}
	u.group.Wait()
	err := u.failure
	if err == nil {
		err = u.store.backoff.Do(u.ctx, objectstore.IsTransient, u.commit)
	}
	if err != nil {
		return errors.Join(err, u.Abort())
	}
	u.done = true
	return nil
}

// commit is one attempt to make the object appear. Its last request is not
// believed, whatever it says: some stores answer with success and keep nothing,
// and the answer to a success may be lost. Only what lies there counts.
func (u *upload) commit() error {
	s := u.store
	var acknowledged error
	if u.id == "" {
		_, acknowledged = s.write(u.ctx, opWrite, u.key, u.buffer, false)
	} else {
		slices.SortFunc(u.parts, func(a, b minio.CompletePart) int { return a.PartNumber - b.PartNumber })
		acknowledged = u.attempt(u.ctx, u.size, func(ctx context.Context) error {
			_, err := s.core.CompleteMultipartUpload(ctx, s.cfg.Bucket, u.key, u.id, u.parts, minio.PutObjectOptions{})
			return err
		})
	}
	var info minio.ObjectInfo
	err := u.attempt(u.ctx, 0, func(ctx context.Context) (err error) {
		info, err = s.core.StatObject(ctx, s.cfg.Bucket, u.key, minio.StatObjectOptions{})
		return err
	})
	switch {
	case err == nil && info.Size == u.size:
		return nil
	case acknowledged != nil:
		return acknowledged
	case errors.Is(err, objectstore.ErrNotFound):
		return s.transient(opWrite, s.cfg.Bucket, u.key, errors.New("the write was acknowledged, and no object is there"))
	case err != nil:
		return err
	}
	return s.transient(opWrite, s.cfg.Bucket, u.key, fmt.Errorf("the write of %d bytes was acknowledged, and the object has %d", u.size, info.Size))
}

// Abort implements pretrained.Writer. It works after the end of the writing's
// context too, so that an interrupted upload leaves no parts behind.
func (u *upload) Abort() error {
	u.group.Wait()
	if u.done || u.id == "" {
		u.done = true
		return nil
	}
	u.done = true
	ctx := context.WithoutCancel(u.ctx)
	return u.store.backoff.Do(ctx, objectstore.IsTransient, func() error {
		return u.attempt(ctx, 0, func(ctx context.Context) error {
			return u.store.core.AbortMultipartUpload(ctx, u.store.cfg.Bucket, u.key, u.id)
		})
	})
}
