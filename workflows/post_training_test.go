package workflows

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/recipe"
)

func TestSmoke(t *testing.T) {
	p := newPlace(t, nil)
	r := smoke(t)
	got := p.mustRun(r)
	if got.State != StateCompleted || got.Run.Name != testRunName || got.Run.ID == "" {
		t.Errorf("result is %+v", got)
	}
	progress := p.progress()
	if progress.State != StateCompleted || progress.Policy.Checkpoint != got.Checkpoint || len(progress.Policy.Updates) != 0 || progress.Report != got.Report {
		t.Errorf("progress is %+v", progress)
	}
	for i, s := range progress.Stages {
		if s.Name != r.StageNames()[i] || !s.Done || s.Step != s.Steps || s.Steps == 0 || s.Tokens == 0 {
			t.Errorf("stage %d is %+v", i, s)
		}
	}
	var scores []string
	last := map[string]float64{}
	for _, s := range got.Scores {
		scores = append(scores, s.After+"/"+s.Benchmark)
		before, compared := last[s.Benchmark]
		if compared != (s.GainProblems > 0) || math.Abs(s.Gain-(s.Avg-before)) > 1e-9 && compared {
			t.Errorf("score is %+v, and before it avg@k was %v", s, before)
		}
		last[s.Benchmark] = s.Avg
		if s.Samples != 2 || s.Avg < 0 || s.Avg > 1 || s.Pass < s.Avg {
			t.Errorf("score is %+v", s)
		}
	}
	if want := "base-text/math base-text/code sft/math sft/code math/math math/code code/math code/code"; strings.Join(scores, " ") != want {
		t.Errorf("scores are %v", scores)
	}
	if n, err := p.learner.Updates(context.Background(), progress.Policy); err != nil || n != 8+16+3+2 {
		t.Errorf("%d updates went into the policy, %v", n, err)
	}
	p.checkReport(got)
}

// checkReport reads the run's page.
func (p *place) checkReport(got Result) {
	p.t.Helper()
	page, err := p.store.Get(context.Background(), got.Report)
	if err != nil {
		p.t.Fatal(err)
	}
	if !bytes.Contains(page, []byte(testRunName)) || !bytes.Contains(page, []byte(got.Checkpoint.Short())) {
		p.t.Error("the report does not name the run and its checkpoint")
	}
}

// TestRunIsAFunctionOfItsRecipe: two runs end alike, whatever steers only their
// speed, and another seed ends otherwise.
func TestRunIsAFunctionOfItsRecipe(t *testing.T) {
	faster := smoke(t)
	faster.Numerics.GenerationRows *= 2
	a, b := newPlace(t, nil).mustRun(smoke(t)), newPlace(t, nil).mustRun(faster)
	if a.Checkpoint != b.Checkpoint {
		t.Errorf("checkpoints are %s and %s", a.Checkpoint.Short(), b.Checkpoint.Short())
	}
	r := smoke(t)
	r.Seed++
	if c := newPlace(t, nil).mustRun(r); c.Checkpoint == a.Checkpoint {
		t.Error("another seed has the same checkpoint")
	}
}

// TestFaultsLeaveNoTrace: stores and learners that fail now and then delay a run and change nothing.
func TestFaultsLeaveNoTrace(t *testing.T) {
	want := newPlace(t, nil).mustRun(smoke(t))
	faults := []objectstore.Fault{
		{Op: objectstore.OpPut, Nth: 7, Kind: objectstore.Fail}, {Op: objectstore.OpPut, Nth: 31, Kind: objectstore.LoseAnswer},
		{Op: objectstore.OpGet, Nth: 3, Kind: objectstore.Fail}, {Op: objectstore.OpGet, Nth: 40, Kind: objectstore.Fail}, {Op: objectstore.OpGet, Nth: 200, Kind: objectstore.Fail},
		{Op: objectstore.OpRead, Nth: 5, Kind: objectstore.Truncate}, {Op: objectstore.OpRead, Nth: 33, Kind: objectstore.Fail},
		{Op: objectstore.OpCreate, Nth: 4, Kind: objectstore.LoseAnswer}, {Op: objectstore.OpCreate, Nth: 20, Kind: objectstore.Fail},
		{Op: objectstore.OpList, Nth: 1, Kind: objectstore.Fail},
	}
	store := objectstore.NewFaults(objectstore.NewMemory(), faults...)
	p := newPlace(t, store)
	away := &objectstore.TransientError{Op: objectstore.OpGet, Err: errors.New("connection reset")}
	p.learner.Use(learnertest.FailEvery(learnertest.OpSample, 6, away), learnertest.FailEvery(learnertest.OpAdvance, 2, errors.New("out of memory")),
		learnertest.FailEvery(learnertest.OpTrain, 3, away), learnertest.Fail(learnertest.OpSave, 1, away), learnertest.Fail(learnertest.OpInitial, 1, away))
	p.sandbox.Use(learnertest.FailEvery(learnertest.OpGrade, 15, errors.New("no namespaces")))
	got := p.mustRun(smoke(t))
	if got.Checkpoint != want.Checkpoint {
		t.Errorf("checkpoint is %s, want %s", got.Checkpoint.Short(), want.Checkpoint.Short())
	}
	for i, s := range got.Scores {
		if s != want.Scores[i] {
			t.Errorf("score is %+v, want %+v", s, want.Scores[i])
		}
	}
	for _, f := range faults {
		if store.Calls(f.Op) < f.Nth {
			t.Errorf("the fault of %s %d did not happen", f.Op, f.Nth)
		}
	}
	p.checkReport(got)
}

