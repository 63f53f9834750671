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

// Lines returns the rows of a file of size bytes, one JSON object in each line: as many as
// limit bytes hold, and whether there are more.
func Lines(r io.ReaderAt, size, limit int64) (text []byte, more bool, err error) {
	defer func() { // the reader panics on some damaged files
		if fault := recover(); fault != nil {
			text, more, err = nil, false, fmt.Errorf("it is no whole Parquet file: %v", fault)
		}
	}()
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, false, fmt.Errorf("it is no whole Parquet file: %w", err)
	}
	root, err := columnOf(file.Root())
	if err != nil {
		return nil, false, err
	}
	l := lines{root: root, columns: make([][]parquet.Value, root.leaves), limit: limit}
	for _, group := range file.RowGroups() {
		if err := l.group(group); err != nil {
			return nil, false, fmt.Errorf("after %d rows: %w", l.rows, err)
		}
		if l.more {
			break
		}
	}
	return l.text, l.more, nil
}

// lines are rows that have been read.
type lines struct {
	root    *column
	columns [][]parquet.Value // of a row, by leaf
	text    []byte
	rows    int
	limit   int64
	more    bool
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
			if l.row(row); l.more {
				return nil
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

// row appends a line, or leaves it out and sets more.
func (l *lines) row(row parquet.Row) {
	row.Range(func(i int, values []parquet.Value) bool {
		l.columns[i] = values
		return true
	})
	before := len(l.text)
	l.text = append(l.root.append(l.text, l.columns, 0, 0), '\n')
	if int64(len(l.text)) > l.limit {
		l.text, l.more = l.text[:before], true
		return
	}
	l.rows++
}

// Rows is the number of rows of a file of size bytes, by its footer.
func Rows(r io.ReaderAt, size int64) (rows int64, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			rows, err = 0, fmt.Errorf("it is no whole Parquet file: %v", fault)
		}
	}()
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return 0, fmt.Errorf("it is no whole Parquet file: %w", err)
	}
	return file.NumRows(), nil
}
