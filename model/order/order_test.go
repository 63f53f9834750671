package order

import (
	"strings"
	"testing"
)

// TestDecode: inputs are read strictly, and nothing is an empty input.
func TestDecode(t *testing.T) {
	for _, test := range []struct {
		name  Name
		input string
		says  string // of the refusal, "" for none
	}{
		{Approve, "", ""},
		{Approve, "null", ""},
		{Approve, `{"stage": "math", "by": "ada", "reason": "fine"}`, ""},
		{Approve, `{"Stage": "math"}`, `unknown field "Stage"; valid: stage, reason, by`},
		{Approve, `[]`, "it is"},
		{Approve, `{"by": 3}`, "by is"},
		{Retune, `{"temperature": 0.9}`, ""},
		{Retune, `{"temperature": "search"}`, ""},
		{Retune, `{"temperature": 0}`, "temperature is 0; valid: a number above 0"},
		{Retune, `{"temperature": 1, "temperature": 2}`, "duplicate field"},
		{Retune, `{"temperature": 1} x`, "something after the JSON value"},
		{Extend, `{"steps": 3}`, ""},
		{Extend, `{"steps": 3, "epochs": 2}`, "valid is one of them"},
		{Extend, `{"steps": 2.5}`, "steps is"},
		{Extend, `{"steps": -2}`, "steps is -2; valid: at least 1"},
		{Rollback, `{"stage": "math", "step": 0}`, ""},
		{Rollback, `{"stage": "math"}`, "step is missing"},
		{Rollback, `{"step": 3}`, "stage is missing"},
		{"explode", `{}`, "valid: approve, retune, extend, end, skip, rollback"},
	} {
		o, err := Decode(test.name, []byte(test.input))
		if test.says == "" && (err != nil || o.Update != test.name) || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s %s: %v, want %q", test.name, test.input, err, test.says)
		}
	}
}

// TestEffective: what a rollback takes back is no order any more, whatever the order in which they are read.
func TestEffective(t *testing.T) {
	kept := Effective([]Order{{Number: 4, Dropped: []int{2, 3}}, {Number: 3}, {Number: 1}, {Number: 2}})
	if len(kept) != 2 || kept[0].Number != 1 || kept[1].Number != 4 {
		t.Errorf("%+v", kept)
	}
}

// TestDrawnBy: a draw has a seed of its own, and none is the run's.
func TestDrawnBy(t *testing.T) {
	if DrawnBy(7, 0) != 7 || DrawnBy(7, 1) == 7 || DrawnBy(7, 1) == DrawnBy(7, 2) {
		t.Error("draws share a seed")
	}
}
