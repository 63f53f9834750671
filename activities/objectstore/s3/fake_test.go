package s3

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"temper/activities/objectstore"
	"temper/activities/objectstore/internal/retry"
	"temper/model/artifact"
)

// openFake returns a store whose server is handler.
func openFake(t *testing.T, handler http.HandlerFunc) *Store {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat)) // the client insists on it
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	s, err := New(Config{Endpoint: server.URL, Bucket: "temper", AccessKey: "me", SecretKey: "hush-hush"})
	if err != nil {
		t.Fatal(err)
	}
	s.backoff.First = 1
	return s
}

// answerError answers as S3 does.
func answerError(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>said\nso</Message></Error>", code)
}

func TestClasses(t *testing.T) {
	const transient, refused, exists, badKey, notFound = "transient", "refused", "exists", "bad key", "not found"
	class := func(err error) string {
		switch {
		case objectstore.IsTransient(err):
			return transient
		case errors.Is(err, objectstore.ErrBadKey):
			return badKey
		case objectstore.IsRefused(err):
			return refused
		case errors.Is(err, objectstore.ErrExists):
			return exists
		case errors.Is(err, objectstore.ErrNotFound):
			return notFound
		}
		return fmt.Sprintf("none: %v", err)
	}
	for _, test := range []struct {
		status       int
		code         string
		create, read string
		writes       int64 // that one Create makes: its outcome is unknown after most transient errors
	}{
		{500, "InternalError", transient, transient, 1},
		{503, "SlowDown", transient, transient, 1},
		{502, "", transient, transient, 1},
		{599, "Whatever", transient, transient, 1},
		{429, "TooManyRequests", transient, transient, 1},
		{400, "RequestTimeout", transient, transient, 1},
		{400, "BadDigest", transient, transient, 1},
		{409, "ConditionalRequestConflict", transient, transient, 4},
		{412, "PreconditionFailed", exists, exists, 1},
		{409, "ObjectParentIsFile", badKey, notFound, 1},
		{404, "NoSuchKey", notFound, notFound, 1},
		{404, "NoSuchBucket", refused, refused, 1},
		{403, "AccessDenied", refused, refused, 1},
		{403, "SignatureDoesNotMatch", refused, refused, 1},
		{403, "InvalidAccessKeyId", refused, refused, 1},
		{403, "RequestTimeTooSkewed", refused, refused, 1},
		{403, "", refused, refused, 1},
		{400, "InvalidArgument", refused, refused, 1},
		{501, "NotImplemented", refused, refused, 1},
		{301, "PermanentRedirect", refused, refused, 1},
		{507, "InsufficientStorage", refused, refused, 1}, // versitygw's answer to ENOSPC
		{507, "XMinioStorageFull", refused, refused, 1},
		{403, "QuotaExceeded", refused, refused, 1}, // versitygw's answer to EDQUOT
		{400, "XMinioAdminBucketQuotaExceeded", refused, refused, 1},
		{500, "InternalError: no space left on device", refused, refused, 1},
		{400, "ExpiredToken", refused, refused, 1},
		{400, "InvalidToken", refused, refused, 1},
	} {
		t.Run(fmt.Sprint(test.status, test.code), func(t *testing.T) {
			var writes atomic.Int64
			s := openFake(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodHead {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				if r.Method == http.MethodPut {
					writes.Add(1)
				}
				if test.code == "" {
					http.Error(w, "<html>\n"+strings.Repeat("a proxy's page\n", 100), test.status)
					return
				}
				answerError(w, test.status, test.code)
			})
			err := s.Create(t.Context(), "a", []byte("x"))
			if got := class(err); got != test.create || writes.Load() != test.writes {
				t.Errorf("create: %s after %d writes, want %s after %d", got, writes.Load(), test.create, test.writes)
			}
			if strings.Contains(err.Error(), "\n") || len(err.Error()) > 600 {
				t.Errorf("create: not one short line: %q", err)
			}
			if _, err := s.Read(t.Context(), "a"); class(err) != test.read {
				t.Errorf("read: %s, want %s", class(err), test.read)
			}
		})
	}
}

// A server that is not well for a moment is not noticed, except by Create.
func TestRidesOutHiccups(t *testing.T) {
	var requests atomic.Int64
	s := openFake(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%4 != 0 {
			answerError(w, 503, "SlowDown")
			return
		}
		io.WriteString(w, "data")
	})
	for range 3 {
		if got, err := s.Read(t.Context(), "a"); err != nil || string(got) != "data" {
			t.Fatalf("read: %q, error %v", got, err)
		}
	}
	if requests.Load() != 12 {
		t.Errorf("%d requests, want 12", requests.Load())
	}
}

func TestWaitEndsWithTheContext(t *testing.T) {
	s := openFake(t, func(w http.ResponseWriter, r *http.Request) { answerError(w, 503, "SlowDown") })
	s.backoff.First = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := s.Read(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) || objectstore.IsTransient(err) || !strings.Contains(err.Error(), "SlowDown") {
		t.Errorf("read: %v", err)
	}
}

