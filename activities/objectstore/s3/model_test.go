package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"temper/activities/objectstore"
	"temper/activities/objectstore/storetest"
	"temper/model/library/safetensors"
	"temper/model/pretrained"
)

// folderURI is a folder of its own for a test.
func folderURI(s *Store) string {
	return "s3://" + s.cfg.Bucket + "/" + storetest.Folder() + "model dir+1"
}

func sinkAt(t *testing.T, s *Store, uri string) *sink {
	t.Helper()
	made, err := s.Sink(uri)
	if err != nil {
		t.Fatal(err)
	}
	small := made.(*sink)
	small.part = 5 << 20 // the least that S3 allows
	return small
}

func put(t *testing.T, to pretrained.Sink, name string, data []byte) {
	t.Helper()
	w, err := to.Create(t.Context(), name, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for chunk := range slices.Chunk(data, 3_000_001) {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), w.Abort()); err != nil {
		t.Fatal(err)
	}
}

// Files of every size around that of a part come back, whole and in pieces.
func TestSinkAndFolder(t *testing.T) {
	s := open(t)
	uri := folderURI(s)
	to, want := sinkAt(t, s, uri), map[string][]byte{}
	for i, n := range []int{0, 1, 100, 5 << 20, 5<<20 + 1, 12<<20 + 7, 15 << 20} {
		name := fmt.Sprintf("file-%d.bin", i)
		want[name] = storetest.RandomBytes(t, n)
		put(t, to, name, []byte("an older file"))
		put(t, to, name, want[name])
	}
	names, err := to.List(t.Context())
	if err != nil || len(names) != len(want) || names[0] != "file-0.bin" {
		t.Errorf("list: %v, error %v", names, err)
	}
	if listed, err := s.ListFolder(t.Context(), uri); err != nil || !slices.Equal(slices.Sorted(slices.Values(listed)), names) {
		t.Errorf("the folder's names: %v, error %v", listed, err)
	}
	if _, err := s.ListFolder(t.Context(), "s3:/x"); !errors.Is(err, objectstore.ErrBadKey) {
		t.Errorf("names of no folder: %v", err)
	}
	from, err := s.Folder(uri + "/")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range want {
		file, err := from.Open(t.Context(), name)
		if err != nil || file.Size() != int64(len(data)) {
			t.Fatalf("%s: %v", name, err)
		}
		got := make([]byte, len(data))
		if n, err := file.ReadAt(got, 0); n != len(data) || err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes differ from what was written (%v)", name, n, err)
		}
		part := make([]byte, 10)
		if n, err := file.ReadAt(part, max(0, int64(len(data))-4)); err != io.EOF || !bytes.HasSuffix(data, part[:n]) || n != min(4, len(data)) {
			t.Errorf("%s: its end is %d bytes, %v", name, n, err)
		}
	}
	if _, err := from.Open(t.Context(), "absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
	if err := errors.Join(to.Remove(t.Context(), "file-1.bin"), to.Remove(t.Context(), "file-1.bin")); err != nil {
		t.Error(err)
	}
	if names, err := to.List(t.Context()); err != nil || slices.Contains(names, "file-1.bin") {
		t.Errorf("after removal: %v, error %v", names, err)
	}
}

