package records

import (
	"slices"
	"testing"
	"time"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

func create(t *testing.T, store objectstore.Store, key string, m artifact.Manifest) {
	t.Helper()
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Create(t.Context(), key, data); err != nil {
		t.Fatal(err)
	}
}

// Keys come apart into what they were made of.
func TestKeys(t *testing.T) {
	const digest = "0123456789abcdef"
	run := artifact.RunID{Name: "demo-2", ID: "019a-b"}
	for _, m := range []artifact.Manifest{
		{Kind: artifact.KindRecipe, Run: run},
		{Kind: artifact.KindDataset, Run: run, Name: "a-b-c"},
		{Kind: artifact.KindUpdate, Run: run, Stage: "math-long", Step: 123},
		{Kind: artifact.KindRollouts, Run: run, Stage: "math", Step: 1234567, Shard: 7},
	} {
		key := artifact.Key(m, digest)
		if err := objectstore.CheckKey(key); err != nil {
			t.Error(err)
		}
		for _, k := range []string{key, artifact.Again(key, 1), artifact.Again(key, 12)} {
			p, ok := artifact.ParseKey(k)
			if !ok || p != (artifact.Place{Run: run, Stage: m.Stage, Kind: m.Kind, Step: m.Step}) {
				t.Errorf("%s is %+v (%v)", k, p, ok)
			}
			if artifact.Original(k) != key {
				t.Errorf("the original of %s is %s", k, artifact.Original(k))
			}
		}
	}
	for _, key := range []string{"", "runs/a/b/c", "runs/a/b/c/d", "blobs/sha256/aa/bb/cc", "runs/a/b/run/x-y-z-w.json"} {
		if p, ok := artifact.ParseKey(key); ok {
			t.Errorf("%q is %+v", key, p)
		}
	}
}

func TestRuns(t *testing.T) {
	store := objectstore.NewMemory()
	at := func(minute int) artifact.Work {
		return artifact.Work{Started: time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC)}
	}
	add := func(id string, m artifact.Manifest) {
		m.Run = artifact.RunID{Name: "demo", ID: id}
		create(t, store, artifact.Key(m, "0123456789abcdef"), m)
	}
	add("b", artifact.Manifest{Kind: artifact.KindRecipe, Work: at(2)})
	add("b", artifact.Manifest{Kind: artifact.KindUpdate, Stage: "math", Step: 9, Work: at(50)})
	add("b", artifact.Manifest{Kind: artifact.KindSFT, Stage: "sft", Step: 100, Work: at(40)})
	add("a", artifact.Manifest{Kind: artifact.KindRecipe, Work: at(3)})
	add("c", artifact.Manifest{Kind: artifact.KindRecipe, Work: at(1)})
	other := artifact.Manifest{Kind: artifact.KindRecipe, Run: artifact.RunID{Name: "demo-2", ID: "z"}, Work: at(9)}
	create(t, store, artifact.Key(other, "0123456789abcdef"), other)

	runs, err := Runs(t.Context(), store, "demo")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range runs {
		ids = append(ids, r.ID)
	}
	if !slices.Equal(ids, []string{"a", "b", "c"}) {
		t.Fatalf("found %v", ids)
	}
	if stage, step := runs[1].Furthest([]string{"sft", "math"}); stage != "math" || step != 9 || !runs[1].Trained() {
		t.Errorf("b came to %s, %d", stage, step)
	}
	if stage, _ := runs[0].Furthest([]string{"sft", "math"}); stage != "" || runs[0].Trained() {
		t.Errorf("a came to %s", stage)
	}
	if runs, err := Runs(t.Context(), store, "nobody"); err != nil || len(runs) != 0 {
		t.Errorf("found %v, error %v", runs, err)
	}
}

func TestFew(t *testing.T) {
	if got := Few([]string{"a", "b"}); got != "a, b" {
		t.Error(got)
	}
	if got := Few([]string{"1", "2", "3", "4", "5", "6", "7"}); got != "1, 2, 3, 4, 5 and 2 more" {
		t.Error(got)
	}
}