// A server that stops in the middle of an answer is left, and that is transient.
func TestStuck(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	s := openFake(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.(http.Flusher).Flush()
		<-release
	})
	s.patience, s.backoff = 20*time.Millisecond, retry.Backoff{Attempts: 2, First: 1}
	_, errRead := s.Read(t.Context(), "a")
	_, errGet := s.Get(t.Context(), artifact.Ref{Key: "a", SHA256: "a", Size: 1000})
	_, errList := s.List(t.Context(), "a")
	for op, err := range map[string]error{"read": errRead, "get": errGet, "list": errList} {
		if !objectstore.IsTransient(err) || !errors.Is(err, errStuck) {
			t.Errorf("%s: %v", op, err)
		}
	}
	silent := openFake(t, func(w http.ResponseWriter, r *http.Request) { <-release })
	silent.patience, silent.backoff = 20*time.Millisecond, retry.Backoff{Attempts: 2, First: 1}
	_, errPut := silent.Put(t.Context(), nil)
	if err := silent.Create(t.Context(), "a", nil); !errors.Is(err, errStuck) || !errors.Is(errPut, errStuck) {
		t.Errorf("create: %v; put: %v", err, errPut)
	}
}

// A store that acknowledges writes and keeps something else is found out.
func TestLyingStore(t *testing.T) {
	kept := []byte("something els")
	s := openFake(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodHead && r.URL.Path == "/temper/document":
			w.WriteHeader(http.StatusNotFound)
		case r.Method != http.MethodPut:
			w.Write(kept)
		}
	})
	for _, data := range []string{"something else", "something new"} { // another size, and the same size
		if _, err := s.Put(t.Context(), []byte(data)); !errors.Is(err, artifact.ErrCorrupt) {
			t.Errorf("put: %v", err)
		}
		if err := s.Create(t.Context(), "document", []byte(data)); !errors.Is(err, artifact.ErrCorrupt) {
			t.Errorf("create: %v", err)
		}
	}
	if ref, err := s.Put(t.Context(), kept); err != nil || ref != artifact.RefOf(kept) {
		t.Errorf("put of what is there, to a store without checksums: %v", err)
	}
}

// Bytes that changed on the server's disk no longer fit the checksum it keeps.
func TestDamagedDocument(t *testing.T) {
	s := openFake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("x-amz-checksum-mode") == "ENABLED" {
			w.Header().Set("x-amz-checksum-crc32c", crc32c([]byte("manifest")))
		}
		io.WriteString(w, "manitest")
	})
	if _, err := s.Read(t.Context(), "a"); !errors.Is(err, artifact.ErrCorrupt) || objectstore.IsTransient(err) {
		t.Errorf("read: %v", err)
	}
}

// forgetful is an S3 server that takes every write, whatever its conditions say.
func forgetful() http.HandlerFunc {
	var mu sync.Mutex
	objects := map[string][]byte{}
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch data, there := objects[r.URL.Path]; {
		case r.Method == http.MethodPut:
			body, err := io.ReadAll(r.Body)
			if err != nil {
				answerError(w, 400, "IncompleteBody")
				return
			}
			objects[r.URL.Path] = body
		case r.URL.Query().Get("list-type") == "2":
			xml.NewEncoder(w).Encode(struct {
				XMLName     xml.Name `xml:"ListBucketResult"`
				IsTruncated bool
			}{})
		case there:
			w.Write(data)
		default:
			answerError(w, 404, "NoSuchKey")
		}
	}
}

func TestProbeRefusesAStoreThatIgnoresConditions(t *testing.T) {
	s := openFake(t, forgetful())
	err := s.Probe(t.Context())
	if !objectstore.IsRefused(err) || !strings.Contains(err.Error(), "ignores If-None-Match") {
		t.Fatalf("probe: %v", err)
	}
	checkLine(t, err, s.cfg)
}

// s3Server is an S3 server in a few lines: documents, conditions and listings
// that find nothing. refuse may answer a request first.
func s3Server(refuse func(http.ResponseWriter, *http.Request, bool) bool) http.HandlerFunc {
	var mu sync.Mutex
	objects := map[string][]byte{}
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		data, there := objects[r.URL.Path]
		if refuse(w, r, there) {
			return
		}
		switch {
		case r.Method == http.MethodPut && there && r.Header.Get("If-None-Match") == "*":
			answerError(w, 412, "PreconditionFailed")
		case r.Method == http.MethodPut:
			body, err := payload(r)
			if err != nil {
				answerError(w, 400, "IncompleteBody")
				return
			}
			objects[r.URL.Path] = body
		case r.Method == http.MethodDelete:
			delete(objects, r.URL.Path)
			w.WriteHeader(http.StatusNoContent)
		case r.URL.Query().Get("list-type") == "2":
			xml.NewEncoder(w).Encode(struct {
				XMLName     xml.Name `xml:"ListBucketResult"`
				IsTruncated bool
			}{})
		case there:
			w.Write(data)
		case r.Method == http.MethodHead:
			w.WriteHeader(http.StatusNotFound)
		default:
			answerError(w, 404, "NoSuchKey")
		}
	}
}

