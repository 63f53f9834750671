// Package pickle reads a string out of Python's pickle format without running anything: it
// knows the few operations that write a string, and refuses every other one.
package pickle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Operations, of protocols 2 to 5 (Python's pickletools).
const (
	opProto           = 0x80
	opFrame           = 0x95
	opMemoize         = 0x94
	opBinPut          = 'q'
	opLongBinPut      = 'r'
	opShortBinUnicode = 0x8c
	opBinUnicode      = 'X'
	opBinUnicode8     = 0x8d
	opStop            = '.'
)

var errShort = errors.New("the pickle ends early")

// String returns the one string that a pickle holds. An error says which operation it is
// that a string does not need, or that the data are no pickle.
func String(data []byte) (string, error) {
	r := reader{data}
	text, found := "", false
	for {
		op, err := r.take(1)
		if err != nil {
			return "", err
		}
		switch op[0] {
		case opStop:
			if !found {
				return "", errors.New("the pickle holds no string")
			}
			return text, nil
		case opProto, opBinPut:
			_, err = r.take(1)
		case opLongBinPut:
			_, err = r.take(4)
		case opFrame:
			_, err = r.take(8)
		case opMemoize:
		case opShortBinUnicode, opBinUnicode, opBinUnicode8:
			if found {
				return "", errors.New("the pickle holds more than one string")
			}
			text, err = r.text(map[byte]int{opShortBinUnicode: 1, opBinUnicode: 4, opBinUnicode8: 8}[op[0]])
			found = true
		default:
			return "", fmt.Errorf("the pickle has operation 0x%02x, which a string does not need; nothing of it is run", op[0])
		}
		if err != nil {
			return "", err
		}
	}
}

// reader takes bytes from the front.
type reader struct{ rest []byte }

func (r *reader) take(n uint64) ([]byte, error) {
	if n > uint64(len(r.rest)) {
		return nil, errShort
	}
	var taken []byte
	taken, r.rest = r.rest[:n], r.rest[n:]
	return taken, nil
}

// text is a string with its length before it, in so many bytes.
func (r *reader) text(width int) (string, error) {
	length, err := r.take(uint64(width))
	if err != nil {
		return "", err
	}
	text, err := r.take(binary.LittleEndian.Uint64(append(append([]byte{}, length...), make([]byte, 8-width)...)))
	if err != nil {
		return "", err
	}
	if !utf8.Valid(text) {
		return "", errors.New("the string of the pickle is not UTF-8")
	}
	return string(text), nil
}
