package workflows

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/recipe"
)

// checkUserError wants a failure that names what to mend and is not tried again.
func checkUserError(t *testing.T, err error, messages ...string) {
	t.Helper()
	cause := causeOf(t, err)
	if cause.Type() != activities.UserErrorType || !cause.NonRetryable() {
		t.Errorf("type %s, non-retryable %v: %v", cause.Type(), cause.NonRetryable(), err)
	}
	for _, message := range messages {
		if !strings.Contains(cause.Message(), message) {
			t.Errorf("message %q lacks %q", cause.Message(), message)
		}
	}
}

func TestRecipesThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		name     string
		change   func(map[string]any)
		messages []string
	}{
		{"unknown key", func(r map[string]any) { r["sedd"] = 1 }, []string{"sedd"}},
		{"several faults", func(r map[string]any) {
			r["tokenizer"] = "klingon"
			r["evaluation"].(map[string]any)["benchmarks"].([]any)[0].(map[string]any)["data"] = "nothing"
			r["stages"].([]any)[2].(map[string]any)["group_size"] = -1
		}, []string{"tokenizer", "evaluation.benchmarks[0].data", "stages[2].group_size"}},
		{"wrong type", func(r map[string]any) { r["seed"] = "one" }, []string{"seed"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			data, err := recipe.Encode(smoke(t))
			if err != nil {
				t.Fatal(err)
			}
			var r map[string]any
			if err := json.Unmarshal(data, &r); err != nil {
				t.Fatal(err)
			}
			test.change(r)
			if data, err = json.Marshal(r); err != nil {
				t.Fatal(err)
			}
			_, err = p.runJSON(data, nil)
			checkUserError(t, err, test.messages...)
			var outer *temporal.ApplicationError
			if !errors.As(err, &outer) || outer.Type() != activities.UserErrorType {
				t.Errorf("the run's own error is %v", err)
			}
			if len(p.completed) != 0 {
				t.Errorf("work was done: %v", p.completed)
			}
		})
	}
}

func TestRunNamesThatAreRefused(t *testing.T) {
	for _, name := range []string{"Has Spaces", "../other", "a/b", strings.Repeat("x", 64)} {
		p := newPlace(t, nil)
		p.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: name, TaskQueue: ControlQueue})
		_, err := p.run(smoke(t))
		checkUserError(t, err, "workflow ID", "lower-case")
	}
}

// gsm8k is the named recipe on files that the fake sources have.
func gsm8k(t *testing.T) recipe.Recipe {
	t.Helper()
	r, err := recipe.Named("gsm8k-tiny")
	if err != nil {
		t.Fatal(err)
	}
	for _, assignment := range []string{"data.train=/data/train.jsonl", "data.test=s3://corpora/test.jsonl"} {
		if err := recipe.Set(&r, assignment); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestDataThatIsRefused(t *testing.T) {
	line := `{"question": "2 and 3?", "answer": "2+3=5\n#### 5"}` + "\n"
	long := `{"question": "2?", "answer": "` + strings.Repeat("and so on ", 200) + `\n#### 5"}` + "\n"
	for _, test := range []struct{ name, train, test, message string }{
		{"missing file", "", line, "data.train: /data/train.jsonl: no such file"},
		{"malformed line", line + "{", line, "data.train: /data/train.jsonl line 2: it is truncated"},
		{"malformed test", line, line + line + "}", "data.test: s3://corpora/test.jsonl line 3"},
		{"no example fits", long, line, "data.train holds no examples"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			for uri, text := range map[string]string{"/data/train.jsonl": test.train, "s3://corpora/test.jsonl": test.test} {
				if text != "" {
					p.sources[uri] = []byte(text)
				}
			}
			_, err := p.run(gsm8k(t))
			checkUserError(t, err, test.message)
			if n := p.completed["TrainSFT"]; n != 0 {
				t.Errorf("%d segments were trained", n)
			}
		})
	}
}

// TestFailingChild: what no retry cures ends the run, and the message says where.
func TestFailingChild(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Use(learnertest.Fail(learnertest.OpAdvance, 2, fmt.Errorf("get: %w: it is empty", objectstore.ErrBadKey)))
	_, err := p.run(smoke(t))
	cause := causeOf(t, err)
	if cause.Type() != activities.PermanentType || !cause.NonRetryable() {
		t.Errorf("type %s, non-retryable %v", cause.Type(), cause.NonRetryable())
	}
	if want := "update policy in math step 2: get: bad key: it is empty"; cause.Message() != want {
		t.Errorf("message is %q, want %q", cause.Message(), want)
	}
	if n := strings.Count(err.Error(), "bad key"); n != 1 {
		t.Errorf("the reason is said %d times: %v", n, err)
	}
	if p.completed["UpdatePolicy"] != 1 || p.completed["WriteReport"] != 0 {
		t.Errorf("work done: %v", p.completed)
	}
}

// TestWorkThatFailsForNoKnownReason is given up after a few attempts.
func TestWorkThatFailsForNoKnownReason(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Use(learnertest.Fail(learnertest.OpTrain, 0, errors.New("shapes differ")))
	_, err := p.run(smoke(t))
	if cause := causeOf(t, err); cause.Type() != activities.PermanentType || cause.Message() != "train base-text: shapes differ (gave up after 6 attempts)" {
		t.Errorf("cause is %s: %s", cause.Type(), cause.Message())
	}
	if n := p.learner.Calls(learnertest.OpTrain); n != 6 {
		t.Errorf("%d attempts", n)
	}
}

// TestMissingFilesAreFoundFirst: no model is made for data that is not there.
func TestMissingFilesAreFoundFirst(t *testing.T) {
	p := newPlace(t, nil)
	r, err := recipe.Named("gsm8k-tiny")
	if err != nil {
		t.Fatal(err)
	}
	for _, assignment := range []string{"data.train=/data/none.jsonl", "data.test=/data/neither.jsonl"} {
		if err := recipe.Set(&r, assignment); err != nil {
			t.Fatal(err)
		}
	}
	_, err = p.run(r)
	checkUserError(t, err, "data.test: /data/neither.jsonl", "data.train: /data/none.jsonl")
	if p.completed["InitModel"] != 0 {
		t.Error("a model was made")
	}
}
