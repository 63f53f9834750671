package code

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"temper/model/library/jsonkind"
)

// equalValues compares two JSON values:
//
//   - numbers are equal as equalNumbers says, where the problem gives a tolerance within
//     that; NaN and infinities are not JSON and equal nothing;
//   - a boolean is not an integer: true does not equal 1, though Python says so;
//   - strings are equal byte for byte, arrays element by element in order, objects key
//     by key; a Python tuple arrives as an array and so equals a list.
func (t Tests) equalValues(got, want json.RawMessage) bool {
	a, errA := decode(got)
	b, errB := decode(want)
	return errA == nil && errB == nil && t.equal(a, b)
}

func decode(raw []byte) (any, error) {
	if err := jsonkind.Check(raw); err != nil { // half of a surrogate pair equals nothing
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("text after the value")
	}
	return v, nil
}

func (t Tests) equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && equalNumbers(a.String(), b.String(), t.tolerance(), t.Tolerance > 0)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !t.equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			w, ok := b[k]
			if !ok || !t.equal(v, w) {
				return false
			}
		}
		return true
	}
	return a == b // nil, bool, string
}
