package jinja

import "fmt"

// maxRange is how many items a range may have in the sandbox of Jinja2.
const maxRange = 100000

// builtins are the functions of the global scope.
var builtins = map[string]any{
	"range":     &function{name: "range", call: makeRange},
	"dict":      &function{name: "dict", call: func(r *run, a arguments) any { return makeDict(r, "dict", a) }},
	"namespace": &function{name: "namespace", call: func(r *run, a arguments) any { return &namespace{makeDict(r, "namespace", a)} }},
}

func makeRange(r *run, a arguments) any {
	if len(a.named) > 0 || len(a.positional) == 0 || len(a.positional) > 3 {
		fail("range takes 1 to 3 arguments")
	}
	numbers := [3]int64{0, 0, 1}
	for i, v := range a.positional {
		n, ok := whole(v)
		if !ok {
			fail("'%s' object cannot be interpreted as an integer", typeName(v))
		}
		numbers[i] = n
	}
	if len(a.positional) == 1 {
		numbers[0], numbers[1] = numbers[1], numbers[0]
	}
	from, until, step := numbers[0], numbers[1], numbers[2]
	if step == 0 {
		fail("range() arg 3 must not be zero")
	}
	l := &List{kind: rangeList, note: fmt.Sprintf("range(%d, %d)", from, until)}
	if step != 1 {
		l.note = fmt.Sprintf("range(%d, %d, %d)", from, until, step)
	}
	for at := from; step > 0 && at < until || step < 0 && at > until; at = r.integerArithmetic("+", at, step) {
		if len(l.Items) == maxRange {
			fail("range too big: the sandbox blocks ranges larger than %d", maxRange)
		}
		r.spend(1)
		l.Items = append(l.Items, at)
	}
	return l
}

// makeDict makes a dict of a mapping or of pairs, and of named arguments.
func makeDict(r *run, name string, a arguments) *Dict {
	d := NewDict()
	if len(a.positional) > 1 {
		fail("%s expected at most 1 argument, got %d", name, len(a.positional))
	}
	if len(a.positional) == 1 {
		if from, ok := a.positional[0].(*Dict); ok {
			r.spend(len(from.keys))
			d = from.clone()
		} else {
			for _, pair := range r.items(a.positional[0]) {
				items := r.unpack(pair, 2)
				d.set(items[0], items[1])
			}
		}
	}
	for _, n := range a.named {
		d.Set(n.name, n.value)
	}
	return d
}
