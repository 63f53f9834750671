package code

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"temper/model/library/jsonkind"
)

// Tolerances where the tests name none: of returned values, which carry all digits, and
// of printed ones.
const (
	valueTolerance  = 1e-9
	outputTolerance = 1e-6
)

// tolerance bounds the difference of two numbers of which at least one is written as a
// floating-point number: |got-want| <= tolerance · max(1, |want|).
func (t Tests) tolerance() float64 {
	switch {
	case t.Tolerance > 0:
		return t.Tolerance
	case t.Type == Stdin:
		return outputTolerance
	}
	return valueTolerance
}

// equalValues compares two JSON values:
//
//   - integers are equal if they are the same integer, of any size;
//   - a number written with a point or an exponent is compared within the
//     tolerance (so 4.0 equals 4); NaN and infinities are not JSON and equal nothing;
//   - a boolean is not an integer: true does not equal 1, though Python says so;
//   - strings are equal byte for byte, arrays element by element in order, objects key
//     by key; a Python tuple arrives as an array and so equals a list.
func equalValues(got, want json.RawMessage, tolerance float64) bool {
	a, errA := decode(got)
	b, errB := decode(want)
	return errA == nil && errB == nil && equal(a, b, tolerance)
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

func equal(a, b any, tolerance float64) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && equalNumbers(a.String(), b.String(), tolerance)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equal(a[i], b[i], tolerance) {
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
			if !ok || !equal(v, w, tolerance) {
				return false
			}
		}
		return true
	}
	return a == b // nil, bool, string
}

func equalNumbers(a, b string, tolerance float64) bool {
	if isInteger(a) && isInteger(b) {
		// JSON forbids leading zeros and plus signs: but for -0, equal integers are equal texts
		return a == b || strings.TrimPrefix(a, "-") == "0" && strings.TrimPrefix(b, "-") == "0"
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil { // out of float64's range
		return a == b
	}
	return within(x, y, tolerance)
}

func isInteger(s string) bool { return !strings.ContainsAny(s, ".eE") }

func within(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*max(1, math.Abs(want))
}

// compareOutput returns "" if two standard outputs agree, else the first difference.
// Lines are compared in order by the rule of t.Compare.
func (t Tests) compareOutput(got, want string) string {
	if t.Compare == Exact {
		return compareExactly(got, want)
	}
	g, w := outputLines(got), outputLines(want)
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			return fmt.Sprintf("output ends before line %d, want %q", i+1, short(w[i]))
		case i >= len(w):
			return fmt.Sprintf("output has more than the %d lines expected: line %d is %q", len(w), i+1, short(g[i]))
		case g[i] != w[i] && !(t.Compare == Float && equalWords(g[i], w[i], t.tolerance())):
			return fmt.Sprintf("output line %d is %q, want %q", i+1, short(g[i]), short(w[i]))
		}
	}
	return ""
}

func compareExactly(got, want string) string {
	if got == want {
		return ""
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	line := 1 + strings.Count(want[:at], "\n")
	return fmt.Sprintf("output differs from byte %d on (line %d): %q, want %q", at, line, short(got[at:]), short(want[at:]))
}

// equalWords compares two lines word by word, numbers within the tolerance. NaN and
// infinities are words like any other.
func equalWords(got, want string, tolerance float64) bool {
	g, w := strings.Fields(got), strings.Fields(want)
	if len(g) != len(w) {
		return false
	}
	for i := range g {
		x, okX := decimal(g[i])
		y, okY := decimal(w[i])
		if g[i] != w[i] && !(okX && okY && within(x, y, tolerance)) {
			return false
		}
	}
	return true
}

// decimal reads a finite number as programs print it: no hexadecimal digits, no underscores.
func decimal(s string) (float64, bool) {
	if strings.ContainsAny(s, "xXpP_nN") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func outputLines(s string) []string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}
