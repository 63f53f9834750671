package jsonkind

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	exact "sigs.k8s.io/json"
)

// Decode reads a document that other programs or people wrote. It differs from
// json.Unmarshal in that keys match exactly, letter case included, that it
// refuses what Check refuses, and that its errors speak of the file and not of
// Go: they name the field, what it is and what is valid.
func Decode(data []byte, into any) error {
	if err := Check(data); err != nil {
		return err
	}
	return explain(data, exact.UnmarshalCaseSensitivePreserveInts(data, into))
}

// DecodeKnown is Decode for documents that may have no fields but those of into,
// and each of them once.
func DecodeKnown(data []byte, into any) error {
	if err := Check(data); err != nil {
		return err
	}
	faults, err := exact.UnmarshalStrict(data, into)
	if err != nil || len(faults) == 0 {
		return explain(data, err)
	}
	return errors.New(Clip(faults[0].Error()))
}

// explain puts a decoder's error into words.
func explain(data []byte, err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &wrong):
		return errors.New(Clip(strings.TrimPrefix(err.Error(), "json: ")))
	case wrong.Field == "":
		return wrongKind{"", Of(data), wanted(wrong.Type)}
	}
	return wrongKind{wrong.Field, found(wrong.Value), wanted(wrong.Type)}
}

// wrongKind is a value of another kind than its field takes.
type wrongKind struct{ field, found, wanted string }

func (w wrongKind) Error() string {
	return fmt.Sprintf("%s is %s; valid: %s", cmp.Or(w.field, "it"), w.found, w.wanted)
}

// In puts the name of the field before an error about the document in it.
func In(field string, err error) error {
	var wrong wrongKind
	if !errors.As(err, &wrong) {
		return fmt.Errorf("%s: %w", field, err)
	}
	if wrong.field != "" {
		field += "."
	}
	wrong.field = field + wrong.field
	return wrong
}

// found is a decoder's word for a value, with its article.
func found(value string) string {
	if number, ok := strings.CutPrefix(value, "number "); ok {
		return Clip(number)
	}
	switch value {
	case "object", "array":
		return "an " + value
	case "bool":
		return "true or false"
	}
	return "a " + value
}

// wanted is what a Go type is in JSON.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return wanted(t.Elem())
	case reflect.Bool:
		return "true, false"
	case reflect.String:
		return "a string"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "an array"
	}
	return "an object"
}

// The longest value, and the longest message, that is shown whole.
const (
	longestValue   = 80
	longestMessage = 800
)

// Show is a value for a message: itself on one line, or its kind if it is long.
func Show(value []byte) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(value), "\ufffd")), " ")
	if len(text) > longestValue {
		return fmt.Sprintf("%s of %d bytes", Of(value), len(value))
	}
	return text
}

// Clip is a message on one line, cut where it is longer than a screen can show.
func Clip(message string) string {
	message = strings.Join(strings.FieldsFunc(message, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
	if len(message) <= longestMessage {
		return message
	}
	end := longestMessage
	for !utf8.RuneStart(message[end]) {
		end--
	}
	return message[:end] + "…"
}
