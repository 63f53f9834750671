package jinja

// flow says how a statement ended.
type flow int

const (
	goOn flow = iota
	breakLoop
	continueLoop
)

// execute runs statements in the current scope, up to a break or a continue.
func (r *run) execute(body []statement) flow {
	defer r.deeper()()
	for _, s := range body {
		r.spend(1)
		if f := r.statement(s); f != goOn {
			return f
		}
	}
	return goOn
}

func (r *run) statement(s statement) flow {
	switch s := s.(type) {
	case *output:
		r.line = s.line
		if s.value == nil {
			r.write(s.text)
		} else {
			r.write(r.str(r.eval(s.value)))
		}
	case *ifStatement:
		r.line = s.line
		if truth(r.eval(s.condition)) {
			return r.execute(s.then)
		}
		return r.execute(s.otherwise)
	case *forStatement:
		r.line = s.line
		r.forLoop(s, r.eval(s.over))
	case *jump:
		return s.flow
	case *setStatement:
		r.line = s.line
		r.assign(s.target, r.eval(s.value))
	case *setBlock:
		r.assign(s.target, r.filterAll(s.filters, r.captureBody(s.body)))
	case *filterBlock:
		r.write(r.str(r.filterAll(s.filters, r.captureBody(s.body))))
	case *macroStatement:
		r.scope.vars[s.macro.name] = r.macro(s.macro)
	case *generationBlock:
		r.within(newScope(r.scope), func() { r.execute(s.body) })
	}
	return goOn
}

// captureBody returns what a body writes in a scope of its own.
func (r *run) captureBody(body []statement) string {
	var text string
	r.within(newScope(r.scope), func() { text = r.capture(func() { r.execute(body) }) })
	return text
}

// filterAll applies filters of a block. Only the first has no value of its own.
func (r *run) filterAll(filters []*filterExpression, text string) any {
	var value any = text
	for _, f := range filters {
		r.line = f.line
		value = r.filter(f.name, value, r.arguments(f.arguments))
	}
	return value
}

func (r *run) assign(to target, value any) {
	switch {
	case to.tuple:
		items := r.unpack(value, len(to.parts))
		for i, part := range to.parts {
			r.assign(part, items[i])
		}
	case to.attribute != "":
		object, _ := r.scope.lookup(to.name)
		ns, ok := object.(*namespace)
		if !ok {
			fail("cannot assign attribute on non-namespace object")
		}
		ns.attributes.Set(to.attribute, value)
	default:
		r.scope.vars[to.name] = value
	}
}

func (r *run) unpack(value any, n int) []any {
	switch plain(value).(type) {
	case *List, *Dict, string, *undefined:
	default:
		fail("cannot unpack non-iterable %s object", typeName(value))
	}
	items := r.items(value)
	if len(items) > n {
		fail("too many values to unpack (expected %d)", n)
	}
	if len(items) < n {
		fail("not enough values to unpack (expected %d, got %d)", n, len(items))
	}
	return items
}

// forLoop runs a loop over the items of over.
func (r *run) forLoop(s *forStatement, over any) {
	outer := r.scope
	items := r.items(over)
	if s.filter != nil {
		var kept []any
		for _, item := range items {
			turn := newScope(outer)
			r.within(turn, func() {
				r.assign(s.target, item)
				if truth(r.eval(s.filter)) {
					kept = append(kept, item)
				}
			})
		}
		items = kept
	}
	if len(items) == 0 {
		r.within(newScope(outer), func() { r.execute(s.otherwise) })
		return
	}
	l := &loop{items: items}
	for i, item := range items {
		r.spend(1)
		l.index = i
		turn := newScope(outer)
		turn.vars["loop"] = l
		var f flow
		r.within(turn, func() {
			r.assign(s.target, item)
			f = r.execute(s.body)
		})
		if f == breakLoop {
			return
		}
	}
}

// loop is the variable of that name in a loop.
type loop struct {
	items []any
	index int
}

func (l *loop) attribute(name string) (any, bool) {
	n := len(l.items)
	switch name {
	case "index":
		return int64(l.index + 1), true
	case "index0":
		return int64(l.index), true
	case "revindex":
		return int64(n - l.index), true
	case "revindex0":
		return int64(n - l.index - 1), true
	case "first":
		return l.index == 0, true
	case "last":
		return l.index == n-1, true
	case "length":
		return int64(n), true
	case "previtem":
		if l.index == 0 {
			return &undefined{"there is no previous item"}, true
		}
		return l.items[l.index-1], true
	case "nextitem":
		if l.index == n-1 {
			return &undefined{"there is no next item"}, true
		}
		return l.items[l.index+1], true
	case "cycle", "changed", "depth", "depth0": // what Jinja has must not be taken for undefined
		fail("loop.%s is not supported", name)
	}
	return nil, false
}
