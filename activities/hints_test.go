package activities

import (
	"slices"
	"strings"
	"testing"

	"temper/model/objective"
	"temper/model/tokenizer"
)

// A hint is whole sentences of a solution or, where it has few, its first tokens; its
// length follows the schedule.
func TestHint(t *testing.T) {
	tok, err := tokenizer.New(tokenizer.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	v := Vocabulary{tok: tok}
	settings := objective.UFT{Schedule: objective.ScheduleStaircase, Pieces: 4, HintSteps: 5}
	long, short := "First this. Then that.\nAnd this too.\nNow it is 3. So the answer is 3.", "12345678"
	for step, want := range map[int]string{ // one piece less with every step, from four
		1: "First this. Then that.\nAnd this too.\nNow it is 3. ", 2: "First this. Then that.\n", 3: "First this. ", 4: "",
	} {
		tokens, err := hint(v, long, settings, step, nil)
		if err != nil || tok.Decode(tokens) != want {
			t.Errorf("step %d: %q, want %q (%v)", step, tok.Decode(tokens), want, err)
		}
	}
	for step, want := range map[int]string{1: "123456", 2: "1234", 3: "12", 4: "", 9: ""} {
		tokens, err := hint(v, short, settings, step, nil)
		if err != nil || tok.Decode(tokens) != want {
			t.Errorf("step %d: %q, want %q (%v)", step, tok.Decode(tokens), want, err)
		}
	}
	if parts := sentences(long); strings.Join(parts, "") != long || !slices.Contains(parts, "Now it is 3. ") {
		t.Errorf("sentences %q", parts)
	}
}
