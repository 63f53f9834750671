package jinja

import "slices"

// tests are what stands after "is". The functions get the value and one argument.
var tests = map[string]func(r *run, v, argument any) bool{}

// argumentTests are those that need an argument.
var argumentTests = []string{"divisibleby", "sameas", "in", "==", "eq", "equalto", "!=", "ne", ">", "gt", "greaterthan", ">=", "ge", "<", "lt", "lessthan", "<=", "le"}

// They refer to filters, which refer to tests.
func init() {
	tests = map[string]func(r *run, v, argument any) bool{
		"defined":   func(_ *run, v, _ any) bool { _, ok := v.(*undefined); return !ok },
		"undefined": func(_ *run, v, _ any) bool { _, ok := v.(*undefined); return ok },
		"none":      func(_ *run, v, _ any) bool { return v == nil },
		"boolean":   func(_ *run, v, _ any) bool { _, ok := v.(bool); return ok },
		"true":      func(_ *run, v, _ any) bool { return v == true },
		"false":     func(_ *run, v, _ any) bool { return v == false },
		"integer":   func(_ *run, v, _ any) bool { _, ok := whole(v); _, isBool := v.(bool); return ok && !isBool },
		"float":     func(_ *run, v, _ any) bool { _, ok := v.(float64); return ok },
		"number":    func(_ *run, v, _ any) bool { return isNumber(v) },
		"string":    func(_ *run, v, _ any) bool { _, ok := asString(v); return ok },
		"mapping":   func(_ *run, v, _ any) bool { _, ok := v.(*Dict); return ok },
		"sequence":  func(_ *run, v, _ any) bool { return isSequence(v) },
		"iterable":  func(_ *run, v, _ any) bool { _, ok := v.(*List); return ok || isSequence(v) },
		"escaped":   func(_ *run, v, _ any) bool { return isMarkup(v) },
		"odd":       func(r *run, v, _ any) bool { return r.divides(v, int64(2)) != int64(0) },
		"even":      func(r *run, v, _ any) bool { return r.divides(v, int64(2)) == int64(0) },
		"divisibleby": func(r *run, v, by any) bool {
			return r.equal(r.divides(v, by), int64(0))
		},
		"sameas": func(_ *run, v, as any) bool { return v == as },
	}
	for operator, names := range map[string][]string{"in": {"in"}, "==": {"==", "eq", "equalto"}, "!=": {"!=", "ne"}, ">": {">", "gt", "greaterthan"},
		">=": {">=", "ge"}, "<": {"<", "lt", "lessthan"}, "<=": {"<=", "le"}} {
		for _, name := range names {
			tests[name] = func(r *run, v, with any) bool { return r.compare(operator, v, with) }
		}
	}
}

// test applies a test.
func (r *run) test(name string, v any, a arguments) bool {
	do, ok := tests[name]
	if !ok {
		fail("no test named '%s'", name)
	}
	if slices.Contains(argumentTests, name) {
		return do(r, v, a.bind(name, "argument")[0])
	}
	a.bind(name)
	return do(r, v, nil)
}

// divides returns the rest of a division.
func (r *run) divides(v, by any) any {
	r.refuse(v)
	if !isNumber(v) {
		fail("a number is expected, got %s", typeName(v))
	}
	return r.arithmetic("%", v, by)
}

// isSequence reports whether v has a length and items.
func isSequence(v any) bool {
	switch v := plain(v).(type) {
	case string, *Dict, *undefined:
		return true
	case *List:
		return v.kind <= rangeList
	}
	return false
}
