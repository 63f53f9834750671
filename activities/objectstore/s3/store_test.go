package s3

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/minio/minio-go/v7"

	"temper/activities/objectstore"
	"temper/activities/objectstore/storetest"
	"temper/model/artifact"
)

func TestConformance(t *testing.T) {
	for name, pageSize := range map[string]int{"pages of the server's size": 0, "small pages": 2} {
		t.Run(name, func(t *testing.T) {
			var disturbed atomic.Int64
			s := openOver(t, disturbing(&disturbed))
			s.pageSize, s.backoff.First = pageSize, 1
			storetest.Run(t, s, storetest.Hooks{Tamper: tamper(s), Rot: rot(), Disturb: func(n int) { disturbed.Store(int64(n)) }})
		})
	}
}

// disturbing flips a bit in the next reads of objects.
func disturbing(left *atomic.Int64) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(r)
			if err != nil || r.Method != http.MethodGet || r.URL.Query().Has("list-type") || answer.StatusCode != http.StatusOK || left.Add(-1) < 0 {
				return answer, err
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if len(body) > 0 {
				body[len(body)/2] ^= 1
			}
			answer.Body = io.NopCloser(bytes.NewReader(body))
			return answer, err
		})
	}
}

// rot changes an object on the disk of the test's own server, behind the
// server's back; nil where the server is somebody else's.
func rot() func(*testing.T, string, []byte) {
	if serverDisk == "" {
		return nil
	}
	return func(t *testing.T, key string, data []byte) {
		t.Helper()
		var path string
		err := filepath.WalkDir(serverDisk, func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(p, "/"+key) {
				path = p
			}
			return err
		})
		if err != nil || path == "" {
			t.Fatalf("no file of %s below %s (%v)", key, serverDisk, err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0) // its attributes stay, the checksum and its time among them
		if err != nil {
			t.Fatal(err)
		}
		_, err = file.Write(data)
		if err := errors.Join(err, file.Close(), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T) *Store {
	t.Helper()
	return openWith(t, serverConfig(t))
}

func openWith(t *testing.T, cfg Config) *Store {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openOver returns a store whose requests go through a transport made from the usual one.
func openOver(t *testing.T, wrap func(http.RoundTripper) http.RoundTripper) *Store {
	t.Helper()
	cfg, err := serverConfig(t).normalized()
	if err != nil {
		t.Fatal(err)
	}
	transport, err := minio.DefaultTransport(cfg.TLS)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newStore(cfg, wrap(transport))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tamper(s *Store) func(*testing.T, string, []byte) {
	return func(t *testing.T, key string, data []byte) {
		t.Helper()
		_, err := s.core.Client.PutObject(t.Context(), s.cfg.Bucket, key, bytes.NewReader(data), int64(len(data)), minio.PutObjectOptions{DisableContentSha256: true})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// roundTrip is a transport made from a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestPutWritesOnce(t *testing.T) {
	var writes atomic.Int64
	s := openOver(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPut {
				writes.Add(1)
				if strings.Contains(r.URL.RawQuery, "uploadId") {
					t.Errorf("multipart request %s", r.URL)
				}
			}
			return next.RoundTrip(r)
		})
	})
	data := storetest.RandomBytes(t, 20<<20)
	for range 3 {
		storetest.MustPut(t, s, data)
	}
	if writes.Load() != 1 {
		t.Errorf("three puts of the same bytes made %d writes, want 1", writes.Load())
	}
}

// The answer to a write that took effect gets lost between the real server and us.
func TestLostAnswer(t *testing.T) {
	var lose atomic.Int64
	s := openOver(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(r)
			if err == nil && r.Method == http.MethodPut && lose.Add(-1) >= 0 {
				answer.Body.Close()
				return nil, io.ErrUnexpectedEOF
			}
			return answer, err
		})
	})
	key, data := storetest.Folder()+"manifest.json", []byte(`{"by":"me"}`)
	lose.Store(1)
	if err := s.Create(t.Context(), key, data); !objectstore.IsTransient(err) {
		t.Fatalf("create whose answer is lost: %v", err)
	}
	if err := s.Create(t.Context(), key, data); !errors.Is(err, objectstore.ErrExists) {
		t.Fatalf("create again: %v", err)
	}
	if got, err := s.Read(t.Context(), key); err != nil || !bytes.Equal(got, data) {
		t.Fatalf("read: %q, error %v", got, err)
	}
	lose.Store(1)
	if got, err := objectstore.CreateOrSame(t.Context(), s, storetest.Folder()+"manifest.json", data); err != nil || !bytes.Equal(got, data) {
		t.Errorf("create or same: %q, error %v", got, err)
	}
	lose.Store(1)
	blob := storetest.RandomBytes(t, 100)
	ref := storetest.MustPut(t, s, blob)
	if got, err := s.Get(t.Context(), ref); err != nil || !bytes.Equal(got, blob) {
		t.Errorf("get after a put whose answer was lost: %d bytes, error %v", len(got), err)
	}
}

