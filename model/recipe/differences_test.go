package recipe

import (
	"slices"
	"strings"
	"testing"
)

func TestDifferences(t *testing.T) {
	recorded, err := Named("demo")
	if err != nil {
		t.Fatal(err)
	}
	data, err := Encode(recorded)
	if err != nil {
		t.Fatal(err)
	}
	same := recorded
	same.ContinueFrom = "0198"
	if found, err := Differences(data, same); err != nil || len(found) != 0 {
		t.Errorf("the same recipe differs in %q, error %v", found, err)
	}
	changed, err := Named("demo")
	if err != nil {
		t.Fatal(err)
	}
	changed.Seed = 9
	changed.Stages[3].RL.Steps++
	changed.Evaluation.Benchmarks = changed.Evaluation.Benchmarks[:1]
	changed.Model.Init = nil
	found, err := Differences(data, changed)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"evaluation.benchmarks is a list of 1, was a list of 3", "model.init is not there, was an object of 2 fields", "seed is 9, was 1", "stages[3].steps is "} {
		if i >= len(found) || !strings.HasPrefix(found[i], want) {
			t.Errorf("difference %d is not %q: %q", i, want, found)
		}
	}
	if len(found) != 4 {
		t.Errorf("found %q", found)
	}
	if _, err := Differences([]byte("{"), changed); err == nil {
		t.Error("half a recipe was compared")
	}
}

// The digest is the recipe's, whatever the run goes on from.
func TestContinueFrom(t *testing.T) {
	r, err := Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := r.Digest()
	if err != nil {
		t.Fatal(err)
	}
	r.ContinueFrom = "019ad3f2-7c1e-7d5a-9c3b-2f1d8a6e4b70"
	if digest, err := r.Digest(); err != nil || digest != plain {
		t.Errorf("digest is %s, without the field %s (error %v)", digest, plain, err)
	}
	data, err := Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := Decode(data); err != nil || back.ContinueFrom != r.ContinueFrom {
		t.Errorf("comes back as %q, error %v", back.ContinueFrom, err)
	}
	if back, err := Decode([]byte(shown(t, r, nil))); err != nil || back.ContinueFrom != r.ContinueFrom {
		t.Errorf("comes back from YAML as %q, error %v", back.ContinueFrom, err)
	}
	for _, bad := range []string{"../x", "a/b", ".", " ", "-", strings.Repeat("x", 200)} {
		r.ContinueFrom = bad
		if err := r.Validate(); err == nil || !slices.ContainsFunc(strings.Split(err.Error(), "\n"), func(line string) bool { return strings.HasPrefix(line, "continue_from is ") }) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
