package artifact

import "testing"

// Keys come apart into what they were made of.
func TestKeys(t *testing.T) {
	const digest = "0123456789abcdef"
	run := RunID{Name: "demo-2", ID: "019a-b"}
	for _, m := range []Manifest{
		{Kind: KindRecipe, Run: run},
		{Kind: KindDataset, Run: run, Name: "a-b-c"},
		{Kind: KindUpdate, Run: run, Stage: "math-long", Step: 123},
		{Kind: KindRollouts, Run: run, Stage: "math", Step: 1234567, Shard: 7},
		{Kind: KindRollouts, Run: run, Stage: "after-" + Inside("math-8k", 50) + "-aime24"},
	} {
		key := Key(m, digest)
		for _, k := range []string{key, Again(key, 1), Again(key, 12)} {
			p, ok := ParseKey(k)
			if !ok || p != (Place{Run: run, Stage: m.Stage, Kind: m.Kind, Step: m.Step}) {
				t.Errorf("%s is %+v (%v)", k, p, ok)
			}
			if Original(k) != key {
				t.Errorf("the original of %s is %s", k, Original(k))
			}
		}
	}
	for _, key := range []string{"", "runs/a/b/c", "runs/a/b/c/d", "blobs/sha256/aa/bb/cc", "runs/a/b/run/x-y-z-w.json"} {
		if p, ok := ParseKey(key); ok {
			t.Errorf("%q is %+v", key, p)
		}
	}
}

// Keys are what they were: runs of earlier versions are found by them.
func TestKeyForm(t *testing.T) {
	run := RunID{Name: "demo", ID: "0001"}
	for want, m := range map[string]Manifest{
		"runs/demo/0001/run/dataset-math-000000-00-0123456789ab.json": {Kind: KindDataset, Run: run, Name: "math"},
		"runs/demo/0001/math/rollouts-000012-03-0123456789ab.json":    {Kind: KindRollouts, Run: run, Stage: "math", Step: 12, Shard: 3},
		"runs/demo/0001/math/rollouts-1234567-00-0123456789ab.json":   {Kind: KindRollouts, Run: run, Stage: "math", Step: 1234567},
		"runs/demo/0001/m.5/evaluation-b-000000-00-0123456789ab.json": {Kind: KindEvaluation, Run: run, Stage: Inside("m", 5), Name: "b"},
	} {
		if got := Key(m, "0123456789abcdef"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	key := Key(Manifest{Kind: KindRecipe, Run: run}, "0123456789abcdef")
	if again := Again(key, 2); again != "runs/demo/0001/run/recipe-000000-00-0123456789ab.again-2.json" || ByAge(key, again) >= 0 || ByAge(again, key) <= 0 || ByAge(key, key) != 0 {
		t.Errorf("%s does not come after %s", again, key)
	}
}

func TestParseInside(t *testing.T) {
	for name, want := range map[string]struct {
		stage  string
		step   int
		inside bool
	}{
		Inside("math-8k", 50): {"math-8k", 50, true}, "math-8k": {"math-8k", 0, false}, "after-math@5-hard": {"after-math@5-hard", 0, false}, "": {"", 0, false},
	} {
		if stage, step, inside := ParseInside(name); stage != want.stage || step != want.step || inside != want.inside {
			t.Errorf("%q is %q, %d, %v", name, stage, step, inside)
		}
	}
}
