// Package source is the table of data sources: what a dataset of the recipe is read
// or drawn from. A file's reader gives rows, a mapping gives the problems and examples
// of each row; a generator gives them by itself. To add one: a file here with its
// value, a line in the table, its word in package recipe.
//
// Everything here is a pure function of its arguments.
package source

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// Source is one kind of data: a format of files, with Rows and Map, or a generator.
type Source struct {
	// Name is the recipe's word for it.
	Name recipe.Format
	// Rows reads the rows of a file.
	Rows Reader
	// Map makes the mapping of one file.
	Map func(recipe.Dataset, Frame) Mapping
	// Program reads a row of a data set of programs; nil for other sources. Rows that no
	// program can be judged by are Unjudged.
	Program func(jsonl.Object) (Program, error)
	// Generate draws the records of a dataset by its name and the run's seed, and puts
	// questions and solutions into the frame.
	Generate func(name string, d recipe.Dataset, frame Frame, seed uint64) ([]dataset.Problem, []dataset.Example, error)
}

// Reader calls read with every row of a file, or with the first limit rows if limit is
// above 0, and with the fault of what is no row. It holds a bounded part of the file, and a row
// of MaxRow bytes at most. Errors say which row, or wrap what from returns.
type Reader func(from *bufio.Reader, limit int, read func(number int, row jsonl.Object, fault error) error) error

// MaxRow is how many bytes the longest row has. A longer one cannot be used.
const MaxRow = 128 << 20

// headBytes is how much of a file tells what it is.
const headBytes = 1 << 20

// Mapping makes the problems and examples of one row; id is for a row that has none.
type Mapping func(id string, row jsonl.Object) ([]dataset.Problem, []dataset.Example, error)

// table holds all sources.
var table = slices.Concat(
	[]Source{gsm8k, worked, problems, contest, examples, synthesis, graphs, mapped(recipe.FormatRows)},
	publishedRows(),
	[]Source{liveCodeBench, taco, apps, prime, deepCoder, codeContests, humanEval, humanEvalPlus, mbpp, mbppPlus, kodCode, leetCode},
)

// Of returns the source of a dataset.
func Of(d recipe.Dataset) (Source, error) {
	name := d.Format
	switch {
	case d.Synthetic != nil:
		name = synthesis.Name
	case d.Graph != nil:
		name = graphs.Name
	}
	i := slices.IndexFunc(table, func(s Source) bool { return s.Name == name })
	if i < 0 {
		var list []string
		for _, format := range Formats() {
			list = append(list, string(format))
		}
		return Source{}, fmt.Errorf("format %q: valid values are %s", name, strings.Join(list, ", "))
	}
	return table[i], nil
}

// Formats lists the sources that are files.
func Formats() []recipe.Format {
	var names []recipe.Format
	for _, s := range table {
		if s.IsFile() {
			names = append(names, s.Name)
		}
	}
	return names
}

// IsFile says whether the source reads a file.
func (s Source) IsFile() bool { return s.Rows != nil }

