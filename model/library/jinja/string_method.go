package jinja

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// stringMethods are the methods of Python's str that templates use.
var stringMethods = map[string]func(r *run, s string, a arguments) any{
	"upper":      ofText("upper", upper),
	"lower":      ofText("lower", lower),
	"casefold":   ofText("casefold", lower),
	"title":      ofText("title", title),
	"capitalize": ofText("capitalize", capitalize),
	"swapcase":   ofText("swapcase", swapCase),
	"strip": func(_ *run, s string, a arguments) any {
		return strip(s, a.bind("strip", "chars?")[0], true, true)
	},
	"lstrip": func(_ *run, s string, a arguments) any {
		return strip(s, a.bind("lstrip", "chars?")[0], true, false)
	},
	"rstrip": func(_ *run, s string, a arguments) any {
		return strip(s, a.bind("rstrip", "chars?")[0], false, true)
	},
	"split":      func(r *run, s string, a arguments) any { return split(r, s, a, "split") },
	"rsplit":     func(r *run, s string, a arguments) any { return split(r, s, a, "rsplit") },
	"splitlines": splitLines,
	"startswith": func(_ *run, s string, a arguments) any { return affix(s, a, "startswith", strings.HasPrefix) },
	"endswith":   func(_ *run, s string, a arguments) any { return affix(s, a, "endswith", strings.HasSuffix) },
	"removeprefix": func(_ *run, s string, a arguments) any {
		return strings.TrimPrefix(s, text(a.bind("removeprefix", "prefix")[0]))
	},
	"removesuffix": func(_ *run, s string, a arguments) any {
		return strings.TrimSuffix(s, text(a.bind("removesuffix", "suffix")[0]))
	},
	"replace": replaceMethod,
	"join":    joinMethod,
	"find":    func(_ *run, s string, a arguments) any { return find(s, a, "find", strings.Index) },
	"rfind":   func(_ *run, s string, a arguments) any { return find(s, a, "rfind", strings.LastIndex) },
	"index":   func(_ *run, s string, a arguments) any { return found(find(s, a, "index", strings.Index)) },
	"rindex":  func(_ *run, s string, a arguments) any { return found(find(s, a, "rindex", strings.LastIndex)) },
	"count": func(_ *run, s string, a arguments) any {
		return int64(strings.Count(s, text(a.bind("count", "sub")[0])))
	},
	"partition":  func(_ *run, s string, a arguments) any { return partition(s, a, "partition", strings.Index) },
	"rpartition": func(_ *run, s string, a arguments) any { return partition(s, a, "rpartition", strings.LastIndex) },
	"zfill":      zfill,
	"ljust":      func(r *run, s string, a arguments) any { return justify(r, s, a, "ljust") },
	"rjust":      func(r *run, s string, a arguments) any { return justify(r, s, a, "rjust") },
	"center":     func(r *run, s string, a arguments) any { return justify(r, s, a, "center") },
	"expandtabs": expandTabs,
	"format":     formatMethod,
	"isdigit":    every("isdigit", unicode.IsDigit),
	"isdecimal":  every("isdecimal", unicode.IsDigit),
	"isnumeric":  every("isnumeric", unicode.IsNumber),
	"isalpha":    every("isalpha", unicode.IsLetter),
	"isalnum":    every("isalnum", func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }),
	"isspace":    every("isspace", isSpace),
	"isascii":    func(_ *run, s string, _ arguments) any { return utf8.RuneCountInString(s) == len(s) },
	"islower":    func(_ *run, s string, _ arguments) any { return cased(s) && lower(s) == s },
	"isupper":    func(_ *run, s string, _ arguments) any { return cased(s) && upper(s) == s },
}

func stringMethod(s, name string) (any, bool) {
	do, ok := stringMethods[name]
	if !ok {
		return nil, false
	}
	return method(name, func(r *run, a arguments) any {
		r.spendBytes(len(s))
		return do(r, s, a)
	})
}

func ofText(name string, do func(string) string) func(*run, string, arguments) any {
	return func(_ *run, s string, a arguments) any {
		a.bind(name)
		return do(s)
	}
}

// every reports whether s is not empty and each of its characters is of a kind.
func every(name string, is func(rune) bool) func(*run, string, arguments) any {
	return func(_ *run, s string, a arguments) any {
		a.bind(name)
		return s != "" && strings.IndexFunc(s, func(c rune) bool { return !is(c) }) < 0
	}
}