// payload takes a body out of its chunks: LENGTH, a line end, the bytes, a line
// end; the last one is empty, and the checksum follows.
func payload(r *http.Request) ([]byte, error) {
	body := bufio.NewReader(r.Body)
	var data []byte
	for {
		line, err := body.ReadString('\n')
		if err != nil {
			return nil, err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(line), 16, 64)
		if err != nil || n == 0 {
			return data, err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(body, chunk); err != nil {
			return nil, err
		}
		data = append(data, chunk[:n]...)
	}
}

// A store that is not fit for use is refused at start, in a line that says what to do.
func TestProbeRefuses(t *testing.T) {
	reading := func(r *http.Request) bool {
		return r.Method == http.MethodGet && !r.URL.Query().Has("list-type")
	}
	for name, test := range map[string]struct {
		refuse func(http.ResponseWriter, *http.Request, bool) bool
		says   string
	}{
		"full": {func(w http.ResponseWriter, r *http.Request, _ bool) bool {
			if r.Method == http.MethodPut {
				answerError(w, 507, "InsufficientStorage")
			}
			return r.Method == http.MethodPut
		}, "no space left, or its quota is used up: free some"},
		"quota": {func(w http.ResponseWriter, r *http.Request, _ bool) bool {
			if r.Method == http.MethodPut {
				answerError(w, 403, "QuotaExceeded")
			}
			return r.Method == http.MethodPut
		}, "raise the quota"},
		"no rights to write": {func(w http.ResponseWriter, r *http.Request, _ bool) bool {
			if r.Method == http.MethodPut {
				answerError(w, 403, "AccessDenied")
			}
			return r.Method == http.MethodPut
		}, "give it the rights to list, read and write"},
		"no rights to read": {func(w http.ResponseWriter, r *http.Request, _ bool) bool {
			if reading(r) {
				answerError(w, 403, "AccessDenied")
			}
			return reading(r)
		}, "give it the rights to list, read and write"},
		"expired": {func(w http.ResponseWriter, _ *http.Request, _ bool) bool {
			answerError(w, 400, "ExpiredToken")
			return true
		}, "set AWS_ACCESS_KEY_ID"},
		"late": {func(w http.ResponseWriter, r *http.Request, there bool) bool {
			if reading(r) && there {
				answerError(w, 404, "NoSuchKey")
			}
			return reading(r) && there
		}, "this store shows late what was written; use one"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openFake(t, s3Server(test.refuse))
			err := s.Probe(t.Context())
			if !objectstore.IsRefused(err) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("probe: %v, want %q", err, test.says)
			}
			checkLine(t, err, s.cfg)
		})
	}
	s := openFake(t, s3Server(func(http.ResponseWriter, *http.Request, bool) bool { return false }))
	if err := s.Probe(t.Context()); err != nil {
		t.Errorf("a store that is fit for use: %v", err)
	}
	s = openFake(t, s3Server(func(w http.ResponseWriter, r *http.Request, _ bool) bool {
		if r.Method == http.MethodDelete {
			answerError(w, 403, "AccessDenied")
		}
		return r.Method == http.MethodDelete
	}))
	if err := s.Probe(t.Context()); err != nil {
		t.Errorf("a store that lets nothing be removed: %v", err)
	}
}

// What was written and reads as absent for a while is waited for; it is not
// taken for absent, nor written twice.
func TestLateReads(t *testing.T) {
	var late, writes atomic.Int64
	s := openFake(t, s3Server(func(w http.ResponseWriter, r *http.Request, there bool) bool {
		if r.Method == http.MethodPut {
			writes.Add(1)
		}
		if (r.Method == http.MethodGet || r.Method == http.MethodHead) && there && late.Add(-1) >= 0 {
			w.WriteHeader(http.StatusNotFound)
			return true
		}
		return false
	}))
	late.Store(2)
	if err := s.Create(t.Context(), "a", []byte("manifest")); err != nil || writes.Load() != 1 {
		t.Errorf("create: %v after %d writes", err, writes.Load())
	}
	late.Store(2)
	if _, err := s.Put(t.Context(), []byte("blob")); err != nil {
		t.Errorf("put: %v", err)
	}
	late.Store(1 << 30)
	err := s.Create(t.Context(), "b", []byte("manifest"))
	if !objectstore.IsTransient(err) || !strings.Contains(err.Error(), "shows late") {
		t.Errorf("create that never shows: %v", err)
	}
	if _, err = s.Put(t.Context(), []byte("other")); !objectstore.IsTransient(err) || !strings.Contains(err.Error(), "shows late") {
		t.Errorf("put that never shows: %v", err)
	}
}
