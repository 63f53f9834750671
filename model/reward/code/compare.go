package code

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// floatTolerance bounds the difference of two numbers of which at least one is written
// as a floating-point number: |a-b| <= 1e-9 · max(1, |a|, |b|).
const floatTolerance = 1e-9

// equalValues compares two JSON values:
//
//   - integers are equal if they are the same integer, of any size;
//   - a number written with a point or an exponent is compared within floatTolerance
//     (so 4.0 equals 4); NaN and infinities are not JSON and equal nothing;
//   - a boolean is not an integer: true does not equal 1, though Python says so;
//   - strings are equal byte for byte, arrays element by element in order, objects key
//     by key; a Python tuple arrives as an array and so equals a list.
func equalValues(got, want json.RawMessage) bool {
	a, errA := decode(got)
	b, errB := decode(want)
	return errA == nil && errB == nil && equal(a, b)
}

func decode(raw []byte) (any, error) {
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

func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && equalNumbers(a.String(), b.String())
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equal(a[i], b[i]) {
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
			if !ok || !equal(v, w) {
				return false
			}
		}
		return true
	}
	return a == b // nil, bool, string
}

func equalNumbers(a, b string) bool {
	if isInteger(a) && isInteger(b) {
		// JSON forbids leading zeros and plus signs: but for -0, equal integers are equal texts
		return a == b || strings.TrimPrefix(a, "-") == "0" && strings.TrimPrefix(b, "-") == "0"
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil { // out of float64's range
		return a == b
	}
	return math.Abs(x-y) <= floatTolerance*max(1, math.Abs(x), math.Abs(y))
}

func isInteger(s string) bool { return !strings.ContainsAny(s, ".eE") }

// compareOutput returns "" if two standard outputs agree, else the first difference.
// Lines are compared in order; within a line runs of blanks count as one and blanks at
// either end do not count; empty lines at the end do not count.
func compareOutput(got, want string) string {
	g, w := outputLines(got), outputLines(want)
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			return fmt.Sprintf("output ends before line %d, want %q", i+1, short(w[i]))
		case i >= len(w):
			return fmt.Sprintf("output has more than the %d lines expected: line %d is %q", len(w), i+1, short(g[i]))
		case g[i] != w[i]:
			return fmt.Sprintf("output line %d is %q, want %q", i+1, short(g[i]), short(w[i]))
		}
	}
	return ""
}

func outputLines(s string) []string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