// text returns an argument that must be a string.
func text(v any) string {
	s, ok := asString(v)
	if !ok {
		fail("expected a string, got %s", typeName(v))
	}
	return s
}

// count returns an argument that must be an integer, within int32.
func count(v any) int {
	n, ok := whole(v)
	if !ok {
		fail("expected an integer, got %s", typeName(v))
	}
	if !n.IsInt64() || n.Int64() > 1<<31-1 || n.Int64() < -1<<31 {
		fail("the integer %s is too large", n)
	}
	return int(n.Int64())
}

func upper(s string) string {
	if strings.ContainsRune(s, 'ß') {
		s = strings.ReplaceAll(s, "ß", "SS")
	}
	return strings.ToUpper(s)
}

func lower(s string) string { return strings.ToLower(s) }

func cased(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return unicode.IsUpper(c) || unicode.IsLower(c) || unicode.IsTitle(c) }) >= 0
}

func capitalize(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return upper(s[:n]) + lower(s[n:])
}

func swapCase(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsUpper(c) {
			return unicode.ToLower(c)
		}
		return unicode.ToUpper(c)
	}, s)
}

// title begins each run of letters with a capital.
func title(s string) string {
	within := false
	return strings.Map(func(c rune) rune {
		before := within
		within = unicode.IsLetter(c)
		if before {
			return unicode.ToLower(c)
		}
		return unicode.ToTitle(c)
	}, s)
}

func strip(s string, chars any, left, right bool) string {
	strips := isSpace
	if chars != missing && chars != nil {
		cut := text(chars)
		strips = func(c rune) bool { return strings.ContainsRune(cut, c) }
	}
	if left {
		s = strings.TrimLeftFunc(s, strips)
	}
	if right {
		s = strings.TrimRightFunc(s, strips)
	}
	return s
}

func split(r *run, s string, a arguments, name string) any {
	in := a.bind(name, "sep?", "maxsplit?")
	limit := -1
	if in[1] != missing {
		limit = count(in[1])
	}
	var parts []string
	switch {
	case in[0] == missing || in[0] == nil:
		parts = splitSpace(s, limit, name == "rsplit")
	case text(in[0]) == "":
		fail("empty separator")
	case limit < 0:
		parts = strings.Split(s, text(in[0]))
	case name == "split":
		parts = strings.SplitN(s, text(in[0]), limit+1)
	default:
		separator := text(in[0])
		for i := strings.LastIndex(s, separator); limit > 0 && i >= 0; i = strings.LastIndex(s, separator) {
			parts = append(parts, s[i+len(separator):])
			s = s[:i]
			limit--
		}
		parts = append(parts, s)
		slices.Reverse(parts)
	}
	return r.madeList(values(parts))
}

func values[T any](items []T) []any {
	all := make([]any, len(items))
	for i, item := range items {
		all[i] = item
	}
	return all
}

// splitSpace splits at runs of white space, at most limit times.
func splitSpace(s string, limit int, fromRight bool) []string {
	if limit < 0 {
		return strings.FieldsFunc(s, isSpace)
	}
	var parts []string
	for s = strip(s, nil, !fromRight, fromRight); s != ""; limit-- {
		i := -1
		if fromRight {
			i = strings.LastIndexFunc(s, isSpace)
		} else {
			i = strings.IndexFunc(s, isSpace)
		}
		if limit == 0 || i < 0 {
			parts = append(parts, s)
			break
		}
		_, width := utf8.DecodeRuneInString(s[i:])
		if fromRight {
			parts = append(parts, s[i+width:])
			s = strip(s[:i], nil, false, true)
		} else {
			parts = append(parts, s[:i])
			s = strip(s[i:], nil, true, false)
		}
	}
	if fromRight {
		slices.Reverse(parts)
	}
	return parts
}

// lineEnds are what str.splitlines takes as the end of a line.
const lineEnds = "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029"

func splitLines(r *run, s string, a arguments) any {
	keep := truth(or(a.bind("splitlines", "keepends?")[0], false))
	var parts []string
	for s != "" {
		i := strings.IndexAny(s, lineEnds)
		if i < 0 {
			parts = append(parts, s)
			break
		}
		_, width := utf8.DecodeRuneInString(s[i:])
		if strings.HasPrefix(s[i:], "\r\n") {
			width = 2
		}
		if keep {
			parts = append(parts, s[:i+width])
		} else {
			parts = append(parts, s[:i])
		}
		s = s[i+width:]
	}
	return r.madeList(values(parts))
}

