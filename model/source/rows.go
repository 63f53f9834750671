package source

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"temper/model/dataset"
	"temper/model/library/jsonkind"
	"temper/model/library/jsonl"
	"temper/model/library/jsonpath"
	"temper/model/recipe"
	"temper/model/reward/domain"
)

// mapped is the source of rows of any names, which recipe.Fields finds: JSON lines, or one
// JSON array.
func mapped(name recipe.Format) Source {
	return Source{
		Name: name, Rows: linesOrArray,
		Map: func(d recipe.Dataset, frame Frame) Mapping {
			m, err := newRowMap(d, frame)
			return func(id string, row jsonl.Object) ([]dataset.Problem, []dataset.Example, error) {
				if err != nil {
					return nil, nil, err
				}
				return m.read(id, row)
			}
		},
	}
}

// publishedRows are the data sets whose fields are known.
func publishedRows() (all []Source) {
	for _, format := range recipe.PublishedFormats() {
		all = append(all, mapped(format))
	}
	return all
}

// rowMap reads rows by the paths of a dataset's fields.
type rowMap struct {
	recipe.Fields
	frame Frame
	paths map[string]jsonpath.Path
}

func newRowMap(d recipe.Dataset, frame Frame) (rowMap, error) {
	fields, ok := d.Mapped()
	if !ok {
		return rowMap{}, fmt.Errorf("format %s has no fields", d.Format)
	}
	m := rowMap{fields, frame, map[string]jsonpath.Path{}}
	for _, text := range []string{m.Question, m.Answer, m.Tests, m.Starter, m.Solution, m.Golden, m.Released, m.URL, m.Response, m.Domain, m.ID} {
		if text == "" {
			continue
		}
		path, err := jsonpath.Parse(text)
		if err != nil {
			return rowMap{}, err
		}
		m.paths[text] = path
	}
	return m, nil
}

// read gives a row's problem, and its examples.
func (m rowMap) read(id string, row jsonl.Object) (problems []dataset.Problem, examples []dataset.Example, err error) {
	p := dataset.Problem{ID: id}
	if m.ID != "" {
		if p.ID, err = m.text(row, m.ID); err != nil {
			return nil, nil, err
		}
	}
	var header string
	if p.Question, header, err = m.question(row); err != nil {
		return nil, nil, err
	}
	p.Starter = m.frame.starter(header)
	answer, solution, err := m.answer(row)
	if err != nil {
		return nil, nil, err
	}
	frame, err := m.asking(row)
	if err != nil {
		return nil, nil, err
	}
	if m.Answer != "" || m.Tests != "" || frame.external() || frame.Asked {
		if p, err = m.problem(p, answer, row, frame); err != nil {
			return nil, nil, err
		}
		problems = []dataset.Problem{p}
	} else if p.Prompt, err = frame.prompt(p); err != nil {
		return nil, nil, err
	}
	responses, err := m.responses(row, p.Prompt)
	if err != nil {
		return nil, nil, err
	}
	if solution != "" {
		responses = append(responses, frame.Response(solution, answer))
	}
	for i, response := range responses {
		e := dataset.Example{ID: p.ID, Question: p.Question, Prompt: p.Prompt, Response: response}
		if len(responses) > 1 {
			e.ID = fmt.Sprintf("%s/%d", p.ID, i+1)
		}
		examples = append(examples, e)
	}
	return problems, examples, nil
}

// problem is p with what it is judged by, and its prompt.
func (m rowMap) problem(p dataset.Problem, answer string, row jsonl.Object, frame Frame) (_ dataset.Problem, err error) {
	p.Answer = answer
	if m.Tests != "" {
		if p.Tests, err = m.tests(row); err != nil {
			return p, err
		}
	}
	if err = m.said(&p, row); err != nil {
		return p, err
	}
	if frame.external() {
		p.Tests = nil
		var whole []string // what stands deeper goes along with what it stands in
		for _, path := range m.paths {
			whole = append(whole, path.Name())
		}
		if p.Fields, err = frame.rest(row, whole...); err != nil {
			return p, err
		}
	}
	return frame.ask(p)
}

