package jinja

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
)

// maxJSONDepth bounds how deep decoded JSON is nested.
const maxJSONDepth = 500

// Decode returns a JSON text as values of templates. Objects keep their order;
// of two keys that are the same, the last value counts, as in Python.
func Decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := decode(d, 0)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the value")
	}
	return v, nil
}

func decode(d *json.Decoder, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("nested more than %d levels deep", maxJSONDepth)
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return decodeObject(d, depth)
		}
		l := &List{}
		for d.More() {
			item, err := decode(d, depth+1)
			if err != nil {
				return nil, err
			}
			l.Items = append(l.Items, item)
		}
		_, err := d.Token()
		return l, err
	case json.Number:
		return decodeNumber(string(t))
	}
	return t, nil
}

func decodeObject(d *json.Decoder, depth int) (any, error) {
	object := NewDict()
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := decode(d, depth+1)
		if err != nil {
			return nil, err
		}
		object.set(key, value)
	}
	_, err := d.Token()
	return object, err
}

func decodeNumber(text string) (any, error) {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil && !math.IsInf(f, 0) {
			return nil, err
		}
		return f, nil
	}
	if len(text) > 4300 { // as in Python
		return nil, fmt.Errorf("the integer has more than 4300 digits")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return bigInteger(text), nil
	}
	return n, nil
}

// jsonWriter writes values as Python's json.dumps does.
type jsonWriter struct {
	r             *run
	b             strings.Builder
	indent        string
	indented      bool
	comma, colon  string
	ascii, sorted bool
}

func (w *jsonWriter) write(v any, level int) {
	defer w.r.deeper()()
	before := w.b.Len()
	switch v := plain(v).(type) {
	case nil:
		w.b.WriteString("null")
	case bool:
		w.b.WriteString(strconv.FormatBool(v))
	case int64, bigInteger:
		w.b.WriteString(fmt.Sprint(v))
	case float64:
		w.b.WriteString(jsonFloat(v))
	case string:
		w.quote(v)
	case *List:
		if v.kind > tuple {
			fail("object of type %s is not JSON serializable", typeName(v))
		}
		w.group('[', ']', len(v.Items), level, func(i int) { w.write(v.Items[i], level+1) })
	case *Dict:
		if w.sorted {
			v = w.r.sortedDict(v)
		}
		w.group('{', '}', len(v.keys), level, func(i int) {
			w.quote(jsonKey(v.keys[i]))
			w.b.WriteString(w.colon)
			w.write(v.values[i], level+1)
		})
	default:
		fail("object of type %s is not JSON serializable", typeName(v))
	}
	w.r.spendBytes(w.b.Len() - before)
}

// group writes the n items of a list or of a dict.
func (w *jsonWriter) group(begin, end byte, n, level int, item func(i int)) {
	w.b.WriteByte(begin)
	for i := range n {
		if i > 0 {
			w.b.WriteString(w.comma)
		}
		w.newline(level + 1)
		item(i)
	}
	if n > 0 {
		w.newline(level)
	}
	w.b.WriteByte(end)
}

func (w *jsonWriter) newline(level int) {
	if w.indented {
		w.r.spendBytes(len(w.indent) * level)
		w.b.WriteByte('\n')
		w.b.WriteString(strings.Repeat(w.indent, level))
	}
}

func jsonFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return floatText(f)
}

// jsonKey is the text of a key, which need not be a string in Python.
func jsonKey(key any) string {
	switch k := plain(key).(type) {
	case string:
		return k
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(k)
	case float64:
		return jsonFloat(k)
	case int64, bigInteger:
		return fmt.Sprint(k)
	}
	fail("keys must be str, int, float, bool or None, not %s", typeName(key))
	return ""
}

func (w *jsonWriter) quote(text string) {
	w.b.WriteByte('"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			w.b.WriteByte('\\')
			w.b.WriteRune(c)
		case c == '\n':
			w.b.WriteString(`\n`)
		case c == '\r':
			w.b.WriteString(`\r`)
		case c == '\t':
			w.b.WriteString(`\t`)
		case c == '\f':
			w.b.WriteString(`\f`)
		case c == '\b':
			w.b.WriteString(`\b`)
		case c < 0x20 || w.ascii && c >= 0x7f && c < 0x10000:
			fmt.Fprintf(&w.b, `\u%04x`, c)
		case w.ascii && c >= 0x10000:
			high, low := utf16.EncodeRune(c)
			fmt.Fprintf(&w.b, `\u%04x\u%04x`, high, low)
		default:
			w.b.WriteRune(c)
		}
	}
	w.b.WriteByte('"')
}
