package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"temper/model/library/jsonkind"
)

// eachLine calls read with the fields of every line of data, or of the first
// limit lines if limit is above 0. Errors name the line, counted from 1. Line
// ends at the end of the data are not lines; any other empty line is an error.
func eachLine(data []byte, limit int, read func(number int, line object) error) error {
	data = bytes.TrimRight(data, " \t\r\n")
	for number := 1; len(data) > 0 && (limit == 0 || number <= limit); number++ {
		var text []byte
		text, data, _ = bytes.Cut(data, []byte{'\n'})
		line, err := parseObject(text)
		if err == nil {
			err = read(number, line)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	return nil
}

// object is a JSON object whose values are not decoded yet.
type object map[string]json.RawMessage

// parseObject reads one line. It is stricter than json.Unmarshal: no repeated
// keys, no keys that differ in case only from the wanted ones, and what jsonkind.Check refuses.
func parseObject(text []byte) (object, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("the line is empty, want a JSON object")
	}
	if err := jsonkind.Check(text); err != nil {
		return nil, err
	}
	if kind := jsonkind.Of(text); kind != "an object" {
		return nil, fmt.Errorf("want a JSON object, got %s", kind)
	}
	fields := object{}
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

// only returns an error if the object has a field that is not in known.
func (o object) only(known ...string) error {
	unknown := []string{}
	for key := range o {
		if !slices.Contains(known, key) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown) // map order is random; errors are not
	return fmt.Errorf("unknown field %.80q, the fields are %s", unknown[0], strings.Join(known, ", "))
}

// text returns the string of a field that must be there and not be empty.
func (o object) text(key string) (string, error) {
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

// texts is text for several fields.
func (o object) texts(keys ...string) (values []string, err error) {
	for _, key := range keys {
		value, err := o.text(key)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}
