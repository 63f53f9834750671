package s3files

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"syscall"

	"github.com/rclone/gofakes3"
)

// GetObject implements gofakes3.Backend.
func (b *backend) GetObject(ctx context.Context, bucket, key string, want *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	f, o, err := b.object(bucket, key)
	if err != nil {
		return nil, told(ctx, err)
	}
	o.Contents = f
	if o.Range, err = want.Range(o.Size); err != nil {
		f.Close()
		return nil, err
	}
	if o.Range != nil {
		if _, err := f.Seek(o.Range.Start, io.SeekStart); err != nil {
			f.Close()
			return nil, told(ctx, err)
		}
		o.Contents = &part{f, o.Range.Length}
	}
	return o, nil
}

// HeadObject implements gofakes3.Backend.
func (b *backend) HeadObject(ctx context.Context, bucket, key string) (*gofakes3.Object, error) {
	f, o, err := b.object(bucket, key)
	if err != nil {
		return nil, told(ctx, err)
	}
	f.Close()
	o.Contents = http.NoBody
	return o, nil
}

// object opens the file of an object and describes it.
func (b *backend) object(bucket, key string) (*os.File, *gofakes3.Object, error) {
	path, err := b.path(bucket, key)
	if err != nil {
		return nil, nil, gofakes3.KeyNotFound(key)
	}
	f, err := os.Open(path)
	if isAbsent(err) {
		return nil, nil, gofakes3.KeyNotFound(key)
	}
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = gofakes3.KeyNotFound(key)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	a, ok := readAttributes(f)
	if !ok {
		a = attributes{MD5: etagOfFile(info)}
	}
	meta := a.headers()
	meta["Last-Modified"] = info.ModTime().UTC().Format(http.TimeFormat)
	return f, &gofakes3.Object{Name: key, Metadata: meta, Size: info.Size(), Hash: a.MD5}, nil
}

// isAbsent reports whether err means that there is no such file.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// part is the next so many bytes of a file.
type part struct {
	*os.File
	left int64
}

// Read implements io.Reader.
func (p *part) Read(b []byte) (int, error) {
	if p.left <= 0 {
		return 0, io.EOF
	}
	n, err := p.File.Read(b[:min(int64(len(b)), p.left)])
	p.left -= int64(n)
	return n, err
}

// WriteTo implements io.WriterTo, so that the kernel moves the bytes to the socket.
func (p *part) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, &io.LimitedReader{R: p.File, N: p.left})
}
