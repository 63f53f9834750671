package activities

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"temper/model/library/parquetlines"
	"temper/model/library/unpack"
	"temper/model/pretrained"
)

// slowestBytes is how many bytes of a file are read as records in a second, at least.
const slowestBytes = 1 << 20

// aheadBytes is how much of a file is read at a time.
const aheadBytes = 4 << 20

// rowFile is a file of rows as text, which is read as it comes: unpacked where it is gzip or
// zstd, as JSON lines where it is Parquet.
type rowFile struct {
	io.Reader
	file   *notingFile
	closes []io.Closer
}

// openRows opens a file of rows.
func (a *Activities) openRows(ctx context.Context, field, uri string) (*rowFile, error) {
	opened, err := a.Sources.Open(ctx, uri)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	f := &rowFile{file: &notingFile{File: opened}, closes: []io.Closer{opened}}
	begins := make([]byte, min(8, opened.Size()))
	if _, err := f.file.ReadAt(begins, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(fmt.Errorf("%s: %s: %w", field, uri, err), f.Close())
	}
	if parquetlines.Is(begins) {
		err = f.parquet(uri)
	} else {
		err = f.packed(unpack.Form(begins))
	}
	if err != nil {
		return nil, errors.Join(f.fault(field, uri, a.Worker, err), f.Close())
	}
	return f, nil
}

func (f *rowFile) text() io.Reader {
	return bufio.NewReaderSize(io.NewSectionReader(f.file, 0, f.file.Size()), aheadBytes)
}

// packed reads a text that may be packed.
func (f *rowFile) packed(form string) error {
	f.Reader = f.text()
	if form == "" {
		return nil
	}
	unpacked, err := unpack.Reader(form, f.Reader)
	if err != nil {
		return err
	}
	f.Reader, f.closes = unpacked, append(f.closes, unpacked)
	return nil
}

// parquet reads the rows of a Parquet file. Its columns lie apart, so that one which is far away
// comes to this worker's disk first.
func (f *rowFile) parquet(uri string) error {
	var columns io.ReaderAt = f.file
	if strings.HasPrefix(uri, "s3://") {
		copied, err := copyToDisk(f.text())
		if err != nil {
			return err
		}
		columns, f.closes = copied, append(f.closes, copied)
	}
	rows, lines := io.Pipe()
	f.Reader, f.closes = rows, append(f.closes, rows)
	go func() {
		out := bufio.NewWriterSize(lines, aheadBytes)
		err := parquetlines.Each(columns, f.file.Size(), func(line []byte) error {
			_, err := out.Write(line)
			return err
		})
		lines.CloseWithError(errors.Join(err, out.Flush()))
	}()
	return nil
}

// copyToDisk copies to a file without a name, which ends when it is closed.
func copyToDisk(from io.Reader) (*os.File, error) {
	file, err := os.CreateTemp("", "temper-rows-*")
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(file, from)
	if err = errors.Join(err, os.Remove(file.Name())); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// fault is an error of reading the file: of the place where it lies, or a mistake in it.
func (f *rowFile) fault(field, uri, worker string, err error) error {
	if f.file.fault != nil {
		return fmt.Errorf("%s: %s: %w", field, uri, f.file.fault)
	}
	return UserErrorf("%s: %s: %v (on worker %s)", field, uri, err, worker)
}

// Close implements io.Closer.
func (f *rowFile) Close() error {
	var err error
	for i := len(f.closes) - 1; i >= 0; i-- { // what unpacks before what it reads
		err = errors.Join(err, f.closes[i].Close())
	}
	return err
}

// howFar says how much of the file has been read.
func (f *rowFile) howFar() string {
	size := f.file.Size()
	return fmt.Sprintf("%d of %d MB", min(f.file.read.Load(), size)/1e6, size/1e6)
}

// notingFile keeps the error of a read that failed, so that it is not taken for the file's.
type notingFile struct {
	pretrained.File
	fault error
	read  atomic.Int64 // how much has been read, in order of the file or not
}

// ReadAt implements io.ReaderAt.
func (f *notingFile) ReadAt(b []byte, at int64) (int, error) {
	n, err := f.File.ReadAt(b, at)
	f.read.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		f.fault = err
	}
	return n, err
}

// readFirstRows returns whole lines from the beginning of a file of rows, as openRows has it, and whether there are more; none where the first is longer than headBytes.
func (a *Activities) readFirstRows(ctx context.Context, field, uri string) (head []byte, more bool, err error) {
	opened, err := a.Sources.Open(ctx, uri)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", field, err)
	}
	f := rowFile{file: &notingFile{File: opened}, closes: []io.Closer{opened}}
	defer f.Close()
	data := make([]byte, min(headBytes, opened.Size()))
	if _, err := f.file.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("%s: %s: %w", field, uri, err)
	}
	if parquetlines.Is(data) { // its schema stands at its end
		head, more, err = parquetlines.Lines(f.file, opened.Size(), headBytes)
	} else {
		head, more, err = unpack.Head(data, headBytes, len(data) == headBytes)
	}
	if err != nil {
		return nil, false, f.fault(field, uri, a.Worker, err)
	}
	if more {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	return head, more, nil
}
