// Package jsonl reads JSON lines: one JSON object per line, in UTF-8. It is
// stricter than encoding/json, because a typing error in a file of data is a
// mistake to be told: no repeated keys, no keys that differ in case only from the
// wanted ones, no empty lines, and nothing that jsonkind.Check refuses.
package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"temper/model/library/jsonkind"
)

// Each calls read with the fields of every line of data, or of the first limit
// lines if limit is above 0. Errors name the line, counted from 1. Line ends at the
// end of the data are not lines; any other empty line is an error.
func Each(data []byte, limit int, read func(number int, line Object) error) error {
	data = bytes.TrimRight(data, " \t\r\n")
	for number := 1; len(data) > 0 && (limit == 0 || number <= limit); number++ {
		var text []byte
		text, data, _ = bytes.Cut(data, []byte{'\n'})
		line, err := Parse(text)
		if err == nil {
			err = read(number, line)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	return nil
}

// Object is a JSON object whose values are not decoded yet.
type Object map[string]json.RawMessage

// Parse reads one object.
func Parse(text []byte) (Object, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errBlank
	}
	if err := jsonkind.Check(text); err != nil {
		return nil, err
	}
	if kind := jsonkind.Of(text); kind != "an object" {
		return nil, fmt.Errorf("want a JSON object, got %s", kind)
	}
	fields := Object{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil { // the opening brace
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("it is not JSON: %w", err)
		}
		key, _ := token.(string) // keys of an object are strings
		if _, repeated := fields[key]; repeated {
			return nil, fmt.Errorf("field %.80q stands twice", key)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("it is not JSON: %w", err)
		}
		fields[key] = value
	}
	return fields, nil
}

// Only returns an error if the object has a field that is not in known.
func (o Object) Only(known ...string) error {
	unknown := []string{}
	for key := range o.Without(known...) {
		unknown = append(unknown, key)
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown) // map order is random; errors are not
	return fmt.Errorf("unknown field %.80q, the fields are %s", unknown[0], strings.Join(known, ", "))
}

// Without is the object without some of its fields.
func (o Object) Without(known ...string) Object {
	rest := Object{}
	for key, value := range o {
		if !slices.Contains(known, key) {
			rest[key] = value
		}
	}
	return rest
}

// Text returns the string of a field that must be there and not be empty.
func (o Object) Text(key string) (string, error) {
	raw, found := o[key]
	if !found {
		return "", fmt.Errorf("field %q is missing", key)
	}
	if kind := jsonkind.Of(raw); kind != "a string" {
		return "", fmt.Errorf("field %q: want a string, got %s", key, kind)
	}
	var value string
	if err := json.Unmarshal(raw, &value); err != nil {
		return "", fmt.Errorf("field %q: %w", key, err)
	}
	if strings.TrimSpace(value) == "" {
		return "", fmt.Errorf("field %q is empty", key)
	}
	return value, nil
}

// TextOr is Text, or otherwise where the field is not there.
func (o Object) TextOr(key, otherwise string) (string, error) {
	if _, found := o[key]; !found {
		return otherwise, nil
	}
	return o.Text(key)
}

// Texts is Text for several fields.
func (o Object) Texts(keys ...string) (values []string, err error) {
	for _, key := range keys {
		value, err := o.Text(key)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// Record returns the object of a field in one spelling: without blanks between its
// values. It is nil where the field is not there.
func (o Object) Record(key string) (json.RawMessage, error) {
	raw, found := o[key]
	if !found {
		return nil, nil
	}
	if kind := jsonkind.Of(raw); kind != "an object" {
		return nil, fmt.Errorf("field %q: want an object, got %s", key, kind)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return nil, fmt.Errorf("field %q: %w", key, err)
	}
	return compact.Bytes(), nil
}

// CheckForm names a file that is not one JSON object per line as what it is, by its beginning or,
// where whole says so, by all of it.
func CheckForm(data []byte, whole bool) error {
	const want = "want one JSON object per line, in UTF-8"
	if name, advice := jsonkind.Form(data); name != "" {
		return fmt.Errorf("the file is %s; %s (%s)", name, want, advice)
	}
	data = bytes.TrimSpace(data)
	first, rest, more := bytes.Cut(data, []byte{'\n'})
	switch {
	case len(data) == 0 && !whole:
		return nil
	case len(data) == 0:
		return errors.New("the file is empty; " + want)
	case data[0] == '[' && !json.Valid(first) || data[0] == '[' && len(bytes.TrimSpace(rest)) == 0:
		return errors.New("the file is one JSON array; " + want + " (jq -c '.[]')")
	case data[0] == '{' && whole && more && !json.Valid(first) && json.Valid(data):
		return errors.New("the file is one JSON object over several lines; " + want + " (jq -c .)")
	}
	return nil
}
