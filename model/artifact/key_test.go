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