// A whole model goes out, sharded, and comes back; a second one is refused.
func TestModelInS3(t *testing.T) {
	s := open(t)
	uri := folderURI(s)
	tensors := []safetensors.Tensor{
		{Name: "a", Shape: []int{1000, 1000}, Data: make([]float32, 1e6)},
		{Name: "b", Shape: []int{1500, 1000}, Data: make([]float32, 15e5)},
	}
	for _, x := range tensors {
		for i := range x.Data {
			x.Data[i] = float32(i)
		}
	}
	e := pretrained.Export{
		Config: []byte(`{"model_type":"x"}`), DType: safetensors.F32, MaxShardBytes: 4_000_000, Values: safetensors.Values(tensors),
		Tensors: []safetensors.Spec{{Name: "a", Shape: tensors[0].Shape}, {Name: "b", Shape: tensors[1].Shape}},
	}
	to := sinkAt(t, s, uri)
	if err := pretrained.Write(t.Context(), to, e); err != nil {
		t.Fatal(err)
	}
	if err := pretrained.Write(t.Context(), to, e); !errors.Is(err, pretrained.ErrTaken) {
		t.Errorf("a second model: %v", err)
	}
	from, err := s.Folder(uri)
	if err != nil {
		t.Fatal(err)
	}
	m, err := pretrained.Inspect(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	got := map[string][]float32{"a": make([]float32, 1e6), "b": make([]float32, 15e5)}
	if err := m.ReadAll(t.Context(), got); err != nil || !slices.Equal(got["a"], tensors[0].Data) || !slices.Equal(got["b"], tensors[1].Data) {
		t.Errorf("the tensors differ (%v)", err)
	}
	// Another object under the name of an open one is noticed.
	put(t, to, "model-00002-of-00002.safetensors", make([]byte, 6_000_100))
	if err := m.Read(t.Context(), "b", got["b"]); err == nil || !strings.Contains(err.Error(), "was replaced while it was read") {
		t.Errorf("read of a replaced object: %v", err)
	}
	// So is a shard that is cut short, and one that is gone.
	inspect := func() error {
		again, err := s.Folder(uri)
		if err != nil {
			t.Fatal(err)
		}
		_, err = pretrained.Inspect(t.Context(), again)
		return err
	}
	if err := inspect(); err == nil || !strings.Contains(err.Error(), uri) || !strings.Contains(err.Error(), "shard model-00002-of-00002.safetensors: ") {
		t.Errorf("a damaged shard: %v", err)
	}
	if err := to.Remove(t.Context(), "model-00002-of-00002.safetensors"); err != nil {
		t.Fatal(err)
	}
	if err := inspect(); err == nil || !strings.Contains(err.Error(), "shard model-00002-of-00002.safetensors: the file is missing") {
		t.Errorf("a missing shard: %v", err)
	}
}

func TestPlaces(t *testing.T) {
	s := open(t)
	for uri, want := range map[string]string{
		"s3://" + s.cfg.Bucket + "/runs/x":      "kept for the store itself",
		"s3://" + s.cfg.Bucket + "/damaged/x":   "kept for the store itself",
		"s3://" + s.cfg.Bucket + "/parts/":      "kept for the store itself",
		"s3://" + s.cfg.Bucket + "/blobs/":      "kept for the store itself",
		"s3://" + s.cfg.Bucket + "/probe/a":     "kept for the store itself",
		"s3://" + s.cfg.Bucket:                  "names no folder",
		"s3://" + s.cfg.Bucket + "/a//b":        "empty part",
		"s3:///a":                               "not of the form",
		"/a":                                    "not of the form",
		"s3://UPPER_case/x":                     "UPPER_case",
		"https://example.com/" + s.cfg.Bucket:   "not of the form",
		"s3://no-such-bucket-here/models/first": "",
	} {
		_, err := s.Sink(uri)
		if want == "" && err != nil || want != "" && (!objectstore.IsPermanent(err) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for _, uri := range []string{"s3://no-such-bucket-here/x", "s3://" + s.cfg.Bucket + "/test/nothing-here"} {
		from, err := s.Folder(uri)
		if err != nil {
			t.Fatal(err)
		}
		_, err = pretrained.Inspect(t.Context(), from)
		want := map[bool]string{true: "there is no such bucket", false: "it has no config.json"}[strings.Contains(uri, "no-such")]
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// trouble fails requests that a test picks, before or after they take effect.
type trouble struct {
	mu            sync.Mutex
	before, after func(*http.Request) bool
}

func (tr *trouble) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		tr.mu.Lock()
		early := tr.before != nil && tr.before(r)
		tr.mu.Unlock()
		if early {
			return nil, io.ErrUnexpectedEOF
		}
		answer, err := next.RoundTrip(r)
		tr.mu.Lock()
		defer tr.mu.Unlock()
		if err == nil && tr.after != nil && tr.after(r) {
			answer.Body.Close()
			return nil, io.ErrUnexpectedEOF
		}
		return answer, err
	})
}

// Each kind of request fails once, or its answer is lost: the file is written all the same.
func TestUploadRidesOutHiccups(t *testing.T) {
	data := storetest.RandomBytes(t, 11<<20)
	kinds := map[string]func(*http.Request) bool{
		"begin":    func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Query().Has("uploads") },
		"part":     func(r *http.Request) bool { return r.URL.Query().Get("partNumber") == "2" },
		"complete": func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Query().Has("uploadId") },
		"look":     func(r *http.Request) bool { return r.Method == http.MethodHead },
		"remove":   func(r *http.Request) bool { return r.Method == http.MethodDelete },
		"read":     func(r *http.Request) bool { return r.Header.Get("Range") != "" },
	}
	for kind, is := range kinds {
		for _, early := range []bool{true, false} {
			tr := &trouble{}
			s := openOver(t, tr.wrap)
			s.backoff.First = 1
			var failed atomic.Int64
			once := func(r *http.Request) bool { return is(r) && failed.Add(1) == 1 }
			if early {
				tr.before = once
			} else {
				tr.after = once
			}
			uri := folderURI(s)
			put(t, sinkAt(t, s, uri), "x", data)
			from, err := s.Folder(uri)
			if err != nil {
				t.Fatal(err)
			}
			file, err := from.Open(t.Context(), "x")
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			got := make([]byte, len(data))
			if _, err := file.ReadAt(got, 0); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: what comes back differs (%v)", kind, err)
			}
			if failed.Load() == 0 {
				t.Errorf("%s: no such request was made", kind)
			}
		}
	}
}

