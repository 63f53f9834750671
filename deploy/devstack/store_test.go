package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"temper/deploy/devstack/s3files"
)

// killStore kills the store and returns when another one answers.
func (d *devstack) killStore() {
	d.t.Helper()
	store := d.storePID()
	syscall.Kill(store, syscall.SIGKILL)
	eventually(d.t, 2*time.Minute, "a new store answers", func() bool {
		resp, err := http.Get("http://" + d.S3.Endpoint + s3files.HealthPath)
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK && d.storePID() != store
	})
}

// TestStoreKilledWhileItWrites kills the store in the middle of the bodies of a
// new object and of one that replaces another, and while many small ones arrive.
func TestStoreKilledWhileItWrites(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	d := start(t, t.TempDir(), anywhere...)
	client := d.s3()
	put := func(key string, body io.Reader, size int64) error {
		_, err := client.PutObject(ctx, d.S3.Bucket, key, body, size, minio.PutObjectOptions{DisableMultipart: true})
		return err
	}
	if err := put("old", bytes.NewReader([]byte("before")), 6); err != nil {
		t.Fatal(err)
	}

	const half, whole = 3 << 20, 8 << 20
	var group sync.WaitGroup
	var ends []*io.PipeWriter
	for _, key := range []string{"old", "new"} {
		from, to := io.Pipe()
		ends = append(ends, to)
		group.Go(func() { to.Write(make([]byte, half)) })
		group.Go(func() {
			if put(key, from, whole) == nil {
				t.Errorf("half of %s was acknowledged", key)
			}
		})
	}
	incoming := filepath.Join(d.dir, "s3", ".incoming")
	eventually(t, 2*time.Minute, "two files grow", func() bool {
		growing := 0
		files, _ := filepath.Glob(filepath.Join(incoming, "*"))
		for _, f := range files {
			if st, err := os.Stat(f); err == nil && st.Size() > 0 {
				growing++
			}
		}
		return growing == 2
	})
	var mu sync.Mutex
	acknowledged, stop := 0, make(chan struct{})
	group.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			key := strconv.Itoa(i)
			if put("small/"+key, bytes.NewReader([]byte(key)), int64(len(key))) != nil {
				return
			}
			mu.Lock()
			acknowledged = i + 1
			mu.Unlock()
		}
	})
	eventually(t, 2*time.Minute, "small objects are acknowledged", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return acknowledged > 20
	})
	d.killStore()
	close(stop)
	for _, to := range ends {
		to.CloseWithError(io.ErrClosedPipe)
	}
	group.Wait()

	wantObject(ctx, t, d, "old", "before")
	if _, err := client.StatObject(ctx, d.S3.Bucket, "new", minio.StatObjectOptions{}); minio.ToErrorResponse(err).Code != "NoSuchKey" {
		t.Errorf("new: %v, want NoSuchKey", err)
	}
	for i := range acknowledged {
		wantObject(ctx, t, d, "small/"+strconv.Itoa(i), strconv.Itoa(i))
	}
	if left, err := os.ReadDir(incoming); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
