package workflows

import (
	"strings"
	"testing"

	"go.temporal.io/sdk/client"

	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/recipe"
)

// runAs does a recipe as a run with a name and a Run ID, on a store that other runs have used.
func runAs(t *testing.T, store objectstore.Store, run artifact.RunID, r recipe.Recipe) (*place, Result, error) {
	t.Helper()
	p := newPlace(t, store)
	p.firstRunID = run.ID
	p.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: run.Name, TaskQueue: ControlQueue})
	result, err := p.run(r)
	return p, result, err
}

// upTo are the first stages of a recipe, and after the others.
func upTo(r recipe.Recipe, n int) (before, after recipe.Recipe) {
	before, after = r, r
	before.Stages, after.Stages = r.Stages[:n], r.Stages[n:]
	return before, after
}

// TestParent: a recipe cut in two, whose second part begins with the checkpoint of the first, ends
// with the same checkpoint as the whole, wherever it is cut, and trains nothing twice.
func TestParent(t *testing.T) {
	whole := newPlace(t, nil)
	want := whole.mustRun(smoke(t))
	for n := 1; n < len(smoke(t).Stages); n++ {
		store := objectstore.NewMemory()
		before, after := upTo(smoke(t), n)
		first, made, err := runAs(t, store, artifact.RunID{Name: "first", ID: "id-1"}, before)
		if err != nil {
			t.Fatal(err)
		}
		after.Parent = &recipe.Parent{Run: "first", ID: "id-1", Stage: before.Stages[n-1].Name, Checkpoint: made.Checkpoint.SHA256}
		second, got, err := runAs(t, store, artifact.RunID{Name: "second", ID: "id-2"}, after)
		if err != nil {
			t.Fatal(err)
		}
		if got.Checkpoint != want.Checkpoint {
			t.Errorf("cut after %s it ends with %s, whole with %s", before.Stages[n-1].Name, got.Checkpoint.Short(), want.Checkpoint.Short())
		}
		if all := first.learner.Calls("train") + second.learner.Calls("train"); all != whole.learner.Calls("train") {
			t.Errorf("cut after %s there are %d supervised segments, whole %d", before.Stages[n-1].Name, all, whole.learner.Calls("train"))
		}
		checkParentShown(t, second, got, made.Checkpoint)
	}
}

// checkParentShown wants the parent in the first record's inputs, the progress, the page and the details.
func checkParentShown(t *testing.T, p *place, got Result, parent artifact.Ref) {
	t.Helper()
	manifests, _, err := records.All(t.Context(), p.store, got.Run)
	if err != nil {
		t.Fatal(err)
	}
	named := false
	for _, m := range manifests {
		if m.Kind == artifact.KindCheckpoint && m.Name == "initial" {
			named = m.Inputs["parent"] == parent && m.Outputs[artifact.OutputCheckpoint] == parent && !m.Inputs["parent_recipe"].IsZero()
		}
	}
	if !named {
		t.Error("the run's first record does not name the parent")
	}
	page, err := p.store.Get(t.Context(), got.Report)
	if err != nil {
		t.Fatal(err)
	}
	if text := "It begins with the checkpoint of run first after "; !strings.Contains(string(page), text) {
		t.Errorf("the report lacks %q", text)
	}
	if shown := p.progress().Parent; shown == nil || shown.Run != "first" {
		t.Errorf("the progress has the parent %v", shown)
	}
}

func TestParentsThatAreRefused(t *testing.T) {
	store := objectstore.NewMemory()
	before, after := upTo(smoke(t), 2)
	_, made, err := runAs(t, store, artifact.RunID{Name: "first", ID: "id-1"}, before)
	if err != nil {
		t.Fatal(err)
	}
	right := recipe.Parent{Run: "first", ID: "id-1", Stage: "sft", Checkpoint: made.Checkpoint.SHA256}
	other := strings.Repeat("0", 64)
	for name, test := range map[string]struct {
		change func(*recipe.Recipe)
		says   string
	}{
		"no run":           {func(r *recipe.Recipe) { r.Parent.Run = "fist" }, `parent.run is "fist", and no run of that name has recorded anything`},
		"no Run ID":        {func(r *recipe.Recipe) { r.Parent.ID = "id-3" }, `parent.id is "id-3", which no run "first" has; valid: id-1 (begun`},
		"no stage":         {func(r *recipe.Recipe) { r.Parent.Stage = "sftt" }, `parent.stage is "sftt", which run first has not; did you mean sft? valid: base-text, sft`},
		"another stage":    {func(r *recipe.Recipe) { r.Parent.Stage = "base-text" }, `which stage base-text of run first has not made; valid: `},
		"no checkpoint":    {func(r *recipe.Recipe) { r.Parent.Checkpoint = other }, `parent.checkpoint is "` + other + `", which stage sft of run first has not made; valid: `},
		"unnamed":          {func(r *recipe.Recipe) { r.Parent.Checkpoint = "" }, `parent.checkpoint is missing`},
		"another model":    {func(r *recipe.Recipe) { r.Model.HiddenSize = 64 }, `parent is first@sft, which has another model or tokenizer: model.hidden_size is 64, was 32; valid: the parent's`},
		"another alphabet": {func(r *recipe.Recipe) { r.Tokenizer = "bytes" }, `tokenizer is "bytes", was "synthetic"`},
	} {
		t.Run(name, func(t *testing.T) {
			r, p := after, right
			r.Parent = &p
			test.change(&r)
			_, _, err := runAs(t, store, artifact.RunID{Name: "second", ID: "id-2"}, r)
			checkUserError(t, err, test.says)
			if strings.Contains(causeOf(t, err).Message(), "\n") {
				t.Errorf("it is said in several lines: %v", err)
			}
		})
	}
}
