package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/encoding/protojson"

	"temper/deploy/version"
	"temper/model/experiment"
	"temper/model/order"
	"temper/model/recipe"
	"temper/workflows"
)

// toRecord is a stack to record histories on. Tests that do are skipped unless they are asked for.
func toRecord(t *testing.T) *realStack {
	t.Helper()
	if os.Getenv("TEMPER_RECORD") == "" {
		t.Skip("records new histories only with TEMPER_RECORD=1: make histories")
	}
	return newRealStack(t)
}

// TestRecordHistories records what the replay test of package workflows plays
// back: one execution of each kind, with a continue-as-new, a pause, a resume,
// a stop, a collection, a curation, a teacher, a band and a filter in it. `make histories` runs it.
func TestRecordHistories(t *testing.T) {
	s := toRecord(t)
	rec := recipeWith(t, "smoke", "stages.math.steps=22", "data.math.synthetic.count=100")
	completed := s.start("recorded", rec)
	s.waitFor("recorded/math", "UpdatePolicy")
	s.update("recorded", workflows.UpdatePause)
	s.update("recorded", workflows.UpdateResume)
	if r := s.result(completed); r.State != workflows.StateCompleted {
		t.Fatalf("recorded run ended %s", r.State)
	}
	stopped := s.start("stopped", rec)
	s.waitFor("stopped/math", "UpdatePolicy")
	s.update("stopped", workflows.UpdateStop)
	if r := s.result(stopped); r.State != workflows.StateStopped {
		t.Fatalf("stopped run ended %s", r.State)
	}
	watched, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{ // epochs of two steps after which problems may leave, and an entropy that is always outside
		"stages.math.steps=6", "data.math.synthetic.count=8", "stages.math.solved.drop=each_epoch", "stages.math.stop.epochs=2",
		"stages.math.band={high: 0.0001, over: 2, then: search, max_searches: 1}",
	} {
		if err := recipe.Set(&watched, set); err != nil {
			t.Fatal(err)
		}
	}
	if r := s.result(s.start("watched", watched)); r.State != workflows.StateCompleted {
		t.Fatalf("watched run ended %s", r.State)
	}
	collected := collectRecipe(t, "return-conditioned", "model.hidden_size=32", "model.intermediate_size=64", "model.num_hidden_layers=1",
		"data.base-text.synthetic.count=64", "data.demonstrations.synthetic.count=64", "data.problems.synthetic.count=8", "data.held-out.synthetic.count=4",
		"stages.both.max_response_tokens=16", "evaluation.benchmarks.math.max_response_tokens=16", "evaluation.benchmarks.math-labelled.max_response_tokens=16")
	collected.Stages = append(collected.Stages, recipe.Stage{Name: "curated", Kind: recipe.KindCurate, Curate: &recipe.Curate{
		Data: "problems", Into: "clean", Rules: []recipe.Rule{{Dedupe: &recipe.Dedupe{}}},
	}}, recipe.Stage{Name: "programs", Kind: recipe.KindCurate, Curate: &recipe.Curate{
		Data: "programs", Into: "sound", Rules: []recipe.Rule{{WeakTests: &recipe.WeakTests{Shards: 2}}},
	}})
	collected.Data["programs"] = recipe.Dataset{Synthetic: &recipe.Synthetic{Kind: recipe.Problems, Count: 4, CodeFraction: 1}}
	if r := s.result(s.start("collected", collected)); r.State != workflows.StateCompleted {
		t.Fatalf("collecting run ended %s", r.State)
	}
	s.teach(newTeacherServer(t, 1000), 4)
	if r := s.result(s.start("taught", taughtRecipe(t, 3))); r.State != workflows.StateCompleted {
		t.Fatalf("taught run ended %s", r.State)
	}
	sharded, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	if err := recipe.Set(&sharded, "data.math.shard_rows=9"); err != nil {
		t.Fatal(err)
	}
	sharded.Stages = append([]recipe.Stage{{Name: "curated", Kind: recipe.KindCurate, Curate: &recipe.Curate{
		Data: "math", Into: "clean", Rules: []recipe.Rule{{Dedupe: &recipe.Dedupe{}}, {Answers: &recipe.Answered{}}},
	}}}, sharded.Stages[0])
	if r := s.result(s.start("sharded", sharded)); r.State != workflows.StateCompleted {
		t.Fatalf("curating run ended %s", r.State)
	}
	for file, id := range map[string]string{
		"post_training": "recorded", "data": "recorded/data", "sft": "recorded/sft", "rl_stage": "recorded/math",
		"temperature_search": "recorded/math/temperature", "evaluation": "recorded/evaluation-after-sft",
		"post_training_stopped": "stopped", "rl_stage_stopped": "stopped/math",
		"rl_stage_watched":        "watched/math",
		"post_training_collected": "collected", "collect": "collected/both", "curate": "collected/curated", "curate_shards": "sharded/curated", "curate_programs": "collected/programs",
		"post_training_taught": "taught", "teach": "taught/taught",
	} {
		s.record(file, id)
	}
}