// question is what is asked, without the text around it and with the header that a program
// begins with, and that header.
func (m rowMap) question(row jsonl.Object) (text, starter string, err error) {
	if text, err = m.text(row, m.Question); err != nil {
		return "", "", err
	}
	if m.QuestionIn != "" {
		before, after, _ := strings.Cut(m.QuestionIn, recipe.QuestionPlaceholder)
		inner, begins := strings.CutPrefix(text, before)
		inner, ends := strings.CutSuffix(inner, after)
		if !begins || !ends || strings.TrimSpace(inner) == "" {
			return "", "", fmt.Errorf("field %q holds no question in the text that question_in says", m.Question)
		}
		text = inner
	}
	if m.Starter != "" {
		header, err := m.value(row, m.Starter)
		if err == nil && json.Unmarshal(header, &starter) != nil {
			return "", "", fmt.Errorf("field %q: want a string, got %s", m.Starter, jsonkind.Of(header))
		}
		text = recipe.WithHeader(text, starter)
	}
	return text, starter, m.frame.refuse(m.Question, text)
}

// noAnswers are what data sets write where a problem has no answer.
var noAnswers = []string{"proof", "notfound", "not found", "n/a"}

// answer is the final answer, and the worked solution that it ends.
func (m rowMap) answer(row jsonl.Object) (answer, solution string, err error) {
	if m.Answer == "" {
		return "", "", nil
	}
	whole, err := m.text(row, m.Answer)
	if err != nil {
		return "", "", err
	}
	if m.Solution != "" {
		if solution, err = m.text(row, m.Solution); err != nil {
			return "", "", err
		}
	}
	switch m.AnswerForm {
	case recipe.AnswerBoxed:
		answer, err = boxed(whole)
	case recipe.AnswerGSM8K:
		if _, answer, err = cutAnswer(whole); err != nil {
			err = errors.New(`no final answer after "####"`)
		}
		if at := strings.LastIndex(solution, answerMark); at >= 0 {
			solution = solution[:at]
		}
		solution = strings.TrimSpace(calculatorAnnotation.ReplaceAllString(solution, ""))
	default:
		answer = whole
	}
	switch {
	case err != nil:
		return "", "", fmt.Errorf("field %q: %w", m.Answer, err)
	case answer == "":
		return "", "", fmt.Errorf("field %q has no answer", m.Answer)
	case slices.Contains(noAnswers, strings.ToLower(strings.TrimSpace(answer))):
		return "", "", fmt.Errorf("field %q is %q, which is no answer", m.Answer, answer)
	case m.Solution != "" && solution == "":
		return "", "", fmt.Errorf("field %q has no solution", m.Solution)
	}
	return answer, solution, errors.Join(m.frame.refuse(m.Answer, answer), m.frame.refuse(m.Solution, solution))
}

// asking is the frame with the domain that a row says, where no stage does.
func (m rowMap) asking(row jsonl.Object) (Frame, error) {
	frame := m.frame
	if m.Domain == "" || frame.Domain != "" {
		return frame, nil
	}
	text, err := m.text(row, m.Domain)
	if err != nil {
		return frame, err
	}
	frame.Domain = recipe.Domain(strings.ToLower(text))
	if frame.Domain != recipe.DomainMath && frame.Domain != recipe.DomainCode {
		return frame, fmt.Errorf("field %q is %q; valid: math, code", m.Domain, text)
	}
	return frame, nil
}

// prompt is the whole prompt of a problem without anything to judge by.
func (f Frame) prompt(p dataset.Problem) (string, error) {
	d, err := domain.Of(cmp.Or(f.Domain, recipe.DomainMath))
	if err != nil {
		return "", err
	}
	return f.PromptFor(d, p.Question, p.Starter)
}

// value is the one value at a path.
func (m rowMap) value(row jsonl.Object, path string) (json.RawMessage, error) {
	values, err := m.paths[path].Find(row)
	if err != nil {
		return nil, err
	}
	return values[0], nil
}

// text is the one text at a path: a string, a number, or an array of one of them.
func (m rowMap) text(row jsonl.Object, path string) (string, error) {
	value, err := m.value(row, path)
	if err != nil {
		return "", err
	}
	return textOf(path, value)
}

func textOf(path string, value json.RawMessage) (string, error) {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil && len(list) == 1 {
		value = list[0]
	}
	if kind := jsonkind.Of(value); kind == "a number" {
		return string(bytes.TrimSpace(value)), nil
	}
	return jsonl.Object{path: value}.Text(path)
}
