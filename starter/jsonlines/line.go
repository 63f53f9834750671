// Package jsonlines runs the work of a command over JSON lines: an object on
// each line in, the same object with fields added out, in the same order.
//
// A line that cannot be used does not stop the others: it comes out with its
// fields, if it has any, and with "error" and "line", its number from 1. What
// the fields mean is the command's business; an ID of the user's goes through as
// it is, and a field that no command knows is refused.
package jsonlines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"temper/model/library/jsonkind"
)

// Line is an object of the input, to which the command adds fields.
type Line struct {
	// Source is the name of the file, "-" for standard input.
	Source string
	// Number is the line's number in its source, from 1.
	Number int

	text   []byte // the object as it came, without what surrounds it
	fields []field
	added  []field
	err    error
}

// field is a field of an object. From and to are where it stands in the text,
// from the end of the field before it (or the brace) to the end of its value.
type field struct {
	name     string
	value    json.RawMessage
	from, to int
}

// parse reads the object of the line.
func (l *Line) parse() error {
	if err := jsonkind.Check(l.text); err != nil {
		return fmt.Errorf("the line cannot be read: %w", err)
	}
	if l.text[0] != '{' {
		return fmt.Errorf("the line is %s; valid: a JSON object", jsonkind.Of(l.text))
	}
	d := json.NewDecoder(bytes.NewReader(l.text))
	_, err := d.Token() // the brace
	var fields []field
	end := int(d.InputOffset()) // of the field before
	seen := map[string]bool{}
	for err == nil && d.More() {
		f := field{from: end}
		var name json.Token
		if name, err = d.Token(); err != nil {
			break
		}
		if err = d.Decode(&f.value); err != nil {
			break
		}
		end = int(d.InputOffset())
		f.name, f.to = name.(string), end
		if seen[f.name] {
			return fmt.Errorf("the field %q is given twice", f.name)
		}
		seen[f.name] = true
		fields = append(fields, f)
	}
	if err != nil {
		return fmt.Errorf("the line is not valid JSON: %w", err)
	}
	l.fields = fields
	return nil
}

// Get decodes a field into value, and reports whether it is there; null counts
// as not there. The error names the field and valid, what it may be.
func (l *Line) Get(name string, value any, valid string) (bool, error) {
	for _, f := range l.fields {
		if f.name != name || string(f.value) == "null" {
			continue
		}
		if err := json.Unmarshal(f.value, value); err != nil {
			return true, fmt.Errorf("%s is %s; valid: %s", name, jsonkind.Of(f.value), valid)
		}
		return true, nil
	}
	return false, nil
}

// Add adds a field, or gives one of the input another value, at its end. The
// value must have a JSON form.
func (l *Line) Add(name string, value any) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		l.Fail(fmt.Errorf("write %s: %w", name, err))
		return
	}
	l.AddRaw(name, bytes.TrimSuffix(text.Bytes(), []byte("\n")))
}

// AddRaw adds a field whose value is already JSON on one line.
func (l *Line) AddRaw(name string, value json.RawMessage) {
	l.added = append(l.added, field{name: name, value: value})
}

// Has says whether the line has a field that is not null.
func (l *Line) Has(name string) bool {
	return slices.ContainsFunc(l.fields, func(f field) bool { return f.name == name && string(f.value) != "null" })
}

// Fields are the line's fields as they came, in order.
func (l *Line) Fields() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for _, f := range l.fields {
			if !yield(f.name, f.value) {
				return
			}
		}
	}
}

// Keep lets only some of the line's own fields come out.
func (l *Line) Keep(names ...string) {
	l.fields = slices.DeleteFunc(l.fields, func(f field) bool { return !slices.Contains(names, f.name) })
}

// Fail makes the line a bad one. What was added to it does not come out.
func (l *Line) Fail(err error) { l.err = err }

// write writes the line as it comes out.
func (l *Line) write(to io.Writer) error {
	if l.err != nil {
		l.added = nil
		l.Add("error", strings.ToValidUTF8(l.err.Error(), "\ufffd"))
		l.Add("line", l.Number)
	}
	text := l.kept()
	if len(l.added) > 0 && len(text) > 1 {
		text = append(text, ',')
	}
	if _, err := to.Write(text); err != nil {
		return err
	}
	for i, f := range l.added {
		name, err := json.Marshal(f.name)
		if err != nil {
			return err
		}
		name = append(name, ':')
		if i > 0 {
			name = append([]byte{','}, name...)
		}
		if _, err := to.Write(name); err != nil {
			return err
		}
		if _, err := to.Write(f.value); err != nil {
			return err
		}
	}
	_, err := io.WriteString(to, "}\n")
	return err
}

// kept is the object as it came, without its closing brace and without the
// fields that were added anew.
func (l *Line) kept() []byte {
	out := []byte{'{'}
	for _, f := range l.fields {
		if l.replaced(f.name) {
			continue
		}
		text := l.text[f.from:f.to]
		if len(out) == 1 && bytes.HasPrefix(bytes.TrimSpace(text), []byte(",")) { // the fields before it are gone
			text = bytes.TrimLeft(text, ", \t\r\n")
		}
		out = append(out, text...)
	}
	return out
}

func (l *Line) replaced(name string) bool {
	for _, f := range l.added {
		if f.name == name {
			return true
		}
	}
	return false
}
