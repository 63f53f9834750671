package activities_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"temper/activities"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/external"
)

// rewardInput asks for verdicts of the user's on two responses to a problem with a field of so many bytes.
func (p *place) rewardInput(size int) activities.ScoreRolloutsInput {
	p.t.Helper()
	field, err := json.Marshal(map[string]string{"note": strings.Repeat("n", size)})
	if err != nil {
		p.t.Fatal(err)
	}
	problem := dataset.Problem{ID: "a", Question: "q", Domain: recipe.DomainActivity, Prompt: "<user>9a-2?<asst><think>", Fields: field}
	in := p.scoreInput(recipe.DomainActivity, []dataset.Problem{problem}, said{0, `soa9-2=7</think>\boxed{7}`, false}, said{0, `so`, true})
	in.Reward = &recipe.Reward{TaskQueue: "mine", Activity: "judge", Version: "1", TimeoutSeconds: 60}
	return in
}

// TestRequestVerdicts: short texts travel in the call, long ones lie in the store.
func TestRequestVerdicts(t *testing.T) {
	for _, test := range []struct {
		size   int
		stored bool
	}{{10, false}, {external.Inline, true}} {
		p := newPlace(t, nil)
		in := p.rewardInput(test.size)
		got := must(p, p.acts.RequestVerdicts, in)
		if got.Recorded != nil || len(got.Calls) != 1 || got.Calls[0].NumRollouts != 2 || got.Calls[0].Version != "1" {
			t.Fatalf("got %+v", got)
		}
		call := got.Calls[0]
		document := []byte(call.Request)
		if test.stored {
			if len(call.Request) != 0 {
				t.Errorf("%d bytes of text travel in a call", len(call.Request))
			}
			document = p.get(call.Stored)
		} else if !call.Stored.IsZero() {
			t.Errorf("short texts lie in the store: %+v", call.Stored)
		}
		var request external.Request
		if err := json.Unmarshal(document, &request); err != nil {
			t.Fatal(err)
		}
		want := []external.Rollout{{Response: `soa9-2=7</think>\boxed{7}`}, {Rollout: 1, Sample: 1, Response: "so", Truncated: true}}
		if fmt.Sprint(request.Rollouts) != fmt.Sprint(want) || len(request.Problems) != 1 || len(request.Problems[0].Fields["note"]) != test.size+2 {
			t.Errorf("request %+v", request)
		}
		if len(p.manifests(testRun)) != 0 {
			t.Error("a request is recorded")
		}
	}
}

func answers(scores ...float64) []string {
	a := external.Answer{Version: "1"}
	for i := range scores {
		a.Verdicts = append(a.Verdicts, external.Verdict{Rollout: &i, Verdict: reward.Correct, Score: &scores[i]})
	}
	data, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	return []string{string(data)}
}

// TestRecordVerdictsOnce: the first answer counts, and is found instead of another call.
func TestRecordVerdictsOnce(t *testing.T) {
	p := newPlace(t, nil)
	in := p.rewardInput(10)
	first := must(p, p.acts.RecordVerdicts, activities.RecordVerdictsInput{Shard: in, Answers: answers(0.5, -2), Attempt: 1})
	if got := p.verdicts(first.VerdictSummary); len(got) != 2 || got[0].Score != 0.5 || got[1].Score != -2 || got[1].ID != "a" || got[1].Sample != 1 {
		t.Errorf("verdicts %+v", got)
	}
	second := must(p, p.acts.RecordVerdicts, activities.RecordVerdictsInput{Shard: in, Answers: answers(9, 9), Attempt: 1})
	if first != second || len(p.manifests(testRun)) != 1 {
		t.Errorf("recorded %+v and %+v", first, second)
	}
	if got := must(p, p.acts.RequestVerdicts, in); got.Recorded == nil || *got.Recorded != first.VerdictSummary || len(got.Calls) != 0 {
		t.Errorf("asked again: %+v", got)
	}
	in.Reward.Version = "2"
	if got := must(p, p.acts.RequestVerdicts, in); got.Recorded != nil || len(got.Calls) != 1 {
		t.Errorf("another version has the verdicts of the first: %+v", got)
	}
}
