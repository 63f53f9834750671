package dataset

import (
	"errors"
	"regexp"
	"strings"
)

// calculatorAnnotation is GSM8K's mark of a computed value, as in "48/2 = <<48/2=24>>24".
var calculatorAnnotation = regexp.MustCompile(`<<[^<>]*>>`)

// answerMark separates a GSM8K solution from its answer.
const answerMark = "####"

// GSM8K makes a problem and an example of one line of GSM8K. The answer is what
// follows "####", without the commas that group digits. The example's response
// is the worked solution without the calculator annotations, then the answer in
// the form that the verifier reads. With the frame TokenFrame:
//
//	question "Tom has 2 boxes of 1,000 pens. How many pens?"
//	answer   "He has 2*1,000 = <<2*1000=2000>>2,000 pens.\n#### 2,000"
//	prompt   "<user>Tom has 2 boxes of 1,000 pens. How many pens?<asst><think>"
//	response "He has 2*1,000 = 2,000 pens.</think>\boxed{2000}"
func GSM8K(id, question, answer string, frame Frame) (Problem, Example, error) {
	before, final, err := cutAnswer(answer)
	if err != nil {
		return Problem{}, Example{}, err
	}
	solution := strings.TrimSpace(calculatorAnnotation.ReplaceAllString(before, ""))
	if solution == "" || final == "" {
		return Problem{}, Example{}, errors.New(`field "answer" needs a solution, "####" and a final answer`)
	}
	prompt, err := frame.PromptFor(Math, question)
	if err != nil {
		return Problem{}, Example{}, err
	}
	return Problem{ID: id, Domain: Math, Question: question, Prompt: prompt, Answer: final},
		Example{ID: id, Question: question, Prompt: prompt, Response: frame.Response(solution, final)}, nil
}

// cutAnswer is the solution before "####" and the answer behind it.
func cutAnswer(answer string) (solution, final string, err error) {
	at := strings.LastIndex(answer, answerMark)
	if at < 0 {
		return "", "", errors.New(`field "answer" has no final answer after "####"`)
	}
	return answer[:at], strings.ReplaceAll(strings.TrimSpace(answer[at+len(answerMark):]), ",", ""), nil
}

func gsm8kLine(id string, line object, frame Frame) ([]Problem, []Example, error) {
	question, answer, err := gsm8kTexts(line, frame)
	if err != nil {
		return nil, nil, err
	}
	p, e, err := GSM8K(id, question, answer, frame)
	if err != nil {
		return nil, nil, err
	}
	return []Problem{p}, []Example{e}, nil
}

// gsm8kTexts are the two fields of a line, which hold nothing that the frame reserves.
func gsm8kTexts(line object, frame Frame) (question, answer string, err error) {
	if err := line.only("question", "answer"); err != nil {
		return "", "", err
	}
	values, err := line.texts("question", "answer")
	if err != nil {
		return "", "", err
	}
	for i, name := range []string{"question", "answer"} {
		if err := frame.refuse(name, values[i]); err != nil {
			return "", "", err
		}
	}
	return values[0], values[1], nil
}
