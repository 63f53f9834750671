package activities_test

import (
	"fmt"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
)

func TestContinueRun(t *testing.T) {
	p := newPlace(t, nil)
	smallRun(p)
	in := activities.ContinueRunInput{Run: testRun, Recipe: smoke(t)}
	got := must(p, p.acts.ContinueRun, in)
	if n := len(p.manifests(testRun)); got.Records != n || got.Stage != "math" || got.Step != 1 {
		t.Errorf("got %+v of %d records", got, n)
	}
	if want := fmt.Sprintf("%d records, the furthest of stage math, step 1", got.Records); got.String() != want {
		t.Errorf("said %q", got)
	}

	unknown := in
	unknown.Run.ID = "0002"
	_, err := do(p, p.acts.ContinueRun, unknown)
	app := checkFailure(t, err, activities.UserErrorType, false)
	if want := `continue_from is "0002", which no run "test" has; valid: 0001 (begun `; !strings.HasPrefix(app.Message(), want) {
		t.Errorf("message is %q", app.Message())
	}
	unknown.Run.Name = "nobody"
	_, err = do(p, p.acts.ContinueRun, unknown)
	if app := checkFailure(t, err, activities.UserErrorType, false); !strings.Contains(app.Message(), `no run "nobody" has recorded anything`) {
		t.Errorf("message is %q", app.Message())
	}

	other := in
	other.Recipe = smoke(t)
	other.Recipe.Stages[2].RL.GroupSize++
	other.Recipe.Seed = 77
	_, err = do(p, p.acts.ContinueRun, other)
	app = checkFailure(t, err, activities.UserErrorType, false)
	if !strings.Contains(app.Message(), "stages[2].group_size is ") || !strings.Contains(app.Message(), "seed is 77, was 1") || strings.Contains(app.Message(), "\n") {
		t.Errorf("message is %q", app.Message())
	}
}

// TestContinueRunOfDamagedRecords: what cannot be read is done again, and does not keep a run from going on.
func TestContinueRunOfDamagedRecords(t *testing.T) {
	p := newPlace(t, nil)
	recorded, _ := smallRun(p)
	in := activities.ContinueRunInput{Run: testRun, Recipe: smoke(t)}
	damaged := map[string][]byte{}
	for key, m := range p.manifests(testRun) {
		if m.Kind == artifact.KindRecipe {
			damaged[key] = []byte("{")
		}
	}
	p.acts.Store = rot{p.store, damaged}
	if got := must(p, p.acts.ContinueRun, in); got.Stage != "math" {
		t.Errorf("got %+v", got)
	}
	if again := must(p, p.acts.RecordRecipe, activities.RecordRecipeInput{Run: testRun, Recipe: smoke(t)}); again.Ref != recorded {
		t.Errorf("the recipe is recorded again as %v, was %v", again, recorded)
	}
	runs, err := records.Runs(t.Context(), p.acts.Store, testRun.Name)
	if err != nil || len(runs) != 1 || runs[0].Recipe != recorded {
		t.Errorf("found %+v, error %v", runs, err)
	}
	p.acts.Store = objectstore.NewFaults(p.store, objectstore.Fault{Op: objectstore.OpGet, Kind: objectstore.Corrupt})
	must(p, p.acts.ContinueRun, in)
	p.acts.Store = objectstore.NewFaults(p.store, objectstore.Fault{Op: objectstore.OpList, Nth: 1, Kind: objectstore.Fail})
	_, err = do(p, p.acts.ContinueRun, in)
	checkFailure(t, err, activities.TransientType, true)
}
