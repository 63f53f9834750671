package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"temper/model/library/jsonkind"
)

// EncodeProblems writes one JSON object per line. Equal problems give equal bytes.
func EncodeProblems(problems []Problem) ([]byte, error) {
	data, err := encodeLines(problems)
	if err != nil {
		return nil, fmt.Errorf("encode problems: %w", err)
	}
	return data, nil
}

// EncodeExamples writes one JSON object per line. Equal examples give equal bytes.
func EncodeExamples(examples []Example) ([]byte, error) {
	data, err := encodeLines(examples)
	if err != nil {
		return nil, fmt.Errorf("encode examples: %w", err)
	}
	return data, nil
}

func encodeLines[T any](records []T) ([]byte, error) {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	encoder.SetEscapeHTML(false) // <user> stays readable
	for i, record := range records {
		if err := encoder.Encode(record); err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
	}
	return lines.Bytes(), nil
}

// DecodeProblems reads what EncodeProblems wrote. An error names the line, counted from 1.
func DecodeProblems(data []byte) (problems []Problem, err error) {
	err = eachLine(data, 0, func(_ int, line object) error {
		p, err := storedProblem(line)
		problems = append(problems, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("decode problems: %w", err)
	}
	return problems, nil
}

// DecodeExamples reads what EncodeExamples wrote. An error names the line, counted from 1.
func DecodeExamples(data []byte) (examples []Example, err error) {
	err = eachLine(data, 0, func(_ int, line object) error {
		if err := line.only("id", "question", "prompt", "response"); err != nil {
			return err
		}
		values, err := line.texts("id", "question", "prompt", "response")
		if err == nil {
			examples = append(examples, Example{ID: values[0], Question: values[1], Prompt: values[2], Response: values[3]})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("decode examples: %w", err)
	}
	return examples, nil
}

func storedProblem(line object) (Problem, error) {
	if err := line.only("id", "domain", "question", "prompt", "answer", "tests"); err != nil {
		return Problem{}, err
	}
	values, err := line.texts("id", "domain", "question", "prompt")
	if err != nil {
		return Problem{}, err
	}
	p := Problem{ID: values[0], Domain: values[1], Question: values[2], Prompt: values[3]}
	domain, err := p.readGold(line)
	if err == nil && domain != p.Domain {
		err = fmt.Errorf(`field "domain" is %q: want "math" with an answer or "code" with tests`, p.Domain)
	}
	return p, err
}

// readGold reads what responses are verified by, which decides the domain: the
// answer of a math problem, the tests of a code problem.
func (p *Problem) readGold(line object) (domain string, err error) {
	tests, isCode := line["tests"]
	_, isMath := line["answer"]
	switch {
	case isMath && isCode:
		return "", errors.New(`fields "answer" and "tests" exclude each other`)
	case isMath:
		p.Answer, err = line.text("answer")
		return Math, err
	case !isCode:
		return "", errors.New(`neither field "answer" (math) nor field "tests" (code) is there`)
	}
	if kind := jsonkind.Of(tests); kind != "an object" {
		return "", fmt.Errorf(`field "tests": want an object, got %s`, kind)
	}
	var compact bytes.Buffer // one spelling, so that decoding and encoding again gives the same bytes
	if err := json.Compact(&compact, tests); err != nil {
		return "", fmt.Errorf(`field "tests": %w`, err)
	}
	p.Tests = compact.Bytes()
	return Code, nil
}
