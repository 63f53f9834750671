package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"

	"temper/model/library/jsonl"
	"temper/model/recipe"
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
// Whether a problem holds what its domain needs is not looked at.
func DecodeProblems(data []byte) (problems []Problem, err error) {
	err = jsonl.Each(data, 0, func(_ int, line jsonl.Object) error {
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
	err = jsonl.Each(data, 0, func(_ int, line jsonl.Object) error {
		e, err := storedExample(line)
		examples = append(examples, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("decode examples: %w", err)
	}
	return examples, nil
}

// DecodeProblem reads a line that EncodeProblems wrote.
func DecodeProblem(line []byte) (Problem, error) { return decodeLine(line, storedProblem) }

// DecodeExample reads a line that EncodeExamples wrote.
func DecodeExample(line []byte) (Example, error) { return decodeLine(line, storedExample) }

func decodeLine[T any](line []byte, decode func(jsonl.Object) (T, error)) (T, error) {
	object, err := jsonl.Parse(line)
	if err != nil {
		var none T
		return none, err
	}
	return decode(object)
}

func storedExample(line jsonl.Object) (e Example, err error) {
	if err := line.Only("id", "question", "prompt", "response", "cut"); err != nil {
		return e, err
	}
	values, err := line.Texts("id", "question", "prompt", "response")
	if err != nil {
		return e, err
	}
	e = Example{ID: values[0], Question: values[1], Prompt: values[2], Response: values[3]}
	if raw, ok := line["cut"]; ok {
		err = json.Unmarshal(raw, &e.Cut)
	}
	return e, err
}

func storedProblem(line jsonl.Object) (Problem, error) {
	if err := line.Only("id", "domain", "question", "prompt", "answer", "tests", "fields", "golden", "released", "url", "level"); err != nil {
		return Problem{}, err
	}
	values, err := line.Texts("id", "domain", "question", "prompt")
	if err != nil {
		return Problem{}, err
	}
	p := Problem{ID: values[0], Domain: recipe.Domain(values[1]), Question: values[2], Prompt: values[3]}
	for field, text := range map[string]*string{"answer": &p.Answer, "golden": &p.Golden, "released": &p.Released, "url": &p.URL} {
		if *text, err = line.TextOr(field, ""); err != nil {
			return Problem{}, err
		}
	}
	if raw, ok := line["level"]; ok {
		if err = json.Unmarshal(raw, &p.Level); err != nil {
			return Problem{}, fmt.Errorf("field \"level\": %w", err)
		}
	}
	if p.Tests, err = line.Record("tests"); err != nil {
		return Problem{}, err
	}
	p.Fields, err = line.Record("fields")
	return p, err
}
