package reward

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestRecordsRoundTrip(t *testing.T) {
	records := []Record{
		{Rollout: 0, Problem: 7, ID: "m:1", Sample: 0, Result: Result{Verdict: Correct, Score: 1, Extracted: "4", Reason: "equals 4"}},
		{Rollout: 1, Problem: 7, ID: "m:1", Sample: 1, Result: Result{Verdict: Incorrect, Score: -0.25}},
		{Rollout: 2, Problem: 9, ID: "m:2", Sample: 0, Result: Result{Verdict: Ungradable, Reason: "the sandbox broke"}},
	}
	data, err := Encode(records)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"schema":1,"rollout":1,"problem":7,"id":"m:1","sample":1,"verdict":"incorrect","score":-0.25}`; strings.Split(string(data), "\n")[1] != want {
		t.Errorf("encoded\n%swant %s", data, want)
	}
	back, err := Decode(data)
	for i := range records {
		records[i].Schema = Schema
	}
	if err != nil || !reflect.DeepEqual(back, records) {
		t.Errorf("came back as %+v, %v", back, err)
	}
	if none, err := Decode(nil); none != nil || err != nil {
		t.Errorf("nothing decodes to %v, %v", none, err)
	}
}

// Verdicts that were stored before records had a version have the score of a rule-based reward.
func TestDecodeWithoutVersion(t *testing.T) {
	got, err := Decode([]byte(`{"verdict":"correct","extracted":"4"}` + "\n" + `{"verdict":"incorrect"}` + "\n"))
	if err != nil || len(got) != 2 || got[0].Score != 1 || got[1].Score != 0 || got[0].Extracted != "4" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	const good = `{"schema":1,"verdict":"correct","score":1}` + "\n"
	for line, want := range map[string]string{
		`{`:                        "decode verdicts: line 2: unexpected end of JSON input",
		`{"verdict":"right"}`:      `decode verdicts: line 2: verdict is "right"; valid: "correct", "incorrect", "ungradable"`,
		`{}`:                       `decode verdicts: line 2: verdict is ""; valid: "correct", "incorrect", "ungradable"`,
		`{"schema":2,"score":0.5}`: "decode verdicts: line 2: it is of schema 2, which a newer temper reads; this one reads up to 1",
	} {
		if _, err := Decode([]byte(good + line)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", line, err, want)
		}
	}
}

func TestEncodeRefusesScores(t *testing.T) {
	for _, score := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := Encode([]Record{{}, {Result: Result{Verdict: Correct, Score: score}}}); err == nil || !strings.HasPrefix(err.Error(), "encode verdicts: rollout 1: ") {
			t.Errorf("%g: got %v", score, err)
		}
		if err := (Result{Verdict: Correct, Score: score}).Check(); err == nil || !strings.Contains(err.Error(), "valid: any finite number") {
			t.Errorf("%g: got %v", score, err)
		}
	}
}
