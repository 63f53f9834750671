package jinja

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var conversion = regexp.MustCompile(`^%(?:\(([^)]*)\))?([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])`)

// format is Python's format % values.
func (r *run) format(format string, value any) string {
	values := []any{value}
	byName, _ := value.(*Dict)
	if l, ok := value.(*List); ok && l.kind == tuple {
		values = l.Items
	}
	var b strings.Builder
	for i := strings.IndexByte(format, '%'); i >= 0; i = strings.IndexByte(format, '%') {
		b.WriteString(format[:i])
		m := conversion.FindStringSubmatch(format[i:])
		if m == nil {
			fail("incomplete format")
		}
		format = format[i+len(m[0]):]
		switch {
		case m[5] == "%":
			b.WriteByte('%')
			continue
		case m[1] != "":
			if byName == nil {
				fail("format requires a mapping")
			}
			v, ok := byName.get(m[1])
			if !ok {
				fail("the format names the key %s, which is not there", quote(m[1]))
			}
			b.WriteString(r.convert(m, v))
			values = nil
		case len(values) == 0:
			fail("not enough arguments for format string")
		default:
			b.WriteString(r.convert(m, values[0]))
			values = values[1:]
		}
	}
	if len(values) > 0 && byName == nil {
		fail("not all arguments converted during string formatting")
	}
	b.WriteString(format)
	return r.made(b.String())
}

// convert is one conversion: m are the name, flags, width, precision and letter.
func (r *run) convert(m []string, v any) string {
	width, precision := small(m[3]), -1
	if m[4] != "" {
		precision = small(m[4])
	}
	flags := m[2]
	verb := "%"
	for _, flag := range "-+ 0#" {
		if strings.ContainsRune(flags, flag) {
			verb += string(flag)
		}
	}
	if width > 0 {
		verb += strconv.Itoa(width)
	}
	switch m[5] {
	case "s", "r", "a":
		s := r.str(v)
		if m[5] != "s" {
			s = r.repr(v)
		}
		if characters := []rune(s); precision >= 0 && precision < len(characters) {
			s = string(characters[:precision])
		}
		pad := r.spaces(' ', width-utf8.RuneCountInString(s))
		if strings.Contains(flags, "-") {
			return s + pad
		}
		return pad + s
	case "d", "i", "u", "x", "X", "o":
		if f, ok := v.(float64); ok {
			v = truncated(f)
		}
		n, ok := whole(v)
		if !ok {
			fail("%%%s format: a real number is required, not %s", m[5], typeName(v))
		}
		return fmt.Sprintf(verb+map[string]string{"i": "d", "u": "d"}[m[5]]+strings.Trim(m[5], "iu"), n)
	case "f", "F", "e", "E", "g", "G":
		if !isNumber(v) {
			fail("must be real number, not %s", typeName(v))
		}
		if precision < 0 {
			precision = 6
		}
		return fmt.Sprintf(verb+"."+strconv.Itoa(precision)+m[5], float(v))
	}
	fail("unsupported format character '%s'", m[5])
	return ""
}

// small reads a width or a precision.
func small(text string) int {
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n > 10000) {
		fail("a width or precision of more than 10000")
	}
	return n
}

// truncated is the integer part of f.
func truncated(f float64) any {
	if f-f != 0 {
		fail("cannot convert float %s to integer", floatText(f))
	}
	n, _ := big.NewFloat(f).Int(nil)
	return integer(n)
}

// formatMethod is '{} {0} {name}'.format(...), without format specifications.
func formatMethod(r *run, s string, a arguments) any {
	var b strings.Builder
	next := 0
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		if strings.HasPrefix(s[i+1:], s[i:i+1]) {
			b.WriteByte(s[i])
			s = s[i+2:]
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		if s[i] == '}' || end < 0 {
			fail("single '%c' encountered in format string", s[i])
		}
		field := s[i+1 : i+end]
		s = s[i+end+1:]
		r.spend(1)
		b.WriteString(r.made(r.str(a.field(field, &next))))
	}
	return r.made(b.String())
}

// field returns the argument that a field of a format string names.
func (a arguments) field(field string, next *int) any {
	if strings.ContainsAny(field, "!:.[{") {
		fail("format strings with '{%s}' are not supported", field)
	}
	index, err := strconv.Atoi(field)
	if field == "" {
		index, err = *next, nil
		*next++
	}
	if err == nil {
		if index < 0 || index >= len(a.positional) {
			fail("replacement index %d out of range for positional args tuple", index)
		}
		return a.positional[index]
	}
	for _, n := range a.named {
		if n.name == field {
			return n.value
		}
	}
	fail("the format names the key %s, which is not there", quote(field))
	return nil
}
