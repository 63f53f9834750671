package s3files

import (
	"bytes"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const bucket = "temper"

// serve runs a server on root until the test ends, and returns a client of it and
// a function that ends it earlier.
func serve(t *testing.T, root string) (*minio.Core, func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, listener, Config{
			Root: root, Bucket: bucket, AccessKey: "someone", SecretKey: "hush-hush", StopGrace: time.Minute,
			Log: log.New(io.Discard, "", 0),
		})
	}()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(stop)
	return client(t, listener.Addr().String(), "hush-hush"), stop
}

func client(t *testing.T, address, secret string) *minio.Core {
	t.Helper()
	return clientOver(t, address, secret, nil)
}

func clientOver(t *testing.T, address, secret string, transport http.RoundTripper) *minio.Core {
	t.Helper()
	c, err := minio.NewCore(address, &minio.Options{
		Transport: transport,
		Creds:     credentials.NewStaticV4("someone", secret, ""),
		Region:    "us-east-1", BucketLookup: minio.BucketLookupPath, TrailingHeaders: true, MaxRetries: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fresh is a server with an empty bucket, and the bucket's folder.
func fresh(t *testing.T) (*minio.Core, string) {
	t.Helper()
	root := t.TempDir()
	c, _ := serve(t, root)
	return c, filepath.Join(root, bucket)
}

// checksummed is how temper writes: a CRC32C after an unsigned body.
var checksummed = minio.PutObjectOptions{DisableMultipart: true, DisableContentSha256: true, Checksum: minio.ChecksumCRC32C}

func put(t *testing.T, c *minio.Core, key string, data []byte, o minio.PutObjectOptions) error {
	t.Helper()
	_, err := c.Client.PutObject(t.Context(), bucket, key, bytes.NewReader(data), int64(len(data)), o)
	return err
}

func mustPut(t *testing.T, c *minio.Core, key string, data []byte) {
	t.Helper()
	if err := put(t, c, key, data, checksummed); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func get(t *testing.T, c *minio.Core, key string, o minio.GetObjectOptions) ([]byte, minio.ObjectInfo, error) {
	t.Helper()
	body, info, _, err := c.GetObject(t.Context(), bucket, key, o)
	if err != nil {
		return nil, info, err
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	return data, info, err
}

func wantCode(t *testing.T, what string, err error, code string, status int) {
	t.Helper()
	got := minio.ToErrorResponse(err)
	if err == nil || got.Code != code || got.StatusCode != status {
		t.Errorf("%s: %v (%s, %d), want %s, %d", what, err, got.Code, got.StatusCode, code, status)
	}
}

func TestObjects(t *testing.T) {
	c, dir := fresh(t)
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<17)
	signed := minio.PutObjectOptions{DisableMultipart: true}
	for _, o := range []minio.PutObjectOptions{checksummed, signed, {DisableMultipart: true, Checksum: minio.ChecksumCRC32C}} {
		for name, data := range map[string][]byte{"empty": {}, "one": {7}, "deep/er/large": large} {
			if err := put(t, c, name, data, o); err != nil {
				t.Fatalf("put %s: %v", name, err)
			}
			var ask minio.GetObjectOptions
			ask.Set("x-amz-checksum-mode", "ENABLED")
			got, info, err := get(t, c, name, ask)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("get %s: %d bytes, %v", name, len(got), err)
			}
			want := minio.ChecksumCRC32C.ChecksumBytes(data).Encoded()
			if info.ChecksumCRC32C != want || info.Size != int64(len(data)) {
				t.Errorf("get %s: CRC32C %q of %d bytes, want %q", name, info.ChecksumCRC32C, info.Size, want)
			}
			stat, err := c.StatObject(t.Context(), bucket, name, minio.StatObjectOptions{Checksum: true})
			if err != nil || stat.ChecksumCRC32C != want || stat.ETag != info.ETag || stat.Size != info.Size {
				t.Errorf("stat %s: %+v, %v", name, stat, err)
			}
			if onDisk, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(onDisk, data) {
				t.Errorf("file %s: %d bytes, %v", name, len(onDisk), err)
			}
		}
	}
	var some minio.GetObjectOptions
	if err := some.SetRange(10, 20); err != nil {
		t.Fatal(err)
	}
	if got, info, err := get(t, c, "deep/er/large", some); err != nil || string(got) != string(large[10:21]) || info.Size != 11 {
		t.Errorf("range: %q, %+v, %v", got, info, err)
	}
	if _, _, err := get(t, c, "deep", minio.GetObjectOptions{}); err == nil {
		t.Error("a folder was read")
	} else {
		wantCode(t, "folder", err, "NoSuchKey", http.StatusNotFound)
	}
	if err := c.RemoveObject(t.Context(), bucket, "deep/er/large", minio.RemoveObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "deep")); !os.IsNotExist(err) {
		t.Errorf("the folder of a removed object: %v", err)
	}
	if err := c.RemoveObject(t.Context(), bucket, "deep/er/large", minio.RemoveObjectOptions{}); err != nil {
		t.Errorf("second removal: %v", err)
	}
}

func TestConditions(t *testing.T) {
	c, _ := fresh(t)
	absent := checksummed
	absent.SetMatchETagExcept("*")
	const writers = 16
	for round := range 5 {
		key := strings.Repeat("x", round+1)
		errs := make([]error, writers)
		var group sync.WaitGroup
		for i := range writers {
			group.Go(func() { errs[i] = put(t, c, key, []byte{byte(i)}, absent) })
		}
		group.Wait()
		winner := -1
		for i, err := range errs {
			if err != nil {
				wantCode(t, "loser", err, "PreconditionFailed", http.StatusPreconditionFailed)
			} else if winner >= 0 {
				t.Errorf("%d and %d both created %s", winner, i, key)
			} else {
				winner = i
			}
		}
		if got, _, err := get(t, c, key, minio.GetObjectOptions{}); err != nil || winner < 0 || got[0] != byte(winner) {
			t.Errorf("%d won, and %v is there (%v)", winner, got, err)
		}
	}
	stat, err := c.StatObject(t.Context(), bucket, "x", minio.StatObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	same := checksummed
	same.SetMatchETag(stat.ETag)
	if err := put(t, c, "x", []byte("new"), same); err != nil {
		t.Errorf("If-Match with the right ETag: %v", err)
	}
	wantCode(t, "If-Match with an old ETag", put(t, c, "x", []byte("newer"), same), "PreconditionFailed", http.StatusPreconditionFailed)
}

func TestRefusals(t *testing.T) {
	c, _ := fresh(t)
	mustPut(t, c, "file", []byte("x"))
	mustPut(t, c, "dir/file", []byte("x"))
	wantCode(t, "below a file", put(t, c, "file/below/it", nil, checksummed), "ObjectParentIsFile", http.StatusConflict)
	wantCode(t, "over a folder", put(t, c, "dir", nil, checksummed), "ExistingObjectIsDirectory", http.StatusConflict)
	for _, key := range []string{"a/../../../evil", "a//b", "slash/", strings.Repeat("n", 256)} {
		err := put(t, c, key, []byte("x"), checksummed)
		if err == nil {
			t.Errorf("key %.20q was taken", key)
		}
		if _, err := c.StatObject(t.Context(), bucket, key, minio.StatObjectOptions{}); err == nil {
			t.Errorf("key %.20q is there", key)
		}
	}
	_, err := c.Client.PutObject(t.Context(), "nobody", "x", bytes.NewReader(nil), 0, checksummed)
	wantCode(t, "no bucket", err, "NoSuchBucket", http.StatusNotFound)
	if err := c.MakeBucket(t.Context(), "other", minio.MakeBucketOptions{}); err != nil {
		t.Error(err)
	}
	if err := c.RemoveBucket(t.Context(), "other"); err != nil {
		t.Error(err)
	}
	wantCode(t, "bucket again", c.MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{}), "BucketAlreadyExists", http.StatusConflict)
	wantCode(t, "full bucket", c.RemoveBucket(t.Context(), bucket), "BucketNotEmpty", http.StatusConflict)

	wrong := client(t, c.EndpointURL().Host, "guess")
	wantCode(t, "wrong secret", put(t, wrong, "x", nil, checksummed), "SignatureDoesNotMatch", http.StatusForbidden)
	resp, err := http.Get(c.EndpointURL().String() + "/" + bucket + "/file")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("without a signature: %s", resp.Status)
	}
	if got := len(keys(t, c, "", 0)); got != 2 {
		t.Errorf("%d objects after refusals, want 2", got)
	}
}
