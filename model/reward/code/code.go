package code

import (
	"encoding/json"
	"time"
)

// Version names the rules of this package in a verdict's lineage. It changes when a
// verdict may change.
const Version = "code/4"

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
	// Changed is the first argument of a call that returned nothing, as the call left it.
	Changed json.RawMessage
	// Stdout is what a run wrote to standard output.
	Stdout string
	// Error says in one line why there is no Value or why Stdout does not count.
	Error string
	// CPU is the CPU time of this test.
	CPU time.Duration
}

// Given is what a call gave: its value, or its first argument where it returned nothing.
func (t TestOutcome) Given() json.RawMessage {
	if string(t.Value) == "null" && t.Changed != nil {
		return t.Changed
	}
	return t.Value
}

// Outcome is what a program did with its inputs. Tests stops after the first test that
// has an Error and may be shorter than the inputs when the program ended early.
type Outcome struct {
	Status Status
	// Reason explains a Status other than Finished in one line.
	Reason string
	// Warning says what makes it doubtful that the tests decide, if anything.
	Warning string
	Tests   []TestOutcome
	// CPU is the CPU time of all runs without the interpreter's start.
	CPU time.Duration
}
