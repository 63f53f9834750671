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
	// Assert tests are Python statements that call the program's functions.
	Assert = "assert"
)

// The ways of comparing standard output.
const (
	// Whitespace, the default, compares lines; runs of blanks, blanks at either end of a
	// line and empty lines at the beginning and at the end do not count.
	Whitespace = "whitespace"
	// Exact compares every byte.
	Exact = "exact"
	// Float is Whitespace, but a word that is a number on both sides is compared within
	// the tolerance. For problems that say so.
	Float = "float"
)

// Tests is a problem's hidden tests, one of
//
//	{"type": "stdin", "inputs": ["1 2\n"], "outputs": ["3\n"]}
//	{"type": "function", "name": "f", "cases": [{"args": [1, 2], "expect": 3}]}
//	{"type": "assert", "setup": "import math", "asserts": ["assert f(1, 2) == 3"]}
type Tests struct {
	Type string `json:"type"`
	// Inputs and Outputs belong together by position (stdin).
	Inputs  []string `json:"inputs,omitempty"`
	Outputs []string `json:"outputs,omitempty"`
	// Compare is Whitespace, Exact or Float (stdin).
	Compare string `json:"compare,omitempty"`
	// Tolerance is absolute or relative, whichever is larger: |a-b| <= Tolerance · max(1, |want|).
	// By default 1e-6 (stdin with Float) and 1e-9 (function, where a float is expected or returned).
	Tolerance float64 `json:"tolerance,omitempty"`
	// Name is the function, a class's method as "Class.method", and Cases are its calls (function).
	Name  string `json:"name,omitempty"`
	Cases []Case `json:"cases,omitempty"`
	// Setup is Python that stands before the tests and Asserts are the tests, each one or
	// more statements that raise if the program is wrong (assert).
	Setup   string   `json:"setup,omitempty"`
	Asserts []string `json:"asserts,omitempty"`
}

// Case is one call of a function and the value that it must return.
type Case struct {
	// Args is a JSON array of positional arguments.
	Args json.RawMessage `json:"args"`
	// Expect is any JSON value.
	Expect json.RawMessage `json:"expect"`
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$`)

// Validate says what is wrong with the tests, naming the field and what it may hold.
func (t Tests) Validate() error {
	if !(t.Tolerance >= 0 && t.Tolerance < 1) {
		return fmt.Errorf("tests: tolerance is %v, want at least 0 and less than 1", t.Tolerance)
	}
	for _, f := range []struct {
		kind, fields string
		set          bool
	}{
		{Stdin, "inputs and outputs", t.Inputs != nil || t.Outputs != nil}, {Stdin, "compare", t.Compare != ""},
		{Function, "name and cases", t.Name != "" || t.Cases != nil}, {Assert, "setup and asserts", t.Setup != "" || t.Asserts != nil},
	} {
		if f.set && f.kind != t.Type && (t.Type == Stdin || t.Type == Function || t.Type == Assert) {
			return fmt.Errorf("tests: %s belong to type %q, not %q", f.fields, f.kind, t.Type)
		}
	}
	switch t.Type {
	case Stdin:
		return t.validateStdin()
	case Function:
		return t.validateFunction()
	case Assert:
		return t.validateAssert()
	}
	return fmt.Errorf("tests: type is %q, want %q, %q or %q", t.Type, Stdin, Function, Assert)
}

func (t Tests) validateStdin() error {
	switch {
	case len(t.Inputs) == 0:
		return fmt.Errorf("tests: inputs is empty, want at least one")
	case len(t.Inputs) != len(t.Outputs):
		return fmt.Errorf("tests: %d inputs and %d outputs, want as many of each", len(t.Inputs), len(t.Outputs))
	case t.Compare != "" && t.Compare != Whitespace && t.Compare != Exact && t.Compare != Float:
		return fmt.Errorf("tests: compare is %q, want %q, %q or %q", t.Compare, Whitespace, Exact, Float)
	case t.Tolerance != 0 && t.Compare != Float:
		return fmt.Errorf("tests: tolerance belongs to compare %q, not %q", Float, t.Compare)
	}
	return nil
}

func (t Tests) validateAssert() error {
	if len(t.Asserts) == 0 {
		return fmt.Errorf("tests: asserts is empty, want at least one")
	}
	for i, a := range t.Asserts {
		if strings.TrimSpace(a) == "" {
			return fmt.Errorf("tests: asserts[%d] is empty", i)
		}
	}
	return nil
}

func (t Tests) validateFunction() error {
	switch {
	case !identifier.MatchString(t.Name):
		return fmt.Errorf("tests: name is %q, want a Python name such as f or Class.method", t.Name)
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
	switch t.Type {
	case Stdin:
		return len(t.Inputs)
	case Assert:
		return len(t.Asserts)
	}
	return len(t.Cases)
}

// Inputs gives what may enter the program's process: names and arguments, never
// expectations. Assert tests give nothing: they run in a process of their own and call
// the program's functions from there.
func Inputs(t Tests) Input {
	switch t.Type {
	case Stdin:
		return Input{Stdin: t.Inputs}
	case Assert:
		return Input{}
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
