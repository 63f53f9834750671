package s3files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/signer"
	"golang.org/x/sys/unix"
)

func TestMultipart(t *testing.T) {
	root := t.TempDir()
	c, stop := serve(t, root)
	id, err := c.NewMultipartUpload(t.Context(), bucket, "a/large", minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	parts := map[int]minio.CompletePart{}
	for _, number := range []int{3, 1, 2, 2} { // the second attempt of a part counts
		data := bytes.Repeat([]byte{byte(10*number + len(parts))}, 5<<20)
		part, err := c.PutObjectPart(t.Context(), bucket, "a/large", id, number, bytes.NewReader(data), int64(len(data)), minio.PutObjectPartOptions{})
		if err != nil {
			t.Fatal(err)
		}
		parts[number] = minio.CompletePart{PartNumber: number, ETag: part.ETag}
	}
	whole := slices.Concat(bytes.Repeat([]byte{11}, 5<<20), bytes.Repeat([]byte{23}, 5<<20), bytes.Repeat([]byte{30}, 5<<20))
	inOrder := []minio.CompletePart{parts[1], parts[2], parts[3]}
	complete := func(list ...minio.CompletePart) error {
		_, err := c.CompleteMultipartUpload(t.Context(), bucket, "a/large", id, list, minio.PutObjectOptions{})
		return err
	}
	wantCode(t, "a part of other bytes", complete(parts[1], minio.CompletePart{PartNumber: 2, ETag: parts[1].ETag}), "InvalidPart", http.StatusBadRequest)
	wantCode(t, "a part that is not there", complete(parts[1], minio.CompletePart{PartNumber: 4, ETag: parts[1].ETag}), "InvalidPart", http.StatusBadRequest)
	if got := keys(t, c, "", 0); len(got) != 0 {
		t.Errorf("before completion there are %q", got)
	}
	for _, what := range []string{"first", "repeated"} {
		if err := complete(inOrder...); err != nil {
			t.Fatalf("%s completion: %v", what, err)
		}
	}
	var ask minio.GetObjectOptions
	ask.Set("x-amz-checksum-mode", "ENABLED")
	got, info, err := get(t, c, "a/large", ask)
	if err != nil || !bytes.Equal(got, whole) || info.ChecksumCRC32C != minio.ChecksumCRC32C.ChecksumBytes(whole).Encoded() {
		t.Errorf("got %d bytes, %+v, %v", len(got), info, err)
	}

	aborted, err := c.NewMultipartUpload(t.Context(), bucket, "b", minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AbortMultipartUpload(t.Context(), bucket, "b", aborted); err != nil {
		t.Fatal(err)
	}
	if left := unfinished(t, root); len(left) != 0 {
		t.Errorf("left after the end of all uploads: %q", left)
	}
	// An upload ends with its server, and leaves nothing.
	if id, err = c.NewMultipartUpload(t.Context(), bucket, "c", minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutObjectPart(t.Context(), bucket, "c", id, 1, bytes.NewReader(whole), int64(len(whole)), minio.PutObjectPartOptions{}); err != nil {
		t.Fatal(err)
	}
	stop()
	again, _ := serve(t, root)
	_, err = again.PutObjectPart(t.Context(), bucket, "c", id, 2, bytes.NewReader(whole), int64(len(whole)), minio.PutObjectPartOptions{})
	wantCode(t, "a part after a restart", err, "NoSuchUpload", http.StatusNotFound)
	if left := unfinished(t, root); len(left) != 0 {
		t.Errorf("left after a restart: %q", left)
	}
}

func unfinished(t *testing.T, root string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, incomingDir))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestDamagedBody sends another body than the one whose SHA-256 was signed.
func TestDamagedBody(t *testing.T) {
	c, _ := fresh(t)
	announced := sha256.Sum256([]byte("right"))
	for body, want := range map[string]int{"right": http.StatusOK, "wrong": http.StatusBadRequest} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, c.EndpointURL().String()+"/"+bucket+"/"+body, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(announced[:]))
		resp, err := http.DefaultClient.Do(signer.SignV4(*r, "someone", "hush-hush", "", "us-east-1"))
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %s %s", body, resp.Status, answer)
		}
	}
	if got := keys(t, c, "", 0); !slices.Equal(got, []string{"right"}) {
		t.Errorf("objects: %q", got)
	}
}

