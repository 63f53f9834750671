package synthetic

import (
	"fmt"
	"math/rand/v2"

	"temper/model/recipe"
)

// atom is an atomic function: a letter with a number.
type atom struct {
	letter byte
	number int
}

// atomLetters are the kinds of atoms, with the bounds of their numbers.
var atomLetters = []struct {
	letter    byte
	low, high int
}{{'a', 1, 9}, {'b', 1, 9}, {'c', 2, 4}, {'d', 2, 9}, {'e', 1, 9}}

// atoms lists all atomic functions.
func atoms() (all []atom) {
	for _, kind := range atomLetters {
		for n := kind.low; n <= kind.high; n++ {
			all = append(all, atom{kind.letter, n})
		}
	}
	return all
}

// name is how a question calls the function.
func (a atom) name() string { return fmt.Sprintf("%c%d", a.letter, a.number) }

// expression is the function of what a program has for its argument.
func (a atom) expression(argument string) string {
	switch a.letter {
	case 'a':
		return fmt.Sprintf("%s+%d", argument, a.number)
	case 'b':
		return fmt.Sprintf("%s-%d", argument, a.number)
	case 'c':
		return fmt.Sprintf("%s*%d", argument, a.number)
	case 'd':
		return fmt.Sprintf("%s%%%d", argument, a.number)
	}
	return fmt.Sprintf("%d-%s", a.number, argument)
}

// at is its value. The remainder is Python's, which has the sign of the divisor.
func (a atom) at(x int) int {
	switch a.letter {
	case 'a':
		return x + a.number
	case 'b':
		return x - a.number
	case 'c':
		return x * a.number
	case 'd':
		return (x%a.number + a.number) % a.number
	}
	return a.number - x
}

// drawComposition draws a composition of so many atomic functions.
func drawComposition(rng *rand.Rand, depth int) task {
	all := atoms()
	chain := make([]atom, depth)
	for i := range chain {
		chain[i] = all[rng.IntN(len(all))]
	}
	return compositionTask(chain)
}

// compositionTask asks for the functions one after the other, the first of which is applied first.
func compositionTask(chain []atom) task {
	t := task{domain: recipe.DomainCode, answer: "x"}
	for i, a := range chain {
		t.question += a.name()
		if i > 0 {
			t.answer = "(" + t.answer + ")"
		}
		t.answer = a.expression(t.answer)
		t.lines = append(t.lines, line{t.answer, fmt.Sprintf("f(1)=%d", valueOf(chain[:i+1], 1))})
	}
	t.identity = "c:" + t.question
	t.id, t.question = t.identity, t.question+"?"
	t.tests = functionTests(func(x int) int { return valueOf(chain, x) })
	return t
}

// valueOf is the value of a composition at x.
func valueOf(chain []atom, x int) int {
	for _, a := range chain {
		x = a.at(x)
	}
	return x
}

// heldOut says whether the task's identity is held out. Atomic functions alone never are: what is
// held out is how they are put together.
func (t task) heldOut() bool {
	return len(t.lines) != 1 && HeldOut(t.identity)
}
