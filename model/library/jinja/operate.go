package jinja

import (
	"cmp"
	"math"
	"math/bits"
	"strings"
)

func isNumber(v any) bool {
	switch v.(type) {
	case bool, int64, float64:
		return true
	}
	return false
}

func isNaN(v any) bool {
	f, ok := v.(float64)
	return ok && math.IsNaN(f)
}

// whole returns an integer or a bool as an integer.
func whole(v any) (int64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int64:
		return v, true
	}
	return 0, false
}

// float returns a number as a float.
func float(v any) float64 {
	if f, ok := v.(float64); ok {
		return f
	}
	n, _ := whole(v)
	return float64(n)
}

// compareNumbers returns -1, 0 or 1, and 2 if one of them is NaN.
func compareNumbers(a, b any) int {
	x, xWhole := whole(a)
	y, yWhole := whole(b)
	switch {
	case xWhole && yWhole:
		return cmp.Compare(x, y)
	case isNaN(a) || isNaN(b):
		return 2
	}
	return cmp.Compare(float(a), float(b))
}

func (r *run) sign(operator string, v any) any {
	r.refuse(v)
	if f, ok := v.(float64); ok {
		if operator == "-" {
			return -f
		}
		return f
	}
	n, ok := whole(v)
	if !ok {
		fail("bad operand type for unary %s: '%s'", operator, typeName(v))
	}
	if operator == "-" {
		return r.integerArithmetic("-", 0, n)
	}
	return n
}

// refuse fails if one of the values is undefined.
func (r *run) refuse(values ...any) {
	for _, v := range values {
		if u, ok := v.(*undefined); ok {
			fail("%s", u.message)
		}
	}
}

func (r *run) arithmetic(operator string, a, b any) any {
	r.refuse(a, b)
	if isNumber(a) && isNumber(b) {
		x, xWhole := whole(a)
		y, yWhole := whole(b)
		if xWhole && yWhole && operator != "/" {
			return r.integerArithmetic(operator, x, y)
		}
		return floatArithmetic(operator, float(a), float(b))
	}
	switch operator {
	case "+":
		return r.add(a, b)
	case "*":
		if _, ok := whole(a); ok {
			a, b = b, a
		}
		if n, ok := whole(b); ok {
			return r.repeat(a, n)
		}
	}
	fail("unsupported operand type(s) for %s: '%s' and '%s'", operator, typeName(a), typeName(b))
	return nil
}

func (r *run) add(a, b any) any {
	x, isText := asString(a)
	y, both := asString(b)
	if isText && both && (isMarkup(a) || isMarkup(b)) {
		return markup(r.made(escaped(a, x) + escaped(b, y)))
	}
	switch x := a.(type) {
	case string:
		if both {
			return r.made(x + y)
		}
		fail(`can only concatenate str (not "%s") to str`, typeName(b))
	case *List:
		if y, ok := b.(*List); ok && x.kind == y.kind && x.kind <= tuple {
			sum := r.madeList(append(append(make([]any, 0, len(x.Items)+len(y.Items)), x.Items...), y.Items...))
			sum.kind = x.kind
			return sum
		}
		if x.kind <= tuple {
			fail(`can only concatenate %s (not "%s") to %s`, typeName(a), typeName(b), typeName(a))
		}
	}
	fail("unsupported operand type(s) for +: '%s' and '%s'", typeName(a), typeName(b))
	return nil
}

// repeat is the product of a string or a list and an integer.
func (r *run) repeat(v any, n int64) any {
	times := int(max(0, min(n, math.MaxInt32)))
	switch v := v.(type) {
	case markup:
		return markup(r.repeat(string(v), n).(string))
	case string:
		r.allow(times, len(v))
		r.spendBytes(len(v) * times)
		return strings.Repeat(v, times)
	case *List:
		if v.kind > tuple {
			break
		}
		r.allow(times, 16*len(v.Items))
		r.spend(len(v.Items) * times)
		items := make([]any, 0, len(v.Items)*times)
		for range min(times, cap(items)) {
			items = append(items, v.Items...)
		}
		return &List{Items: items, kind: v.kind}
	}
	fail("unsupported operand type(s) for *: '%s' and 'int'", typeName(v))
	return nil
}

