//go:build linux

package sandbox

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// object is a JSON object in the order of its text, which Python's dict keeps.
type object []member

// member has a name, a string or a json.Number, and a value.
type member struct{ name, value any }

// withIntKeys makes the names of each object integers, where all of them are.
func withIntKeys(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = withIntKeys(v[i])
		}
	case object:
		for i := range v {
			v[i].value = withIntKeys(v[i].value)
		}
		if !slices.ContainsFunc(v, func(m member) bool { return !isIntKey(m.name) }) {
			for i := range v {
				v[i].name = json.Number(v[i].name.(string))
			}
		}
	}
	return v
}

func isIntKey(name any) bool {
	s, ok := name.(string)
	_, err := strconv.ParseInt(s, 10, 64)
	return ok && err == nil && !strings.HasPrefix(s, "+") && (s == "0" || !strings.HasPrefix(strings.TrimPrefix(s, "-"), "0"))
}

// decodeJSON reads one JSON value as nil, bool, string, json.Number, []any or object.
func decodeJSON(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := decodeValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("text after the value")
	}
	return v, nil
}

func decodeValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	case json.Delim('{'):
		o := object{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeValue(d)
			if err != nil {
				return nil, err
			}
			o = append(o, member{name, v})
		}
		_, err := d.Token()
		return o, err
	}
	return t, nil
}

// maxNesting bounds the depth of arguments; Python's marshal refuses 2000.
const maxNesting = 500

// appendMarshal writes a value in the format of Python's marshal module, which, unlike
// json, is compiled into the interpreter and saves half of its start-up. Values are nil,
// bool, string, json.Number, []any and object.
func appendMarshal(b []byte, v any, depth int) ([]byte, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("arguments are nested deeper than %d", maxNesting)
	}
	var err error
	switch v := v.(type) {
	case nil:
		return append(b, 'N'), nil
	case bool:
		if v {
			return append(b, 'T'), nil
		}
		return append(b, 'F'), nil
	case string:
		b = binary.LittleEndian.AppendUint32(append(b, 'u'), uint32(len(v)))
		return append(b, v...), nil
	case json.Number:
		return appendNumber(b, v.String())
	case []any:
		b = binary.LittleEndian.AppendUint32(append(b, '['), uint32(len(v)))
		for _, x := range v {
			if b, err = appendMarshal(b, x, depth+1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case object:
		b = append(b, '{')
		for _, m := range v {
			if b, err = appendMarshal(b, m.name, depth+1); err != nil {
				return nil, err
			}
			if b, err = appendMarshal(b, m.value, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, '0'), nil
	}
	return nil, fmt.Errorf("value of type %T", v)
}

// appendNumber keeps JSON's distinction: with a point or an exponent a float, else an
// integer of any size (marshal holds it in digits of 15 bits).
func appendNumber(b []byte, s string) ([]byte, error) {
	if strings.ContainsAny(s, ".eE") {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("number %s: %w", s, err)
		}
		return binary.LittleEndian.AppendUint64(append(b, 'g'), math.Float64bits(f)), nil
	}
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		return binary.LittleEndian.AppendUint32(append(b, 'i'), uint32(n)), nil
	}
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return nil, fmt.Errorf("number %q", s)
	}
	var digits []byte
	mask, low := big.NewInt(0x7fff), new(big.Int)
	count, sign := int32(0), int32(n.Sign())
	for n.Abs(n); n.Sign() != 0; n.Rsh(n, 15) {
		digits = binary.LittleEndian.AppendUint16(digits, uint16(low.And(n, mask).Uint64()))
		count++
	}
	b = binary.LittleEndian.AppendUint32(append(b, 'l'), uint32(count*sign))
	return append(b, digits...), nil
}
