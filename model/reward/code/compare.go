package code

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

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
	if errA != nil || errB != nil {
		return false
	}
	x, isList := a.([]any)
	y, alsoList := b.([]any)
	if t.Unordered && isList && alsoList {
		return matching(x, y, spelling, t.equal)
	}
	return t.equal(a, b)
}

// spelling is a value as one text: equal ones are equal by every rule.
func spelling(v any) string {
	text, err := json.Marshal(v)
	if err != nil { // a decoded value always has one
		return ""
	}
	return string(text)
}

// mostLoose bounds the things that are paired off by comparing each with each.
const mostLoose = 1000

// matching says whether two lists hold the same things in any order. Those that are spelt
// alike are paired first; of the others each takes the first partner that is left, which is
// exact but for chains of numbers within a tolerance.
func matching[T any](got, want []T, spelling func(T) string, equal func(got, want T) bool) bool {
	if len(got) != len(want) {
		return false
	}
	waiting := map[string][]T{}
	for _, w := range want {
		waiting[spelling(w)] = append(waiting[spelling(w)], w)
	}
	var loose, left []T
	for _, g := range got {
		if same := waiting[spelling(g)]; len(same) > 0 {
			waiting[spelling(g)] = same[1:]
		} else {
			loose = append(loose, g)
		}
	}
	if len(loose) > mostLoose {
		return false
	}
	for _, w := range want { // in their order, which a map has not
		if same := waiting[spelling(w)]; len(same) > 0 {
			left = append(left, same[0])
			waiting[spelling(w)] = same[1:]
		}
	}
	for _, g := range loose {
		k := slices.IndexFunc(left, func(w T) bool { return equal(g, w) })
		if k < 0 {
			return false
		}
		left = slices.Delete(left, k, k+1)
	}
	return true
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
	if t.asPython() {
		a, b = numberOf(a), numberOf(b)
	}
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return ok && (a == b || t.IgnoreCase && strings.EqualFold(a, b))
	case json.Number:
		b, ok := b.(json.Number)
		return ok && t.sameNumber(a.String(), b.String())
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
	return a == b // nil, bool
}

// numberOf is 1 and 0 for true and false.
func numberOf(v any) any {
	switch v {
	case true:
		return json.Number("1")
	case false:
		return json.Number("0")
	}
	return v
}