// The connection breaks in the middle of an object, once and for ever.
func TestTruncatedRead(t *testing.T) {
	var cut atomic.Int64
	s := openOver(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(r)
			if err == nil && r.Method == http.MethodGet && cut.Add(-1) >= 0 {
				answer.Body = io.NopCloser(io.LimitReader(answer.Body, 100))
			}
			return answer, err
		})
	})
	s.backoff.First = 1
	data := storetest.RandomBytes(t, 1000)
	ref := storetest.MustPut(t, s, data)
	cut.Store(1)
	if got, err := s.Get(t.Context(), ref); err != nil || !bytes.Equal(got, data) {
		t.Errorf("get that broke off once: %d bytes, error %v", len(got), err)
	}
	cut.Store(1000)
	if got, err := s.Get(t.Context(), ref); !objectstore.IsTransient(err) || got != nil || !strings.Contains(err.Error(), "after 100 of 1000 bytes") {
		t.Errorf("get that always breaks off: %d bytes, error %v", len(got), err)
	}
}

func TestProbe(t *testing.T) {
	for range 2 { // an earlier start does not disturb
		if err := open(t).Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// checkLine requires one line that names endpoint and bucket and hides the secret.
func checkLine(t *testing.T, err error, cfg Config) {
	t.Helper()
	line := err.Error()
	if strings.Contains(line, "\n") || !strings.Contains(line, cfg.Endpoint) || !strings.Contains(line, cfg.Bucket) || strings.Contains(line, cfg.SecretKey) {
		t.Errorf("not one line with endpoint %s and bucket %s and without the secret: %q", cfg.Endpoint, cfg.Bucket, line)
	}
	t.Log(line)
}

func TestMisconfigured(t *testing.T) {
	good, err := serverConfig(t).normalized()
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(*Config)) Config { c := good; f(&c); return c }
	for name, test := range map[string]struct {
		cfg       Config
		transient bool
		says      string
	}{
		"wrong secret":         {change(func(c *Config) { c.SecretKey = "not-the-secret-key" }), false, "secret key"},
		"unknown access key":   {change(func(c *Config) { c.AccessKey = "nobody" }), false, `access key "nobody"`},
		"missing bucket":       {change(func(c *Config) { c.Bucket = "no-such-bucket-here" }), false, "no such bucket"},
		"unreachable endpoint": {change(func(c *Config) { c.Endpoint = freeAddress(t) }), true, "refused"},
		"tls against http":     {change(func(c *Config) { c.TLS = !c.TLS }), good.TLS, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := openWith(t, test.cfg)
			s.backoff.First = 1
			_, errPut := s.Put(t.Context(), storetest.RandomBytes(t, 8))
			_, errRead := s.Read(t.Context(), "test/x")
			_, errList := s.List(t.Context(), "test/")
			for op, err := range map[string]error{
				"probe": s.Probe(t.Context()), "put": errPut, "read": errRead, "list": errList, "create": s.Create(t.Context(), storetest.Folder()+"x", nil),
			} {
				if err == nil || objectstore.IsTransient(err) != test.transient || objectstore.IsRefused(err) == test.transient {
					t.Fatalf("%s: %v", op, err)
				}
				if isRefusedElsewhere(err) {
					t.Errorf("%s: %v is said to be about another bucket", op, err)
				}
				if !strings.Contains(err.Error(), test.says) {
					t.Errorf("%s: %v does not say %q", op, err, test.says)
				}
				checkLine(t, err, test.cfg)
			}
		})
	}
}

