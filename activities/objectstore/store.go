package objectstore

import (
	"bytes"
	"context"
	"errors"

	"temper/activities/objectstore/internal/retry"
	"temper/model/artifact"
)

// MaxObjectBytes is the largest blob or document: 5 GiB, the most that S3 takes
// in one PUT. Multipart uploads are left out on purpose. Their last request may
// be answered with success while no object appears, and the client library drops
// the condition from it. Whoever has more than this cuts it into parts and
// names them in a manifest, as checkpoints do anyway so that parts can be
// written and read side by side.
const MaxObjectBytes = 5 << 30

// Store holds content-addressed blobs and named documents that are written once.
// It is safe for concurrent use, and shows by liveness.Done that it goes on.
// Errors are of six kinds, told apart by IsTransient, IsRefused, IsPermanent and
// errors.Is with ErrNotFound, ErrExists and
// artifact.ErrCorrupt; when ctx ends, the error wraps ctx.Err() and is none of them.
//
// Nothing is called corrupt after one look: what does not match is read again a
// few times, with a pause.
type Store interface {
	// Put stores data as a blob and returns its ref. When the blob is there already
	// it is read back instead of written: that costs no more than the writing would,
	// and finds damage that the store's own checksum, made when the blob came, does
	// not show. A damaged blob is written again.
	Put(ctx context.Context, data []byte) (artifact.Ref, error)

	// Get returns the blob that ref names, verified by size and SHA-256. The
	// error wraps ErrNotFound, or artifact.ErrCorrupt when the bytes are others.
	Get(ctx context.Context, ref artifact.Ref) ([]byte, error)

	// Create stores data as the document key if there is none, and reads it
	// back. If there is one the error wraps ErrExists. After a transient error
	// the document may have been written nevertheless: see CreateOrSame.
	Create(ctx context.Context, key string, data []byte) error

	// Read returns the document key. The error wraps ErrNotFound, or
	// artifact.ErrCorrupt when the store's own checksum does not fit the bytes.
	Read(ctx context.Context, key string) ([]byte, error)

	// List returns all keys that begin with prefix, in byte order, blobs
	// included. The prefix may end anywhere in a key; the empty one lists all.
	List(ctx context.Context, prefix string) ([]string, error)
}

// Writer is a Store that can write a blob and look at it later.
type Writer interface {
	// Write is Put but for the look at what it wrote, which look is, and which has to come before anybody is told of the blob; look
	// is nil where nothing is left to look at.
	Write(ctx context.Context, data []byte) (ref artifact.Ref, look func(context.Context) error, err error)
}

// Op names an operation of Store, for errors and faults.
type Op string

// The operations of Store.
const (
	OpPut    Op = "put"
	OpGet    Op = "get"
	OpCreate Op = "create"
	OpRead   Op = "read"
	OpList   Op = "list"
)

// CreateOrSame makes sure that there is a document key, and returns the bytes
// that are there, whoever wrote them: data if this call or an earlier attempt of
// it was first, another writer's bytes otherwise. It rides out a few transient
// errors, so that finished work is not thrown away because of one lost answer.
func CreateOrSame(ctx context.Context, s Store, key string, data []byte) (winner []byte, err error) {
	err = retry.Default.Do(ctx, IsTransient, func() error {
		err := s.Create(ctx, key, data)
		if err == nil {
			winner = bytes.Clone(data)
			return nil
		}
		if !errors.Is(err, ErrExists) {
			return err
		}
		winner, err = s.Read(ctx, key)
		if errors.Is(err, ErrNotFound) { // removed between the two requests
			return &TransientError{Op: OpCreate, Key: key, Err: err}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return winner, nil
}
