package source

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// Program is what a row of a data set of programs asks, with the tests that judge it.
type Program struct {
	// ID is the row's own name, "" where it has none.
	ID string
	// Question is the problem's text, with the header of a function that it asks for, Header.
	Question, Header string
	// Tests are by the data set's rules.
	Tests code.Tests
	// Reference is a program that the data set has as right, "" where it has none.
	Reference string
	// Released is the day on which the problem was published, in any form that a day has, and URL where; "" where the row does not say.
	Released, URL string
	// Opening is what a completion goes on from, "" where none is asked for.
	Opening string
}

// Unjudged is a row that is right as it stands, but that no program can be judged by. Such
// rows are left out, and counted by Reason.
type Unjudged struct{ Reason string }

func (u Unjudged) Error() string { return "no program can be judged by it: " + u.Reason }

// The reasons that several data sets share.
const (
	noTests     = "no tests"
	unpaired    = "inputs and outputs that differ in number"
	interactive = "interactive"
	images      = "images"
	fromFile    = "input from a file"
	notCode     = "not a problem of programming"
)

// ofPrograms is the source of a data set of programs, which reads a row at a time: JSON
// lines, or one JSON array.
func ofPrograms(name recipe.Format, of func(jsonl.Object) (Program, error)) Source {
	read := func(row jsonl.Object) (Program, error) {
		p, err := of(row)
		p.Question = recipe.WithHeader(p.Question, p.Header)
		if err == nil && p.Tests.Validate() != nil { // such as a function's name that is none
			err = Unjudged{"tests of another form"}
		}
		return p, err
	}
	return Source{
		Name: name, Rows: linesOrArray, Program: read,
		Map: func(_ recipe.Dataset, frame Frame) Mapping {
			return func(id string, row jsonl.Object) ([]dataset.Problem, []dataset.Example, error) {
				p, err := read(row)
				if err != nil {
					return nil, nil, err
				}
				return frame.program(cmp.Or(p.ID, id), p)
			}
		},
	}
}

// program is the problem that a program is asked for by.
func (f Frame) program(id string, p Program) ([]dataset.Problem, []dataset.Example, error) {
	if err := f.refuse("problem", p.Question); err != nil {
		return nil, nil, err
	}
	tests, err := json.Marshal(p.Tests)
	if err != nil {
		return nil, nil, fmt.Errorf("tests of %s: %w", id, err)
	}
	problem := dataset.Problem{ID: id, Question: p.Question, Starter: f.starter(p.Header)}
	day, _ := dayOf(p.Released) // a published row with a day of another form is undated
	f.keep(&problem, p.Reference, day, p.URL)
	if f.external() {
		problem.Fields = tests
	} else {
		problem.Tests = tests
	}
	problem, err = f.ask(problem)
	return []dataset.Problem{problem}, nil, err
}

// linesOrArray is the reader of JSON lines, or of one JSON array of objects.
func linesOrArray(from *bufio.Reader, limit int, read func(int, jsonl.Object, error) error) error {
	head, _, err := headOf(from)
	if err != nil {
		return &fileError{err}
	}
	if !bytes.HasPrefix(bytes.TrimSpace(head), []byte("[")) {
		return jsonLines(from, limit, read)
	}
	text := &allowed{from: from, more: MaxRow}
	d := json.NewDecoder(text)
	if _, err := d.Token(); err != nil { // the bracket
		return &fileError{err}
	}
	number := 1
	for ; (limit == 0 || number <= limit) && d.More(); number++ {
		var row json.RawMessage
		if err := d.Decode(&row); errors.Is(err, errLongRow) {
			return &fileError{fmt.Errorf("member %d of the array: %w", number, err)}
		} else if err != nil {
			return &fileError{fmt.Errorf("member %d of the array: it is not JSON: %w", number, err)}
		}
		text.more = MaxRow
		object, err := jsonl.Parse(row)
		if err := read(number, object, err); err != nil {
			return fmt.Errorf("member %d: %w", number, err)
		}
	}
	if limit > 0 && number > limit {
		return nil
	}
	if _, err := d.Token(); errors.Is(err, io.EOF) { // the bracket
		return &fileError{fmt.Errorf("the array does not end after member %d: %w", number-1, io.ErrUnexpectedEOF)}
	} else if err != nil {
		return &fileError{fmt.Errorf("after member %d of the array: %w", number-1, err)}
	}
	return nil
}

