package learnertest_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/code"
	"temper/model/reward/math"
	"temper/model/rollout"
	"temper/model/synthetic"
	"temper/model/tokenizer"
)

func initial(t *testing.T, l *learnertest.Learner, store objectstore.Store) artifact.Policy {
	t.Helper()
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := store.Put(t.Context(), tok.JSON())
	if err != nil {
		t.Fatal(err)
	}
	ref, err := l.Initial(t.Context(), activities.InitialModel{Tokenizer: stored})
	if err != nil {
		t.Fatal(err)
	}
	return artifact.Policy{Checkpoint: ref}
}

// TestResponsesAreWhatCorrectSays judges responses to every kind of synthetic problem with the real verifiers.
func TestResponsesAreWhatCorrectSays(t *testing.T) {
	store := objectstore.NewMemory()
	l, box := learnertest.New(store), learnertest.NewSandbox()
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	problems, _, err := synthetic.Generate("mixed", recipe.Synthetic{Kind: recipe.Problems, Count: 300, CodeFraction: 0.5, Operations: []int{2, 3, 4}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var requests []rollout.Request
	for i, p := range problems {
		prompt, err := dataset.PromptTokens(tok, p)
		if err != nil {
			t.Fatal(err)
		}
		requests = append(requests, rollout.Request{Problem: i, Seed: rollout.Seed(1, "x", 0, i, 0), Prompt: prompt})
	}
	rollouts, err := l.Sample(t.Context(), initial(t, l, store), requests, activities.Decoding{Sampling: rollout.Sampling{Temperature: 1, MaxResponseTokens: 40}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[bool]int{}
	for i, r := range rollouts {
		if r.Truncated() != learnertest.Cut(r.Seed) {
			t.Errorf("rollout %d: truncated %v", i, r.Truncated())
		}
		if r.Truncated() {
			continue
		}
		right := learnertest.Correct(r.Seed, 0)
		seen[right]++
		if got := verdict(t, box, problems[i], tok.Decode(r.Response[:len(r.Response)-1])); (got == reward.Correct) != right {
			t.Errorf("%s: %q is %s, want correct %v", problems[i].Prompt, tok.Decode(r.Response), got, right)
		}
	}
	if seen[true] < 20 || seen[false] < 20 {
		t.Errorf("right and wrong responses: %v", seen)
	}
}

func verdict(t *testing.T, box *learnertest.Sandbox, p dataset.Problem, response string) reward.Verdict {
	t.Helper()
	if p.Domain == recipe.DomainMath {
		return math.Grade(response, p.Answer).Verdict
	}
	var tests code.Tests
	if err := json.Unmarshal(p.Tests, &tests); err != nil {
		t.Fatal(err)
	}
	program := (code.Extraction{}).Extract(response, tests)
	if program == "" {
		t.Fatalf("%q has no program", response)
	}
	r, err := box.Grade(t.Context(), program, tests)
	if err != nil {
		t.Fatal(err)
	}
	return r.Verdict
}

// TestPolicyIsAFunctionOfItsName: another learner on the same store derives the same policy.
func TestPolicyIsAFunctionOfItsName(t *testing.T) {
	store := objectstore.NewMemory()
	a, b := learnertest.New(store), learnertest.New(store)
	start := initial(t, a, store)
	batches := [][]dataset.Tokenized{{{Prompt: []int32{1}, Response: []int32{2}}}, {{Prompt: []int32{1}, Response: []int32{3}}}}
	segment := activities.SFTSegment{Updates: 2, Batches: learnertest.Batches(batches...)}
	one, stats, err := a.TrainSFT(t.Context(), start, segment, nil)
	if err != nil {
		t.Fatal(err)
	}
	two, again, err := b.TrainSFT(t.Context(), start, segment, nil)
	if err != nil || one != two || !reflect.DeepEqual(stats, again) {
		t.Errorf("%v and %v, %v", one, two, err)
	}
	batches[1][0].Response = []int32{4}
	if other, _, err := b.TrainSFT(t.Context(), start, segment, nil); err != nil || other == one {
		t.Errorf("other data give the same policy, %v", err)
	}
}

func TestHooks(t *testing.T) {
	l := learnertest.New(objectstore.NewMemory())
	away := errors.New("away")
	l.Use(learnertest.Fail(learnertest.OpInitial, 2, away), learnertest.FailEvery(learnertest.OpSave, 3, away))
	var failed []int
	for n := 1; n <= 3; n++ {
		if _, err := l.Initial(t.Context(), activities.InitialModel{}); errors.Is(err, away) {
			failed = append(failed, n)
		}
	}
	if !reflect.DeepEqual(failed, []int{2}) || l.Calls(learnertest.OpInitial) != 3 {
		t.Errorf("calls %v failed of %d", failed, l.Calls(learnertest.OpInitial))
	}
}
