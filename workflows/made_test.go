package workflows

import (
	"strings"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/experiment"
	"temper/model/recipe"
)

// curatedMath is smoke with a stage that curates what its RL stage trains on.
func curatedMath(t *testing.T) recipe.Recipe {
	t.Helper()
	r := smoke(t)
	clean := recipe.Stage{Name: "clean-math", Kind: recipe.KindCurate, Curate: &recipe.Curate{Data: "math", Into: "clean", Rules: []recipe.Rule{{Dedupe: &recipe.Dedupe{}}}}}
	r.Stages = append(append(append([]recipe.Stage{}, r.Stages[:2]...), clean), r.Stages[2:]...)
	if err := recipe.Set(&r, "stages.math.data=clean"); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestMade: a recipe cut in two after a curation, whose second part takes over checkpoint and dataset of the first, ends with the
// same checkpoint as the whole, and curates nothing.
func TestMade(t *testing.T) {
	want := newPlace(t, nil).mustRun(curatedMath(t))
	store := objectstore.NewMemory()
	before, after := upTo(curatedMath(t), 3)
	_, first, err := runAs(t, store, artifact.RunID{Name: "first", ID: "id-1"}, before)
	if err != nil {
		t.Fatal(err)
	}
	clean, ok := first.Made["clean"]
	if !ok || len(first.Made) != 1 {
		t.Fatalf("it has made %+v", first.Made)
	}
	after.Parent = &recipe.Parent{Run: "first", ID: "id-1", Stage: "sft", Checkpoint: first.Checkpoint.SHA256}
	after.Data["clean"] = recipe.Dataset{Made: &recipe.Made{Run: "first", ID: "id-1", Data: "clean", SHA256: clean.Digest()}}
	p, got, err := runAs(t, store, artifact.RunID{Name: "second", ID: "id-2"}, after)
	if err != nil {
		t.Fatal(err)
	}
	if got.Checkpoint != want.Checkpoint {
		t.Errorf("it ends with %s, whole with %s", got.Checkpoint.Short(), want.Checkpoint.Short())
	}
	if n := p.completed["CurateData"]; n != 0 {
		t.Errorf("%d curations were done again", n)
	}
	for _, m := range p.manifests() {
		if m.Kind == artifact.KindDataset && m.Name == "clean" && (m.Inputs["made_problems"] != clean.Problems || m.Outputs[artifact.OutputProblems] != clean.Problems) {
			t.Errorf("its record has inputs %v, outputs %v", m.Inputs, m.Outputs)
		}
	}
}

func TestMadeThatIsRefused(t *testing.T) {
	store := objectstore.NewMemory()
	before, _ := upTo(curatedMath(t), 3)
	_, first, err := runAs(t, store, artifact.RunID{Name: "first", ID: "id-1"}, before)
	if err != nil {
		t.Fatal(err)
	}
	right := recipe.Made{Run: "first", ID: "id-1", Data: "clean", SHA256: first.Made["clean"].Digest()}
	for name, test := range map[string]struct {
		change func(*recipe.Recipe, *recipe.Made)
		says   string
	}{
		"no run":         {func(_ *recipe.Recipe, m *recipe.Made) { m.Run = "fist" }, "data.clean.made is of run fist, Run ID id-1, which has recorded nothing in the store"},
		"no Run ID":      {func(_ *recipe.Recipe, m *recipe.Made) { m.ID = "id-9" }, "Run ID id-9, which has recorded nothing"},
		"no dataset":     {func(_ *recipe.Recipe, m *recipe.Made) { m.Data = "claen" }, `data.clean.made.data is "claen", which run first has not made; valid: `},
		"another":        {func(_ *recipe.Recipe, m *recipe.Made) { m.SHA256 = strings.Repeat("0", 64) }, "which run first has not made of clean; valid: "},
		"unnamed":        {func(_ *recipe.Recipe, m *recipe.Made) { m.SHA256 = "" }, "data.clean.made.sha256 is missing"},
		"no digest":      {func(_ *recipe.Recipe, m *recipe.Made) { m.SHA256 = "abc" }, `data.clean.made.sha256 is "abc"; valid: `},
		"and a file":     {func(r *recipe.Recipe, m *recipe.Made) { r.Data["clean"] = recipe.Dataset{URI: "/x", Made: m} }, "data.clean is made by another run and something else"},
		"other prompts":  {func(r *recipe.Recipe, _ *recipe.Made) { r.Prompt.Labels = recipe.Labels{Correct: "1", Incorrect: "2"} }, "whose recipe has another prompt"},
		"other problems": {func(r *recipe.Recipe, _ *recipe.Made) { r.Stages[2].RL.Domain = recipe.DomainCode }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, m := curatedMath(t), right
			r.Stages = append(r.Stages[:2], r.Stages[3:]...)
			r.Data["clean"] = recipe.Dataset{Made: &m}
			test.change(&r, &m)
			_, _, err := runAs(t, store, artifact.RunID{Name: "second", ID: "id-2"}, r)
			if err == nil {
				t.Fatal("it is not refused")
			}
			if test.says != "" && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %s", err, test.says)
			}
		})
	}
}

// TestExperimentSharesData: what a shared run has curated its children take over, once for each seed.
func TestExperimentSharesData(t *testing.T) {
	base := curatedMath(t)
	e := experiment.Experiment{
		Name: "pair", Title: "Two learning rates", Recipe: "smoke", Base: &base, Seeds: []uint64{1, 2}, Benchmark: "math",
		Shared: []experiment.Run{{Name: "sft", Stages: []string{"base-text", "sft", "clean-math"}}},
		Variants: []experiment.Run{
			{Name: "slow", Parent: "sft", Data: []string{"clean"}, Stages: []string{"math"}},
			{Name: "later", Parent: "slow", Data: []string{"clean"}, Stages: []string{"math"}, Set: []string{"stages.math.optimizer.learning_rate=0.01"}},
		},
	}
	p := newPlace(t, nil)
	got, err := p.runExperiment(e, nil)
	if err != nil || len(got.Failed()) != 0 {
		t.Fatalf("%+v, error %v", got.Failed(), err)
	}
	if n := p.completed["CurateData"]; n != 2 {
		t.Errorf("%d curations, want one for each seed", n)
	}
	e.Variants[0].Data = []string{"claen"}
	_, err = newPlace(t, nil).runExperiment(e, nil)
	checkUserError(t, err, `run slow: data[0] is "claen", which no stage makes of a run that it begins with`)
}
