// Package unpack reads gzip and zstd, which it knows by how they begin, within a bound on
// what they unpack to.
package unpack

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// ErrTooLarge says that data unpacks to more than its bound.
var ErrTooLarge = errors.New("it unpacks to more than")

// maxWindow is how far back zstd data may refer: what the zstd command takes without asking.
const maxWindow = 128 << 20

var forms = []struct {
	name, begins string
	open         func(io.Reader) (io.ReadCloser, error)
}{
	{"gzip", "\x1f\x8b", func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }},
	{"zstd", "\x28\xb5\x2f\xfd", func(r io.Reader) (io.ReadCloser, error) {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}},
}

// Form is "gzip", "zstd", or "" for what is not packed.
func Form(data []byte) string {
	for _, f := range forms {
		if bytes.HasPrefix(data, []byte(f.begins)) {
			return f.name
		}
	}
	return ""
}

// All unpacks data, or returns it as it is where it is not packed. The error wraps
// ErrTooLarge where it unpacks to more than limit bytes.
func All(data []byte, limit int64) ([]byte, error) {
	text, more, err := Head(data, limit, false)
	if err == nil && more && Form(data) != "" {
		err = fmt.Errorf("%w %d bytes", ErrTooLarge, limit)
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

// Head is the first limit bytes at most of what data unpacks to; what is not packed it is
// itself. Cut says that data is the beginning of something longer, and more that there is
// more than the head.
func Head(data []byte, limit int64, cut bool) (head []byte, more bool, err error) {
	form := Form(data)
	if form == "" {
		return data, cut, nil
	}
	head, err = read(form, data, limit+1)
	switch {
	case int64(len(head)) > limit:
		return head[:limit], true, nil
	case cut && errors.Is(err, io.ErrUnexpectedEOF):
		return head, true, nil
	case err != nil:
		return nil, false, fmt.Errorf("it is %s-compressed, and cannot be unpacked: %w", form, err)
	}
	return head, cut, nil
}

// read unpacks up to limit bytes.
func read(form string, data []byte, limit int64) ([]byte, error) {
	for _, f := range forms {
		if f.name != form {
			continue
		}
		r, err := f.open(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(io.LimitReader(r, limit))
	}
	return nil, fmt.Errorf("no form %q", form)
}
