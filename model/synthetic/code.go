package synthetic

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"temper/model/recipe"
)

// family is the form of a linear function with slope a and constant b.
type family int

// a*x+b, a*x-b and b-a*x.
const (
	risingPlus family = iota
	risingMinus
	falling
)

// maxSlope and maxX0 bound the slope (from 1) and the first x (from 0).
const (
	maxSlope = 4
	maxX0    = 4
)

// drawCode draws slope, first x, family and constant until all values are single digits.
func drawCode(rng *rand.Rand) task {
	for {
		a, x0, form := 1+rng.IntN(maxSlope), rng.IntN(maxX0+1), family(rng.IntN(3))
		low := form.lowestConstant()
		b := low + rng.IntN(10-low)
		if t, ok := codeTask(a, x0, form, b); ok {
			return t
		}
	}
}

// heldOutCode lists every held-out code problem.
func heldOutCode() (tasks []task) {
	for form := risingPlus; form <= falling; form++ {
		for a := 1; a <= maxSlope; a++ {
			for b := form.lowestConstant(); b <= 9; b++ {
				for x0 := range maxX0 + 1 {
					if t, ok := codeTask(a, x0, form, b); ok && HeldOut(t.identity) {
						tasks = append(tasks, t)
					}
				}
			}
		}
	}
	return tasks
}

// lowestConstant keeps a*x-0 out, which is a*x+0.
func (f family) lowestConstant() int {
	if f == risingPlus {
		return 0
	}
	return 1
}

// at is the value of the function with slope a and constant b at x.
func (f family) at(a, b, x int) int {
	switch f {
	case risingPlus:
		return a*x + b
	case risingMinus:
		return a*x - b
	}
	return b - a*x
}

// expression is the function as a program has it.
func (f family) expression(a, b int) string {
	switch f {
	case risingPlus:
		return fmt.Sprintf("%d*x+%d", a, b)
	case risingMinus:
		return fmt.Sprintf("%d*x-%d", a, b)
	}
	return fmt.Sprintf("%d-%d*x", b, a)
}

// codeTask makes the problem "f(x0)=y0,f(x0+1)=y1". It reports false where a value is not a single digit.
func codeTask(a, x0 int, form family, b int) (task, bool) {
	product, y0, y1 := a*x0, form.at(a, b, x0), form.at(a, b, x0+1)
	if product > 9 || min(y0, y1) < 0 || max(y0, y1) > 9 {
		return task{}, false
	}
	slope := step{y1, '-', y0, a}
	var constant step
	switch form {
	case risingPlus:
		constant = step{y0, '-', product, b}
	case risingMinus:
		constant = step{product, '-', y0, b}
	case falling:
		slope = step{y0, '-', y1, a}
		constant = step{y0, '+', product, b}
	}
	expression := form.expression(a, b)
	identity := "c:" + expression
	return task{
		domain: recipe.DomainCode, id: fmt.Sprintf("%s@%d", identity, x0), identity: identity,
		question: fmt.Sprintf("f(%d)=%d,f(%d)=%d", x0, y0, x0+1, y1),
		steps:    []step{slope, {a, '*', x0, product}, constant},
		answer:   expression, tests: functionTests(func(x int) int { return form.at(a, b, x) }),
	}, true
}

// functionTests are the expected values of f on x = 0..9.
func functionTests(f func(x int) int) []byte {
	var text bytes.Buffer
	text.WriteString(`{"type":"function","name":"f","cases":[`)
	for x := range 10 {
		if x > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"args":[%d],"expect":%d}`, x, f(x))
	}
	text.WriteString("]}")
	return text.Bytes()
}