// A store that says that an upload is complete, and has no object, is not believed.
func TestUploadIsLookedAt(t *testing.T) {
	tr := &trouble{}
	s := openOver(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost && r.URL.Query().Has("uploadId") {
				body := `<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><ETag>"e"</ETag></CompleteMultipartUploadResult>`
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
			}
			return tr.wrap(next).RoundTrip(r)
		})
	})
	s.backoff.First = 1
	w, err := sinkAt(t, s, folderURI(s)).Create(t.Context(), "x", 6<<20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 6<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "acknowledged, and no object is there") {
		t.Errorf("close: %v", err)
	}
}

// What is aborted, too short, too long or interrupted leaves neither an object nor parts.
func TestUploadAborts(t *testing.T) {
	s := open(t)
	uri := folderURI(s)
	to := sinkAt(t, s, uri)
	for name, end := range map[string]func(pretrained.Writer, context.CancelFunc) error{
		"aborted":     func(w pretrained.Writer, _ context.CancelFunc) error { return w.Abort() },
		"too short":   func(w pretrained.Writer, _ context.CancelFunc) error { return expectError(w.Close()) },
		"interrupted": func(w pretrained.Writer, cancel context.CancelFunc) error { cancel(); return expectError(w.Close()) },
	} {
		for _, size := range []int64{100, 12 << 20} {
			ctx, cancel := context.WithCancel(t.Context())
			w, err := to.Create(ctx, "x", size)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(make([]byte, size/2)); err != nil {
				t.Fatal(err)
			}
			if err := end(w, cancel); err != nil {
				t.Errorf("%s, %d bytes: %v", name, size, err)
			}
			cancel()
		}
	}
	w, err := to.Create(t.Context(), "x", 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 4)); err == nil {
		t.Error("more bytes than announced were taken")
	}
	if names, err := to.List(t.Context()); err != nil || len(names) != 0 {
		t.Errorf("left: %v, error %v", names, err)
	}
	for left := range s.core.ListIncompleteUploads(t.Context(), s.cfg.Bucket, to.prefix, true) {
		t.Errorf("left behind: upload %+v", left)
	}
}

func expectError(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return nil
}

// A server that ignores ranges or conditions does not get away with it.
func TestServerThatIgnoresRanges(t *testing.T) {
	s := openFake(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		io.WriteString(w, "the whole object")
	})
	r := &ranged{ctx: t.Context(), store: s, key: "x", object: object{16, "e"}}
	if _, err := r.ReadAt(make([]byte, 4), 2); err == nil || !strings.Contains(err.Error(), "asked for bytes 2 to 5") {
		t.Errorf("read: %v", err)
	}
}
