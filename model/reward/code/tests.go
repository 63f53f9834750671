package code

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
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
	// Accept holds further outputs that are right, for each input (stdin).
	Accept [][]string `json:"accept,omitempty"`
	// Compare is a rule of comparison: Whitespace, Exact, Float or LiveCodeBench's (stdin),
	// LiveCodeBench's or EvalPlus's (function).
	Compare string `json:"compare,omitempty"`
	// Unordered takes lines in any order (stdin), or the members of a list that is expected
	// as a whole (function). IgnoreCase takes letters in either case.
	Unordered  bool `json:"unordered,omitempty"`
	IgnoreCase bool `json:"ignore_case,omitempty"`
	// Checker is Python that defines check(input, output, expected), of texts for stdin and
	// of a list and values for function. It says True of an output that is right, and runs in
	// a process of its own; what it fails on is not right. Outputs and Expect are then only its
	// arguments (stdin, function).
	Checker string `json:"checker,omitempty"`
	// Tolerance is absolute or relative, whichever is larger: |a-b| <= Tolerance · max(1, |want|).
	// By default 1e-6 (stdin with Float) and 1e-9 (function, where a float is expected or returned).
	Tolerance float64 `json:"tolerance,omitempty"`
	// Name is the function, a class's method as "Class.method", and Cases are its calls (function).
	Name  string `json:"name,omitempty"`
	Cases []Case `json:"cases,omitempty"`
	// IntKeys makes the names of objects in arguments integers, where all of an object's are
	// (function): JSON has no others.
	IntKeys bool `json:"int_keys,omitempty"`
	// Nodes says which arguments and results are lists or trees of nodes (function).
	Nodes *Nodes `json:"nodes,omitempty"`
	// Setup is Python that stands before the tests and Asserts are the tests, each one or
	// more statements that raise if the program is wrong (assert).
	Setup   string   `json:"setup,omitempty"`
	Asserts []string `json:"asserts,omitempty"`
	// Before is Python that a program may use as its own: imports, classes and functions
	// that the problem's text provides. It enters the program's process.
	Before string `json:"before,omitempty"`
	// TimeSeconds and MemoryBytes are the problem's own limits, 0 where it states none: of one
	// test, in the language that they were set for. See Limited.
	TimeSeconds float64 `json:"time_seconds,omitempty"`
	MemoryBytes int64   `json:"memory_bytes,omitempty"`
	// Pace bounds the time of each test beside what the tests themselves take (assert).
	Pace *Pace `json:"pace,omitempty"`
}

// Pace is a limit that depends on a right program, which the tests run too to know what is
// expected: a test of the program may take the larger of LeastSeconds and Factor times the CPU
// time that its tests take. The test's own limit, TimeSeconds, holds beside it.
type Pace struct {
	Factor       float64 `json:"factor"`
	LeastSeconds float64 `json:"least_seconds"`
}

// Nodes are shapes of LeetCode's nodes, each "list" (ListNode), "tree" (TreeNode), "lists" or
// "trees" (an array of them), or "" for plain values. In JSON a list is an array of values and
// a tree its values level by level, null where a child is missing.
type Nodes struct {
	// Args has a shape for each argument; what is beyond its end is plain.
	Args   []string `json:"args,omitempty"`
	Result string   `json:"result,omitempty"`
}

// Case is one call of a function and the value that it must return.
type Case struct {
	// Args is a JSON array of positional arguments.
	Args json.RawMessage `json:"args"`
	// Expect is any JSON value, and Accept further ones that are right.
	Expect json.RawMessage   `json:"expect"`
	Accept []json.RawMessage `json:"accept,omitempty"`
}

// maxTimeSeconds bounds a problem's own time.
const maxTimeSeconds = 3600

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
		{Stdin, "inputs and outputs", t.Inputs != nil || t.Outputs != nil}, {Stdin, "accept", t.Accept != nil},
		{Function, "name and cases", t.Name != "" || t.Cases != nil}, {Function, "int_keys", t.IntKeys}, {Function, "nodes", t.Nodes != nil}, {Assert, "setup and asserts", t.Setup != "" || t.Asserts != nil},
	} {
		if f.set && f.kind != t.Type && (t.Type == Stdin || t.Type == Function || t.Type == Assert) {
			return fmt.Errorf("tests: %s belong to type %q, not %q", f.fields, f.kind, t.Type)
		}
	}
	if t.Type == Assert && (t.Compare != "" || t.Unordered || t.IgnoreCase || t.Checker != "") {
		return fmt.Errorf("tests: compare, unordered, ignore_case and checker belong to types %q and %q, not %q", Stdin, Function, Assert)
	}
	if p := t.Pace; p != nil && (t.Type != Assert || !(p.Factor > 0) || !(p.LeastSeconds > 0)) {
		return fmt.Errorf("tests: pace is %+v, want factor and least_seconds above 0, for type %q", *p, Assert)
	}
	if !(t.TimeSeconds >= 0 && t.TimeSeconds <= maxTimeSeconds) || t.MemoryBytes < 0 {
		return fmt.Errorf("tests: time_seconds is %v and memory_bytes %d, want 0 to %d and at least 0", t.TimeSeconds, t.MemoryBytes, maxTimeSeconds)
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
	case t.Accept != nil && len(t.Accept) != len(t.Inputs):
		return fmt.Errorf("tests: %d inputs and %d lists in accept, want as many of each", len(t.Inputs), len(t.Accept))
	case t.Compare != "" && t.Compare != Whitespace && t.Compare != Exact && t.Compare != Float && t.Compare != AsLiveCodeBench && t.Compare != AsToolkit:
		return fmt.Errorf("tests: compare is %q, want %q, %q, %q or %q", t.Compare, Whitespace, Exact, Float, AsLiveCodeBench)
	case (t.Compare == Exact || t.Compare == AsLiveCodeBench) && (t.Unordered || t.IgnoreCase):
		return fmt.Errorf("tests: unordered and ignore_case belong to compare %q and %q, not %q", Whitespace, Float, t.Compare)
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
	case t.Compare != "" && t.Compare != AsLiveCodeBench && t.Compare != AsEvalPlus && t.Compare != AsToolkit:
		return fmt.Errorf("tests: compare is %q, want %q or %q", t.Compare, AsLiveCodeBench, AsEvalPlus)
	}
	if err := t.Nodes.validate(); err != nil {
		return err
	}
	for i, c := range t.Cases {
		var args []json.RawMessage
		if err := json.Unmarshal(c.Args, &args); err != nil || args == nil {
			return fmt.Errorf("tests: cases[%d].args is %s, want a JSON array", i, excerpt(c.Args))
		}
		for _, expect := range append([]json.RawMessage{c.Expect}, c.Accept...) {
			if len(expect) == 0 || !json.Valid(expect) {
				return fmt.Errorf("tests: cases[%d].expect is %s, want a JSON value", i, excerpt(expect))
			}
		}
	}
	return nil
}

// shapes are those that a node may have.
var shapes = []string{"", "list", "tree", "lists", "trees"}

func (n *Nodes) validate() error {
	if n == nil {
		return nil
	}
	for _, shape := range append([]string{n.Result}, n.Args...) {
		if !slices.Contains(shapes, shape) {
			return fmt.Errorf("tests: nodes has %q, want list, tree, lists or trees", shape)
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
