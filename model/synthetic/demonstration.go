package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/tokenizer"
)

// styleOrder is the order in which the weights of a mix are read: a map has none.
var styleOrder = []recipe.Style{recipe.Concise, recipe.Verbose, recipe.Guess}

// Leading and checking words with their weights in percent. They are unequal on
// purpose: with equal ones the entropy hardly depends on the temperature.
var (
	leadWords    = []string{"so", "then", "now", "next"}
	leadWeights  = []float64{60, 20, 12, 8}
	checkWords   = []string{"check", "wait", "hmm"}
	checkWeights = []float64{60, 30, 10}
)

// draw returns an index with probability proportional to its weight.
func draw(rng *rand.Rand, weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	last := 0
	point := rng.Float64() * sum
	for i, w := range weights {
		if w == 0 {
			continue
		}
		if last = i; point < w {
			return i
		}
		point -= w
	}
	return last // rounding left a rest
}

func drawStyle(rng *rand.Rand, mix map[recipe.Style]float64) recipe.Style {
	weights := make([]float64, len(styleOrder))
	for i, style := range styleOrder {
		weights[i] = mix[style]
	}
	return styleOrder[draw(rng, weights)]
}

// inverse is the check of a step in the verbose style.
func (s step) inverse() string {
	switch s.op {
	case '+':
		return fmt.Sprintf("%d-%d=%d", s.result, s.right, s.left)
	case '-':
		return fmt.Sprintf("%d+%d=%d", s.result, s.right, s.left)
	}
	return fmt.Sprintf("%d*%d=%d", s.right, s.left, s.result)
}

// reasoning writes out the steps, with a check after each in the verbose style.
func (t task) reasoning(rng *rand.Rand, style recipe.Style) string {
	if style == recipe.Guess {
		return ""
	}
	var text strings.Builder
	for _, l := range t.lines {
		text.WriteString(leadWords[draw(rng, leadWeights)] + l.expression)
		if style == recipe.Verbose {
			text.WriteString(checkWords[draw(rng, checkWeights)] + l.check + "ok")
		}
	}
	for i, s := range t.steps {
		fmt.Fprintf(&text, "%s%c%d%c%d=%d", leadWords[draw(rng, leadWeights)], labels[i], s.left, s.op, s.right, s.result)
		if style == recipe.Verbose {
			text.WriteString(checkWords[draw(rng, checkWeights)] + s.inverse() + "ok")
		}
	}
	return text.String()
}

// demonstration is the task with one correct response in a style.
func (t task) demonstration(rng *rand.Rand, style recipe.Style, number int) dataset.Example {
	final := tokenizer.BoxToken + t.answer + "}"
	if t.domain == recipe.DomainCode {
		final = "def f(x):return " + t.answer
	}
	return dataset.Example{
		ID:       fmt.Sprintf("%s/%d", t.id, number),
		Question: t.question,
		Prompt:   dataset.TokenPrompt(t.question),
		Response: t.reasoning(rng, style) + tokenizer.EndThinkToken + final,
	}
}

// baseText is the task worked without chat tokens. Code ends with the function.
func (t task) baseText(rng *rand.Rand) dataset.Example {
	text := t.reasoning(rng, recipe.Concise)
	if t.domain == recipe.DomainCode {
		text += ";" + t.answer
	}
	return dataset.Example{ID: t.id + "/0", Question: t.question, Prompt: t.question, Response: text}
}