func affix(s string, a arguments, name string, has func(s, affix string) bool) any {
	in := a.bind(name, "affix", "start?", "end?")
	from, until := in[1], in[2]
	if from != missing || until != missing {
		characters := []rune(s)
		begin := clampIndex(or[any](from, nil), 0, 0, len(characters), len(characters))
		end := clampIndex(or[any](until, nil), len(characters), 0, len(characters), len(characters))
		if begin > end {
			return false
		}
		s = string(characters[begin:end])
	}
	if l, ok := in[0].(*List); ok && l.kind == tuple {
		return slices.ContainsFunc(l.Items, func(item any) bool { return has(s, text(item)) })
	}
	if _, ok := asString(in[0]); !ok {
		fail("%s first arg must be str or a tuple of str, not %s", name, typeName(in[0]))
	}
	return has(s, text(in[0]))
}

func replaceMethod(r *run, s string, a arguments) any {
	in := a.bind("replace", "old", "new", "count?")
	return r.replace(s, text(in[0]), text(in[1]), count(or(in[2], int64(-1))))
}

// replace counts what a replacement makes before it makes it.
func (r *run) replace(s, old, by string, times int) string {
	found := strings.Count(s, old)
	if times >= 0 {
		found = min(found, times)
	}
	r.allow(found, len(by)-len(old))
	r.spendBytes(len(s) + found*max(0, len(by)-len(old)))
	return strings.Replace(s, old, by, times)
}

func joinMethod(r *run, s string, a arguments) any {
	var parts []string
	size := 0
	for i, item := range r.items(a.bind("join", "iterable")[0]) {
		part, ok := asString(item)
		if !ok {
			fail("sequence item %d: expected str instance, %s found", i, typeName(item))
		}
		r.spendBytes(len(part) + len(s))
		size += len(part)
		parts = append(parts, part)
	}
	return strings.Join(parts, s)
}

// find returns an index in characters, or -1.
func find(s string, a arguments, name string, index func(s, sub string) int) any {
	i := index(s, text(a.bind(name, "sub")[0]))
	if i < 0 {
		return int64(-1)
	}
	return int64(utf8.RuneCountInString(s[:i]))
}

func found(index any) any {
	if index == int64(-1) {
		fail("substring not found")
	}
	return index
}

func partition(s string, a arguments, name string, index func(s, sub string) int) any {
	separator := text(a.bind(name, "sep")[0])
	if separator == "" {
		fail("empty separator")
	}
	i := index(s, separator)
	switch {
	case i >= 0:
		return newTuple(s[:i], separator, s[i+len(separator):])
	case name == "partition":
		return newTuple(s, "", "")
	}
	return newTuple("", "", s)
}

func zfill(r *run, s string, a arguments) any {
	width := count(a.bind("zfill", "width")[0])
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = s[:1], s[1:]
	}
	return sign + r.spaces('0', width-utf8.RuneCountInString(s)-len(sign)) + s
}

func justify(r *run, s string, a arguments, name string) any {
	in := a.bind(name, "width", "fillchar?")
	fill, width := text(or(in[1], " ")), count(in[0])
	if utf8.RuneCountInString(fill) != 1 {
		fail("the fill character must be exactly one character long")
	}
	c, _ := utf8.DecodeRuneInString(fill)
	n := max(0, width-utf8.RuneCountInString(s))
	switch name {
	case "ljust":
		return s + r.spaces(c, n)
	case "rjust":
		return r.spaces(c, n) + s
	}
	left := n/2 + n&width&1
	return r.spaces(c, left) + s + r.spaces(c, n-left)
}

// spaces returns n times a character.
func (r *run) spaces(c rune, n int) string {
	if n <= 0 {
		return ""
	}
	r.allow(n, utf8.UTFMax)
	r.spendBytes(n * utf8.RuneLen(c))
	return strings.Repeat(string(c), n)
}

func expandTabs(r *run, s string, a arguments) any {
	size := count(or(a.bind("expandtabs", "tabsize?")[0], int64(8)))
	var b strings.Builder
	column := 0
	for _, c := range s {
		switch {
		case c == '\t' && size > 0:
			b.WriteString(r.spaces(' ', size-column%size))
			column = 0
		case c == '\t':
		case c == '\n' || c == '\r':
			b.WriteRune(c)
			column = 0
		default:
			b.WriteRune(c)
			column++
		}
	}
	return b.String()
}
