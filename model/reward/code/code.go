// Package code judges programs by their tests.
//
// The package is pure: it says what may enter a sandbox (Extract, Inputs) and
// compares what came out with what was expected (Judge). Expected values never
// leave it, so a program cannot read them, patch the comparison or exit early into a
// pass. Running the program is the business of activities/sandbox.
//
// A program is correct if and only if every test passes within the limits
// (AceReason-Nemotron 1.0 §3.1). The comparison rules stand at equalValues and
// Tests.Compare.
package code

import (
	"encoding/json"
	"strings"
	"time"
)

// Version names the rules of this package in a verdict's lineage. It changes when a
// verdict may change.
const Version = "code/3"

// Extract returns the program of a response: of the text after the last </think>, the
// last closed block that is marked as Python (```python, ```python3 or ```py); else the
// last closed block without a mark; else, where no such block was opened, the whole text,
// trimmed. ok is false if there is no </think>, if the only block is not closed, or if
// nothing is left.
func Extract(response string) (program string, ok bool) {
	const think = "</think>"
	at := strings.LastIndex(response, think)
	if at < 0 {
		return "", false
	}
	text := response[at+len(think):]
	marked, plain, opened := blocks(text)
	switch {
	case marked != nil:
		text = *marked
	case plain != nil:
		text = *plain
	case opened:
		return "", false
	}
	program = strings.TrimSpace(text)
	return program, program != ""
}

// blocks finds the last closed block marked as Python and the last one without a mark,
// and says whether any such block was opened. Blocks of other languages are text.
func blocks(text string) (marked, plain *string, opened bool) {
	const fence = "```"
	var block []string
	var to **string // of the block that is open
	for _, line := range strings.Split(text, "\n") {
		mark := strings.TrimSpace(line)
		switch language := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(mark, fence))); {
		case to != nil && mark == fence:
			body := strings.Join(block, "\n")
			*to, to = &body, nil
		case to != nil:
			block = append(block, line)
		case !strings.HasPrefix(mark, fence):
		case language == "python" || language == "python3" || language == "py":
			to, opened, block = &marked, true, nil
		case language == "":
			to, opened, block = &plain, true, nil
		default: // read to its end, which is no beginning
			var other *string
			to, block = &other, nil
		}
	}
	return marked, plain, opened
}

// Input is all of a problem's tests that a program's process gets to see: Function with
// Calls, Stdin, or nothing.
type Input struct {
	// Function is the name of the function to call.
	Function string
	// Calls holds one JSON array of arguments per call.
	Calls []json.RawMessage
	// Stdin holds the standard input of one run each.
	Stdin []string
}

// Status says how a program's runs ended, taken together.
type Status string

// What can happen to a program. Everything but Finished makes its test fail.
const (
	Finished    Status = "finished"
	Exception   Status = "exception"    // raised, or exit code not 0
	EndedEarly  Status = "ended early"  // was gone before it had answered every call
	CPULimit    Status = "cpu limit"    // used more CPU time than it may
	WallLimit   Status = "wall limit"   // idled until the wall-clock limit
	OutputLimit Status = "output limit" // wrote more than it may
	Crashed     Status = "crashed"      // killed by a signal of its own making
)

// TestOutcome is what one test produced.
type TestOutcome struct {
	// Value is the returned value of a call as JSON; of an assert, true.
	Value json.RawMessage
	// Stdout is what a run wrote to standard output.
	Stdout string
	// Error says in one line why there is no Value or why Stdout does not count.
	Error string
	// CPU is the CPU time of this test.
	CPU time.Duration
}

// Outcome is what a program did with its inputs. Tests stops after the first test that
// has an Error and may be shorter than the inputs when the program ended early.
type Outcome struct {
	Status Status
	// Reason explains a Status other than Finished in one line.
	Reason string
	Tests  []TestOutcome
	// CPU is the CPU time of all runs without the interpreter's start.
	CPU time.Duration
}
