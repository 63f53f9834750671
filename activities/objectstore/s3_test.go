package objectstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/minio/minio-go/v7"

	"temper/model/artifact"
)

func openS3(t *testing.T) *S3 {
	t.Helper()
	return openS3With(t, serverConfig(t))
}

func openS3With(t *testing.T, cfg S3Config) *S3 {
	t.Helper()
	s, err := NewS3(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openS3Over returns a store whose requests go through a transport made from the usual one.
func openS3Over(t *testing.T, wrap func(http.RoundTripper) http.RoundTripper) *S3 {
	t.Helper()
	cfg, err := serverConfig(t).normalized()
	if err != nil {
		t.Fatal(err)
	}
	transport, err := minio.DefaultTransport(cfg.TLS)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newS3(cfg, wrap(transport))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tamperS3(s *S3) func(*testing.T, string, []byte) {
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

func TestS3PutWritesOnce(t *testing.T) {
	var writes atomic.Int64
	s := openS3Over(t, func(next http.RoundTripper) http.RoundTripper {
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
	data := randomBytes(t, 20<<20)
	for range 3 {
		mustPut(t, s, data)
	}
	if writes.Load() != 1 {
		t.Errorf("three puts of the same bytes made %d writes, want 1", writes.Load())
	}
}

// The answer to a write that took effect gets lost between the real server and us.
func TestS3LostAnswer(t *testing.T) {
	var lose atomic.Int64
	s := openS3Over(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(r)
			if err == nil && r.Method == http.MethodPut && lose.Add(-1) >= 0 {
				answer.Body.Close()
				return nil, io.ErrUnexpectedEOF
			}
			return answer, err
		})
	})
	key, data := folder()+"manifest.json", []byte(`{"by":"me"}`)
	lose.Store(1)
	if err := s.Create(t.Context(), key, data); !IsTransient(err) {
		t.Fatalf("create whose answer is lost: %v", err)
	}
	if err := s.Create(t.Context(), key, data); !errors.Is(err, ErrExists) {
		t.Fatalf("create again: %v", err)
	}
	if got, err := s.Read(t.Context(), key); err != nil || !bytes.Equal(got, data) {
		t.Fatalf("read: %q, error %v", got, err)
	}
	lose.Store(1)
	if got, err := CreateOrSame(t.Context(), s, folder()+"manifest.json", data); err != nil || !bytes.Equal(got, data) {
		t.Errorf("create or same: %q, error %v", got, err)
	}
	lose.Store(1)
	blob := randomBytes(t, 100)
	ref := mustPut(t, s, blob)
	if got, err := s.Get(t.Context(), ref); err != nil || !bytes.Equal(got, blob) {
		t.Errorf("get after a put whose answer was lost: %d bytes, error %v", len(got), err)
	}
}

// The connection breaks in the middle of an object, once and for ever.
func TestS3TruncatedRead(t *testing.T) {
	var cut atomic.Int64
	s := openS3Over(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(r)
			if err == nil && r.Method == http.MethodGet && cut.Add(-1) >= 0 {
				answer.Body = io.NopCloser(io.LimitReader(answer.Body, 100))
			}
			return answer, err
		})
	})
	s.backoff.first = 1
	data := randomBytes(t, 1000)
	ref := mustPut(t, s, data)
	cut.Store(1)
	if got, err := s.Get(t.Context(), ref); err != nil || !bytes.Equal(got, data) {
		t.Errorf("get that broke off once: %d bytes, error %v", len(got), err)
	}
	cut.Store(1000)
	if got, err := s.Get(t.Context(), ref); !IsTransient(err) || got != nil || !strings.Contains(err.Error(), "after 100 of 1000 bytes") {
		t.Errorf("get that always breaks off: %d bytes, error %v", len(got), err)
	}
}