// TestDamagedChunks sends bodies in aws-chunked encoding, by each kind of checksum
// after them, whole and damaged.
func TestDamagedChunks(t *testing.T) {
	c, _ := fresh(t)
	data := bytes.Repeat([]byte("0123456789"), 30_000)
	for _, kind := range []minio.ChecksumType{minio.ChecksumNone, minio.ChecksumCRC32C, minio.ChecksumCRC32, minio.ChecksumCRC64NVME, minio.ChecksumSHA1, minio.ChecksumSHA256} {
		for _, unsigned := range []bool{true, false} {
			if kind == minio.ChecksumNone && unsigned {
				continue // nothing to compare
			}
			o := minio.PutObjectOptions{DisableMultipart: true, DisableContentSha256: unsigned, Checksum: kind}
			if err := put(t, c, "x", data, o); err != nil {
				t.Errorf("%s, unsigned %t: %v", kind, unsigned, err)
			}
			if got, _, err := get(t, c, "x", minio.GetObjectOptions{}); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s, unsigned %t: got %d bytes, %v", kind, unsigned, len(got), err)
			}
			for what, damage := range map[string]func([]byte) []byte{
				"a bit":       func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
				"a signature": func(b []byte) []byte { b[bytes.IndexByte(b, '\n')-2] ^= 1; return b },
				"the trailer": func(b []byte) []byte { b[bytes.LastIndex(b, []byte("checksum"))+20] ^= 1; return b },
				"the length":  func(b []byte) []byte { b[0] ^= 1; return b },
				"the end":     func(b []byte) []byte { return b[:len(b)-1000] },
			} {
				if what == "a signature" && unsigned || what == "the trailer" && kind == minio.ChecksumNone {
					continue // there is none
				}
				bad := clientOver(t, c.EndpointURL().Host, "hush-hush", damaging(damage))
				if err := put(t, bad, "y", data, o); err == nil {
					t.Errorf("%s, unsigned %t: %s was damaged, and it was taken", kind, unsigned, what)
				}
			}
		}
	}
	if got := keys(t, c, "", 0); len(got) != 1 {
		t.Errorf("objects: %q", got)
	}
}

type damaging func([]byte) []byte

func (d damaging) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Method == http.MethodPut {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = d(body)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	return http.DefaultTransport.RoundTrip(r)
}

// failing is a body that ends early, as one does whose sender dies.
type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// TestHalfABody: what was there before stays, and nothing is left.
func TestHalfABody(t *testing.T) {
	c, dir := fresh(t)
	mustPut(t, c, "x", []byte("before"))
	half := failing{strings.NewReader(strings.Repeat("h", 1<<20))}
	if _, err := c.Client.PutObject(t.Context(), bucket, "x", half, 2<<20, checksummed); err == nil {
		t.Fatal("half a body was taken")
	}
	b := &backend{root: filepath.Dir(dir)}
	for size, want := range map[int64]string{4: "", 3: "IncompleteBody", 5: "IncompleteBody", -1: ""} {
		_, err := b.PutObject(context.Background(), bucket, "direct", nil, strings.NewReader("four"), size)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("size %d: %v", size, err)
		}
	}
	if got, _, err := get(t, c, "x", minio.GetObjectOptions{}); string(got) != "before" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if left := unfinished(t, filepath.Dir(dir)); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
}

func TestFullDisk(t *testing.T) {
	root := t.TempDir()
	if err := unix.Mount("tmpfs", root, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	c, stop := serve(t, root)
	t.Cleanup(func() {
		stop()
		unix.Unmount(root, 0)
	})
	mustPut(t, c, "small", make([]byte, 64<<10))
	for _, key := range []string{"large", "small"} {
		err := put(t, c, key, make([]byte, 4<<20), checksummed)
		wantCode(t, "larger than the disk", err, "InsufficientStorage", http.StatusInsufficientStorage)
		if err != nil && !strings.Contains(err.Error(), "free some space") {
			t.Errorf("it says %v", err)
		}
	}
	if got, _, err := get(t, c, "small", minio.GetObjectOptions{}); err != nil || len(got) != 64<<10 {
		t.Errorf("what was there before: %d bytes, %v", len(got), err)
	}
	if got := keys(t, c, "", 0); len(got) != 1 {
		t.Errorf("objects: %q", got)
	}
	mustPut(t, c, "after", make([]byte, 64<<10)) // a failed write holds no space
}

// TestForeignFiles: a file that another server or a person put there is an object
// too; one that was changed there keeps the checksum of what it was.
func TestForeignFiles(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, bucket)
	for path, data := range map[string]string{"by/hand": "hello", oldTemporary + "/multipart/x/1": "part"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, _ := serve(t, root)
	mustPut(t, c, "changed", []byte("before"))
	if err := os.WriteFile(filepath.Join(dir, "changed"), []byte("after!"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, c, "", 0); len(got) != 2 {
		t.Errorf("objects: %q", got)
	}
	was := minio.ChecksumCRC32C.ChecksumBytes([]byte("before")).Encoded()
	for key, want := range map[string]struct{ data, crc32c string }{"by/hand": {"hello", ""}, "changed": {"after!", was}} {
		var ask minio.GetObjectOptions
		ask.Set("x-amz-checksum-mode", "ENABLED")
		got, info, err := get(t, c, key, ask)
		if err != nil || string(got) != want.data || info.ChecksumCRC32C != want.crc32c || (len(info.ETag) == 32) != (want.crc32c != "") {
			t.Errorf("%s: %q, %+v, %v", key, got, info, err)
		}
	}
}
