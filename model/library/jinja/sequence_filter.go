package jinja

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// path is what filters such as map take as attribute: names and indices, joined by dots.
type path []any

func newPath(attribute any) path {
	switch a := plain(attribute).(type) {
	case nil:
		return nil
	case string:
		var p path
		for part := range strings.SplitSeq(a, ".") {
			if n, err := strconv.ParseInt(part, 10, 64); err == nil && n >= 0 && part[0] != '+' {
				p = append(p, n)
			} else {
				p = append(p, part)
			}
		}
		return p
	}
	return path{attribute}
}

// get looks an attribute up; what is undefined on the way is replaced by otherwise, unless that is None.
func (r *run) get(p path, v, otherwise any) any {
	for _, part := range p {
		v = r.item(v, part)
		if _, ok := v.(*undefined); ok && otherwise != nil {
			v = otherwise
		}
	}
	return v
}

// folded makes strings lower case, where a filter ignores the case.
func folded(v any, caseSensitive bool) any {
	if s, ok := asString(v); ok && !caseSensitive {
		return lower(s)
	}
	return v
}

// sorted sorts items by their keys. The order of equal ones stays.
func (r *run) sorted(items, keys []any, reverse bool) []any {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool {
		if reverse {
			return r.compare("<", keys[order[j]], keys[order[i]])
		}
		return r.compare("<", keys[order[i]], keys[order[j]])
	})
	out := make([]any, len(items))
	for i, at := range order {
		out[i] = items[at]
	}
	return out
}

func (r *run) keys(items []any, key func(any) any) []any {
	keys := make([]any, len(items))
	for i, item := range items {
		keys[i] = key(item)
	}
	r.spend(len(keys))
	return keys
}

// sortedDict returns a dict with its keys in order.
func (r *run) sortedDict(d *Dict) *Dict {
	out := NewDict()
	for _, key := range r.sorted(d.keys, d.keys, false) {
		v, _ := d.get(key)
		out.set(key, v)
	}
	return out
}

func sortFilter(r *run, v any, a arguments) any {
	in := a.bind("sort", "reverse?", "case_sensitive?", "attribute?")
	caseSensitive := truth(or(in[1], false))
	var paths []path
	switch attribute := plain(or[any](in[2], nil)).(type) {
	case string:
		for part := range strings.SplitSeq(attribute, ",") {
			paths = append(paths, newPath(part))
		}
	default:
		paths = []path{newPath(attribute)}
	}
	items := slices.Clone(r.items(v))
	keys := r.keys(items, func(item any) any {
		key := &List{}
		for _, p := range paths {
			key.Items = append(key.Items, folded(r.get(p, item, nil), caseSensitive))
		}
		return key
	})
	return r.madeList(r.sorted(items, keys, truth(or(in[0], false))))
}

func dictsortFilter(r *run, v any, a arguments) any {
	in := a.bind("dictsort", "case_sensitive?", "by?", "reverse?")
	d, ok := v.(*Dict)
	by := or(in[1], "key")
	if !ok || by != "key" && by != "value" {
		r.refuse(v)
		fail(`dictsort sorts a mapping by "key" or "value"`)
	}
	from := d.keys
	if by == "value" {
		from = d.values
	}
	keys := r.keys(from, func(item any) any { return folded(item, truth(or(in[0], false))) })
	return r.madeList(r.sorted(r.pairs(d), keys, truth(or(in[2], false))))
}

func uniqueFilter(r *run, v any, a arguments) any {
	in := a.bind("unique", "case_sensitive?", "attribute?")
	p := newPath(or[any](in[1], nil))
	seen := NewDict()
	var items []any
	for _, item := range r.items(v) {
		key := folded(r.get(p, item, nil), truth(or(in[0], false)))
		if _, ok := seen.get(key); !ok {
			seen.set(key, nil)
			items = append(items, item)
		}
	}
	return newGenerator(items)
}

func mapFilter(r *run, v any, a arguments) any {
	var do func(item any) any
	if len(a.positional) == 0 && len(a.named) > 0 {
		in := a.bind("map", "attribute?", "default?")
		p, otherwise := newPath(or[any](in[0], nil)), or[any](in[1], nil)
		do = func(item any) any { return r.get(p, item, otherwise) }
	} else {
		if len(a.positional) == 0 {
			fail("map requires a filter argument")
		}
		name, rest := text(a.positional[0]), arguments{positional: a.positional[1:], named: a.named}
		do = func(item any) any { return r.filter(name, item, rest) }
	}
	return newGenerator(r.keys(r.items(v), do))
}

// selectFilter makes select, reject, selectattr and rejectattr.
func selectFilter(filter string, keep, byAttribute bool) func(*run, any, arguments) any {
	return func(r *run, v any, a arguments) any {
		if !truth(v) {
			return newGenerator(nil)
		}
		var p path
		if byAttribute {
			if len(a.positional) == 0 {
				fail("%s misses the name of an attribute", filter)
			}
			p = newPath(a.positional[0])
			a.positional = a.positional[1:]
		}
		holds := truth
		if len(a.positional) > 0 {
			name, rest := text(a.positional[0]), arguments{positional: a.positional[1:], named: a.named}
			holds = func(item any) bool { return r.test(name, item, rest) }
		}
		var items []any
		for _, item := range r.items(v) {
			if holds(r.get(p, item, nil)) == keep {
				items = append(items, item)
			}
		}
		return newGenerator(items)
	}
}

func firstFilter(r *run, v any, a arguments) any {
	a.bind("first")
	if s, ok := asString(v); ok && s != "" {
		_, n := utf8.DecodeRuneInString(s)
		return s[:n]
	}
	if l, ok := v.(*List); ok && l.kind == generator && len(l.Items) > 0 {
		first := l.Items[0]
		l.Items = l.Items[1:]
		return first
	}
	if items := r.items(v); len(items) > 0 {
		return items[0]
	}
	return &undefined{"no first item, sequence was empty"}
}

func lastFilter(r *run, v any, a arguments) any {
	a.bind("last")
	if l, ok := v.(*List); ok && l.kind == generator {
		fail("'generator' object is not reversible")
	}
	if items := r.items(v); len(items) > 0 {
		return items[len(items)-1]
	}
	return &undefined{"no last item, sequence was empty"}
}

func reverseFilter(r *run, v any, a arguments) any {
	a.bind("reverse")
	if l, ok := v.(*List); ok && l.kind == generator {
		v = &List{Items: r.items(l)}
	}
	items := slices.Clone(r.items(v))
	slices.Reverse(items)
	if _, ok := asString(v); ok {
		return r.join(items, "")
	}
	return newGenerator(items)
}

func listFilter(r *run, v any, a arguments) any {
	a.bind("list")
	return r.madeList(slices.Clone(r.items(v)))
}

func itemsFilter(r *run, v any, a arguments) any {
	a.bind("items")
	switch v := v.(type) {
	case *undefined:
		return newGenerator(nil)
	case *Dict:
		return newGenerator(r.pairs(v))
	}
	fail("can only get item pairs from a mapping")
	return nil
}

func joinFilter(r *run, v any, a arguments) any {
	in := a.bind("join", "d?", "attribute?")
	p := newPath(or[any](in[1], nil))
	return r.join(r.keys(r.items(v), func(item any) any { return r.get(p, item, nil) }), r.str(or(in[0], "")))
}

func (r *run) join(items []any, separator string) string {
	var b strings.Builder
	for i, item := range items {
		if i > 0 {
			b.WriteString(separator)
		}
		part := r.str(item)
		r.spendBytes(len(part) + len(separator))
		b.WriteString(part)
	}
	return b.String()
}