// TestRecordHistoriesOfChoices records a run that evaluates inside its stages, ends one by a rule, and waits for a person to choose
// which policy another hands on.
func TestRecordHistoriesOfChoices(t *testing.T) {
	s := toRecord(t)
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{
		"evaluation.before=true", "stages.sft.evaluate_every=1", "stages.sft.hand_on.policy=person", "stages.math.evaluate_every=2",
		"stages.math.steps=5", "stages.math.stop.plateau={window: 1, min_gain: 9, min_steps: 3}", "stages.math.hand_on={policy: best, benchmark: math}",
	} {
		if err := recipe.Set(&rec, set); err != nil {
			t.Fatal(err)
		}
	}
	chosen := s.start("chosen", rec)
	s.waitFor("chosen/sft", "TrainSFT")
	for { // until it waits
		err := s.order("chosen", workflows.UpdateChoose, order.Control{Candidate: "sft@8", Said: order.Said{Reason: "to be recorded"}})
		if err == nil {
			break
		}
		time.Sleep(time.Second)
	}
	if r := s.result(chosen); r.State != workflows.StateCompleted {
		t.Fatalf("chosen run ended %s", r.State)
	}
	for file, id := range map[string]string{"post_training_chosen": "chosen", "sft_inside": "chosen/sft", "rl_stage_inside": "chosen/math", "evaluation_inside": "chosen/sft/evaluation-8"} {
		s.record(file, id)
	}
}

func (s *realStack) update(run, name string) {
	s.t.Helper()
	if err := s.order(run, name, order.Control{Said: order.Said{Reason: "to be recorded"}}); err != nil {
		s.t.Fatalf("update %s of %s: %v", name, run, err)
	}
}

