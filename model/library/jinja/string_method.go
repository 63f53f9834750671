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
	"title":      ofText("title", title),
	"capitalize": ofText("capitalize", capitalize),
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
	"replace":    replaceMethod,
	"join":       joinMethod,
	"partition":  func(_ *run, s string, a arguments) any { return partition(s, a, "partition", strings.Index) },
	"rpartition": func(_ *run, s string, a arguments) any { return partition(s, a, "rpartition", strings.LastIndex) },
	"find":       func(_ *run, s string, a arguments) any { return find(s, a) },
	"count": func(_ *run, s string, a arguments) any {
		return int64(strings.Count(s, text(a.bind("count", "sub")[0])))
	},
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
	if n > 1<<31-1 || n < -1<<31 {
		fail("the integer %d is too large", n)
	}
	return int(n)
}

func upper(s string) string {
	if strings.ContainsRune(s, 'ß') {
		s = strings.ReplaceAll(s, "ß", "SS")
	}
	return strings.ToUpper(s)
}

func lower(s string) string { return strings.ToLower(s) }

func capitalize(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return upper(s[:n]) + lower(s[n:])
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
	in := a.bind(name, "affix")[0]
	if l, ok := in.(*List); ok && l.kind == tuple {
		return slices.ContainsFunc(l.Items, func(item any) bool { return has(s, text(item)) })
	}
	affix, ok := asString(in)
	if !ok {
		fail("%s first arg must be str or a tuple of str, not %s", name, typeName(in))
	}
	return has(s, affix)
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
func find(s string, a arguments) any {
	i := strings.Index(s, text(a.bind("find", "sub")[0]))
	if i < 0 {
		return int64(-1)
	}
	return int64(utf8.RuneCountInString(s[:i]))
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

// spaces returns n times a character.
func (r *run) spaces(c rune, n int) string {
	if n <= 0 {
		return ""
	}
	r.allow(n, utf8.UTFMax)
	r.spendBytes(n * utf8.RuneLen(c))
	return strings.Repeat(string(c), n)
}