// isRefusedElsewhere: the refusal is about a bucket that a recipe names.
func isRefusedElsewhere(err error) bool {
	var refused *objectstore.RefusedError
	return errors.As(err, &refused) && refused.Elsewhere
}

func TestReadURI(t *testing.T) {
	s := open(t)
	odd := storetest.Folder() + "data set+1 ü.jsonl"
	tamper(s)(t, odd, []byte("problems"))
	if got, err := s.ReadURI(t.Context(), "s3://"+s.cfg.Bucket+"/"+odd); err != nil || string(got) != "problems" {
		t.Errorf("read uri: %q, error %v", got, err)
	}
	for _, test := range []struct {
		uri  string
		want func(error) bool
	}{
		{"s3://" + s.cfg.Bucket + "/test/absent", func(err error) bool { return errors.Is(err, objectstore.ErrNotFound) }},
		{"s3://no-such-bucket-here/x", isRefusedElsewhere},
		{"s3://" + s.cfg.Bucket, objectstore.IsPermanent},
		{"s3://" + s.cfg.Bucket + "/", objectstore.IsPermanent},
		{"s3:///x", objectstore.IsPermanent},
		{"s3://UPPER_case/x", isRefusedElsewhere},
		{"https://example.com/x", objectstore.IsPermanent},
		{"", objectstore.IsPermanent},
	} {
		_, err := s.ReadURI(t.Context(), test.uri)
		if !test.want(err) || objectstore.IsTransient(err) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", test.uri, err)
		}
		t.Log(err)
	}
}

func TestConfigHidesTheSecret(t *testing.T) {
	cfg := Config{Endpoint: "127.0.0.1:9000", Bucket: "temper", AccessKey: "me", SecretKey: "hush-hush"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "store", cfg)
	for _, printed := range []string{fmt.Sprint(cfg), fmt.Sprintf("%+v %#v %s %q", cfg, cfg, &cfg, cfg), fmt.Sprintf("%+v", struct{ S3 Config }{cfg}), log.String()} {
		if strings.Contains(printed, "hush") || !strings.Contains(printed, "temper") {
			t.Errorf("printed as %s", printed)
		}
	}
	data, err := json.Marshal(cfg)
	var back Config
	if err != nil || json.Unmarshal(data, &back) != nil || back != cfg {
		t.Errorf("JSON %s comes back as %#v (error %v)", data, back, err)
	}
}

func TestNewRefuses(t *testing.T) {
	good := Config{Endpoint: "127.0.0.1:9000", Bucket: "temper", AccessKey: "me", SecretKey: "hush-hush"}
	for says, f := range map[string]func(*Config){
		"endpoint is empty":   func(c *Config) { c.Endpoint = "" },
		"bucket is empty":     func(c *Config) { c.Bucket = "" },
		"access_key is empty": func(c *Config) { c.AccessKey = "" },
		"secret_key is empty": func(c *Config) { c.SecretKey = "" },
		`bucket "Not_OK"`:     func(c *Config) { c.Bucket = "Not_OK" },
		"without a path":      func(c *Config) { c.Endpoint = "http://host:1/path" },
		"tls is true":         func(c *Config) { c.Endpoint, c.TLS = "http://host:1", true },
	} {
		cfg := good
		f(&cfg)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%v; want %q", err, says)
		}
	}
	for endpoint, want := range map[string]string{"http://h:1/": "http://h:1", "https://h": "https://h", "h:1": "http://h:1"} {
		cfg := good
		cfg.Endpoint = endpoint
		if s, err := New(cfg); err != nil || !strings.Contains(s.String(), want+" ") {
			t.Errorf("endpoint %s: %v, error %v", endpoint, s, err)
		}
	}
	if _, err := (&Store{cfg: good}).Get(t.Context(), artifact.Ref{Key: "x", SHA256: "x", Size: objectstore.MaxObjectBytes + 1}); !errors.Is(err, objectstore.ErrTooLarge) {
		t.Errorf("get of too much: %v", err)
	}
}