// TestStartWithOneArgument: a run is started from the command line with nothing but its recipe.
func TestStartWithOneArgument(t *testing.T) {
	p := newPlace(t, nil)
	data, err := recipe.Encode(smoke(t))
	if err != nil {
		t.Fatal(err)
	}
	p.env.ExecuteWorkflow("PostTraining", map[string]any{})
	if _, err := result[Result](p); err == nil {
		t.Error("an empty recipe ran")
	}
	p = newPlace(t, nil)
	p.env.ExecuteWorkflow("PostTraining", rawJSON(data))
	if got, err := result[Result](p); err != nil || got.State != StateCompleted {
		t.Errorf("got %+v, %v", got, err)
	}
}

// rawJSON is encoded as it is.
type rawJSON []byte

func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// TestPayloadsAreSmall: workflows move refs and small scalars, so histories stay small whatever a run computes.
func TestPayloadsAreSmall(t *testing.T) {
	p := newPlace(t, nil)
	r := smoke(t)
	r.Stages[2].RL.Steps, r.Stages[2].RL.CheckpointEvery = 12, 12 // a policy with many updates
	p.mustRun(r)
	if p.payloads.number < 200 || p.payloads.largest == 0 {
		t.Fatalf("%d payloads were seen, the largest of %d bytes", p.payloads.number, p.payloads.largest)
	}
	if p.payloads.largest > 64<<10 {
		t.Errorf("a payload has %d bytes: %.300s", p.payloads.largest, p.payloads.what)
	}
}

// TestStagesInAnyOrder: an evaluation first, RL before supervised training and after it; each goes on from the one before.
func TestStagesInAnyOrder(t *testing.T) {
	p := newPlace(t, nil)
	r := smoke(t)
	sft, again := r.Stages[1], r.Stages[2]
	again.Name = "math-again"
	r.Stages = []recipe.Stage{{Name: "before", Kind: recipe.KindEvaluate, Evaluate: &recipe.Evaluate{}}, r.Stages[2], sft, again}
	got := p.mustRun(r)
	progress := p.progress()
	var scores []string
	for _, s := range got.Scores {
		scores = append(scores, s.After+"/"+s.Benchmark)
		if first := s.After == "before"; first != (s.GainProblems == 0) {
			t.Errorf("score is %+v", s)
		}
	}
	if want := "before/math before/code math/math math/code sft/math sft/code math-again/math math-again/code"; strings.Join(scores, " ") != want {
		t.Errorf("scores are %v", scores)
	}
	for i, s := range progress.Stages {
		if s.Name != r.Stages[i].Name || s.Kind != r.Stages[i].Kind || !s.Done || s.Step != s.Steps || (s.Steps == 0) != (i == 0) {
			t.Errorf("stage %d is %+v", i, s)
		}
	}
	if n, err := p.learner.Updates(context.Background(), progress.Policy); err != nil || n != 3+16+3 {
		t.Errorf("%d updates went into the policy, %v", n, err)
	}
	if details, _ := p.details(); !strings.Contains(details, "| before ✓ | |") || !strings.Contains(details, "| sft ✓ | 16/16 |") {
		t.Errorf("the page says\n%s", details)
	}
	p.checkReport(got)
}

// TestEvaluateAlone: a recipe may train nothing.
func TestEvaluateAlone(t *testing.T) {
	p := newPlace(t, nil)
	r := smoke(t)
	r.Stages = []recipe.Stage{{Name: "alone", Kind: recipe.KindEvaluate, Evaluate: &recipe.Evaluate{}}}
	got := p.mustRun(r)
	if n, err := p.learner.Updates(context.Background(), p.progress().Policy); err != nil || n != 0 || len(got.Scores) != 2 {
		t.Errorf("%d updates went into the policy, %v; scores %v", n, err, got.Scores)
	}
	p.checkReport(got)
}
