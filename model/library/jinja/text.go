package jinja

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// str is Python's str().
func (r *run) str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case markup:
		return string(v)
	case *undefined:
		return ""
	}
	return r.repr(v)
}

// repr is Python's repr().
func (r *run) repr(v any) string {
	var b strings.Builder
	r.writeRepr(&b, v)
	return b.String()
}

func (r *run) writeRepr(b *strings.Builder, v any) {
	defer r.deeper()()
	before := b.Len()
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case bool:
		b.WriteString(map[bool]string{true: "True", false: "False"}[v])
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case bigInteger:
		b.WriteString(string(v))
	case float64:
		b.WriteString(floatText(v))
	case string:
		b.WriteString(quote(v))
	case markup:
		b.WriteString("Markup(" + quote(string(v)) + ")")
	case *undefined:
		b.WriteString("Undefined")
	case *List:
		r.writeList(b, v)
	case *Dict:
		r.writeDict(b, v)
	case *namespace:
		b.WriteString("<Namespace ")
		r.writeRepr(b, v.attributes)
		b.WriteString(">")
	case *loop:
		fmt.Fprintf(b, "<LoopContext %d/%d>", v.index+1, len(v.items))
	case *function:
		fmt.Fprintf(b, "<function %s>", v.name)
	}
	r.spendBytes(b.Len() - before)
}

func (r *run) writeList(b *strings.Builder, l *List) {
	if l.note != "" {
		b.WriteString(l.note)
		return
	}
	begin, end := "[", "]"
	switch l.kind {
	case tuple:
		begin, end = "(", ")"
		if len(l.Items) == 1 {
			end = ",)"
		}
	case generator:
		b.WriteString("<generator object>")
		return
	case dictKeys, dictValues, dictItems:
		begin, end = listNames[l.kind]+"([", "])"
	}
	b.WriteString(begin)
	for i, item := range l.Items {
		if i > 0 {
			b.WriteString(", ")
		}
		r.writeRepr(b, item)
	}
	b.WriteString(end)
}

func (r *run) writeDict(b *strings.Builder, d *Dict) {
	b.WriteByte('{')
	for i, key := range d.keys {
		if i > 0 {
			b.WriteString(", ")
		}
		r.writeRepr(b, key)
		b.WriteString(": ")
		r.writeRepr(b, d.values[i])
	}
	b.WriteByte('}')
}

// floatText is the shortest text that reads back as f, as Python writes it.
func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(f, 'g', -1, 64)), "+")
	case f != 0 && (math.Abs(f) < 1e-4 || math.Abs(f) >= 1e16):
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// quote writes a string as Python's repr does.
func quote(text string) string {
	mark := byte('\'')
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		mark = '"'
	}
	var b strings.Builder
	b.WriteByte(mark)
	for _, r := range text {
		switch {
		case r == rune(mark) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte(mark)
	return b.String()
}
