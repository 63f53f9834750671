package source

import (
	"bytes"
	"encoding/json"
	"strings"

	"temper/model/reward/code"
)

// pair is an input with its output, in any of the forms that data sets have.
type pair struct {
	input, output json.RawMessage
}

// stdinTests are tests of standard input: strings, or arrays of lines.
func stdinTests(pairs []pair) (code.Tests, error) {
	t := code.Tests{Type: code.Stdin}
	for _, p := range pairs {
		input, ok1 := lines(p.input)
		output, ok2 := lines(p.output)
		if !ok1 || !ok2 {
			return t, Unjudged{"input or output that is no text"}
		}
		t.Inputs, t.Outputs = append(t.Inputs, input), append(t.Outputs, output)
	}
	if len(pairs) == 0 {
		return t, Unjudged{noTests}
	}
	return t, nil
}

// lines is a text, or an array of lines as one.
func lines(raw json.RawMessage) (string, bool) {
	var s string
	if json.Unmarshal(raw, &s) == nil && string(raw) != "null" {
		return s, true
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || string(raw) == "null" {
		return "", false
	}
	all := make([]string, len(list))
	for i, item := range list {
		if json.Unmarshal(item, &all[i]) != nil {
			all[i] = string(item)
		}
	}
	return strings.Join(all, "\n"), true
}

// functionTests are tests of a function. An input is an array of arguments, or a text with
// one argument of JSON in each line; an output is a value, or a text of one where the input is a
// text. Where every output is an array of one value (APPS's way to write a result), that
// value is right as well.
func functionTests(name string, pairs []pair) (code.Tests, error) {
	t := code.Tests{Type: code.Function, Name: name}
	wrapped := true
	for _, p := range pairs {
		args, expect, ok := call(p)
		if !ok {
			return t, Unjudged{"arguments or results that are not JSON"}
		}
		var one []json.RawMessage
		wrapped = wrapped && json.Unmarshal(expect, &one) == nil && len(one) == 1
		t.Cases = append(t.Cases, code.Case{Args: args, Expect: expect})
	}
	if len(pairs) == 0 {
		return t, Unjudged{noTests}
	}
	for i := range t.Cases {
		if wrapped {
			c := &t.Cases[i]
			json.Unmarshal(c.Expect, &c.Accept) // it has decoded before
		}
	}
	return t, nil
}

func call(p pair) (args, expect json.RawMessage, ok bool) {
	var text string
	if json.Unmarshal(p.input, &text) != nil {
		var list []json.RawMessage
		return p.input, p.output, json.Unmarshal(p.input, &list) == nil && list != nil && json.Valid(p.output)
	}
	var all []json.RawMessage
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !json.Valid([]byte(line)) {
			return nil, nil, false
		}
		all = append(all, json.RawMessage(line))
	}
	args, err := json.Marshal(append([]json.RawMessage{}, all...))
	expect = p.output
	if json.Unmarshal(p.output, &text) == nil && json.Valid([]byte(text)) {
		expect = bytes.TrimSpace([]byte(text))
	}
	return args, expect, err == nil
}

// columns are inputs and outputs by position, as TACO and APPS have them.
type columns struct {
	Function string            `json:"fn_name"`
	Inputs   []json.RawMessage `json:"inputs"`
	Outputs  []json.RawMessage `json:"outputs"`
}

func (c columns) tests() (code.Tests, error) {
	if len(c.Inputs) == 0 && len(c.Outputs) == 0 {
		return code.Tests{}, Unjudged{noTests}
	}
	if len(c.Inputs) != len(c.Outputs) {
		return code.Tests{}, Unjudged{unpaired}
	}
	pairs := make([]pair, len(c.Inputs))
	for i := range pairs {
		pairs[i] = pair{c.Inputs[i], c.Outputs[i]}
	}
	if c.Function == "" {
		return stdinTests(pairs)
	}
	t, err := functionTests(c.Function, pairs)
	t.IntKeys = true // as its harness makes them
	return t, err
}
