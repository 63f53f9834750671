package s3files

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"net/http"
	"strings"
)

// chunkSignature checks the signatures of chunks, each of which covers the one
// before it; the first covers that of the request, which has been checked.
type chunkSignature struct {
	key         []byte
	date, scope string
	last        string
	announced   string    // of the chunk under way
	sum         hash.Hash // of its bytes
}

// newChunkSignature takes from an authenticated request what its chunks' signatures are made of.
func newChunkSignature(r *http.Request, secret string) (*chunkSignature, error) {
	s := &chunkSignature{date: r.Header.Get("X-Amz-Date"), sum: sha256.New()}
	_, fields, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for field := range strings.SplitSeq(fields, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(field), "="); name {
		case "Credential":
			_, s.scope, _ = strings.Cut(value, "/")
		case "Signature":
			s.last = value
		}
	}
	if s.date == "" || s.scope == "" || s.last == "" {
		return nil, errors.New("signed chunks need an Authorization header and x-amz-date")
	}
	s.key = []byte("AWS4" + secret)
	for part := range strings.SplitSeq(s.scope, "/") { // date, region, service, "aws4_request"
		s.key = mac(s.key, part)
	}
	return s, nil
}

// fits reports whether the chunk that ends here has the signature that it announced.
func (s *chunkSignature) fits() bool {
	empty := sha256.Sum256(nil)
	text := strings.Join([]string{
		"AWS4-HMAC-SHA256-PAYLOAD", s.date, s.scope, s.last, hex.EncodeToString(empty[:]), hex.EncodeToString(s.sum.Sum(nil)),
	}, "\n")
	s.last = hex.EncodeToString(mac(s.key, text))
	s.sum.Reset()
	return hmac.Equal([]byte(s.last), []byte(s.announced))
}

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}
