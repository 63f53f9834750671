package source

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// gsm8k is {question, answer}, as in GSM8K. It gives a problem and an example per row, or
// those of the row's calculations.
//
// The answer is what follows "####", without the commas that group digits. The
// example's response is the worked solution without the calculator annotations, then
// the answer in the form that the verifier reads. With the frame TokenFrame:
//
//	question "Tom has 2 boxes of 1,000 pens. How many pens?"
//	answer   "He has 2*1,000 = <<2*1000=2000>>2,000 pens.\n#### 2,000"
//	prompt   "<user>Tom has 2 boxes of 1,000 pens. How many pens?<asst><think>"
//	response "He has 2*1,000 = 2,000 pens.</think>\boxed{2000}"
var gsm8k = Source{
	Name: recipe.FormatGSM8K, Rows: jsonLines,
	Map: func(d recipe.Dataset, frame Frame) Mapping {
		if d.Calculations != nil {
			return (&calculations{Calculations: *d.Calculations, frame: frame}).line
		}
		return func(id string, row jsonl.Object) ([]dataset.Problem, []dataset.Example, error) {
			return gsm8kOf(id, row, frame)
		}
	},
}

// calculatorAnnotation is GSM8K's mark of a computed value, as in "48/2 = <<48/2=24>>24".
var calculatorAnnotation = regexp.MustCompile(`<<[^<>]*>>`)

// answerMark separates a GSM8K solution from its answer.
const answerMark = "####"

func gsm8kOf(id string, row jsonl.Object, frame Frame) ([]dataset.Problem, []dataset.Example, error) {
	question, answer, fields, err := gsm8kTexts(row, frame)
	if err != nil {
		return nil, nil, err
	}
	before, final, err := cutAnswer(answer)
	if err != nil {
		return nil, nil, err
	}
	solution := strings.TrimSpace(calculatorAnnotation.ReplaceAllString(before, ""))
	if solution == "" || final == "" {
		return nil, nil, errors.New(`field "answer" needs a solution, "####" and a final answer`)
	}
	p, err := frame.ask(dataset.Problem{ID: id, Question: question, Answer: final, Fields: fields})
	if err != nil {
		return nil, nil, err
	}
	e := dataset.Example{ID: id, Question: question, Prompt: p.Prompt, Response: frame.Response(solution, final)}
	return []dataset.Problem{p}, []dataset.Example{e}, nil
}

// cutAnswer is the solution before "####" and the answer after it.
func cutAnswer(answer string) (solution, final string, err error) {
	at := strings.LastIndex(answer, answerMark)
	if at < 0 {
		return "", "", errors.New(`field "answer" has no final answer after "####"`)
	}
	return answer[:at], strings.ReplaceAll(strings.TrimSpace(answer[at+len(answerMark):]), ",", ""), nil
}

// gsm8kTexts are the two fields of a row, which hold nothing that the frame reserves, and the rest.
func gsm8kTexts(row jsonl.Object, frame Frame) (question, answer string, fields json.RawMessage, err error) {
	if fields, err = frame.rest(row, "question", "answer"); err != nil {
		return "", "", nil, err
	}
	values, err := row.Texts("question", "answer")
	if err != nil {
		return "", "", nil, err
	}
	for i, name := range []string{"question", "answer"} {
		if err := frame.refuse(name, values[i]); err != nil {
			return "", "", nil, err
		}
	}
	return values[0], values[1], fields, nil
}
