package workflows

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/order"
	"temper/model/recipe"
)

// choosingRecipe evaluates after each of three epochs of SFT and every policy step of math, on math, and hands on the best or a person's.
func choosingRecipe(t *testing.T, policy recipe.HandOnPolicy) recipe.Recipe {
	r := smoke(t)
	sft, math := r.Stages[1].SFT, r.Stages[2].RL
	sft.Epochs, sft.CheckpointEvery, sft.EvaluateEvery, sft.HandOn = 3, 100, 1, recipe.HandOn{Policy: policy}
	math.Steps, math.CheckpointEvery, math.EvaluateEvery, math.EvaluateOn, math.HandOn = 3, 100, 1, []string{"math"}, recipe.HandOn{Policy: policy}
	if policy == recipe.HandOnBest {
		sft.HandOn.Benchmark, math.HandOn.Benchmark = "math", "math"
	}
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	return r
}

// bestAfter makes a learner answer rightly after some numbers of updates alone.
func bestAfter(updates ...int) func(uint64, int) bool {
	return func(_ uint64, n int) bool {
		for _, u := range updates {
			if n == u {
				return true
			}
		}
		return false
	}
}

// trained is the number of updates of a policy.
func (p *place) trained(ref artifact.Ref) int {
	p.t.Helper()
	n, err := p.learner.Updates(p.t.Context(), artifact.Policy{Checkpoint: ref})
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// TestHandOnBest: a stage hands on its best policy, of equal ones the earliest; the stage after it begins there, the
// evaluation after the stage takes what was sampled, and the choice is recorded with what was measured.
func TestHandOnBest(t *testing.T) {
	r := choosingRecipe(t, recipe.HandOnBest)
	p := newPlace(t, nil)
	// base-text has 8 updates and sft 3 × 8: its second epoch is after update 24 of the run and its third, as good, after 32. math adds 3.
	p.learner.Correct, p.learner.Cut = bestAfter(24, 32, 25), func(uint64) bool { return false }
	got := p.mustRun(r)
	want := []string{"base-text", "sft@8", "sft@16", "sft@24", "sft", "math@1", "math@2", "math@3", "math", "code"}
	if names := afters(got.Scores); !reflect.DeepEqual(names, want) {
		t.Errorf("evaluated %q, want %q", names, want)
	}
	sft, math := p.manifest(got.Run, "sft", artifact.KindDecision, 16), p.manifest(got.Run, "math", artifact.KindDecision, 1)
	if n := p.trained(sft.Outputs[artifact.OutputCheckpoint]); n != 24 {
		t.Errorf("sft hands on a policy of %d updates", n)
	}
	if n := p.trained(math.Outputs[artifact.OutputCheckpoint]); n != 25 {
		t.Errorf("math hands on a policy of %d updates", n)
	}
	if n := p.trained(got.Checkpoint); n != 25+2 {
		t.Errorf("the run ends after %d updates", n)
	}
	if avg := sft.Series[artifact.MetricAvg+" math"]; !reflect.DeepEqual(avg, []float64{0, 1, 1}) || !reflect.DeepEqual(sft.Series[artifact.MetricUpdates], []float64{8, 16, 24}) || len(sft.Inputs) != 3 {
		t.Errorf("the record of sft has %v of %v", avg, sft.Inputs)
	}
	if text := about(got.Remarks, "sft", artifact.AboutHandOn); !strings.Contains(text, "it hands on sft@16 (epoch 2, math 100.0 ± 0.0 %, code ") || !strings.Contains(text, "of 3 candidates, the highest avg@k on math") ||
		!strings.Contains(text, "its last policy is sft@24 (epoch 3, math 100.0") || sft.Remarks[0] != text {
		t.Errorf("the remark is %q", text)
	}
	score := func(after, benchmark string) (found Score) {
		for _, s := range got.Scores {
			if s.After == after && s.Benchmark == benchmark {
				found = s
			}
		}
		return found
	}
	if a, b := score("sft", "math"), score("sft@16", "math"); a.Avg != b.Avg || a.GainProblems == 0 {
		t.Errorf("after sft %+v, at its candidate %+v", a, b)
	}
	sampled := 0
	for name, n := range p.stagesSampled(got.Run) {
		if strings.HasPrefix(name, "after-sft") || strings.HasPrefix(name, "after-math") {
			sampled += n
		}
		if name == "after-sft-math" || name == "after-math-math" {
			t.Errorf("%s is sampled, which was sampled as a candidate", name)
		}
	}
	if sampled != 2*3+1*3+1 { // two benchmarks of SFT's candidates, one of math's, and the other of math's choice
		t.Errorf("%d shards were sampled", sampled)
	}
}

// stagesSampled counts the shards of rollouts that are recorded, by the name of what they were sampled for.
func (p *place) stagesSampled(run artifact.RunID) map[string]int {
	p.t.Helper()
	keys, err := p.store.List(p.t.Context(), run.Prefix())
	if err != nil {
		p.t.Fatal(err)
	}
	sampled := map[string]int{}
	for _, key := range keys {
		if place, ok := artifact.ParseKey(key); ok && place.Kind == artifact.KindRollouts {
			sampled[place.Stage]++
		}
	}
	return sampled
}

// choose sends the update; its refusal goes to the returned error once it is there.
func (p *place) choose(candidate, reason string) *error {
	var outcome error
	p.env.UpdateWorkflow(UpdateChoose, "", &testsuite.TestUpdateCallback{
		OnReject:   func(err error) { outcome = err },
		OnComplete: func(_ any, err error) { outcome = err },
	}, order.Control{Candidate: candidate, Said: order.Said{Reason: reason}})
	return &outcome
}

// personal is a recipe whose SFT alone is left to a person.
func personal(t *testing.T) recipe.Recipe {
	r := choosingRecipe(t, recipe.HandOnPerson)
	r.Stages[2].RL.HandOn, r.Stages[2].RL.EvaluateEvery, r.Stages[2].RL.EvaluateOn = recipe.HandOn{}, 0, nil
	return r
}

// TestHandOnPerson: the run waits with its candidates shown, refuses what is none, and goes on with what a person chooses; a run that
// goes on from it does not ask again.
func TestHandOnPerson(t *testing.T) {
	r := personal(t)
	p := newPlace(t, nil)
	var refused, resumed, chosen, late *error
	var waiting Progress
	p.env.RegisterDelayedCallback(func() {
		waiting = p.progress()
		refused, resumed = p.choose("sft@9", ""), p.control(UpdateResume, "")
	}, time.Hour)
	p.env.RegisterDelayedCallback(func() {
		if done := p.completed["UpdatePolicy"]; done != 0 {
			t.Errorf("%d policy steps are done while the run waits", done)
		}
		chosen = p.choose("sft@8", "the shortest")
		late = p.choose("sft@16", "")
	}, 2*time.Hour)
	got := p.mustRun(r)
	if waiting.State != StatePaused || waiting.Choice == nil || len(waiting.Choice.Candidates) != 3 || !strings.Contains(waiting.Reason, "starter choose test-run CANDIDATE): sft@8 (epoch 1, math ") {
		t.Errorf("it waits as %+v", waiting)
	}
	if want := `stage sft has no candidate "sft@9"; valid: sft@8, sft@16, sft@24`; *refused == nil || !strings.Contains((*refused).Error(), want) {
		t.Errorf("refused: %v", *refused)
	}
	if *resumed == nil || !strings.Contains((*resumed).Error(), "cannot resume: sft waits for a person to choose") {
		t.Errorf("resumed: %v", *resumed)
	}
	if *chosen != nil || *late == nil || !strings.Contains((*late).Error(), "there is nothing to choose") {
		t.Errorf("chosen: %v, again: %v", *chosen, *late)
	}
	if m := p.manifest(got.Run, "sft", artifact.KindDecision, 8); !strings.Contains(m.Remarks[0], `which a person chose ("the shortest")`) {
		t.Errorf("the record says %q", m.Remarks)
	}
	if n := p.trained(got.Checkpoint); n != 8+8+3+2 {
		t.Errorf("the run ends after %d updates", n)
	}
	if shown := p.progress(); shown.Choice != nil || shown.State != StateCompleted {
		t.Errorf("at its end it shows %+v", shown)
	}
	again := newPlace(t, p.store)
	again.firstRunID = "second-run-id"
	r.ContinueFrom = got.Run.ID
	if second := again.mustRun(r); second.Checkpoint != got.Checkpoint || again.completed["FindChoice"] != 1 {
		t.Errorf("the run that goes on ends with %s, not %s", second.Checkpoint.Short(), got.Checkpoint.Short())
	}
}

// TestHandOnStopped: a run that waits for a choice can be stopped, and keeps its last policy.
func TestHandOnStopped(t *testing.T) {
	p := newPlace(t, nil)
	p.env.RegisterDelayedCallback(func() { p.control(UpdateStop, "enough") }, time.Hour)
	if got := p.mustRun(personal(t)); got.State != StateStopped || p.trained(got.Checkpoint) != 8+24 || p.completed["RecordDecision"] != 1 { // that of the stop
		t.Errorf("the run ended %s after %d updates", got.State, p.trained(got.Checkpoint))
	}
}

// TestCandidatesTravel: a stage that continues as new at many points has the candidates of one that does not.
func TestCandidatesTravel(t *testing.T) {
	r := smoke(t)
	stage := func(suggest bool) StageResult {
		store := objectstore.NewMemory()
		in := stageInput(t, store, 6)
		in.Stage.RL.EvaluateEvery = 2
		in.State.Inside = insideOf(in, r)
		in.State.Inside.Chooses = true
		out, _ := runStage(t, store, in, func(p *place) { p.env.SetContinueAsNewSuggested(suggest) })
		return out
	}
	whole, pieces := stage(false), stage(true)
	if len(whole.Candidates) != 3 || whole.Candidates[2].Name != "math@6" || !reflect.DeepEqual(whole.Candidates, pieces.Candidates) {
		t.Errorf("candidates\n%+v, in pieces\n%+v", whole.Candidates, pieces.Candidates)
	}
}

// TestLostWorkerEvaluatesOnce: an evaluation inside a stage that fails goes on where it was.
func TestLostWorkerEvaluatesOnce(t *testing.T) {
	p := newPlace(t, nil)
	failed := false
	p.learner.Use(func(_ context.Context, op learnertest.Op, n int) error {
		if op == learnertest.OpSample && n == 12 && !failed {
			failed = true
			return context.DeadlineExceeded
		}
		return nil
	})
	got := p.mustRun(choosingRecipe(t, recipe.HandOnBest))
	reference := newPlace(t, nil)
	if want := reference.mustRun(choosingRecipe(t, recipe.HandOnBest)); !failed || got.Checkpoint != want.Checkpoint || !reflect.DeepEqual(got.Scores, want.Scores) || !reflect.DeepEqual(p.completed, reference.completed) {
		t.Errorf("failed %v: it did %v, want %v", failed, p.completed, reference.completed)
	}
}
