package external

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/reward"
	"temper/model/rollout"
)

// TestRequests: parts of a shard hold each problem once, and the rollouts in the shard's order.
func TestRequests(t *testing.T) {
	problems := map[int]dataset.Problem{
		0: {ID: "a", Question: "q", Prompt: "p", Answer: `\frac12`, Fields: []byte(`{"level":3}`)},
		1: {ID: "b", Question: "r", Prompt: "s", Tests: []byte(`{"type":"assert"}`)},
	}
	var rollouts []rollout.Rollout
	for i := range PerCall + 2 {
		rollouts = append(rollouts, rollout.Rollout{Problem: (i / 4) % 2, Sample: i % 4, Finish: rollout.FinishStop})
	}
	rollouts[1].Finish = rollout.FinishLength
	n := 0
	parts, err := Requests(problems, rollouts, func(rollout.Rollout) string { n++; return fmt.Sprint("text ", n-1) })
	if err != nil || len(parts) != 2 || len(parts[0].Rollouts) != PerCall || len(parts[1].Rollouts) != 2 || len(parts[0].Problems) != 2 || len(parts[1].Problems) != 1 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	if got, want := parts[1].Rollouts[1], (Rollout{Rollout: PerCall + 1, Problem: 0, Sample: 1, Response: fmt.Sprint("text ", PerCall+1)}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := parts[0].Rollouts[1], (Rollout{Rollout: 1, Problem: 0, Sample: 1, Response: "text 1", Truncated: true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	data, err := json.Marshal(parts[0].Problems)
	want := `[{"id":"a","question":"q","prompt":"p","fields":{"answer":"\\frac12","level":3}},{"id":"b","question":"r","prompt":"s","fields":{"tests":{"type":"assert"}}}]`
	if err != nil || string(data) != want {
		t.Errorf("got %s, %v, want %s", data, err, want)
	}
	rollouts[3].Problem = 2
	if _, err := Requests(problems, rollouts, func(rollout.Rollout) string { return "" }); err == nil || !strings.HasPrefix(err.Error(), "rollout 3 is of problem 2") {
		t.Errorf("got %v", err)
	}
}

func TestReadAnswer(t *testing.T) {
	got, err := ReadAnswer([]byte(`{"version": "1", "verdicts": [
		{"rollout": 5, "verdict": "correct", "score": -2.5, "reason": "`+strings.Repeat("é", 400)+`"},
		{"rollout": 6, "verdict": "ungradable", "score": null, "reason": "away"}]}`), "1", 5, 2)
	if err != nil || got[0].Verdict != reward.Correct || got[0].Score != -2.5 || got[1] != (reward.Result{Verdict: reward.Ungradable, Reason: "away"}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if want := strings.Repeat("é", maxReason/2) + "…"; got[0].Reason != want {
		t.Errorf("the reason is %q", got[0].Reason)
	}
}

func TestReadAnswerRefuses(t *testing.T) {
	of := func(verdicts string) string { return `{"version":"1","verdicts":[` + verdicts + `]}` }
	const right = `{"rollout":5,"verdict":"correct","score":1,"reason":""},`
	for answer, want := range map[string]string{
		"":                                       "it is empty; valid: an object with version and verdicts",
		"null":                                   `version is ""; valid: "1", which the recipe has`,
		`{"version":"2","verdicts":[]}`:          `version is "2"; valid: "1", which the recipe has`,
		`{"version":"1","verdict":[]}`:           `unknown field "verdict"`,
		of(``):                                   "there are 0 verdicts; valid: 2, one per rollout of the request",
		of(right + right + right[:len(right)-1]): "there are 3 verdicts; valid: 2, one per rollout of the request",
		of(right + right[:len(right)-1]):         "verdicts[1].rollout is 5; valid: 6, in the order of the request",
		of(right + `{"verdict":"correct"}`):      "verdicts[1].rollout is missing; valid: 6, in the order of the request",
		of(right + `{"rollout":6,"verdict":"incorrect"}`):            "verdicts[1].score is missing; valid: any finite number",
		of(right + `{"rollout":6,"verdict":"right","score":1}`):      `verdicts[1].verdict is "right"; valid: "correct", "incorrect", "ungradable"`,
		of(right + `{"rollout":6,"verdict":"correct","score":1e39}`): "verdicts[1].score is 1e+39; valid: a number that float32 can hold",
		of(right + `{"rollout":6,"verdict":"correct","score":"1"}`):  "verdicts.score is a string; valid: a number",
	} {
		if _, err := ReadAnswer([]byte(answer), "1", 5, 2); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", answer, err, want)
		}
	}
	for _, number := range []string{"NaN", "Infinity", "1e999"} {
		if _, err := ReadAnswer([]byte(of(right+`{"rollout":6,"verdict":"correct","score":`+number+`}`)), "1", 5, 2); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v", number, err)
		} else {
			t.Log(err)
		}
	}
}
