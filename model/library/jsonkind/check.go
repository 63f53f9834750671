package jsonkind

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// Check refuses what is not one JSON value in UTF-8, and says at which byte. It
// is stricter than encoding/json where that would change a text silently: bytes
// that are not UTF-8 and escapes of half a surrogate pair (\ud800) are refused.
func Check(data []byte) error {
	if name, advice := Form(data); name != "" {
		return fmt.Errorf("it is %s; valid: JSON in UTF-8 (%s)", name, advice)
	}
	if !utf8.Valid(data) {
		return fmt.Errorf("byte %d is not UTF-8", validUTF8(data)+1)
	}
	if !json.Valid(data) {
		return syntax(data)
	}
	return checkSurrogates(data)
}

// validUTF8 is the length of the part of data that is UTF-8.
func validUTF8(data []byte) int {
	at := 0
	for at < len(data) {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// syntax says what is wrong with text that is not JSON.
func syntax(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("it is empty; valid: JSON")
	}
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		return errors.New("it begins with a byte order mark; valid: JSON in UTF-8 without one")
	}
	var value json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(data))
	err := decoder.Decode(&value)
	var wrong *json.SyntaxError
	switch {
	case err == nil:
		return fmt.Errorf("there is something after the JSON value, which ends at byte %d", decoder.InputOffset())
	case errors.As(err, &wrong):
		return fmt.Errorf("it is not JSON: byte %d: %s", wrong.Offset, wrong)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("it is truncated: the JSON goes on after byte %d, the last", len(data))
	}
	return fmt.Errorf("it is not JSON: %w", err)
}

// checkSurrogates finds escapes of half a surrogate pair in valid JSON.
func checkSurrogates(data []byte) error {
	for at := 0; ; {
		next := bytes.IndexByte(data[at:], '\\')
		if next < 0 {
			return nil
		}
		at += next
		unit, ok := escapedUnit(data[at:])
		switch {
		case !ok:
			at += 2 // the character that is escaped may be a backslash
			continue
		case unit < 0xd800 || unit > 0xdfff:
			at += 6
			continue
		}
		low, ok := escapedUnit(data[at+6:])
		if unit > 0xdbff || !ok || low < 0xdc00 || low > 0xdfff {
			return fmt.Errorf("byte %d: %s is half of a surrogate pair, and no character", at+1, data[at:at+6])
		}
		at += 12
	}
}

// escapedUnit reads one escape: \u and four hexadecimal digits.
func escapedUnit(data []byte) (uint64, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	return unit, err == nil
}