// integerArithmetic fails where the result does not fit in int64.
func (r *run) integerArithmetic(operator string, x, y int64) int64 {
	var z int64
	fits := true
	switch operator {
	case "+":
		z = x + y
		fits = (z > x) == (y > 0)
	case "-":
		z = x - y
		fits = (z < x) == (y > 0)
	case "*":
		high, low := bits.Mul64(magnitude(x), magnitude(y))
		z = x * y
		fits = high == 0 && low <= math.MaxInt64
	default:
		if y == 0 {
			fail("integer division or modulo by zero")
		}
		if y == -1 { // the least integer has no quotient
			if operator == "%" {
				return 0
			}
			return r.integerArithmetic("-", 0, x)
		}
		quotient, remainder := x/y, x%y
		if remainder != 0 && (remainder < 0) != (y < 0) { // Python rounds down
			quotient--
			remainder += y
		}
		if z = remainder; operator == "//" {
			z = quotient
		}
	}
	if !fits {
		fail("the result of %d %s %d does not fit in 64 bits", x, operator, y)
	}
	return z
}

func magnitude(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

func floatArithmetic(operator string, x, y float64) any {
	switch operator {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	}
	if y == 0 {
		fail("division by zero")
	}
	if operator == "/" {
		return x / y
	}
	remainder := math.Mod(x, y)
	quotient := (x - remainder) / y
	if remainder != 0 && (remainder < 0) != (y < 0) {
		remainder += y
		quotient--
	}
	if operator == "%" {
		if remainder == 0 {
			return math.Copysign(0, y)
		}
		return remainder
	}
	if floor := math.Floor(quotient); quotient-floor > 0.5 {
		return floor + 1
	} else {
		return floor
	}
}

// compare is one comparison of a chain.
func (r *run) compare(operator string, a, b any) bool {
	switch operator {
	case "==":
		return r.equal(a, b)
	case "!=":
		return !r.equal(a, b)
	case "in":
		return r.contains(b, a)
	case "not in":
		return !r.contains(b, a)
	}
	order := r.order(operator, a, b)
	switch operator {
	case "<":
		return order == -1
	case "<=":
		return order == -1 || order == 0
	case ">":
		return order == 1
	}
	return order == 1 || order == 0
}

// order returns -1, 0 or 1, and 2 if there is no order (NaN).
func (r *run) order(operator string, a, b any) int {
	r.refuse(a, b)
	r.spend(1)
	defer r.deeper()()
	a, b = plain(a), plain(b)
	if isNumber(a) && isNumber(b) {
		return compareNumbers(a, b)
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			r.spend(min(len(x), len(y)) / 16)
			return strings.Compare(x, y)
		}
	case *List:
		y, ok := b.(*List)
		if !ok || x.kind != y.kind || x.kind > tuple {
			break
		}
		for i := range min(len(x.Items), len(y.Items)) {
			if !r.same(x.Items[i], y.Items[i]) {
				return r.order(operator, x.Items[i], y.Items[i])
			}
		}
		return compareNumbers(int64(len(x.Items)), int64(len(y.Items)))
	}
	fail("'%s' not supported between instances of '%s' and '%s'", operator, typeName(a), typeName(b))
	return 0
}

// contains is Python's in.
func (r *run) contains(container, v any) bool {
	switch c := plain(container).(type) {
	case string:
		text, ok := asString(v)
		if !ok {
			fail("'in <string>' requires string as left operand, not %s", typeName(v))
		}
		r.spend(len(c)/16 + 1)
		return strings.Contains(c, text)
	case *Dict:
		_, ok := c.get(v)
		return ok
	case *List, *undefined:
		for _, item := range r.items(c) {
			if r.same(item, v) {
				return true
			}
		}
		return false
	}
	fail("argument of type '%s' is not iterable", typeName(container))
	return false
}
