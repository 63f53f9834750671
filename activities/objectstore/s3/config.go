// Package s3 is the objectstore.Store in an S3-compatible service.
package s3

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"temper/activities/objectstore/internal/retry"
)

// Config says where the store is and who we are. It prints without the
// secret key; its JSON form holds it.
type Config struct {
	Endpoint  string `json:"endpoint"` // host:port, or a URL with http:// or https://
	Bucket    string `json:"bucket"`   // has to exist
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
	// SessionToken belongs to credentials that expire.
	SessionToken string `json:"session_token,omitempty"`
	Region       string `json:"region,omitempty"` // us-east-1 when empty
	TLS          bool   `json:"tls,omitempty"`    // implied by https://
}

// String describes the store without the secret key.
func (c Config) String() string {
	return fmt.Sprintf("%s (region %q, access key %q, secret key not shown)", c.where(), c.Region, c.AccessKey)
}

// GoString is String, so that %#v does not show the secret key either.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for log lines in JSON.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// where names the store in error messages.
func (c Config) where() string {
	scheme := "http"
	if c.TLS {
		scheme = "https"
	}
	return fmt.Sprintf("s3 bucket %q at %s://%s", c.Bucket, scheme, c.Endpoint)
}

// normalized fills in what is implied, and refuses what cannot be right. The
// error names the field.
func (c Config) normalized() (Config, error) {
	if rest, found := strings.CutPrefix(c.Endpoint, "https://"); found {
		c.Endpoint, c.TLS = rest, true
	} else if rest, found := strings.CutPrefix(c.Endpoint, "http://"); found {
		if c.TLS {
			return c, fmt.Errorf("s3 config: endpoint is %q and tls is true: one of them is wrong", c.Endpoint)
		}
		c.Endpoint = rest
	}
	c.Endpoint = strings.TrimSuffix(c.Endpoint, "/")
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	for _, field := range []struct{ name, value string }{
		{"endpoint", c.Endpoint}, {"bucket", c.Bucket}, {"access_key", c.AccessKey}, {"secret_key", c.SecretKey},
	} {
		if field.value == "" {
			return c, fmt.Errorf("s3 config: %s is empty", field.name)
		}
	}
	if strings.ContainsAny(c.Endpoint, "/?#@ ") {
		return c, fmt.Errorf("s3 config: endpoint is %q; it has to be host:port or a URL without a path", c.Endpoint)
	}
	if err := s3utils.CheckValidBucketNameStrict(c.Bucket); err != nil {
		return c, fmt.Errorf("s3 config: bucket %q: %w", c.Bucket, err)
	}
	return c, nil
}

// Store is an objectstore.Store in an S3-compatible service.
type Store struct {
	cfg      Config
	bucket   string // the store's own, where cfg.Bucket may be one that a recipe names
	core     minio.Core
	backoff  retry.Backoff
	patience time.Duration // for one request, beside the time that its bytes take
	pageSize int           // keys per list request; 0 leaves it to the server
}

// New returns a store that uses cfg. It sends nothing yet: see Probe.
func New(cfg Config) (*Store, error) {
	cfg, err := cfg.normalized()
	if err != nil {
		return nil, err
	}
	transport, err := minio.DefaultTransport(cfg.TLS)
	if err != nil {
		return nil, fmt.Errorf("s3 transport: %w", err)
	}
	return newStore(cfg, transport)
}

// newStore is New for a normalized config and any transport.
func newStore(cfg Config, transport http.RoundTripper) (*Store, error) {
	core, err := minio.NewCore(cfg.Endpoint, &minio.Options{
		Creds:        credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, cfg.SessionToken),
		Secure:       cfg.TLS,
		Region:       cfg.Region, // given, so that the client does not ask for it
		BucketLookup: minio.BucketLookupPath,
		Transport:    transport,
		// Checksums are sent after the body. Together with MaxRetries above 1
		// that would be wrong: the client goes on with the same checksum state
		// when it sends the body again. We retry above it, where we also know
		// which operations may be repeated.
		TrailingHeaders: true,
		MaxRetries:      1,
	})
	if err != nil {
		return nil, fmt.Errorf("s3 client for %s: %w", cfg.where(), err)
	}
	return &Store{cfg: cfg, bucket: cfg.Bucket, core: *core, backoff: retry.Default, patience: time.Minute}, nil
}

// String describes the store without the secret key.
func (s *Store) String() string { return s.cfg.String() }

// attemptTime is for how long nothing may move in one request for so many bytes
// before it counts as stuck: the patience, and a second for each MiB, since a
// store that has all bytes may take long to keep them.
func (s *Store) attemptTime(size int64) time.Duration {
	return s.patience + time.Duration(size>>20)*time.Second
}
