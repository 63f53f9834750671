package jinja

import (
	"math/big"
	"strings"
)

// maxRange is how many items a range may have in the sandbox of Jinja2.
const maxRange = 100000

// builtins are the functions of the global scope.
var builtins = map[string]any{
	"range":     &function{name: "range", call: makeRange},
	"dict":      &function{name: "dict", call: func(r *run, a arguments) any { return makeDict(r, "dict", a) }},
	"namespace": &function{name: "namespace", call: func(r *run, a arguments) any { return &namespace{makeDict(r, "namespace", a)} }},
	"joiner":    &function{name: "joiner", call: makeJoiner},
	"cycler":    &function{name: "cycler", call: makeCycler},
	"self":      opaque{"<TemplateReference None>"},
}

func makeRange(r *run, a arguments) any {
	if len(a.named) > 0 || len(a.positional) == 0 || len(a.positional) > 3 {
		fail("range takes 1 to 3 arguments")
	}
	numbers := []*big.Int{new(big.Int), new(big.Int), big.NewInt(1)}
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
	step := numbers[2]
	if step.Sign() == 0 {
		fail("range() arg 3 must not be zero")
	}
	l := &List{kind: rangeList, note: "range(" + numbers[0].String() + ", " + numbers[1].String() + ")"}
	if step.Cmp(big.NewInt(1)) != 0 {
		l.note = strings.TrimSuffix(l.note, ")") + ", " + step.String() + ")"
	}
	for at := new(big.Int).Set(numbers[0]); at.Cmp(numbers[1])*step.Sign() < 0; at.Add(at, step) {
		if len(l.Items) == maxRange {
			fail("range too big: the sandbox blocks ranges larger than %d", maxRange)
		}
		r.spend(1)
		l.Items = append(l.Items, integer(new(big.Int).Set(at)))
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

// makeJoiner makes a function that gives a separator, but nothing at its first call.
func makeJoiner(_ *run, a arguments) any {
	separator := or(a.bind("joiner", "sep?")[0], ", ")
	used := false
	return &function{name: "joiner", call: func(_ *run, a arguments) any {
		a.bind("joiner")
		if used {
			return separator
		}
		used = true
		return ""
	}}
}

// makeCycler makes an object that gives its items in turn.
func makeCycler(_ *run, a arguments) any {
	if len(a.positional) == 0 || len(a.named) > 0 {
		fail("at least one item has to be provided")
	}
	at := 0
	current := func() any { return a.positional[at] }
	return &function{name: "cycler", call: func(*run, arguments) any {
		fail("'Cycler' object is not callable")
		return nil
	}, attributes: map[string]any{
		"current": current,
		"next": &function{name: "next", call: func(*run, arguments) any {
			v := current()
			at = (at + 1) % len(a.positional)
			return v
		}},
		"reset": &function{name: "reset", call: func(*run, arguments) any {
			at = 0
			return nil
		}},
	}}
}