// Load is Read of a file that memory holds, with all of its records.
func Load(where string, d recipe.Dataset, data []byte, frame Frame) (problems []dataset.Problem, examples []dataset.Example, err error) {
	err = Read(where, d, bytes.NewReader(data), frame, func(p []dataset.Problem, e []dataset.Example) error {
		problems, examples = append(problems, p...), append(examples, e...)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return problems, examples, nil
}

// Read reads a file as d says, row by row; its URI is not looked at. Where names it in errors, for
// example "data.train: /path/train.jsonl", which then read
// "data.train: /path/train.jsonl line 17: it is not JSON: ...". A limit above 0
// looks at the first rows only, and what follows is not looked at. Questions get the
// frame. keep gets the records of each row, whose error ends it all and is returned as it is;
// which of the two there are depends on the format. Records without
// an id are called "line-N". Nothing is skipped, but what the dataset's calculations leave
// out, and rows that no program can be judged by, of which frame.LeftOut is told: an empty
// file, an unknown, missing, repeated or empty field, a value of the wrong type, and a
// problem that lacks what its domain judges by are errors. With d.SkipBadRows a row with
// such an error is skipped, and frame.Skipped told of it; the error wraps ErrNoRow where no
// row is left.
func Read(where string, d recipe.Dataset, from io.Reader, frame Frame, keep func([]dataset.Problem, []dataset.Example) error) error {
	s, err := Of(d)
	if err == nil && d.Limit < 0 {
		err = fmt.Errorf("limit is %d: want 0 (all lines) or more", d.Limit)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	l := loading{d: d, frame: frame, toRecords: s.Map(d, frame), keep: keep}
	err = s.Rows(bufio.NewReaderSize(from, headBytes), d.Limit, l.row)
	var whole *fileError
	switch {
	case l.failed != nil:
		return l.failed
	case err == nil && l.first != nil && l.records == 0:
		return fmt.Errorf("%s: %w; the first, %w", where, ErrNoRow, l.first)
	case errors.As(err, &whole):
		return fmt.Errorf("%s: %w", where, err)
	case err != nil:
		return fmt.Errorf("%s %w", where, err)
	}
	return nil
}

// loading is a file that is being read.
type loading struct {
	d         recipe.Dataset
	frame     Frame
	toRecords Mapping
	first     error // of the rows that cannot be used
	records   int
	keep      func([]dataset.Problem, []dataset.Example) error
	failed    error // of keep
}

// row reads one row, which has a fault where it is none.
func (l *loading) row(number int, row jsonl.Object, fault error) error {
	var p []dataset.Problem
	var e []dataset.Example
	if l.frame.Read != nil {
		l.frame.Read()
	}
	in := true
	if fault == nil && l.d.Since != "" {
		in, fault = since(l.d.Since, row)
	}
	if fault == nil && in {
		p, e, fault = l.toRecords(l.frame.rowName(number), row)
	}
	left := new(Unjudged)
	switch {
	case fault == nil && !(in && l.frame.Only.takes(p, e)):
		if l.frame.Unselected != nil {
			l.frame.Unselected()
		}
	case fault == nil:
		l.records += len(p) + len(e)
		l.failed = l.keep(p, e)
		return l.failed
	case errors.As(fault, left):
		if l.frame.LeftOut != nil {
			l.frame.LeftOut(left.Reason)
		}
	case l.d.SkipBadRows:
		fault = fmt.Errorf("row %d: %w", number, fault)
		if l.first == nil {
			l.first = fault
		}
		if l.frame.Skipped != nil {
			l.frame.Skipped(fault)
		}
	default:
		return fault
	}
	return nil
}

// rowName is the name of a row that has none of its own.
func (f Frame) rowName(number int) string {
	if f.File != "" {
		return fmt.Sprintf("%s:line-%d", f.File, number)
	}
	return fmt.Sprintf("line-%d", number)
}

// ErrNoRow says that no row of a file can be used.
var ErrNoRow = errors.New("no row can be used")

// fileError is about a file and not about one of its rows.
type fileError struct{ error }

// jsonLines is the reader of JSON lines; a byte order mark is not content.
func jsonLines(from *bufio.Reader, limit int, read func(int, jsonl.Object, error) error) error {
	head, whole, err := headOf(from)
	if err == nil {
		err = jsonl.CheckForm(head, whole)
	}
	if err != nil {
		return &fileError{err}
	}
	rows := 0
	err = jsonl.Stream(from, MaxRow, limit, func(number int, row jsonl.Object, fault error) error {
		rows++
		return read(number, row, fault)
	})
	if err == nil && rows == 0 { // blanks beyond the head
		return &fileError{jsonl.CheckForm(nil, true)}
	}
	return err
}

// headOf is the beginning of a file, which stays to be read, without a byte order mark, which
// does not; whole says that it is all of it.
func headOf(from *bufio.Reader) (head []byte, whole bool, err error) {
	mark := []byte("\ufeff")
	if begins, _ := from.Peek(len(mark)); bytes.Equal(begins, mark) { // an error comes again
		from.Discard(len(mark))
	}
	head, err = from.Peek(headBytes)
	if errors.Is(err, io.EOF) {
		return head, true, nil
	}
	return head, false, err
}