// order sends an update and returns its refusal.
func (s *realStack) order(run, name string, c order.Control) error {
	handle, err := s.client.UpdateWorkflow(context.Background(), client.UpdateWorkflowOptions{
		WorkflowID: run, UpdateName: name, Args: []any{c}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	return handle.Get(context.Background(), nil)
}

// record writes the histories of all executions of a workflow ID.
func (s *realStack) record(file, id string) {
	s.t.Helper()
	listed, err := s.client.ListWorkflow(context.Background(), &workflowservice.ListWorkflowExecutionsRequest{
		Query: fmt.Sprintf("WorkflowId = '%s'", id),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if len(listed.Executions) == 0 {
		s.t.Fatalf("no execution of %s is listed", id)
	}
	for i, execution := range listed.Executions {
		var whole history.History
		events := s.client.GetWorkflowHistory(context.Background(), id, execution.Execution.RunId, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			if err != nil {
				s.t.Fatal(err)
			}
			whole.Events = append(whole.Events, event)
		}
		data, err := protojson.Marshal(&whole)
		if err != nil {
			s.t.Fatal(err)
		}
		name := fmt.Sprintf("%s-%d.json", file, i+1)
		if err := os.WriteFile(filepath.Join("..", "workflows", "testdata", version.Temper, name), []byte(strings.ReplaceAll(string(data), s.data, "")), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestRecordHistoriesOfChains records a run that writes ledgers, one of whose stages continues as new.
func TestRecordHistoriesOfChains(t *testing.T) {
	s := toRecord(t)
	rec := recipeWith(t, "smoke", "stages.math.steps=21", "data.math.synthetic.count=100")
	if r := s.result(s.start("chained", rec)); r.State != workflows.StateCompleted || r.Seal.IsZero() {
		t.Fatalf("chained run ended %s with %+v", r.State, r.Seal)
	}
	for file, id := range map[string]string{"post_training_chained": "chained", "rl_stage_chained": "chained/math"} {
		s.record(file, id)
	}
}

// TestRecordHistoriesOfExperiments records one execution of an experiment whose first seed has a run that fails.
func TestRecordHistoriesOfExperiments(t *testing.T) {
	s := toRecord(t)
	base, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	base.Evaluation.Benchmarks = base.Evaluation.Benchmarks[:1]
	e := experiment.Experiment{
		Name: "recorded", Title: "Two learning rates", Recipe: "smoke", Base: &base, Seeds: []uint64{1}, Benchmark: base.Evaluation.Benchmarks[0].Name,
		Shared: []experiment.Run{{Name: "sft", Stages: []string{"base-text"}}},
		Variants: []experiment.Run{
			{Name: "slow", Parent: "sft", Stages: []string{"sft"}},
			{Name: "lost", Parent: "sft", Stages: []string{"sft"}, Set: []string{"data.math={uri: /none.jsonl, format: problems}"}},
			{Name: "after", Parent: "lost", Stages: []string{"sft"}},
		},
		Sections: []experiment.Section{{Kind: experiment.SectionSimilarity, Pairs: [][]string{{"sft", "slow"}}}},
	}
	run, err := s.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "recorded", TaskQueue: workflows.ControlQueue}, "Experiment", e)
	if err != nil {
		t.Fatal(err)
	}
	var result workflows.ExperimentResult
	if err := run.Get(t.Context(), &result); err != nil {
		t.Fatal(err)
	}
	if failed := result.Failed(); len(failed) != 2 || failed[0].Variant != "lost" {
		t.Fatalf("the experiment ended with %+v", result.Runs)
	}
	s.record("experiment_activations", "recorded")
}

// TestRecordHistoriesOfStoppedExperiments records an experiment that is paused, resumed and stopped, and its run that obeys.
func TestRecordHistoriesOfStoppedExperiments(t *testing.T) {
	s := toRecord(t)
	base, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	if err := recipe.Set(&base, "stages.math.steps=20"); err != nil {
		t.Fatal(err)
	}
	e := experiment.Experiment{
		Name: "halted", Title: "Two seeds", Recipe: "smoke", Base: &base, Seeds: []uint64{1, 2}, AtOnce: 1, Benchmark: base.Evaluation.Benchmarks[0].Name,
		Variants: []experiment.Run{{Name: "all"}},
	}
	run, err := s.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "halted", TaskQueue: workflows.ControlQueue}, "Experiment", e, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.waitFor("halted-all-s1/math", "UpdatePolicy")
	for _, update := range []string{workflows.UpdatePause, workflows.UpdateResume, workflows.UpdateStop} {
		s.update("halted", update)
		time.Sleep(time.Second) // so that the run obeys each
	}
	var result workflows.ExperimentResult
	if err := run.Get(t.Context(), &result); err != nil || result.State != workflows.StateStopped {
		t.Fatalf("the experiment ended %s, error %v", result.State, err)
	}
	s.record("experiment_stopped", "halted")
	s.record("post_training_obeys", "halted-all-s1")
}

// TestRecordHistoriesOfOrders records a run that is approved, extended and retuned, one that is rolled back, one whose stages are
// skipped and ended, and one that is cancelled.
func TestRecordHistoriesOfOrders(t *testing.T) {
	s := toRecord(t)
	smoke := func(sets ...string) recipe.Recipe {
		rec, err := recipe.Named("smoke")
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range append(sets, "data.math.synthetic.count=100") {
			if err := recipe.Set(&rec, set); err != nil {
				t.Fatal(err)
			}
		}
		return rec
	}
	give := func(run string, name order.Name, input any) {
		t.Helper()
		for { // until it makes sense
			handle, err := s.client.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
				WorkflowID: run, UpdateName: string(name), Args: []any{input}, WaitForStage: client.WorkflowUpdateStageCompleted,
			})
			if err == nil {
				err = handle.Get(t.Context(), nil)
			}
			if err == nil {
				return
			}
			t.Logf("%s of %s: %v", name, run, err)
			time.Sleep(time.Second)
		}
	}
	said := order.Said{Reason: "to be recorded", By: "ada"}
	stage, zero, three := "math", 0, 3
	ordered := s.start("ordered", smoke("stages.math.approval=before", "stages.math.steps=12"))
	give("ordered", order.Approve, order.ApproveInput{Said: said})
	s.waitFor("ordered/math", "UpdatePolicy")
	give("ordered", order.Retune, order.RetuneInput{Temperature: &recipe.Temperature{Value: 0.9}, Said: said})
	give("ordered", order.Extend, order.ExtendInput{Stage: stage, Steps: 14, Said: said})
	if r := s.result(ordered); r.State != workflows.StateCompleted {
		t.Fatalf("ordered run ended %s", r.State)
	}
	left := s.start("left", smoke("stages.math.steps=30"))
	give("left", order.Skip, order.SkipInput{Stage: "code", Said: said})
	s.waitFor("left/math", "UpdatePolicy")
	give("left", order.End, order.EndInput{Stage: stage, Said: said})
	if r := s.result(left); r.State != workflows.StateCompleted {
		t.Fatalf("the run with a stage left out ended %s", r.State)
	}
	back := s.start("back", smoke("stages.math.steps=12"))
	s.waitFor("back/math", "UpdatePolicy")
	give("back", order.Rollback, order.RollbackInput{Stage: "sft", Step: &zero, Redraw: true, Said: said})
	give("back", order.Rollback, order.RollbackInput{Stage: stage, Step: &three, Temperature: &recipe.Temperature{Value: 0.8}, Said: said})
	if r := s.result(back); r.State != workflows.StateCompleted {
		t.Fatalf("the run that went back ended %s", r.State)
	}
	cancelled := s.start("cancelled", smoke("stages.math.steps=30"))
	s.waitFor("cancelled/math", "UpdatePolicy")
	if err := s.client.CancelWorkflow(t.Context(), "cancelled", ""); err != nil {
		t.Fatal(err)
	}
	if err := cancelled.Get(t.Context(), nil); !temporal.IsCanceledError(err) {
		t.Fatalf("the cancelled run ended with %v", err)
	}
	for file, id := range map[string]string{
		"post_training_ordered": "ordered", "rl_stage_ordered": "ordered/math", "post_training_left_out": "left", "rl_stage_ended": "left/math",
		"post_training_rolled_back": "back", "post_training_cancelled_in_rl": "cancelled", "rl_stage_cancelled": "cancelled/math",
	} {
		s.record(file, id)
	}
}
