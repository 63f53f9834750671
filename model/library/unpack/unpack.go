// Package unpack reads gzip and zstd, which it knows by how they begin, as they are read or
// within a bound on what they unpack to.
package unpack

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

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

// Reader unpacks what r, which begins as Form says, holds, as it is read.
func Reader(form string, r io.Reader) (io.ReadCloser, error) {
	for _, f := range forms {
		if f.name == form {
			opened, err := f.open(r)
			if err != nil {
				return nil, failed(form, err)
			}
			return reader{opened, form}, nil
		}
	}
	return nil, fmt.Errorf("no form %q", form)
}

func failed(form string, err error) error {
	return fmt.Errorf("it is %s-compressed, and cannot be unpacked: %w", form, err)
}

// reader says what an error is about.
type reader struct {
	io.ReadCloser
	form string
}

func (r reader) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if err != nil && err != io.EOF { //nolint:errorlint // a reader's end is io.EOF itself
		err = failed(r.form, err)
	}
	return n, err
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
		return nil, false, err
	}
	return head, cut, nil
}

// read unpacks up to limit bytes.
func read(form string, data []byte, limit int64) ([]byte, error) {
	r, err := Reader(form, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, limit))
}
