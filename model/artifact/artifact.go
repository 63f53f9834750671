// Package artifact names immutable bytes and says where they came from.
//
// A blob is named by its SHA-256 and never changes. A manifest is a small JSON
// document that lists blobs; it is written last, once, so that its presence
// means that everything it names is complete.
package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
)

// BlobPrefix is the key prefix of every content-addressed blob.
const BlobPrefix = "blobs/sha256/"

// ErrCorrupt is wrapped by every error that means "these bytes are not the ones the ref names".
var ErrCorrupt = errors.New("bytes differ from their ref")

// Ref names one immutable blob: its key in the store, its SHA-256 in lower-case
// hex and its size in bytes. The zero Ref names nothing.
type Ref struct {
	Key    string `json:"key"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// RefOf returns the ref of data: the key is derived from the content alone, so
// the same bytes always have the same name.
func RefOf(data []byte) Ref {
	sum := sha256.Sum256(data)
	return refOf(sum[:], int64(len(data)))
}

// RefOfWritten is the ref of what write writes, which is not kept.
func RefOfWritten(write func(io.Writer) error) (Ref, error) {
	counted := counter{Hash: sha256.New()}
	if err := write(&counted); err != nil {
		return Ref{}, err
	}
	return refOf(counted.Sum(nil), counted.size), nil
}

// counter is a hash that knows how much it was given.
type counter struct {
	hash.Hash
	size int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.size += int64(len(p))
	return c.Hash.Write(p)
}

func refOf(sum []byte, size int64) Ref {
	hexSum := hex.EncodeToString(sum)
	return Ref{Key: KeyOf(hexSum), SHA256: hexSum, Size: size}
}

// KeyOf is the key of the blob with a SHA-256 in lower-case hex.
func KeyOf(sha256 string) string { return BlobPrefix + sha256[:min(2, len(sha256))] + "/" + sha256 }

// IsZero reports whether the ref names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// Short is the first twelve hex digits of the digest, for people.
func (r Ref) Short() string {
	if len(r.SHA256) < 12 {
		return r.SHA256
	}
	return r.SHA256[:12]
}

// Verify returns an error wrapping ErrCorrupt unless data is exactly what the ref names.
func (r Ref) Verify(data []byte) error {
	if int64(len(data)) != r.Size {
		return fmt.Errorf("verify %s: got %d bytes, want %d: %w", r.Key, len(data), r.Size, ErrCorrupt)
	}
	if got := RefOf(data).SHA256; got != r.SHA256 {
		return fmt.Errorf("verify %s: sha256 is %s: %w", r.Key, got, ErrCorrupt)
	}
	return nil
}

// Digest is the lower-case hex SHA-256 of v's JSON form. Go writes struct
// fields in order and map keys sorted, so equal values have equal digests.
func Digest(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	return RefOf(data).SHA256, nil
}
