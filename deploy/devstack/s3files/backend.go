// Package s3files is an S3 server over plain files: the protocol is gofakes3's
// (of rclone), the storage is ours, because an object has to survive kill -9 and
// a power cut whole or not at all.
//
// An object is the file ROOT/BUCKET/KEY and nothing else. Beside it, in an
// extended attribute, lie its checksums and metadata; where there are none, be it
// that the file system has no attributes or that somebody copied the file there,
// the object is served all the same. What is being received lies in ROOT/.incoming
// and becomes an object by a rename after its bytes are on the disk.
package s3files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rclone/gofakes3"
)

const (
	// incomingDir holds what is not yet an object. No bucket's name begins with a dot.
	incomingDir = ".incoming"
	// oldTemporary is where versitygw, which served these folders before, kept its
	// temporary files in each bucket.
	oldTemporary = ".sgwtmp"
)

// backend implements gofakes3.Backend and gofakes3.MultipartBackend.
type backend struct {
	root string
	// commit is held while objects appear and vanish, so that conditions are
	// checked and folders come and go in one step.
	commit sync.Mutex

	mu      sync.Mutex
	uploads map[gofakes3.UploadID]*upload
}

// open prepares root and removes what an earlier server left unfinished there.
// No other server may run on root.
func open(root string) (*backend, error) {
	b := &backend{root: root, uploads: map[gofakes3.UploadID]*upload{}}
	unfinished, err := filepath.Glob(filepath.Join(root, "*", oldTemporary))
	if err != nil {
		return nil, err
	}
	incoming := filepath.Join(root, incomingDir)
	for _, path := range append(unfinished, incoming) {
		if err := os.RemoveAll(path); err != nil {
			return nil, fmt.Errorf("remove what was unfinished: %w", err)
		}
	}
	if err := os.MkdirAll(incoming, 0o700); err != nil {
		return nil, err
	}
	return b, nil
}

// ListBuckets implements gofakes3.Backend.
func (b *backend) ListBuckets(ctx context.Context) ([]gofakes3.BucketInfo, error) {
	entries, err := os.ReadDir(b.root)
	if err != nil {
		return nil, told(ctx, err)
	}
	var buckets []gofakes3.BucketInfo
	for _, e := range entries {
		if info, err := os.Stat(filepath.Join(b.root, e.Name())); err == nil && info.IsDir() && e.Name()[0] != '.' {
			buckets = append(buckets, gofakes3.BucketInfo{Name: e.Name(), CreationDate: gofakes3.NewContentTime(info.ModTime())})
		}
	}
	return buckets, nil
}

// BucketExists implements gofakes3.Backend.
func (b *backend) BucketExists(ctx context.Context, bucket string) (bool, error) {
	if bucket == "" || bucket[0] == '.' || !filepath.IsLocal(bucket) {
		return false, nil
	}
	info, err := os.Stat(filepath.Join(b.root, bucket))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.IsDir(), told(ctx, err)
}

// CreateBucket implements gofakes3.Backend.
func (b *backend) CreateBucket(ctx context.Context, bucket string) error {
	err := os.Mkdir(filepath.Join(b.root, bucket), 0o755)
	if errors.Is(err, fs.ErrExist) {
		return gofakes3.ResourceError(gofakes3.ErrBucketAlreadyExists, bucket)
	}
	return told(ctx, err)
}

// DeleteBucket implements gofakes3.Backend.
func (b *backend) DeleteBucket(ctx context.Context, bucket string) error {
	b.commit.Lock()
	defer b.commit.Unlock()
	dir := filepath.Join(b.root, bucket)
	empty, err := holdsNoFile(dir)
	if err != nil {
		return told(ctx, err)
	}
	if !empty {
		return gofakes3.ResourceError(gofakes3.ErrBucketNotEmpty, bucket)
	}
	return told(ctx, os.RemoveAll(dir))
}

// path is the file of an object. The error says that no object can have that key.
func (b *backend) path(bucket, key string) (string, error) {
	for part := range strings.SplitSeq(key, "/") {
		if part == "" || part == "." || part == ".." || len(part) > 255 || strings.ContainsRune(part, 0) {
			return "", errBadKey(key)
		}
	}
	return filepath.Join(b.root, bucket, filepath.FromSlash(key)), nil
}
