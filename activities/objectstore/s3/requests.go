package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/minio/minio-go/v7"

	"temper/activities/objectstore"
)

// anySize tells fetch that the size is not known beforehand.
const anySize = -1

// fetched is an object as it came over the wire.
type fetched struct {
	data   []byte
	crc32c string // as the store keeps it; empty when it does not
}

// attempt runs one request that moves size bytes, ends it when it is stuck, and
// classifies its error.
func (s *Store) attempt(ctx context.Context, op objectstore.Op, key string, size int64, request func(context.Context) error) error {
	limited, watched := s.watch(ctx, size)
	defer watched.end()
	return s.classify(ctx, limited, op, s.cfg.Bucket, key, request(limited))
}

// write sends data in one PUT, if onlyIfAbsent on the condition that nothing
// lies under the key. stated says that the answer has the CRC32C of data.
func (s *Store) write(ctx context.Context, op objectstore.Op, key string, data []byte, onlyIfAbsent bool) (stated bool, err error) {
	opts := minio.PutObjectOptions{
		DisableMultipart: true,
		// The CRC32C after the body takes the place of a signature of every chunk
		// of the body. Both together are refused by versitygw over plain http.
		DisableContentSha256: true,
		Checksum:             minio.ChecksumCRC32C,
	}
	if onlyIfAbsent {
		opts.SetMatchETagExcept("*")
	}
	err = s.attempt(ctx, op, key, int64(len(data)), func(ctx context.Context) error {
		opts.Progress = moving{ctx: ctx}
		info, err := s.core.Client.PutObject(ctx, s.cfg.Bucket, key, bytes.NewReader(data), int64(len(data)), opts)
		stated = info.ChecksumCRC32C == crc32c(data)
		return err
	})
	return stated && err == nil, err
}

// fetch reads a whole object in one attempt. If the store announces another size
// than want, it returns without reading, and got.data is empty: the caller verifies.
func (s *Store) fetch(ctx context.Context, op objectstore.Op, bucket, key string, want int64) (got fetched, err error) {
	_, err = s.stream(ctx, op, bucket, key, func(info minio.ObjectInfo, body io.Reader) (int64, error) {
		if want != anySize && want != info.Size {
			return 0, nil
		}
		got = fetched{data: make([]byte, info.Size), crc32c: info.ChecksumCRC32C}
		n, err := io.ReadFull(body, got.data)
		return int64(n), err
	})
	if err != nil {
		return fetched{}, err
	}
	return got, nil
}

// stream gives an object's body to read in one attempt, and returns how many
// bytes read took of it.
func (s *Store) stream(ctx context.Context, op objectstore.Op, bucket, key string, read func(minio.ObjectInfo, io.Reader) (int64, error)) (int64, error) {
	// How long it may take depends on the size, which the headers tell.
	limited, watched := s.watch(ctx, 0)
	defer watched.end()

	var opts minio.GetObjectOptions
	opts.Set("x-amz-checksum-mode", "ENABLED")
	body, info, _, err := s.core.GetObject(limited, bucket, key, opts)
	if err != nil {
		return 0, s.classify(ctx, limited, op, bucket, key, err)
	}
	defer body.Close()
	switch {
	case info.Size < 0:
		return 0, s.transient(op, bucket, key, errors.New("the answer does not say its length"))
	case info.Size > objectstore.MaxObjectBytes:
		return 0, fmt.Errorf("%s %s: s3 bucket %q: %d bytes: %w", op, key, bucket, info.Size, objectstore.ErrTooLarge)
	}
	watched.sized(s.attemptTime(info.Size))
	n, err := read(info, moving{limited, body})
	if err != nil {
		err = fmt.Errorf("after %d of %d bytes: %w", n, info.Size, err)
		return n, s.classify(ctx, limited, op, bucket, key, err)
	}
	return n, nil
}

// list calls visit with every key that begins with prefix, until it returns false.
func (s *Store) list(ctx context.Context, op objectstore.Op, prefix string, pageSize int, visit func(key string) bool) error {
	limited, watched := s.watch(ctx, 0)
	defer watched.end()

	noOwner := false
	objects := s.core.Client.ListObjectsIter(limited, s.cfg.Bucket, minio.ListObjectsOptions{
		Prefix: prefix, Recursive: true, MaxKeys: pageSize, FetchOwner: &noOwner,
	})
	for object := range objects {
		if object.Err != nil {
			return s.classify(ctx, limited, op, s.cfg.Bucket, prefix, object.Err)
		}
		if !visit(object.Key) {
			return nil
		}
		watched.moved() // the limit is for each page, not for all of them
	}
	// The iterator just ends, without an error, when its context does.
	return s.classify(ctx, limited, op, s.cfg.Bucket, prefix, limited.Err())
}

// ReadURI returns an object outside of the run's own, such as a data set that a
// recipe names, from any bucket of the same service: s3://bucket/key. The key
// may be any that S3 allows. It is not verified beyond the store's own checksum.
func (s *Store) ReadURI(ctx context.Context, uri string) ([]byte, error) {
	bucket, key, err := splitURI(uri)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	data, err := s.read(ctx, bucket, key)
	if errors.Is(err, objectstore.ErrNotFound) {
		return nil, fmt.Errorf("read %s at %s: %w", uri, s.cfg.Endpoint, objectstore.ErrNotFound)
	}
	return data, err
}

// splitURI takes s3://bucket/key apart.
func splitURI(uri string) (bucket, key string, err error) {
	rest, found := strings.CutPrefix(uri, "s3://")
	if !found {
		return "", "", fmt.Errorf("%w: %q does not begin with s3://", objectstore.ErrBadKey, uri)
	}
	bucket, key, _ = strings.Cut(rest, "/")
	if bucket == "" || key == "" {
		return "", "", fmt.Errorf("%w: %q is not of the form s3://bucket/key", objectstore.ErrBadKey, uri)
	}
	return bucket, key, nil
}
