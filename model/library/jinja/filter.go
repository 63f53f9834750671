package jinja

import (
	"math"
	"math/big"
	"strings"
)

// filters are what stands after "|".
var filters = map[string]func(r *run, v any, a arguments) any{}

// They refer to each other.
func init() {
	filters = map[string]func(r *run, v any, a arguments) any{
		"abs": absFilter, "attr": attrFilter, "batch": batchFilter, "capitalize": textFilter("capitalize", capitalize),
		"center": centerFilter, "count": lengthFilter, "d": defaultFilter, "default": defaultFilter, "dictsort": dictsortFilter,
		"e": escapeFilter, "escape": escapeFilter,
		"first": firstFilter, "float": floatFilter, "format": formatFilter, "groupby": groupbyFilter, "indent": indentFilter, "int": intFilter,
		"items": itemsFilter, "join": joinFilter, "last": lastFilter, "length": lengthFilter, "list": listFilter,
		"lower": textFilter("lower", lower), "map": mapFilter, "max": extremeFilter("max", ">"), "min": extremeFilter("min", "<"),
		"reject": selectFilter("reject", false, false), "rejectattr": selectFilter("rejectattr", false, true),
		"replace": replaceFilter, "reverse": reverseFilter, "round": roundFilter, "safe": safeFilter,
		"select": selectFilter("select", true, false), "selectattr": selectFilter("selectattr", true, true),
		"slice": sliceFilter, "sort": sortFilter, "string": textFilter("string", strings.Clone), "sum": sumFilter,
		"title": titleFilter, "tojson": tojsonFilter, "trim": trimFilter, "truncate": truncateFilter,
		"unique": uniqueFilter, "upper": textFilter("upper", upper), "wordcount": wordcountFilter,
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

func absFilter(r *run, v any, a arguments) any {
	a.bind("abs")
	if !isNumber(v) {
		r.refuse(v)
		fail("bad operand type for abs(): '%s'", typeName(v))
	}
	if f, ok := v.(float64); ok {
		return math.Abs(f)
	}
	n, _ := whole(v)
	return integer(new(big.Int).Abs(n))
}

// attrFilter looks only for attributes, not for items.
func attrFilter(r *run, v any, a arguments) any {
	name := text(a.bind("attr", "name")[0])
	if own, ok := r.ownAttribute(v, name); ok {
		return own
	}
	return absent(v, name)
}

func centerFilter(r *run, v any, a arguments) any {
	width := or(a.bind("center", "width?")[0], int64(80))
	return justify(r, r.str(v), arguments{positional: []any{width}}, "center")
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

func floatFilter(r *run, v any, a arguments) any {
	otherwise := or(a.bind("float", "default?")[0], 0.0)
	r.refuse(v)
	if isNumber(v) {
		return float(v)
	}
	if s, ok := asString(v); ok {
		if f, ok := parseFloat(s); ok {
			return f
		}
	}
	return otherwise
}

func intFilter(r *run, v any, a arguments) any {
	in := a.bind("int", "default?", "base?")
	otherwise, base := or(in[0], int64(0)), count(or(in[1], int64(10)))
	r.refuse(v)
	if f, ok := v.(float64); ok {
		return orTruncated(f, otherwise)
	}
	if n, ok := whole(v); ok {
		return integer(n)
	}
	s, ok := asString(v)
	if !ok {
		return otherwise
	}
	if n, ok := parseInteger(s, base); ok {
		return n
	}
	if f, ok := parseFloat(s); ok {
		return orTruncated(f, otherwise)
	}
	return otherwise
}

func orTruncated(f float64, otherwise any) any {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return otherwise
	}
	return truncated(f)
}

func formatFilter(r *run, v any, a arguments) any {
	if len(a.named) > 0 && len(a.positional) > 0 {
		fail("can't handle positional and keyword arguments at the same time")
	}
	if len(a.named) > 0 {
		return r.format(r.str(v), makeDict(r, "format", a))
	}
	return r.format(r.str(v), newTuple(a.positional...))
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

// roundFilter rounds to a number of decimals: to the even neighbour, down or up.
func roundFilter(r *run, v any, a arguments) any {
	in := a.bind("round", "precision?", "method?")
	precision, method := count(or(in[0], int64(0))), text(or(in[1], "common"))
	r.refuse(v)
	if !isNumber(v) || precision < -300 || precision > 300 {
		fail("cannot round %s to %d decimals", typeName(v), precision)
	}
	n, isWhole := whole(v)
	factor := math.Pow(10, float64(precision))
	switch method {
	case "common":
		if isWhole && precision >= 0 {
			return integer(n)
		}
		return roundEven(float(v), precision)
	case "ceil":
		return math.Ceil(float(v)*factor) / factor
	case "floor":
		return math.Floor(float(v)*factor) / factor
	}
	fail("method must be common, ceil or floor")
	return nil
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

func truncateFilter(r *run, v any, a arguments) any {
	in := a.bind("truncate", "length?", "killwords?", "end?", "leeway?")
	length, end, leeway := count(or(in[0], int64(255))), text(or(in[2], "...")), 5
	if in[3] != missing && in[3] != nil {
		leeway = count(in[3])
	}
	characters, ending := []rune(text(v)), []rune(end)
	r.spendBytes(len(characters))
	if length < len(ending) || leeway < 0 {
		fail("truncate needs a length of at least %d and a leeway of at least 0", len(ending))
	}
	if len(characters) <= length+leeway {
		return v
	}
	kept := string(characters[:length-len(ending)])
	if !truth(or(in[1], false)) {
		if i := strings.LastIndexByte(kept, ' '); i >= 0 {
			kept = kept[:i]
		}
	}
	return kept + end
}

func wordcountFilter(r *run, v any, a arguments) any {
	a.bind("wordcount")
	return int64(len(strings.FieldsFunc(r.str(v), func(c rune) bool { return !isNameRune(c) })))
}
