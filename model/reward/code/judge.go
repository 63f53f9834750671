package code

import (
	"encoding/json"
	"fmt"
	"slices"

	"temper/model/reward"
)

// Judge compares what a program produced with what the tests expect. The verdict is
// correct if every test passes and the program finished; otherwise it is incorrect and
// the reason names the first test that failed, counted from 1. A fault of the sandbox is
// not an Outcome: whoever ran the program reports it as ungradable.
func Judge(t Tests, out Outcome) reward.Result {
	for i := range t.Len() {
		reason := ""
		if i < len(out.Tests) {
			reason = t.Failure(i, out.Tests[i])
		} else {
			reason = describe(out)
		}
		if reason != "" {
			return reward.Result{Verdict: reward.Incorrect, Reason: fmt.Sprintf("test %d of %d: %s", i+1, t.Len(), reason)}
		}
	}
	if t.Len() == 0 || out.Status != Finished {
		return reward.Result{Verdict: reward.Incorrect, Reason: describe(out)}
	}
	reason := fmt.Sprintf("%d of %d tests passed", t.Len(), t.Len())
	if out.Warning != "" {
		reason += "; warning: " + out.Warning
	}
	return reward.Result{Verdict: reward.Correct, Reason: reason}
}

// Passes says whether test i alone holds; a runner uses it to stop at the first failure.
func (t Tests) Passes(i int, test TestOutcome) bool { return t.Failure(i, test) == "" }

// Failure says why test i failed, or "" if it held.
func (t Tests) Failure(i int, test TestOutcome) string {
	if test.Error != "" {
		return test.Error
	}
	switch t.Type {
	case Stdin:
		return t.stdinFailure(i, test.Stdout)
	case Assert:
		if string(test.Value) != "true" { // what the process of the tests says of one that held
			return "no result"
		}
		return ""
	}
	if !t.rightValue(i, test) {
		return fmt.Sprintf("%s%s returned %s, want %s", t.Name, arguments(t.Cases[i].Args), excerpt(test.Value), excerpt(t.Cases[i].Expect))
	}
	return ""
}

// stdinFailure compares with the output that is expected, then with the others that are right.
func (t Tests) stdinFailure(i int, stdout string) string {
	if t.Checker != "" {
		return ""
	}
	fault := t.compareOutput(stdout, t.Outputs[i])
	if fault != "" && t.Accept != nil {
		for _, other := range t.Accept[i] {
			if t.compareOutput(stdout, other) == "" {
				return ""
			}
		}
	}
	return fault
}

// rightValue says whether a call gave one of the values that are right. A function that
// returns nothing, where a value is expected, gives its first argument as it has left it
// (LeetCode's way to change an array in place).
func (t Tests) rightValue(i int, test TestOutcome) bool {
	c := t.Cases[i]
	if t.Checker != "" {
		return true
	}
	got := test.Value
	if string(c.Expect) != "null" {
		got = test.Given()
	}
	return t.equalValues(got, c.Expect) || slices.ContainsFunc(c.Accept, func(other json.RawMessage) bool { return t.equalValues(got, other) })
}

func describe(out Outcome) string {
	switch {
	case out.Reason != "":
		return out.Reason
	case out.Status != Finished && out.Status != "":
		return string(out.Status)
	}
	return "no result"
}

// arguments writes a call's JSON array as f's parentheses.
func arguments(args []byte) string {
	s := excerpt(args)
	if len(s) > 1 && s[0] == '[' && s[len(s)-1] == ']' {
		return "(" + s[1:len(s)-1] + ")"
	}
	return "(" + s + ")"
}
