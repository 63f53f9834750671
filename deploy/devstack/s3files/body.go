package s3files

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/http"

	"github.com/rclone/gofakes3"
)

// verified is the body of r, compared with the SHA-256 that its headers announce.
// gofakes3 checks that this sum is signed, and leaves it at that.
func verified(r *http.Request) io.ReadCloser {
	want, err := hex.DecodeString(r.Header.Get("X-Amz-Content-Sha256"))
	if err != nil || len(want) != sha256.Size || r.ContentLength <= 0 {
		return r.Body // another kind of signature, or nothing to compare
	}
	return &verifiedBody{ReadCloser: r.Body, want: string(want), left: r.ContentLength, sum: sha256.New()}
}

type verifiedBody struct {
	io.ReadCloser
	want string
	left int64
	sum  hash.Hash
}

// Read implements io.Reader. The verdict comes with the last byte, because
// gofakes3 does not read on to the end.
func (v *verifiedBody) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.sum.Write(p[:n])
	v.left -= int64(n)
	if n > 0 && v.left == 0 && string(v.sum.Sum(nil)) != v.want {
		return 0, gofakes3.ErrorMessage(errBodyCorrupted, "the body is not the one whose SHA-256 was signed")
	}
	return n, err
}
