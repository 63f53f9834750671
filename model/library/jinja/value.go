package jinja

import (
	"math"
	"slices"
)

// The values of templates are nil (None), bool, int64, float64, string, markup,
// and the types below.

// List is a list, or something that is like one in templates.
type List struct {
	Items []any
	kind  listKind
	// note is what prints in place of the items: range(0, 3)
	note string
}

type listKind int

const (
	list listKind = iota
	tuple
	rangeList
	dictKeys
	dictValues
	dictItems
	// generator is what filters such as map give: it can be read once, and has no length.
	generator
)

var listNames = [...]string{"list", "tuple", "range", "dict_keys", "dict_values", "dict_items", "generator"}

func newTuple(items ...any) *List    { return &List{Items: items, kind: tuple} }
func newGenerator(items []any) *List { return &List{Items: items, kind: generator} }

// Dict is a dict; it keeps the order in which its keys came.
type Dict struct {
	keys   []any
	values []any
	index  map[any]int
}

// NewDict returns an empty dict.
func NewDict() *Dict { return &Dict{index: map[any]int{}} }

// Set adds a key, or gives it another value in its place.
func (d *Dict) Set(key string, value any) { d.set(key, value) }

func (d *Dict) set(key, value any) {
	hash := hashKey(plain(key))
	if i, ok := d.index[hash]; ok {
		d.values[i] = value
		return
	}
	d.index[hash] = len(d.keys)
	d.keys = append(d.keys, key)
	d.values = append(d.values, value)
}

func (d *Dict) get(key any) (any, bool) {
	i, ok := d.index[hashKey(plain(key))]
	if !ok {
		return nil, false
	}
	return d.values[i], true
}

func (d *Dict) clone() *Dict {
	c := NewDict()
	for i, key := range d.keys {
		c.set(key, d.values[i])
	}
	return c
}

// The keys of dicts that are not themselves comparable in Go as in Python.
type (
	noneKey  struct{}
	tupleKey struct{ head, tail any }
)

// hashKey returns a comparable value that is equal for equal keys: 1, 1.0 and True are one key.
func hashKey(key any) any {
	switch k := key.(type) {
	case nil:
		return noneKey{}
	case bool:
		if k {
			return int64(1)
		}
		return int64(0)
	case float64:
		if k == math.Trunc(k) && math.Abs(k) < 1<<62 {
			return int64(k)
		}
		return k
	case *List:
		if k.kind == tuple && len(k.Items) <= 16 {
			var hash any = tupleKey{}
			for _, item := range k.Items {
				hash = tupleKey{head: hashKey(item), tail: hash}
			}
			return hash
		}
		fail("unhashable type: '%s'", typeName(key))
	case *Dict:
		fail("unhashable type: 'dict'")
	}
	return key
}

// undefined is what a name, an attribute or an item that is not there gives. It
// prints as nothing, is false and empty; anything else fails with its message.
type undefined struct {
	message string
}

// namespace is what namespace() gives: its attributes can be assigned.
type namespace struct{ attributes *Dict }

// function is anything that can be called.
type function struct {
	name string
	call func(r *run, a arguments) any
	// attributes of a macro
	attributes map[string]any
}

// bigInteger is an integer of JSON that does not fit in int64, by its digits. It
// can be printed and compared for equality, not computed with.
type bigInteger string

func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, bigInteger:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case markup:
		return "Markup"
	case *List:
		return listNames[v.kind]
	case *Dict:
		return "dict"
	case *undefined:
		return "Undefined"
	case *namespace:
		return "Namespace"
	case *loop:
		return "LoopContext"
	case *function:
		return "function"
	}
	return "object"
}

// truth is Python's bool().
func truth(v any) bool {
	switch v := plain(v).(type) {
	case nil, *undefined:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case *List:
		return v.kind == generator || len(v.Items) > 0
	case *Dict:
		return len(v.keys) > 0
	}
	return true
}

// equal is Python's ==.
func (r *run) equal(a, b any) bool {
	defer r.deeper()()
	if isNumber(a) && isNumber(b) {
		return compareNumbers(a, b) == 0 && !isNaN(a) && !isNaN(b)
	}
	a, b = plain(a), plain(b)
	switch x := a.(type) {
	case string:
		y, ok := b.(string)
		return ok && x == y
	case *undefined:
		_, ok := b.(*undefined)
		return ok
	case *List:
		y, ok := b.(*List)
		if !ok || x.kind != y.kind {
			return false
		}
		if x.kind > rangeList {
			return x == y
		}
		return x == y || slices.EqualFunc(x.Items, y.Items, r.same)
	case *Dict:
		y, ok := b.(*Dict)
		if !ok || len(x.keys) != len(y.keys) {
			return false
		}
		for i, key := range x.keys {
			other, ok := y.get(key)
			if !ok || !r.same(x.values[i], other) {
				return false
			}
		}
		return true
	}
	return a == b
}

// same is how items of lists and dicts are compared: what is the same object is equal.
func (r *run) same(a, b any) bool {
	r.spend(1)
	return isNaN(a) && isNaN(b) || r.equal(a, b)
}
