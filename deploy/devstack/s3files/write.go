package s3files

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rclone/gofakes3"
)

// copyBuffer is how much of a body is read at once.
const copyBuffer = 512 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// PutObject implements gofakes3.Backend.
func (b *backend) PutObject(ctx context.Context, bucket, key string, meta map[string]string, body io.Reader, size int64) (gofakes3.PutObjectResult, error) {
	path, err := b.path(bucket, key)
	if err != nil {
		return gofakes3.PutObjectResult{}, err
	}
	f, a, err := b.receive(filepath.Join(b.root, incomingDir), body, size)
	if err == nil {
		a.Meta = meta
		err = b.publish(ctx, f, a, path)
	}
	if err != nil {
		return gofakes3.PutObjectResult{}, told(ctx, err)
	}
	return gofakes3.PutObjectResult{ETag: quoted(a.MD5)}, nil
}

// receive writes body to a new file in dir. It has to have size bytes, unless that is negative.
func (b *backend) receive(dir string, body io.Reader, size int64) (_ *os.File, a attributes, err error) {
	f, err := os.CreateTemp(dir, "")
	if err != nil {
		return nil, a, err
	}
	crc := crc32.New(castagnoli)
	to := io.MultiWriter(f, crc)
	// gofakes3 computes an MD5 while it hands the body over, unless it checks another sum.
	sum, ok := body.(interface{ Sum([]byte) []byte })
	if !ok {
		h := hash.Hash(md5.New())
		sum, to = h, io.MultiWriter(f, crc, h)
	}
	n, err := io.CopyBuffer(to, body, make([]byte, copyBuffer))
	if err == nil && size >= 0 && n != size {
		err = gofakes3.ErrIncompleteBody
	}
	if err != nil {
		discard(f)
		return nil, a, err
	}
	return f, attributes{MD5: sum.Sum(nil), CRC32C: crc.Sum(nil)}, nil
}

// discard removes a received file.
func discard(f *os.File) {
	f.Close()
	os.Remove(f.Name())
}

// publish makes the received file the object at path, if the conditions of the
// request allow it. The bytes are on the disk before they have the name, so that a
// power cut leaves no half object; the name may take the file system some seconds.
func (b *backend) publish(ctx context.Context, f *os.File, a attributes, path string) error {
	err := a.write(f)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = b.rename(ctx, f.Name(), path)
	}
	if err != nil {
		discard(f)
		return err
	}
	return f.Close()
}

// rename checks the conditions and gives the file its name, as one step.
func (b *backend) rename(ctx context.Context, from, path string) error {
	b.commit.Lock()
	defer b.commit.Unlock()
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return errFolder(b.keyOf(path))
	case errors.Is(err, syscall.ENOTDIR):
		return errBelowFile(b.keyOf(path))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	tag := ""
	if err == nil {
		tag = hex.EncodeToString(etag(path, info))
	}
	if err := gofakes3.CheckWriteConditions(ctx, err == nil, tag); err != nil {
		return err
	}
	if err := b.makeFolders(filepath.Dir(path)); err != nil {
		return err
	}
	return os.Rename(from, path)
}

// makeFolders creates the folder dir in a bucket. It does not create buckets.
func (b *backend) makeFolders(dir string) error {
	bucket, _, _ := strings.Cut(b.keyOf(dir), string(filepath.Separator))
	if _, err := os.Stat(filepath.Join(b.root, bucket)); errors.Is(err, fs.ErrNotExist) {
		return gofakes3.BucketNotFound(bucket)
	}
	err := os.MkdirAll(dir, 0o755)
	if errors.Is(err, syscall.ENOTDIR) {
		return errBelowFile(b.keyOf(dir))
	}
	return err
}

// keyOf is a path without the root, for messages.
func (b *backend) keyOf(path string) string {
	if rel, err := filepath.Rel(b.root, path); err == nil {
		return rel
	}
	return path
}

// DeleteObject implements gofakes3.Backend.
func (b *backend) DeleteObject(ctx context.Context, bucket, key string) (gofakes3.ObjectDeleteResult, error) {
	var none gofakes3.ObjectDeleteResult
	path, err := b.path(bucket, key)
	if err != nil {
		return none, nil // there is no such object
	}
	b.commit.Lock()
	defer b.commit.Unlock()
	info, err := os.Lstat(path)
	if isAbsent(err) || err == nil && info.IsDir() {
		return none, nil
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return none, told(ctx, err)
	}
	// A folder is there for what is in it.
	for dir := filepath.Dir(path); filepath.Dir(dir) != b.root; dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil { // it is not empty
			break
		}
	}
	return none, nil
}

// DeleteMulti implements gofakes3.Backend.
func (b *backend) DeleteMulti(ctx context.Context, bucket string, keys ...string) (result gofakes3.MultiDeleteResult, err error) {
	for _, key := range keys {
		if _, err := b.DeleteObject(ctx, bucket, key); err != nil {
			failed := gofakes3.ErrorResultFromError(err)
			failed.Key = key
			result.Error = append(result.Error, failed)
			continue
		}
		result.Deleted = append(result.Deleted, gofakes3.ObjectID{Key: key})
	}
	return result, nil
}

// CopyObject implements gofakes3.Backend.
func (b *backend) CopyObject(ctx context.Context, fromBucket, fromKey, bucket, key string, meta map[string]string) (gofakes3.CopyObjectResult, error) {
	o, err := b.GetObject(ctx, fromBucket, fromKey, nil)
	if err != nil {
		return gofakes3.CopyObjectResult{}, err
	}
	defer o.Contents.Close()
	put, err := b.PutObject(ctx, bucket, key, meta, o.Contents, o.Size)
	return gofakes3.CopyObjectResult{ETag: put.ETag, LastModified: gofakes3.NewContentTime(time.Now())}, err
}

// quoted is an ETag as it stands in a header.
func quoted(etag []byte) string { return fmt.Sprintf("%q", hex.EncodeToString(etag)) }
