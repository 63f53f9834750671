package jinja

import (
	"strings"
	"unicode/utf8"
)

// What one rendering may use up. The text of its input counts in addition, a
// number of times that is enough for templates that copy it, token by token.
const (
	// maxWork bounds the evaluated expressions, the visited items and the
	// written bytes (in units of 16) together: about a second.
	maxWork = 1 << 22
	// maxBytes bounds the strings that a rendering makes, together.
	maxBytes = 1 << 27
	// inputTimes is how many times the input's bytes are added to both.
	inputTimes = 64
	// maxDepth bounds how deep expressions, macros and values are nested in each other.
	maxDepth = 3000
)

// run is the state of one rendering.
type run struct {
	line  int // of the template, where it stands
	out   *strings.Builder
	scope *scope
	work  int // what is left of it
	bytes int
	depth int
}

// spend counts n units of work.
func (r *run) spend(n int) {
	if r.work -= n; r.work < 0 {
		fail("the template computes too much")
	}
}

// spendBytes counts n bytes of new text.
func (r *run) spendBytes(n int) {
	r.spend(n/16 + 1)
	if r.bytes -= n; r.bytes < 0 {
		fail("the template makes too much text")
	}
}

// allow fails before something is made that has n times size bytes or items.
func (r *run) allow(n, size int) {
	if size > 0 && n > r.bytes/size {
		fail("the template makes too much text")
	}
}

// inputSize is about how many bytes a value has.
func inputSize(v any) int {
	size := 8
	switch v := v.(type) {
	case string:
		size += len(v)
	case *List:
		for _, item := range v.Items {
			size += inputSize(item)
		}
	case *Dict:
		for i, key := range v.keys {
			size += inputSize(key) + inputSize(v.values[i])
		}
	}
	return size
}

// made counts a string that was made, and returns it.
func (r *run) made(text string) string {
	r.spendBytes(len(text))
	return text
}

// madeList counts a list that was made, and returns it.
func (r *run) madeList(items []any) *List {
	r.spend(len(items))
	return &List{Items: items}
}

// deeper counts one level of nesting; the function that it returns ends it.
func (r *run) deeper() func() {
	if r.depth++; r.depth > maxDepth {
		fail("nested more than %d levels deep", maxDepth)
	}
	return r.shallower
}

func (r *run) shallower() { r.depth-- }

func (r *run) write(text string) {
	r.spendBytes(len(text))
	r.out.WriteString(text)
}

// capture returns what do writes.
func (r *run) capture(do func()) string {
	outer := r.out
	r.out = &strings.Builder{}
	defer func() { r.out = outer }()
	do()
	return r.out.String()
}

// within runs do in the scope s.
func (r *run) within(s *scope, do func()) {
	outer := r.scope
	r.scope = s
	do()
	r.scope = outer
}

// scope holds the variables of a template, of a loop's turn, of a macro's call.
type scope struct {
	vars   map[string]any
	parent *scope
}

func newScope(parent *scope) *scope { return &scope{vars: map[string]any{}, parent: parent} }

func (s *scope) lookup(name string) (any, bool) {
	for ; s != nil; s = s.parent {
		if v, ok := s.vars[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// items returns what a loop over v visits.
func (r *run) items(v any) []any {
	switch v := plain(v).(type) {
	case *List:
		items := v.Items
		if v.kind == generator {
			v.Items = nil
		}
		r.spend(len(items))
		return items
	case *Dict:
		r.spend(len(v.keys))
		return v.keys
	case string:
		items := make([]any, 0, utf8.RuneCountInString(v))
		r.spend(cap(items))
		for _, c := range v {
			items = append(items, string(c))
		}
		return items
	case *undefined:
		return nil
	}
	fail("'%s' object is not iterable", typeName(v))
	return nil
}

// length is Python's len().
func (r *run) length(v any) int {
	switch v := plain(v).(type) {
	case *List:
		if v.kind != generator {
			return len(v.Items)
		}
	case *Dict:
		return len(v.keys)
	case string:
		r.spend(len(v)/16 + 1)
		return utf8.RuneCountInString(v)
	case *undefined:
		return 0
	}
	fail("object of type '%s' has no len()", typeName(v))
	return 0
}
