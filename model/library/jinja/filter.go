package jinja

import (
	"math"
	"strconv"
	"strings"
)

// filters are what stands after "|".
var filters = map[string]func(r *run, v any, a arguments) any{}

// They refer to each other.
func init() {
	filters = map[string]func(r *run, v any, a arguments) any{
		"abs": absFilter, "capitalize": textFilter("capitalize", capitalize), "count": lengthFilter, "d": defaultFilter, "default": defaultFilter,
		"dictsort": dictsortFilter, "e": escapeFilter, "escape": escapeFilter, "first": firstFilter, "float": floatFilter, "indent": indentFilter, "int": intFilter,
		"items": itemsFilter, "join": joinFilter, "last": lastFilter, "length": lengthFilter, "list": listFilter,
		"lower": textFilter("lower", lower), "map": mapFilter, "reject": selectFilter("reject", false, false),
		"rejectattr": selectFilter("rejectattr", false, true), "replace": replaceFilter, "reverse": reverseFilter, "safe": safeFilter,
		"select": selectFilter("select", true, false), "selectattr": selectFilter("selectattr", true, true), "sort": sortFilter,
		"string": textFilter("string", strings.Clone), "title": titleFilter, "tojson": tojsonFilter, "trim": trimFilter,
		"unique": uniqueFilter, "upper": textFilter("upper", upper),
	}
}

// filter applies a filter.
func (r *run) filter(name string, v any, a arguments) any {
	do, ok := filters[name]
	if !ok {
		fail("no filter named '%s'", name)
	}
	defer r.deeper()()
	return do(r, v, a)
}

// textFilter makes a filter of a function of strings; other values are printed.
func textFilter(name string, do func(string) string) func(*run, any, arguments) any {
	return func(r *run, v any, a arguments) any {
		a.bind(name)
		s := r.str(v)
		r.spendBytes(len(s))
		return like(v, r.made(do(s)))
	}
}

func titleFilter(r *run, v any, a arguments) any {
	a.bind("title")
	return r.made(titleWords(r.str(v)))
}

// titleWords begins each word with a capital, words being parted by white space, hyphens and opening brackets.
func titleWords(s string) string {
	within := false
	var b strings.Builder
	for _, c := range s {
		switch {
		case isSpace(c) || strings.ContainsRune("-({[<", c):
			within = false
			b.WriteRune(c)
		case within:
			b.WriteString(lower(string(c)))
		default:
			within = true
			b.WriteString(upper(string(c)))
		}
	}
	return b.String()
}

func defaultFilter(_ *run, v any, a arguments) any {
	in := a.bind("default", "default_value?", "boolean?")
	_, isUndefined := v.(*undefined)
	if isUndefined || truth(or(in[1], false)) && !truth(v) {
		return or(in[0], "")
	}
	return v
}

func lengthFilter(r *run, v any, a arguments) any {
	a.bind("length")
	return int64(r.length(v))
}

func absFilter(r *run, v any, a arguments) any {
	a.bind("abs")
	if float(v) < 0 {
		return r.sign("-", v)
	}
	return r.sign("+", v)
}

func floatFilter(r *run, v any, a arguments) any {
	otherwise := or[any](a.bind("float", "default?")[0], 0.0)
	r.refuse(v)
	if s, ok := asString(v); ok {
		if f, ok := parseFloat(s); ok {
			return f
		}
		return otherwise
	}
	if isNumber(v) {
		return float(v)
	}
	return otherwise
}

// parseFloat is Python's float() of a string.
func parseFloat(s string) (float64, bool) {
	s = strip(s, nil, true, true)
	if strings.ContainsAny(s, "xX_pP") { // hexadecimal floats and such, which only Go knows
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || math.IsInf(f, 0)
}

func intFilter(r *run, v any, a arguments) any {
	otherwise := or[any](a.bind("int", "default?")[0], int64(0))
	r.refuse(v)
	if s, ok := asString(v); ok {
		if n, err := strconv.ParseInt(strip(s, nil, true, true), 10, 64); err == nil {
			return n
		}
		f, ok := parseFloat(s)
		if !ok {
			return otherwise
		}
		v = f
	}
	if f, ok := v.(float64); ok && math.Abs(f) < 1<<63 {
		return int64(f)
	}
	if n, ok := whole(v); ok {
		return n
	}
	return otherwise
}

// indentFilter indents all lines but the first and the empty ones.
func indentFilter(r *run, v any, a arguments) any {
	in := a.bind("indent", "width?", "first?", "blank?")
	by, ok := asString(in[0])
	if !ok {
		by = r.spaces(' ', count(or(in[0], int64(4))))
	}
	lines := splitLines(r, text(v)+"\n", arguments{}).(*List).Items
	first, blank := truth(or(in[1], false)), truth(or(in[2], false))
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == 0 && first || i > 0 && (blank || line != "") {
			r.spendBytes(len(by))
			b.WriteString(by)
		}
		b.WriteString(line.(string))
	}
	return like(v, r.made(b.String()))
}

func replaceFilter(r *run, v any, a arguments) any {
	in := a.bind("replace", "old", "new", "count?")
	return r.replace(r.str(v), r.str(in[0]), r.str(in[1]), count(or(in[2], int64(-1))))
}

func tojsonFilter(r *run, v any, a arguments) any {
	in := a.bind("tojson", "ensure_ascii?", "indent?", "separators?", "sort_keys?")
	w := &jsonWriter{r: r, comma: ", ", colon: ": ", ascii: truth(or(in[0], false)), sorted: truth(or(in[3], false))}
	if in[1] != missing && in[1] != nil {
		w.indented = true
		w.comma = ","
		if by, ok := asString(in[1]); ok {
			w.indent = by
		} else {
			w.indent = r.spaces(' ', count(in[1]))
		}
	}
	if in[2] != missing && in[2] != nil {
		separators := r.unpack(in[2], 2)
		w.comma, w.colon = text(separators[0]), text(separators[1])
	}
	w.write(v, 0)
	return w.b.String()
}

func trimFilter(r *run, v any, a arguments) any {
	return like(v, r.made(strip(r.str(v), a.bind("trim", "chars?")[0], true, true)))
}
