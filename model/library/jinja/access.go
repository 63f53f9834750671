package jinja

import (
	"slices"
	"strings"
)

// attribute is object.name: an attribute, else an item.
func (r *run) attribute(object any, name string) any {
	r.refuse(object)
	if v, ok := r.ownAttribute(object, name); ok {
		return v
	}
	if v, ok := r.ownItem(object, name); ok {
		return v
	}
	return absent(object, name)
}

// item is object[key]: an item, else an attribute.
func (r *run) item(object, key any) any {
	r.refuse(object)
	if v, ok := r.ownItem(object, key); ok {
		return v
	}
	if name, ok := asString(key); ok {
		if v, ok := r.ownAttribute(object, name); ok {
			return v
		}
		return absent(object, name)
	}
	return &undefined{objectName(object) + " has no element " + r.repr(key)}
}

func absent(object any, name string) any {
	return &undefined{objectName(object) + " has no attribute " + quote(name)}
}

func objectName(object any) string {
	if object == nil {
		return "'None'"
	}
	return "'" + typeName(object) + " object'"
}

// The methods that would change a list or a dict, which the sandbox refuses.
var mutators = map[string][]string{
	"list": {"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"},
	"dict": {"clear", "pop", "popitem", "setdefault", "update"},
}

// ownAttribute returns an attribute or a method that a Python object of this kind has.
func (r *run) ownAttribute(object any, name string) (any, bool) {
	if strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__") || slices.Contains(mutators[typeName(object)], name) {
		return &undefined{"access to attribute " + quote(name) + " of '" + typeName(object) + "' object is unsafe"}, true
	}
	switch o := object.(type) {
	case string:
		return stringMethod(o, name)
	case markup:
		return markupMethod(o, name)
	case *Dict:
		return dictMethod(o, name)
	case *List:
		return nil, false
	case *namespace:
		return o.attributes.get(name)
	case *loop:
		return o.attribute(name)
	case *function:
		v, ok := o.attributes[name]
		return v, ok
	}
	return nil, false
}

func method(name string, do func(r *run, a arguments) any) (any, bool) {
	return &function{name: name, call: do}, true
}

func dictMethod(d *Dict, name string) (any, bool) {
	switch name {
	case "get":
		return method(name, func(_ *run, a arguments) any {
			in := a.bind(name, "key", "default?")
			if v, ok := d.get(in[0]); ok {
				return v
			}
			return or[any](in[1], nil)
		})
	case "keys":
		return method(name, func(r *run, a arguments) any {
			a.bind(name)
			r.spend(len(d.keys))
			return &List{Items: d.keys, kind: dictKeys}
		})
	case "values":
		return method(name, func(r *run, a arguments) any {
			a.bind(name)
			r.spend(len(d.keys))
			return &List{Items: d.values, kind: dictValues}
		})
	case "items":
		return method(name, func(r *run, a arguments) any {
			a.bind(name)
			return &List{Items: r.pairs(d), kind: dictItems}
		})
	}
	return nil, false
}

// pairs are the items of a dict, as tuples.
func (r *run) pairs(d *Dict) []any {
	r.spend(2 * len(d.keys))
	pairs := make([]any, len(d.keys))
	for i, key := range d.keys {
		pairs[i] = newTuple(key, d.values[i])
	}
	return pairs
}

// ownItem is object[key] in Python, false where that raises an exception.
func (r *run) ownItem(object, key any) (any, bool) {
	switch o := object.(type) {
	case *Dict:
		if l, ok := key.(*List); ok && l.kind != tuple {
			return nil, false
		}
		if _, ok := key.(*Dict); ok {
			return nil, false
		}
		return o.get(key)
	case *List:
		if i, ok := position(key, len(o.Items)); ok && o.kind <= rangeList {
			return o.Items[i], true
		}
	case markup:
		item, ok := r.ownItem(string(o), key)
		if ok {
			item = markup(item.(string))
		}
		return item, ok
	case string:
		if _, ok := whole(key); ok {
			characters := []rune(o)
			r.spendBytes(len(o))
			if i, ok := position(key, len(characters)); ok {
				return string(characters[i]), true
			}
		}
	}
	return nil, false
}

// position turns an index, which counts from the end if it is negative, into an index of n items.
func position(key any, n int) (int, bool) {
	at, ok := whole(key)
	if !ok {
		return 0, false
	}
	if at < 0 {
		at += int64(n)
	}
	return int(at), at >= 0 && at < int64(n)
}

// slice is object[from:until:step].
func (r *run) slice(object, from, until, step any) any {
	r.refuse(object)
	switch o := object.(type) {
	case markup:
		return markup(r.slice(string(o), from, until, step).(string))
	case string:
		characters := []rune(o)
		r.spendBytes(len(o))
		var text strings.Builder
		for _, i := range sliceIndices(len(characters), from, until, step) {
			text.WriteRune(characters[i])
		}
		return text.String()
	case *List:
		if o.kind > rangeList {
			break
		}
		var items []any
		for _, i := range sliceIndices(len(o.Items), from, until, step) {
			items = append(items, o.Items[i])
		}
		part := r.madeList(items)
		if o.kind == tuple {
			part.kind = tuple
		}
		return part
	}
	fail("%s has no slices", objectName(object))
	return nil
}

// sliceIndices are the indices of n items that a slice takes.
func sliceIndices(n int, from, until, step any) []int {
	by := bound(step, 1, -n-1, n+1)
	if by == 0 {
		fail("slice step cannot be zero")
	}
	low, high := 0, n // where a slice may begin and end
	first, last := 0, n
	if by < 0 {
		low, high = -1, n-1
		first, last = n-1, -1
	}
	at := clampIndex(from, first, low, high, n)
	end := clampIndex(until, last, low, high, n)
	var taken []int
	for ; by > 0 && at < end || by < 0 && at > end; at += by {
		taken = append(taken, at)
	}
	return taken
}

// bound returns an integer argument between low and high, or that default for None.
func bound(v any, otherwise, low, high int) int {
	if v == nil {
		return otherwise
	}
	n, ok := whole(v)
	if !ok {
		fail("slice indices must be integers or None")
	}
	return int(max(int64(low), min(n, int64(high))))
}

func clampIndex(v any, otherwise, low, high, n int) int {
	if v == nil {
		return otherwise
	}
	i := bound(v, 0, -2*n-2, 2*n+2)
	if i < 0 {
		i += n
	}
	return max(low, min(i, high))
}
