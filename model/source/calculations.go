package source

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// A calculation of two whole numbers as GSM8K annotates it, "48+24=72".
var calculation = regexp.MustCompile(`^(\d{1,9})([-+*/])(\d{1,9})=(\d{1,9})$`)

var (
	wholeNumber = regexp.MustCompile(`\d+`)
	sentenceEnd = regexp.MustCompile(`[.!?]\s+`)
)

// calculations cuts GSM8K's solutions into problems of one step each, as
// recipe.Calculations says. One reader reads one file: it counts what it kept, so
// that the share of responses without their calculation is exact and evenly spread.
//
//	question  "… then she sold half as many in May. How many clips did she sell altogether?"
//	answer    "She sold 48/2 = <<48/2=24>>24 clips in May.\nShe sold 48+24 = <<48+24=72>>72 clips altogether.\n#### 72"
//
// The second calculation, with a prompt of the sentence and of the question:
//
//	"She sold 48+24 ="                                      "48+24=72</think>\boxed{72}"
//	"How many clips did she sell altogether?\n48/2=24"      no: 48 does not stand in it
type calculations struct {
	recipe.Calculations
	frame Frame
	kept  int
}

// line maps one row to the problems of its calculations.
func (c *calculations) line(id string, row jsonl.Object) (problems []dataset.Problem, examples []dataset.Example, err error) {
	question, answer, fields, err := gsm8kTexts(row, c.frame)
	if err != nil {
		return nil, nil, err
	}
	solution, _, err := cutAnswer(answer)
	if err != nil {
		return nil, nil, err
	}
	var before []string
	for i, at := range calculatorAnnotation.FindAllStringIndex(solution, -1) {
		written := solution[at[0]+2 : at[1]-2]
		asked := askedBy(question, before)
		if c.Prompt == recipe.CalculationSentence {
			asked = sentenceUpTo(solution, at[0])
		}
		before = append(before, written)
		result, ok := c.result(written, asked)
		if !ok {
			continue
		}
		p, err := c.frame.ask(dataset.Problem{ID: fmt.Sprintf("%s/%d", id, i+1), Question: asked, Answer: result, Fields: fields})
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, p)
		examples = append(examples, dataset.Example{ID: p.ID, Question: asked, Prompt: p.Prompt, Response: c.response(written, result)})
	}
	return problems, examples, nil
}

// response is the calculation and its result, or for the share that the recipe
// asks for the result alone.
func (c *calculations) response(written, result string) string {
	alone := math.Floor(c.AnswerOnly*float64(c.kept+1)) > math.Floor(c.AnswerOnly*float64(c.kept))
	c.kept++
	if alone {
		written = ""
	}
	return c.frame.Response(written, result)
}

// result is a calculation's result if the calculation is one of two whole numbers
// that stand in what is asked, is right, and has no number above the bound.
func (c *calculations) result(written, asked string) (string, bool) {
	parts := calculation.FindStringSubmatch(written)
	if parts == nil || asked == "" {
		return "", false
	}
	given := wholeNumber.FindAllString(asked, -1)
	var numbers []int
	for _, digits := range []string{parts[1], parts[3], parts[4]} {
		n, err := strconv.Atoi(digits)
		if err != nil || n > c.MaxNumber {
			return "", false
		}
		numbers = append(numbers, n)
	}
	ok := slices.Contains(given, parts[1]) && slices.Contains(given, parts[3]) && isRight(numbers[0], parts[2], numbers[1], numbers[2])
	return parts[4], ok
}

func isRight(a int, operator string, b, result int) bool {
	switch operator {
	case "+":
		return a+b == result
	case "-":
		return a-b == result
	case "*":
		return a*b == result
	default:
		return b != 0 && a == b*result
	}
}

// askedBy is the question's last sentence, and below it the calculations before.
func askedBy(question string, before []string) string {
	question = strings.TrimSpace(question)
	if ends := sentenceEnd.FindAllStringIndex(question, -1); len(ends) > 0 {
		question = question[ends[len(ends)-1][1]:]
	}
	return strings.Join(append([]string{question}, before...), "\n")
}

// sentenceUpTo is the line of a solution up to a calculation, without the
// annotations of those before it.
func sentenceUpTo(solution string, end int) string {
	begin := strings.LastIndexByte(solution[:end], '\n') + 1
	return strings.TrimSpace(calculatorAnnotation.ReplaceAllString(solution[begin:end], ""))
}
