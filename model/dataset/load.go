package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"temper/model/library/jsonkind"
	"temper/model/recipe"
	"temper/model/tokenizer"
)

// The formats that Load reads, one JSON object per line.
const (
	// FormatGSM8K is {question, answer}, as in GSM8K. It gives problems and examples.
	FormatGSM8K = "gsm8k"
	// FormatProblems is {problem, answer} for math or {problem, tests} for code,
	// with an optional id. The problem's text becomes a chat prompt.
	FormatProblems = "problems"
	// FormatExamples is {prompt, response} with an optional id. The prompt is
	// taken as it is, chat tokens included; the response has no closing <eos>.
	FormatExamples = "examples"
)

// Load reads a JSONL file as d says; its URI is not looked at. Source names it in errors, for example
// "data.train: /path/train.jsonl", which then read
// "data.train: /path/train.jsonl line 17: it is not JSON: ...". A limit above 0
// keeps only the first lines, and what follows is not looked at. Questions get
// the frame. Which of the two
// results is filled depends on the format; records without an id are called
// "line-N". Nothing is skipped, but what the dataset's
// calculations leave out: an empty file, an unknown, missing, repeated or
// empty field and a value of the wrong type are errors.
func Load(source string, d recipe.Dataset, data []byte, frame Frame) (problems []Problem, examples []Example, err error) {
	if d.Limit < 0 {
		return nil, nil, fmt.Errorf("%s: limit is %d: want 0 (all lines) or more", source, d.Limit)
	}
	read, err := lineReader(d, frame)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", source, err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // a byte order mark is not content
	if err := refuseForm(data); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", source, err)
	}
	err = eachLine(data, d.Limit, func(number int, line object) error {
		p, e, err := read(fmt.Sprintf("line-%d", number), line)
		problems, examples = append(problems, p...), append(examples, e...)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("%s %w", source, err)
	}
	return problems, examples, nil
}

// refuseForm names a file that is not one JSON object per line as what it is.
func refuseForm(data []byte) error {
	const want = "want one JSON object per line, in UTF-8"
	if name, advice := jsonkind.Form(data); name != "" {
		return fmt.Errorf("the file is %s; %s (%s)", name, want, advice)
	}
	data = bytes.TrimSpace(data)
	first, rest, more := bytes.Cut(data, []byte{'\n'})
	switch {
	case len(data) == 0:
		return errors.New("the file is empty; " + want)
	case data[0] == '[' && !json.Valid(first) || data[0] == '[' && len(bytes.TrimSpace(rest)) == 0:
		return errors.New("the file is one JSON array; " + want + " (jq -c '.[]')")
	case data[0] == '{' && more && !json.Valid(first) && json.Valid(data):
		return errors.New("the file is one JSON object over several lines; " + want + " (jq -c .)")
	}
	return nil
}

// lineReader returns the reader of one line. Its results are nil where the format has none.
func lineReader(d recipe.Dataset, frame Frame) (func(id string, line object) ([]Problem, []Example, error), error) {
	switch {
	case d.Format == FormatGSM8K && d.Calculations != nil:
		return (&calculations{Calculations: *d.Calculations, frame: frame}).line, nil
	case d.Format == FormatGSM8K:
		return func(id string, line object) ([]Problem, []Example, error) { return gsm8kLine(id, line, frame) }, nil
	case d.Format == FormatProblems:
		return func(id string, line object) ([]Problem, []Example, error) { return problemLine(id, line, frame) }, nil
	case d.Format == FormatExamples:
		return exampleLine, nil
	}
	return nil, fmt.Errorf("format %q: valid values are %s, %s, %s", d.Format, FormatGSM8K, FormatProblems, FormatExamples)
}

func problemLine(id string, line object, frame Frame) ([]Problem, []Example, error) {
	if err := line.only("id", "problem", "answer", "tests"); err != nil {
		return nil, nil, err
	}
	id, err := line.optionalID(id)
	if err != nil {
		return nil, nil, err
	}
	p := Problem{ID: id}
	if p.Question, err = line.text("problem"); err != nil {
		return nil, nil, err
	}
	if err := frame.refuse("problem", p.Question); err != nil {
		return nil, nil, err
	}
	if p.Domain, err = p.readGold(line); err != nil {
		return nil, nil, err
	}
	p.Prompt, err = frame.PromptFor(p.Domain, p.Question)
	return []Problem{p}, nil, err
}

func exampleLine(id string, line object) ([]Problem, []Example, error) {
	if err := line.only("id", "prompt", "response"); err != nil {
		return nil, nil, err
	}
	id, err := line.optionalID(id)
	if err != nil {
		return nil, nil, err
	}
	values, err := line.texts("prompt", "response")
	if err != nil {
		return nil, nil, err
	}
	e := Example{ID: id, Question: values[0], Prompt: values[0], Response: values[1]}
	if err := refuse("prompt", e.Prompt, tokenizer.PadToken); err != nil {
		return nil, nil, err
	}
	return nil, []Example{e}, refuse("response", e.Response, tokenizer.PadToken, tokenizer.EOSToken)
}

func (o object) optionalID(otherwise string) (string, error) {
	if _, found := o["id"]; !found {
		return otherwise, nil
	}
	return o.text("id")
}

// refuse returns an error if a field's text contains one of the tokens.
func refuse(field, text string, tokens ...string) error {
	for _, token := range tokens {
		if strings.Contains(text, token) {
			return fmt.Errorf("field %q contains the chat token %s", field, token)
		}
	}
	return nil
}
