package main

import (
	"bytes"
	"strings"
	"testing"

	"temper/model/objective"
	"temper/model/recipe"
	"temper/model/signal"
	"temper/workflows"
)

func remarkedStage(step int, text string, done bool) workflows.StageProgress {
	return workflows.StageProgress{
		Name: "math", Kind: recipe.KindRL, Step: step, Steps: 9, Done: done,
		Signal:  signal.Step{Groups: 16, ZeroVariance: 16, Rollouts: 128, Filtered: 32, Terms: objective.ResultStats{KL: 0.5}},
		Remarks: []signal.Remark{{Stage: "math", About: signal.AboutSteps, Text: text}},
	}
}

// status says what the last step gave to learn from, and every remark.
func TestStatusShowsRemarks(t *testing.T) {
	var out bytes.Buffer
	writeStages(&out, []workflows.StageProgress{remarkedStage(3, "nothing to learn", false)})
	for _, want := range []string{"zero-variance 16/16", "filtered 25%", "kl 0.5", "learned from: 0 of 16 groups", "0 tokens", "! math: nothing to learn"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

type noted struct{ lines []string }

func (n *noted) update(workflows.Progress) {}
func (n *noted) note(line string)          { n.lines = append(n.lines, line) }
func (n *noted) close()                    {}

// A remark whose count grows with every step is shown when it is new and when its stage is done.
func TestFollowerRemarks(t *testing.T) {
	n := &noted{}
	f := follower{view: n, told: map[string]bool{}}
	for _, s := range []workflows.StageProgress{
		remarkedStage(1, "1 of 1", false), remarkedStage(2, "2 of 2", false), remarkedStage(9, "9 of 9", true), remarkedStage(9, "9 of 9", true),
	} {
		f.remark([]workflows.StageProgress{s})
	}
	if got := strings.Join(n.lines, "; "); got != "! math: 1 of 1; ! math: 9 of 9" {
		t.Errorf("shown: %s", got)
	}
}
