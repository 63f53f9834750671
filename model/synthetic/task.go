package synthetic

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"temper/model/dataset"
	"temper/model/recipe"
)

// labels name the steps in order; they bound the number of operations.
const labels = "abcde"

// step is one operation on single digits: left op right = result.
type step struct {
	left   int
	op     byte // '+', '-' or '*'
	right  int
	result int
}

// line is the composition so far: its expression, and its value at 1 as a check.
type line struct{ expression, check string }

// task is one problem with everything that its texts are made of.
type task struct {
	domain   recipe.Domain
	id       string // tells problems apart
	identity string // decides whether the problem is held out
	question string // without chat tokens
	steps    []step
	lines    []line // instead of steps, those of a composition
	answer   string // math: the value; code: the function's expression
	tests    json.RawMessage
}

// drawMath draws a start value from 0..9 and k operations. Every operation that
// keeps the value within 0..9 is equally likely, except that, where the value can
// be multiplied by 2, 3 or 4, a multiplication is taken with probability 1/4.
func drawMath(rng *rand.Rand, k int) task {
	value := rng.IntN(10)
	expression := fmt.Sprint(value)
	steps := make([]step, k)
	for i := range steps {
		candidates := additions(value)
		if products := multiplications(value); len(products) > 0 && rng.Float64() < 0.25 {
			candidates = products
		}
		steps[i] = candidates[rng.IntN(len(candidates))]
		expression += fmt.Sprintf("%c%c%d", labels[i], steps[i].op, steps[i].right)
		value = steps[i].result
	}
	identity := "m:" + expression
	return task{
		domain: recipe.DomainMath, id: identity, identity: identity, question: expression + "?",
		steps: steps, answer: fmt.Sprint(value),
	}
}

// additions lists the additions and subtractions of 1..9 that stay within 0..9.
func additions(value int) (steps []step) {
	for d := 1; value+d <= 9; d++ {
		steps = append(steps, step{value, '+', d, value + d})
	}
	for d := 1; value-d >= 0; d++ {
		steps = append(steps, step{value, '-', d, value - d})
	}
	return steps
}

// multiplications lists the multiplications by 2, 3 and 4 that stay within 0..9. Zero has none.
func multiplications(value int) (steps []step) {
	for d := 2; d <= 4 && value > 0 && value*d <= 9; d++ {
		steps = append(steps, step{value, '*', d, value * d})
	}
	return steps
}

// problem is the task as a prompt with something to verify a response by.
func (t task) problem() dataset.Problem {
	p := dataset.Problem{ID: t.id, Domain: t.domain, Question: t.question, Prompt: dataset.TokenPrompt(t.question), Tests: t.tests}
	if t.domain == recipe.DomainMath {
		p.Answer = t.answer
	}
	return p
}
