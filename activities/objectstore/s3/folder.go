package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"temper/activities/objectstore"
	"temper/model/pretrained"
)

// place is a folder in any bucket of the service: s3://bucket/prefix.
type place struct {
	store  *Store // that uses the bucket
	prefix string // "" or with a slash at its end
}

// String is the place as a URI.
func (p place) String() string {
	return "s3://" + p.store.cfg.Bucket + "/" + strings.TrimSuffix(p.prefix, "/")
}

// placeAt takes a URI apart. It sends nothing.
func (s *Store) placeAt(uri string) (place, error) {
	rest, found := strings.CutPrefix(uri, "s3://")
	bucket, prefix, _ := strings.Cut(rest, "/")
	prefix = strings.TrimSuffix(prefix, "/")
	switch {
	case !found || bucket == "":
		return place{}, fmt.Errorf("%w: %q is not of the form s3://bucket/folder", objectstore.ErrBadKey, uri)
	case strings.HasPrefix(prefix, "/") || strings.Contains(prefix, "//"):
		return place{}, fmt.Errorf("%w: %q has an empty part", objectstore.ErrBadKey, uri)
	}
	if err := s3utils.CheckValidBucketNameStrict(bucket); err != nil {
		return place{}, fmt.Errorf("%w: %q: bucket %q: %w", objectstore.ErrBadKey, uri, bucket, err)
	}
	if prefix != "" {
		prefix += "/"
	}
	there := *s
	there.cfg.Bucket = bucket
	return place{&there, prefix}, nil
}

// object is what a listing says of an object.
type object struct {
	size int64
	etag string
}

// list returns the objects of the folder by their plain names. Folders in it are
// there too, as objects without an ETag.
func (p place) list(ctx context.Context) (found map[string]object, err error) {
	s, noOwner := p.store, false
	err = s.backoff.Do(ctx, objectstore.IsTransient, func() error {
		found = map[string]object{}
		limited, watched := s.watch(ctx, 0)
		defer watched.end()
		objects := s.core.Client.ListObjectsIter(limited, s.cfg.Bucket, minio.ListObjectsOptions{
			Prefix: p.prefix, MaxKeys: s.pageSize, FetchOwner: &noOwner,
		})
		for o := range objects {
			if o.Err != nil {
				return s.classify(ctx, limited, objectstore.OpList, s.cfg.Bucket, p.prefix, o.Err)
			}
			if name := strings.TrimSuffix(strings.TrimPrefix(o.Key, p.prefix), "/"); name != "" {
				found[name] = object{o.Size, o.ETag}
			}
			watched.moved() // the limit is for each page
		}
		return s.classify(ctx, limited, objectstore.OpList, s.cfg.Bucket, p.prefix, limited.Err())
	})
	return found, err
}

// Folder returns the model's folder s3://bucket/prefix, in any bucket of the
// service. What lies there is listed once, at the first Open. Files are read by
// ranged GETs, each of which is tried again as the store's own requests are, and
// refused when the object is no longer the one that was listed.
func (s *Store) Folder(uri string) (pretrained.Folder, error) {
	p, err := s.placeAt(uri)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	return &folder{place: p}, nil
}

// ListFolder returns the names of the objects of the folder s3://bucket/prefix, in any
// bucket of the service, without those of folders in it.
func (s *Store) ListFolder(ctx context.Context, uri string) ([]string, error) {
	p, err := s.placeAt(uri)
	if err != nil {
		return nil, fmt.Errorf("list folder: %w", err)
	}
	found, err := p.list(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for name, o := range found {
		if o.etag != "" {
			names = append(names, name)
		}
	}
	return names, nil
}

type folder struct {
	place
	mu     sync.Mutex
	listed map[string]object
}

// Open implements pretrained.Folder.
func (f *folder) Open(ctx context.Context, name string) (pretrained.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listed == nil {
		listed, err := f.list(ctx)
		if err != nil {
			return nil, err
		}
		f.listed = listed
	}
	o, ok := f.listed[name]
	if !ok || o.etag == "" {
		return nil, fmt.Errorf("%s/%s: %w", f.place, name, fs.ErrNotExist)
	}
	return &ranged{ctx: ctx, store: f.store, key: f.prefix + name, object: o}, nil
}

// ranged reads an object piece by piece.
type ranged struct {
	ctx   context.Context // of the whole reading
	store *Store
	key   string
	object
}

// Size implements pretrained.File.
func (r *ranged) Size() int64 { return r.size }

// Close implements pretrained.File; there is nothing to close.
func (r *ranged) Close() error { return nil }

// ReadAt implements io.ReaderAt: one GET of a range.
func (r *ranged) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 {
		return 0, errors.New("read at a negative offset")
	}
	want := p[:min(int64(len(p)), max(0, r.size-at))]
	if len(want) > 0 {
		err := r.store.backoff.Do(r.ctx, objectstore.IsTransient, func() error { return r.get(want, at) })
		if errors.Is(err, objectstore.ErrExists) { // what the package makes of a failed condition
			err = fmt.Errorf("read s3://%s/%s: the object was replaced while it was read", r.store.cfg.Bucket, r.key)
		}
		if err != nil {
			return 0, err
		}
	}
	if len(want) < len(p) {
		return len(want), io.EOF
	}
	return len(p), nil
}

// get is one attempt.
func (r *ranged) get(want []byte, at int64) error {
	s, end := r.store, at+int64(len(want))-1
	var opts minio.GetObjectOptions
	if err := opts.SetRange(at, end); err != nil {
		return fmt.Errorf("read %s: %w", r.key, err)
	}
	if err := opts.SetMatchETag(r.etag); err != nil {
		return fmt.Errorf("read %s: %w", r.key, err)
	}
	return s.attempt(r.ctx, objectstore.OpRead, r.key, int64(len(want)), func(ctx context.Context) error {
		body, info, _, err := s.core.GetObject(ctx, s.cfg.Bucket, r.key, opts)
		if err != nil {
			return err
		}
		defer body.Close()
		if info.Size != int64(len(want)) || info.ETag != r.etag { // a server that knows no ranges or conditions
			return fmt.Errorf("asked for bytes %d to %d of %s, and the answer has %d bytes of %s", at, end, r.etag, info.Size, info.ETag)
		}
		if n, err := io.ReadFull(moving{ctx, body}, want); err != nil {
			return fmt.Errorf("after %d of %d bytes: %w", n, len(want), err)
		}
		return nil
	})
}
