package activities_test

import (
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

// smallRun does by hand what the workflows do: data, a supervised segment, one
// policy step and an evaluation. It returns the recipe's ref and the last policy.
func smallRun(p *place) (artifact.Ref, artifact.Policy) {
	p.t.Helper()
	recorded := must(p, p.acts.RecordRecipe, activities.RecordRecipeInput{Run: testRun, Recipe: smoke(p.t)})
	for name := range smoke(p.t).Data {
		p.dataset(name)
	}
	in := sftInput(p)
	in.FirstUpdate, in.EndUpdate = 0, 16
	trained := must(p, p.acts.TrainSFT, in).Policy
	measured := generateInput(p, []int{0, 1}, 1)
	measured.Policy, measured.Measurement = trained, true
	must(p, p.acts.GenerateRollouts, measured)
	update := updateInput(p, trained, 0)
	update.Checkpoint = true
	final := must(p, p.acts.UpdatePolicy, update).Policy
	must(p, p.acts.SummarizeEvaluation, activities.SummarizeEvaluationInput{
		Run: testRun, After: "math", Benchmark: "math", Samples: 4, Shards: activities.ListOf(scoredShard(p, final, 7, 0, []int{0, 1, 2})),
	})
	return recorded.Ref, final
}

func TestWriteReport(t *testing.T) {
	p := newPlace(t, nil)
	p.acts.Worker = `<b>"host"&co` // a host name is not ours to trust
	recorded, final := smallRun(p)
	ref := must(p, p.acts.WriteReport, activities.WriteReportInput{Run: testRun, Recipe: recorded, Final: final})
	page := string(p.get(ref.Ref))
	for _, want := range []string{"<!doctype html>", testRun.Name, "smoke", final.Checkpoint.Short(), "demonstrations", "host"} {
		if !strings.Contains(strings.ToLower(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, `<b>"host"`) {
		t.Error("a worker's name stands on the page as HTML")
	}
	again := must(p, p.acts.WriteReport, activities.WriteReportInput{Run: testRun, Recipe: recorded, Final: final})
	if again != ref {
		t.Error("the second call wrote another page")
	}
	m := p.manifestOf(artifact.KindReport, 0)
	if m.Outputs[artifact.OutputReport] != ref.Ref {
		t.Errorf("manifest is %+v", m)
	}
}

// TestReportOfALaterEnd: a run that went on after a report (a reset) gets a report of its own.
func TestReportOfALaterEnd(t *testing.T) {
	p := newPlace(t, nil)
	recorded, final := smallRun(p)
	early := must(p, p.acts.WriteReport, activities.WriteReportInput{Run: testRun, Recipe: recorded, Final: p.initial()})
	late := must(p, p.acts.WriteReport, activities.WriteReportInput{Run: testRun, Recipe: recorded, Final: final})
	if early.IsZero() || late.IsZero() {
		t.Error("a report is missing")
	}
}

func TestReportOfAnUnfinishedRun(t *testing.T) {
	p := newPlace(t, nil)
	recorded := must(p, p.acts.RecordRecipe, activities.RecordRecipeInput{Run: testRun, Recipe: smoke(t)})
	if ref := must(p, p.acts.WriteReport, activities.WriteReportInput{Run: testRun, Recipe: recorded.Ref}); ref.IsZero() {
		t.Error("no page")
	}
}

func TestWriteReportRefuses(t *testing.T) {
	p := newPlace(t, nil)
	recorded := must(p, p.acts.RecordRecipe, activities.RecordRecipeInput{Run: testRun, Recipe: smoke(t)})
	problems := p.problems(dataset.Problem{ID: "x", Question: "q", Domain: recipe.DomainMath, Prompt: "x", Answer: "1"})
	for _, test := range []struct {
		name, class, message string
		in                   activities.WriteReportInput
	}{
		{"no manifests", activities.UnexpectedType, "the run has no manifests", activities.WriteReportInput{Run: artifact.RunID{Name: "other", ID: "1"}, Recipe: recorded.Ref}},
		{"not a recipe", activities.UnexpectedType, "write report", activities.WriteReportInput{Run: testRun, Recipe: problems}},
		{"no recipe", activities.DamagedType, "not in the store", activities.WriteReportInput{Run: testRun, Recipe: artifact.RefOf([]byte("gone"))}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := do(p, p.acts.WriteReport, test.in)
			if app := checkFailure(t, err, test.class, true); !strings.Contains(app.Message(), test.message) {
				t.Errorf("message is %q", app.Message())
			}
		})
	}
}

// TestReportOfDamagedRecords: each record of a trained run may be lost; the report
// is written, and says which.
func TestReportOfDamagedRecords(t *testing.T) {
	p := newPlace(t, nil)
	recorded, final := smallRun(p)
	in := activities.WriteReportInput{Run: testRun, Recipe: recorded, Final: final}
	keys, err := p.store.List(t.Context(), testRun.Prefix())
	if err != nil {
		t.Fatal(err)
	}
	damage := map[string][]byte{}
	for i, key := range keys {
		damage[key] = [][]byte{{}, []byte("{\"kind\": \"sft\", "), []byte(`{"digest": "0", "kind": "update"}`)}[i%3]
	}
	check := func(damaged map[string][]byte) {
		t.Helper()
		p.acts.Store = rot{p.store, damaged}
		page, err := activities.RenderReport(p.acts, in)
		if err != nil {
			t.Errorf("%d damaged records: %v", len(damaged), err)
		}
		for key := range damaged {
			if !strings.Contains(string(page), key) {
				t.Errorf("the page does not name %s", key)
			}
		}
	}
	for key, data := range damage {
		check(map[string][]byte{key: data})
	}
	check(damage)
	p.acts.Store = rot{p.store, damage}
	if ref := must(p, p.acts.WriteReport, in); ref.IsZero() {
		t.Error("no page")
	}
}

func TestReportRidesOutAStoreThatIsAway(t *testing.T) {
	p := newPlace(t, nil)
	recorded, final := smallRun(p)
	in := activities.WriteReportInput{Run: testRun, Recipe: recorded, Final: final}
	for _, op := range []objectstore.Op{objectstore.OpList, objectstore.OpRead, objectstore.OpPut} {
		p.acts.Store = objectstore.NewFaults(p.store, objectstore.Fault{Op: op, Nth: 1, Kind: objectstore.Fail})
		_, err := do(p, p.acts.WriteReport, in)
		checkFailure(t, err, activities.TransientType, true)
	}
	p.acts.Store = p.store
	must(p, p.acts.WriteReport, in)
}
