// Package parquetlines reads a Parquet file's rows as JSON lines: groups are objects without
// the fields that are null, lists are arrays, byte arrays are strings (base64 where they are
// not UTF-8), and dates and times the numbers that the file holds.
package parquetlines

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// Is says whether data begins as a Parquet file does.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte("PAR1")) }

// Lines returns the first rows of a file of size bytes, one JSON object in each line: as many as
// limit bytes hold, and whether there are more.
func Lines(r io.ReaderAt, size, limit int64) (text []byte, more bool, err error) {
	err = Each(r, size, func(line []byte) error {
		if int64(len(text)+len(line)) > limit {
			more = true
			return errEnough
		}
		text = append(text, line...)
		return nil
	})
	if err != nil && !more {
		return nil, false, err
	}
	return text, more, nil
}

var errEnough = errors.New("enough rows")

// Each calls write with each row of a file of size bytes, a JSON object with the line's end. The
// line is valid until the next call. Memory holds a page of each column. The error is about the
// file, or the one that write returns.
func Each(r io.ReaderAt, size int64, write func(line []byte) error) (err error) {
	l := lines{write: write}
	defer func() { // the reader panics on some damaged files
		if fault := recover(); fault != nil {
			err = fmt.Errorf("it is no whole Parquet file: %v", fault)
		}
		if l.failed != nil {
			err = l.failed
		}
	}()
	looked := &pages{from: r, size: size, most: maxPage}
	defer looked.close()
	file, err := looked.open()
	if err != nil {
		return fmt.Errorf("it is no whole Parquet file: %w", err)
	}
	if l.root, err = columnOf(file.Root()); err != nil {
		return err
	}
	l.columns = make([][]parquet.Value, l.root.leaves)
	for i, group := range file.RowGroups() {
		err := looked.checkGroup(file.Metadata().RowGroups[i])
		if err == nil {
			err = l.group(group)
		}
		if err != nil {
			return fmt.Errorf("after %d rows: %w", l.rows, err)
		}
	}
	return nil
}

// lines are rows that are read.
type lines struct {
	root    *column
	columns [][]parquet.Value // of a row, by leaf
	line    []byte
	rows    int
	write   func([]byte) error
	failed  error // of write
}

// atOnce is how many rows are read at a time.
const atOnce = 8

func (l *lines) group(group parquet.RowGroup) (err error) {
	rows := group.Rows()
	defer func() { err = errors.Join(err, rows.Close()) }()
	batch := make([]parquet.Row, atOnce)
	for {
		n, err := rows.ReadRows(batch)
		for _, row := range batch[:n] {
			if err := l.row(row); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case n == 0:
			return io.ErrNoProgress
		}
	}
}

func (l *lines) row(row parquet.Row) error {
	row.Range(func(i int, values []parquet.Value) bool {
		l.columns[i] = values
		return true
	})
	l.line = append(l.root.append(l.line[:0], l.columns, 0, 0), '\n')
	l.rows++
	l.failed = l.write(l.line)
	return l.failed
}

// Rows is the number of rows of a file of size bytes, by its footer.
func Rows(r io.ReaderAt, size int64) (rows int64, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			rows, err = 0, fmt.Errorf("it is no whole Parquet file: %v", fault)
		}
	}()
	looked := &pages{from: r, size: size, most: maxPage}
	defer looked.close()
	file, err := looked.open()
	if err != nil {
		return 0, fmt.Errorf("it is no whole Parquet file: %w", err)
	}
	return file.NumRows(), nil
}
