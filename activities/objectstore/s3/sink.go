package s3

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/pretrained"
)

const (
	// partBytes is the size of the parts of a larger file. A smaller file is one PUT.
	partBytes = 32 << 20
	// maxParts is how many parts S3 allows.
	maxParts = 10_000
	// partsAtOnce is how many parts are under way at once, each in memory.
	partsAtOnce = 4
)

// opWrite is what the errors of a Sink begin with.
const opWrite objectstore.Op = "write"

// Sink returns the folder s3://bucket/prefix as a place to write a model to, in
// any bucket of the service. Folders that are the store's own are refused.
//
// Success answers are not taken as proof: after the last byte the object is
// looked at again. What lay under a key before is removed first, so that it
// cannot be taken for the new one.
func (s *Store) Sink(uri string) (pretrained.Sink, error) {
	p, err := s.placeAt(uri)
	if err != nil {
		return nil, fmt.Errorf("open target: %w", err)
	}
	own := []string{objectstore.ProbePrefix, artifact.BlobPrefix, "blobs/", "runs/", "parts/", "damaged/"}
	if p.store.cfg.Bucket == s.cfg.Bucket && slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(p.prefix, o) }) {
		return nil, fmt.Errorf("open target: %w: %q is kept for the store itself; valid: another folder, such as s3://%s/models/NAME",
			objectstore.ErrBadKey, uri, s.cfg.Bucket)
	}
	if p.prefix == "" {
		return nil, fmt.Errorf("open target: %w: %q names no folder in the bucket", objectstore.ErrBadKey, uri)
	}
	return &sink{place: p, part: partBytes}, nil
}

type sink struct {
	place
	part int64 // partBytes; tests take less
}

// List implements pretrained.Sink.
func (t *sink) List(ctx context.Context) ([]string, error) {
	found, err := t.list(ctx)
	var names []string
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, err
}

// Remove implements pretrained.Sink.
func (t *sink) Remove(ctx context.Context, name string) error {
	s, key := t.store, t.prefix+name
	err := s.backoff.Do(ctx, objectstore.IsTransient, func() error {
		return s.attempt(ctx, opWrite, key, 0, func(ctx context.Context) error {
			return s.core.Client.RemoveObject(ctx, s.cfg.Bucket, key, minio.RemoveObjectOptions{})
		})
	})
	if errors.Is(err, objectstore.ErrNotFound) {
		return nil
	}
	return err
}

// Create implements pretrained.Sink.
func (t *sink) Create(ctx context.Context, name string, size int64) (pretrained.Writer, error) {
	part := max(t.part, (size+maxParts-1)/maxParts)
	u := &upload{ctx: ctx, store: t.store, key: t.prefix + name, size: size, part: part}
	if err := t.Remove(ctx, name); err != nil {
		return nil, err
	}
	if size <= part {
		return u, nil
	}
	err := t.store.backoff.Do(ctx, objectstore.IsTransient, func() error {
		return u.attempt(ctx, 0, func(ctx context.Context) (err error) {
			u.id, err = u.store.core.NewMultipartUpload(ctx, u.store.cfg.Bucket, u.key, minio.PutObjectOptions{})
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}
