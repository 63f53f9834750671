package synthetic

import (
	"fmt"
	"strings"

	"temper/model/dataset"
	"temper/model/recipe"
)

// operations are the words of a step's operator.
var operations = map[byte]string{'+': "plus", '-': "minus", '*': "times"}

// What worded code problems say of themselves.
const (
	released = "2024-07-01"
	place    = "https://synthetic.example/problems/"
)

// worded is the task as a problem that asks in English:
//
//	What is 9 minus 2, minus 3?
//	Write a function f(x) with f(2) = 7 and f(3) = 9.
func (t task) worded() dataset.Problem {
	p := t.problem()
	if t.domain == recipe.DomainCode {
		p.Question = "Write a function f(x) with " + strings.ReplaceAll(strings.ReplaceAll(t.question, ",", " and "), "=", " = ") + "."
		p.Golden, p.Released, p.URL = "def f(x):return "+t.answer, released, place+t.id
		return p
	}
	asked := "What is " + fmt.Sprint(t.steps[0].left)
	for i, s := range t.steps {
		if i > 0 {
			asked += ","
		}
		asked += fmt.Sprintf(" %s %d", operations[s.op], s.right)
	}
	p.Question = asked + "?"
	return p
}