func TestS3Probe(t *testing.T) {
	for range 2 { // an earlier start does not disturb
		if err := openS3(t).Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// checkLine requires one line that names endpoint and bucket and hides the secret.
func checkLine(t *testing.T, err error, cfg S3Config) {
	t.Helper()
	line := err.Error()
	if strings.Contains(line, "\n") || !strings.Contains(line, cfg.Endpoint) || !strings.Contains(line, cfg.Bucket) || strings.Contains(line, cfg.SecretKey) {
		t.Errorf("not one line with endpoint %s and bucket %s and without the secret: %q", cfg.Endpoint, cfg.Bucket, line)
	}
	t.Log(line)
}

func TestS3Misconfigured(t *testing.T) {
	good, err := serverConfig(t).normalized()
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(*S3Config)) S3Config { c := good; f(&c); return c }
	for name, test := range map[string]struct {
		cfg       S3Config
		transient bool
		says      string
	}{
		"wrong secret":         {change(func(c *S3Config) { c.SecretKey = "not-the-secret-key" }), false, "secret key"},
		"unknown access key":   {change(func(c *S3Config) { c.AccessKey = "nobody" }), false, `access key "nobody"`},
		"missing bucket":       {change(func(c *S3Config) { c.Bucket = "no-such-bucket-here" }), false, "no such bucket"},
		"unreachable endpoint": {change(func(c *S3Config) { c.Endpoint = freeAddress(t) }), true, "refused"},
		"tls against http":     {change(func(c *S3Config) { c.TLS = !c.TLS }), good.TLS, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := openS3With(t, test.cfg)
			s.backoff.first = 1
			_, errPut := s.Put(t.Context(), randomBytes(t, 8))
			_, errRead := s.Read(t.Context(), "test/x")
			_, errList := s.List(t.Context(), "test/")
			for op, err := range map[string]error{
				"probe": s.Probe(t.Context()), "put": errPut, "read": errRead, "list": errList, "create": s.Create(t.Context(), folder()+"x", nil),
			} {
				if err == nil || IsTransient(err) != test.transient || IsPermanent(err) == test.transient {
					t.Fatalf("%s: %v", op, err)
				}
				if !strings.Contains(err.Error(), test.says) {
					t.Errorf("%s: %v does not say %q", op, err, test.says)
				}
				checkLine(t, err, test.cfg)
			}
		})
	}
}

func TestS3ReadURI(t *testing.T) {
	s := openS3(t)
	odd := folder() + "data set+1 ü.jsonl"
	tamperS3(s)(t, odd, []byte("problems"))
	if got, err := s.ReadURI(t.Context(), "s3://"+s.cfg.Bucket+"/"+odd); err != nil || string(got) != "problems" {
		t.Errorf("read uri: %q, error %v", got, err)
	}
	for _, test := range []struct {
		uri  string
		want func(error) bool
	}{
		{"s3://" + s.cfg.Bucket + "/test/absent", func(err error) bool { return errors.Is(err, ErrNotFound) }},
		{"s3://no-such-bucket-here/x", IsPermanent},
		{"s3://" + s.cfg.Bucket, IsPermanent},
		{"s3://" + s.cfg.Bucket + "/", IsPermanent},
		{"s3:///x", IsPermanent},
		{"s3://UPPER_case/x", IsPermanent},
		{"https://example.com/x", IsPermanent},
		{"", IsPermanent},
	} {
		_, err := s.ReadURI(t.Context(), test.uri)
		if !test.want(err) || IsTransient(err) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", test.uri, err)
		}
		t.Log(err)
	}
}

func TestS3ConfigHidesTheSecret(t *testing.T) {
	cfg := S3Config{Endpoint: "127.0.0.1:9000", Bucket: "temper", AccessKey: "me", SecretKey: "hush-hush"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "store", cfg)
	for _, printed := range []string{fmt.Sprint(cfg), fmt.Sprintf("%+v %#v %s %q", cfg, cfg, &cfg, cfg), fmt.Sprintf("%+v", struct{ S3 S3Config }{cfg}), log.String()} {
		if strings.Contains(printed, "hush") || !strings.Contains(printed, "temper") {
			t.Errorf("printed as %s", printed)
		}
	}
	data, err := json.Marshal(cfg)
	var back S3Config
	if err != nil || json.Unmarshal(data, &back) != nil || back != cfg {
		t.Errorf("JSON %s comes back as %#v (error %v)", data, back, err)
	}
}

func TestNewS3Refuses(t *testing.T) {
	good := S3Config{Endpoint: "127.0.0.1:9000", Bucket: "temper", AccessKey: "me", SecretKey: "hush-hush"}
	for says, f := range map[string]func(*S3Config){
		"endpoint is empty":   func(c *S3Config) { c.Endpoint = "" },
		"bucket is empty":     func(c *S3Config) { c.Bucket = "" },
		"access_key is empty": func(c *S3Config) { c.AccessKey = "" },
		"secret_key is empty": func(c *S3Config) { c.SecretKey = "" },
		`bucket "Not_OK"`:     func(c *S3Config) { c.Bucket = "Not_OK" },
		"without a path":      func(c *S3Config) { c.Endpoint = "http://host:1/path" },
		"tls is true":         func(c *S3Config) { c.Endpoint, c.TLS = "http://host:1", true },
	} {
		cfg := good
		f(&cfg)
		if _, err := NewS3(cfg); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%v; want %q", err, says)
		}
	}
	for endpoint, want := range map[string]string{"http://h:1/": "http://h:1", "https://h": "https://h", "h:1": "http://h:1"} {
		cfg := good
		cfg.Endpoint = endpoint
		if s, err := NewS3(cfg); err != nil || !strings.Contains(s.String(), want+" ") {
			t.Errorf("endpoint %s: %v, error %v", endpoint, s, err)
		}
	}
	if _, err := (&S3{cfg: good}).Get(t.Context(), artifact.Ref{Key: "x", SHA256: "x", Size: MaxObjectBytes + 1}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("get of too much: %v", err)
	}
}