// errLongRow says that a row is longer than any that is read.
var errLongRow = fmt.Errorf("it is longer than %d MiB", MaxRow>>20)

// allowed gives more bytes, and then errLongRow.
type allowed struct {
	from io.Reader
	more int
}

func (a *allowed) Read(b []byte) (int, error) {
	if a.more == 0 {
		return 0, errLongRow
	}
	n, err := a.from.Read(b[:min(len(b), a.more)])
	a.more -= n
	return n, err
}

// text is a field's string, "" where the field is not there or null.
func text(row jsonl.Object, name string) (string, error) {
	raw := row[name]
	if raw == nil || string(raw) == "null" {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", fmt.Errorf("field %q: want a string", name)
	}
	return s, nil
}

// firstText is the first of several fields that has a text: data sets of one kind differ in names.
func firstText(row jsonl.Object, names ...string) (string, error) {
	for _, name := range names {
		s, err := text(row, name)
		if err != nil || strings.TrimSpace(s) != "" {
			return s, err
		}
	}
	return "", nil
}

// question is firstText that has to be there.
func question(row jsonl.Object, names ...string) (string, error) {
	s, err := firstText(row, names...)
	if err == nil && strings.TrimSpace(s) == "" {
		err = fmt.Errorf("field %q is missing or empty", names[0])
	}
	return s, err
}

// name is the row's own name: the first of several fields that is a string or a number.
func name(row jsonl.Object, names ...string) string {
	for _, field := range names {
		var s string
		raw := row[field]
		switch {
		case raw == nil || string(raw) == "null":
		case json.Unmarshal(raw, &s) == nil && s != "":
			return s
		case json.Unmarshal(raw, new(json.Number)) == nil:
			return string(raw)
		}
	}
	return ""
}

// errAbsent says that a field is not there, null or an empty text.
var errAbsent = errors.New("is missing or empty")

// structure decodes a field that holds JSON, or a string with JSON in it, as many data sets
// have it. Errors name the field.
func structure(row jsonl.Object, name string, into any) error {
	raw := bytes.TrimSpace(row[name])
	if len(raw) > 0 && raw[0] == '"' {
		var inner string
		if err := json.Unmarshal(raw, &inner); err != nil {
			return fmt.Errorf("field %q: %w", name, err)
		}
		raw = bytes.TrimSpace([]byte(inner))
	}
	if len(raw) == 0 || string(raw) == "null" {
		return fmt.Errorf("field %q %w", name, errAbsent)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("field %q: %w", name, err)
	}
	return nil
}

var (
	asksInteraction = regexp.MustCompile(`(?i)\b(this is an? interactive|interactive (problem|task)|(flush|fflush)\b[^.]{0,60}\b(output|stdout|buffer))|-+ ?interaction ?-+|(?m)^interaction\s*$`)
	afterStatement  = regexp.MustCompile(`(?im)^[\s\-*#]*(examples?|samples?|notes?)\b`)
	hasImage        = regexp.MustCompile(`(?i)<image>|<img\b|!\[[^\]]*\]\(`)
)

// AsksInteraction are the words by which a question says that the program talks with a judge, "" where it does not.
func AsksInteraction(question string) string { return asksInteraction.FindString(question) }

// Statement is a question without its examples and notes.
func Statement(question string) string {
	if at := afterStatement.FindStringIndex(question); at != nil {
		return question[:at[0]]
	}
	return question
}

// Image is the mark of an image in a question's statement, which may be needed, "" without one; one among the
// examples and notes only illustrates.
func Image(question string) string { return hasImage.FindString(Statement(question)) }

// checkText names a problem that its text says cannot be judged, or asked in text alone.
func checkText(question string, orImages bool) error {
	switch {
	case AsksInteraction(question) != "":
		return Unjudged{interactive}
	case orImages && Image(question) != "":
		return Unjudged{images}
	}
	return nil
}
