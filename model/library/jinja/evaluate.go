package jinja

// eval returns the value of an expression.
func (r *run) eval(e expression) any {
	r.spend(1)
	defer r.deeper()()
	switch e := e.(type) {
	case nil:
		return nil
	case *constant:
		return e.value
	case *variable:
		r.line = e.line
		if v, ok := r.scope.lookup(e.name); ok {
			return v
		}
		return &undefined{"'" + e.name + "' is undefined"}
	case *listExpression:
		l := r.madeList(r.evalAll(e.items))
		if e.tuple {
			l.kind = tuple
		}
		return l
	case *dictExpression:
		d := NewDict()
		for i, key := range e.keys {
			d.set(r.eval(key), r.eval(e.values[i]))
		}
		return d
	case *attributeExpression:
		object := r.eval(e.object)
		r.line = e.line
		return r.attribute(object, e.name)
	case *itemExpression:
		return r.evalItem(e)
	case *callExpression:
		callee := r.eval(e.callee)
		a := r.arguments(e.arguments)
		r.line = e.line
		return r.call(callee, a)
	case *filterExpression:
		value := r.eval(e.value)
		a := r.arguments(e.arguments)
		r.line = e.line
		return r.filter(e.name, value, a)
	case *testExpression:
		value := r.eval(e.value)
		a := r.arguments(e.arguments)
		r.line = e.line
		return r.test(e.name, value, a)
	case *conditional:
		return r.evalConditional(e)
	}
	return r.evalOperation(e)
}

func (r *run) evalOperation(e expression) any {
	switch e := e.(type) {
	case *unaryExpression:
		value := r.eval(e.value)
		r.line = e.line
		if e.operator == "not" {
			return !truth(value)
		}
		return r.sign(e.operator, value)
	case *binaryExpression:
		left := r.eval(e.left)
		if e.operator == "and" && !truth(left) || e.operator == "or" && truth(left) {
			return left
		}
		right := r.eval(e.right)
		r.line = e.line
		if e.operator == "and" || e.operator == "or" {
			return right
		}
		return r.arithmetic(e.operator, left, right)
	case *comparison:
		left := r.eval(e.first)
		for i, operator := range e.operators {
			right := r.eval(e.rest[i])
			r.line = e.line
			if !r.compare(operator, left, right) {
				return false
			}
			left = right
		}
		return true
	case *concatenation:
		var text string
		for _, part := range e.parts {
			text = r.made(text + r.str(r.eval(part)))
		}
		return text
	}
	fail("unknown expression %T", e)
	return nil
}

func (r *run) evalConditional(e *conditional) any {
	if truth(r.eval(e.condition)) {
		return r.eval(e.then)
	}
	if e.otherwise == nil {
		return &undefined{"the condition of an inline if is false, and it has no else"}
	}
	return r.eval(e.otherwise)
}

func (r *run) evalAll(expressions []expression) []any {
	values := make([]any, len(expressions))
	for i, e := range expressions {
		values[i] = r.eval(e)
	}
	return values
}

func (r *run) evalItem(e *itemExpression) any {
	object := r.eval(e.object)
	if s, ok := e.key.(*sliceExpression); ok {
		from, until, step := r.eval(s.from), r.eval(s.until), r.eval(s.step)
		r.line = e.line
		return r.slice(object, from, until, step)
	}
	key := r.eval(e.key)
	r.line = e.line
	return r.item(object, key)
}

// arguments are the values of the arguments of a call.
type arguments struct {
	positional []any
	named      []named
}

type named struct {
	name  string
	value any
}

func (r *run) arguments(c callArguments) arguments {
	a := arguments{positional: r.evalAll(c.positional)}
	for i, name := range c.names {
		a.named = append(a.named, named{name, r.eval(c.named[i])})
	}
	if c.list != nil {
		a.positional = append(a.positional, r.items(r.eval(c.list))...)
	}
	if c.dict != nil {
		value := r.eval(c.dict)
		d, ok := value.(*Dict)
		if !ok {
			fail("argument after ** must be a mapping, not %s", typeName(value))
		}
		for i, key := range d.keys {
			a.named = append(a.named, named{r.str(key), d.values[i]})
		}
	}
	return a
}

// missing stands for an argument that was not given.
var missing = &undefined{"missing argument"}

// bind returns the arguments of the function by the names of its parameters. A
// name that ends with "?" may be missing; its value is then missing.
func (a arguments) bind(function string, parameters ...string) []any {
	values := make([]any, len(parameters))
	if len(a.positional) > len(parameters) {
		fail("%s() takes at most %d arguments, %d given", function, len(parameters), len(a.positional))
	}
	for i := range values {
		values[i] = missing
		if i < len(a.positional) {
			values[i] = a.positional[i]
		}
	}
	for _, n := range a.named {
		i := parameter(parameters, n.name)
		if i < 0 || i < len(a.positional) {
			fail("%s() takes no further argument '%s'", function, n.name)
		}
		values[i] = n.value
	}
	for i, name := range parameters {
		if values[i] == missing && name[len(name)-1] != '?' {
			fail("%s() misses the argument '%s'", function, name)
		}
	}
	return values
}

func parameter(parameters []string, name string) int {
	for i, p := range parameters {
		if p == name || p == name+"?" {
			return i
		}
	}
	return -1
}

// or returns the value of an argument, or that one if it is missing.
func or[T any](value any, otherwise T) any {
	if value == missing {
		return otherwise
	}
	return value
}

func (r *run) call(callee any, a arguments) any {
	defer r.deeper()()
	switch f := callee.(type) {
	case *function:
		return f.call(r, a)
	case *undefined:
		fail("%s", f.message)
	}
	fail("'%s' object is not callable", typeName(callee))
	return nil
}

// macro makes a macro of the current scope callable.
func (r *run) macro(m *macroSyntax) *function {
	defined := r.scope
	return &function{name: m.name, attributes: map[string]any{"name": m.name}, call: func(r *run, a arguments) any {
		line := r.line
		inner := newScope(defined)
		text := ""
		r.within(inner, func() {
			r.bindMacro(m, a, inner)
			text = r.capture(func() { r.execute(m.body) })
		})
		r.line = line
		return text
	}}
}

// bindMacro sets the parameters of a macro in its scope.
func (r *run) bindMacro(m *macroSyntax, a arguments, inner *scope) {
	if n := len(m.parameters); len(a.positional) > n {
		fail("macro '%s' takes not more than %d argument(s)", m.name, n)
	}
	given := map[string]any{}
	for i, v := range a.positional {
		given[m.parameters[i]] = v
	}
	for _, n := range a.named {
		if _, double := given[n.name]; double || parameter(m.parameters, n.name) < 0 {
			fail("macro '%s' takes no keyword argument '%s'", m.name, n.name)
		}
		given[n.name] = n.value
	}
	for i, name := range m.parameters {
		if v, ok := given[name]; ok {
			inner.vars[name] = v
		} else if d := i - (len(m.parameters) - len(m.defaults)); d >= 0 {
			inner.vars[name] = r.eval(m.defaults[d])
		} else {
			inner.vars[name] = &undefined{"parameter '" + name + "' was not provided"}
		}
	}
}
