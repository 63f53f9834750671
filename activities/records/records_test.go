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
