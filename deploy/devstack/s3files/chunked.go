package s3files

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/rclone/gofakes3"
)

// dechunked gives gofakes3 the plain body of a request whose body comes in
// aws-chunked encoding, with the checksum after it compared: gofakes3 knows only
// some of the kinds of this encoding, would store the others as they come, and
// looks at neither trailers nor the signatures of chunks.
func dechunked(r *http.Request, c Config) error {
	kind := r.Header.Get("X-Amz-Content-Sha256")
	if !strings.HasPrefix(kind, "STREAMING-") {
		return nil
	}
	size, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
	if err != nil || size < 0 {
		return errors.New("x-amz-decoded-content-length is not a number of bytes")
	}
	d := &chunkedBody{Closer: r.Body, from: bufio.NewReaderSize(r.Body, 64<<10), size: size}
	if !strings.HasPrefix(kind, "STREAMING-UNSIGNED-") {
		if d.signature, err = newChunkSignature(r, c.SecretKey); err != nil {
			return err
		}
	}
	for _, name := range r.Header.Values("X-Amz-Trailer") {
		if d.sum = newSum(name); d.sum == nil {
			return fmt.Errorf("trailer %.100q is not a checksum known here", name)
		}
		d.trailer = strings.ToLower(name)
	}
	r.Body, r.ContentLength = d, size
	r.Header.Set("Content-Length", strconv.FormatInt(size, 10))
	r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
	r.Header.Del("X-Amz-Decoded-Content-Length")
	r.Header.Del("X-Amz-Trailer")
	return nil
}

// newSum is the checksum that a header is named for, or nil.
func newSum(header string) hash.Hash {
	switch strings.ToLower(header) {
	case "x-amz-checksum-crc32c":
		return crc32.New(castagnoli)
	case "x-amz-checksum-crc32":
		return crc32.NewIEEE()
	case "x-amz-checksum-crc64nvme":
		return crc64.New(nvme)
	case "x-amz-checksum-sha1":
		return sha1.New()
	case "x-amz-checksum-sha256":
		return sha256.New()
	}
	return nil
}

// nvme is the polynomial of S3's CRC64NVME, reversed.
var nvme = crc64.MakeTable(0x9a6c9329ac4bc9b5)

// chunkedBody decodes: each chunk is its length in hexadecimal, perhaps a
// signature, and the bytes; after one of length 0 come the trailers.
type chunkedBody struct {
	io.Closer
	from    *bufio.Reader
	size    int64 // still to come, as announced
	chunk   int64 // still to come of this chunk
	trailer string
	sum     hash.Hash // of the trailer, or nil

	signature *chunkSignature // nil where chunks are not signed
}

// Read implements io.Reader. The checksum is compared with the last byte, because
// gofakes3 reads no further than that.
func (d *chunkedBody) Read(p []byte) (int, error) {
	if d.size == 0 {
		return 0, io.EOF
	}
	if d.chunk == 0 {
		if err := d.nextChunk(); err != nil {
			return 0, err
		}
		if d.chunk == 0 || d.chunk > d.size {
			return 0, gofakes3.ErrIncompleteBody
		}
	}
	n, err := d.from.Read(p[:min(int64(len(p)), d.chunk)])
	d.chunk -= int64(n)
	d.size -= int64(n)
	if d.sum != nil {
		d.sum.Write(p[:n])
	}
	if d.signature != nil {
		d.signature.sum.Write(p[:n])
	}
	if err == nil && d.chunk == 0 {
		err = d.endChunk()
	}
	if err == nil && d.size == 0 {
		err = d.end()
	}
	if err == io.EOF {
		err = gofakes3.ErrIncompleteBody
	}
	return n, err
}

func (d *chunkedBody) nextChunk() error {
	line, err := d.line()
	if err != nil {
		return err
	}
	length, signed, _ := strings.Cut(line, ";")
	if d.signature != nil {
		d.signature.announced = strings.TrimPrefix(signed, "chunk-signature=")
	}
	if d.chunk, err = strconv.ParseInt(length, 16, 64); err != nil || d.chunk < 0 {
		return gofakes3.ErrorMessagef(gofakes3.ErrInvalidRequest, "%.40q is not the length of a chunk", length)
	}
	return nil
}

// end reads the last chunk and the trailers.
func (d *chunkedBody) end() error {
	if err := d.nextChunk(); err != nil {
		return err
	}
	if d.chunk != 0 {
		return gofakes3.ErrIncompleteBody // there is more than was announced
	}
	for d.sum != nil {
		line, err := d.line()
		if err != nil {
			return err
		}
		name, value, found := strings.Cut(line, ":")
		if !found {
			return gofakes3.ErrorMessagef(gofakes3.ErrInvalidRequest, "there is no trailer %s", d.trailer)
		}
		if strings.ToLower(name) != d.trailer {
			continue
		}
		want, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if err != nil || !bytes.Equal(want, d.sum.Sum(nil)) {
			return gofakes3.ErrorMessagef(gofakes3.ErrBadDigest, "the body does not fit its %s", d.trailer)
		}
		d.sum = nil
	}
	return nil
}

// endChunk reads what is after the bytes of a chunk, and compares its signature.
func (d *chunkedBody) endChunk() error {
	end := make([]byte, 2)
	if _, err := io.ReadFull(d.from, end); err != nil {
		return gofakes3.ErrIncompleteBody
	}
	if string(end) != "\r\n" {
		return gofakes3.ErrorMessage(gofakes3.ErrInvalidRequest, "a chunk is longer than it says")
	}
	if d.signature != nil && !d.signature.fits() {
		return gofakes3.ErrorMessage(errSignature, "the signature of a chunk does not fit its bytes")
	}
	return nil
}

// line reads a line without its end, which minio-go writes as \n or \r\n.
func (d *chunkedBody) line() (string, error) {
	line, err := d.from.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return "", gofakes3.ErrorMessage(gofakes3.ErrInvalidRequest, "a chunk's header has no end")
	}
	if err != nil {
		return "", gofakes3.ErrIncompleteBody
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}
