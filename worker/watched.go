package main

import (
	"bytes"
	"context"
	"io"
	"os"

	"temper/activities/liveness"
	"temper/model/pretrained"
)

// Files of this machine may lie on a slow disk or a network: each piece that is
// read of them is a sign of life, and they obey the end of a context.

// readFile returns a file's bytes.
func readFile(ctx context.Context, path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var data bytes.Buffer
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		data.Grow(int(info.Size()) + bytes.MinRead)
	}
	for {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n, err := io.CopyN(&data, file, 1<<20)
		if n > 0 {
			liveness.Done(ctx)
		}
		if err == io.EOF {
			return data.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// watchedFolder is a folder of this machine.
type watchedFolder struct {
	pretrained.Folder
	path string
}

// String names the folder in errors.
func (f watchedFolder) String() string { return f.path }

// Open implements pretrained.Folder.
func (f watchedFolder) Open(ctx context.Context, name string) (pretrained.File, error) {
	file, err := f.Folder.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	return watchedFile{file, ctx}, nil
}

type watchedFile struct {
	pretrained.File
	ctx context.Context
}

// ReadAt implements io.ReaderAt.
func (f watchedFile) ReadAt(p []byte, at int64) (n int, err error) {
	const piece = 64 << 20
	for {
		if err := f.ctx.Err(); err != nil {
			return n, err
		}
		part := p[n:min(len(p), n+piece)]
		got, err := f.File.ReadAt(part, at+int64(n))
		n += got
		liveness.Done(f.ctx)
		if err != nil || n == len(p) {
			return n, err
		}
	}
}
