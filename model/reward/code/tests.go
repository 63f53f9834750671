package code

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// The kinds of tests.
const (
	// Stdin tests feed standard input and compare standard output.
	Stdin = "stdin"
	// Function tests call a function and compare what it returns.
	Function = "function"
)

// Tests is a problem's hidden tests, one of
//
//	{"type": "stdin", "inputs": ["1 2\n"], "outputs": ["3\n"]}
//	{"type": "function", "name": "f", "cases": [{"args": [1, 2], "expect": 3}]}
type Tests struct {
	Type string `json:"type"`
	// Inputs and Outputs belong together by position (stdin).
	Inputs  []string `json:"inputs,omitempty"`
	Outputs []string `json:"outputs,omitempty"`
	// Name is the function and Cases are its calls (function).
	Name  string `json:"name,omitempty"`
	Cases []Case `json:"cases,omitempty"`
}

// Case is one call of a function and the value that it must return.
type Case struct {
	// Args is a JSON array of positional arguments.
	Args json.RawMessage `json:"args"`
	// Expect is any JSON value.
	Expect json.RawMessage `json:"expect"`
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Validate says what is wrong with the tests, naming the field and what it may hold.
func (t Tests) Validate() error {
	switch t.Type {
	case Stdin:
		return t.validateStdin()
	case Function:
		return t.validateFunction()
	}
	return fmt.Errorf("tests: type is %q, want %q or %q", t.Type, Stdin, Function)
}

func (t Tests) validateStdin() error {
	switch {
	case t.Name != "" || t.Cases != nil:
		return fmt.Errorf("tests: name and cases belong to type %q, not %q", Function, Stdin)
	case len(t.Inputs) == 0:
		return fmt.Errorf("tests: inputs is empty, want at least one")
	case len(t.Inputs) != len(t.Outputs):
		return fmt.Errorf("tests: %d inputs and %d outputs, want as many of each", len(t.Inputs), len(t.Outputs))
	}
	return nil
}

func (t Tests) validateFunction() error {
	switch {
	case t.Inputs != nil || t.Outputs != nil:
		return fmt.Errorf("tests: inputs and outputs belong to type %q, not %q", Stdin, Function)
	case !identifier.MatchString(t.Name):
		return fmt.Errorf("tests: name is %q, want a Python identifier", t.Name)
	case len(t.Cases) == 0:
		return fmt.Errorf("tests: cases is empty, want at least one")
	}
	for i, c := range t.Cases {
		var args []json.RawMessage
		if err := json.Unmarshal(c.Args, &args); err != nil || args == nil {
			return fmt.Errorf("tests: cases[%d].args is %s, want a JSON array", i, excerpt(c.Args))
		}
		if len(c.Expect) == 0 || !json.Valid(c.Expect) {
			return fmt.Errorf("tests: cases[%d].expect is %s, want a JSON value", i, excerpt(c.Expect))
		}
	}
	return nil
}

// Len is the number of tests.
func (t Tests) Len() int {
	if t.Type == Stdin {
		return len(t.Inputs)
	}
	return len(t.Cases)
}

// Inputs gives what may enter the sandbox: names and arguments, never expectations.
func Inputs(t Tests) Input {
	if t.Type == Stdin {
		return Input{Stdin: t.Inputs}
	}
	in := Input{Function: t.Name}
	for _, c := range t.Cases {
		in.Calls = append(in.Calls, c.Args)
	}
	return in
}

// excerpt shortens a JSON value for a message.
func excerpt(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "absent"
	}
	return short(string(raw))
}

// short cuts a text for a message.
func short(s string) string {
	const most = 60
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
