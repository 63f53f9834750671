// Package jsonkind reads JSON that others wrote, exactly, and puts into words
// what is wrong with it.
package jsonkind

import "bytes"

// Of is the kind of a valid JSON value, with its article: "an object", "an
// array", "a string", "a boolean", "null" or "a number".
func Of(value []byte) string {
	switch bytes.TrimSpace(value)[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
