package activities

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"temper/model/library/parquetlines"
	"temper/model/pretrained"
)

// readParquet is readFirstRows of a Parquet file, of which it reads the schema, which stands
// at its end, and the first rows alone.
func (a *Activities) readParquet(ctx context.Context, field, uri string) (head []byte, more bool, err error) {
	at := strings.LastIndexByte(uri, '/')
	if at < 0 {
		return nil, false, UserErrorf("%s: %s is no absolute path", field, uri)
	}
	folder, err := a.Sources.OpenFolder(ctx, cmp.Or(uri[:at], "/"))
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", field, err)
	}
	opened, err := folder.Open(ctx, uri[at+1:])
	if err != nil {
		return nil, false, fmt.Errorf("%s: %s: %w", field, uri, err)
	}
	defer opened.Close()
	file := &notingFile{File: opened}
	head, more, err = parquetlines.Lines(file, file.Size(), headBytes)
	switch {
	case file.fault != nil:
		return nil, false, fmt.Errorf("%s: %s: %w", field, uri, file.fault)
	case err != nil:
		return nil, false, UserErrorf("%s: %s: %v (on worker %s)", field, uri, err, a.Worker)
	}
	return head, more, nil
}

// notingFile keeps the error of a read that failed, so that it is not taken for the file's.
type notingFile struct {
	pretrained.File
	fault error
}

// ReadAt implements io.ReaderAt.
func (f *notingFile) ReadAt(b []byte, at int64) (int, error) {
	n, err := f.File.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		f.fault = err
	}
	return n, err
}
