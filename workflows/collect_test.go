package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/domain"
	"temper/model/rollout"
	"temper/model/signal"
	"temper/model/tokenizer"
)

// expertIteration is the smoke recipe with two rounds of sampling and of supervised
// training from stage sft in the place of its RL stages.
func expertIteration(t *testing.T) recipe.Recipe {
	t.Helper()
	r := smoke(t)
	collect := recipe.Collect{
		Domain: recipe.DomainMath, Data: "math", Samples: 4, Temperature: 1, MaxResponseTokens: 16, Shards: 2, Keep: recipe.KeepCorrect, Into: "solved",
	}
	fine := *r.Stages[1].SFT
	fine.Data, fine.From, fine.Epochs = "solved", "sft", 1
	r.Stages = r.Stages[:2]
	for _, round := range []string{"1", "2"} {
		c, f := collect, fine
		c.AddTo = round != "1"
		r.Stages = append(r.Stages, recipe.Stage{Name: "round-" + round, Kind: recipe.KindCollect, Collect: &c}, recipe.Stage{Name: "fine-" + round, Kind: recipe.KindSFT, SFT: &f})
	}
	return r
}

// collected reads the manifest and the examples that a stage has made.
func (p *place) collected(stage string) (artifact.Manifest, []dataset.Example) {
	p.t.Helper()
	var found artifact.Manifest
	for _, m := range p.manifests() {
		if m.Kind == artifact.KindDataset && m.Stage == stage {
			if found.Kind != "" {
				p.t.Fatalf("stage %s has recorded two datasets", stage)
			}
			found = m
		}
	}
	ref := found.Outputs["examples"]
	if ref.IsZero() {
		return found, nil
	}
	data, err := p.store.Get(context.Background(), ref)
	if err != nil {
		p.t.Fatal(err)
	}
	examples, err := dataset.DecodeExamples(data)
	if err != nil {
		p.t.Fatal(err)
	}
	return found, examples
}

// manifests are all that the runs on the place's store have recorded.
func (p *place) manifests() []artifact.Manifest {
	p.t.Helper()
	keys, err := p.store.List(context.Background(), "runs/")
	if err != nil {
		p.t.Fatal(err)
	}
	var all []artifact.Manifest
	for _, key := range keys {
		data, err := p.store.Read(context.Background(), key)
		if err != nil {
			p.t.Fatal(err)
		}
		if m, err := artifact.DecodeManifest(data); err == nil {
			all = append(all, m)
		}
	}
	return all
}

// checkCorrect judges examples anew, by the problems that they are of.
func (p *place) checkCorrect(m artifact.Manifest, examples []dataset.Example) {
	p.t.Helper()
	data, err := p.store.Get(context.Background(), m.Inputs["dataset"])
	if err != nil {
		p.t.Fatal(err)
	}
	problems, err := dataset.DecodeProblems(data)
	if err != nil {
		p.t.Fatal(err)
	}
	byPrompt := map[string]dataset.Problem{}
	for _, problem := range problems {
		byPrompt[problem.Prompt] = problem
	}
	math, err := domain.Of(recipe.DomainMath)
	if err != nil {
		p.t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range examples {
		part, none := math.Part(domain.Means{}, byPrompt[e.Prompt], e.Response)
		result, err := math.Judge(context.Background(), domain.Means{}, byPrompt[e.Prompt], part)
		if err != nil || none != "" || result.Verdict != reward.Correct {
			p.t.Errorf("example %+v is %+v, %v", e, result, err)
		}
		if seen[e.Prompt+e.Response] {
			p.t.Errorf("example %s is there twice", e.ID)
		}
		seen[e.Prompt+e.Response] = true
	}
}

// TestExpertIteration: each round keeps the correct responses beside those of the round before, and trains on
// them from the policy of stage sft.
func TestExpertIteration(t *testing.T) {
	p := newPlace(t, nil)
	r := expertIteration(t)
	got := p.mustRun(r)
	first, examples := p.collected("round-1")
	p.checkCorrect(first, examples)
	second, all := p.collected("round-2")
	p.checkCorrect(second, all)
	if n := first.Metrics[artifact.MetricKept]; int(n) != len(examples) || n < 5 || first.Metrics[artifact.MetricRollouts] != 64 {
		t.Errorf("%d examples, metrics %v", len(examples), first.Metrics)
	}
	if len(all) <= len(examples) || !reflect.DeepEqual(all[:len(examples)], examples) || second.Inputs["before"] != first.Outputs["examples"] || len(second.Inputs) != 1+2*2+1 {
		t.Errorf("the second round holds %d examples after %d, its inputs are %v", len(all), len(examples), second.Inputs)
	}
	progress := p.progress()
	for i, s := range progress.Stages {
		if !s.Done || s.Kind == recipe.KindCollect && (s.Collected.Responses != 64 || s.Collected.Kept == 0 || s.Tokens == 0) {
			t.Errorf("stage %d is %+v", i, s)
		}
	}
	updates := dataset.Updates(len(all), 8, 1)
	if n, err := p.learner.Updates(context.Background(), progress.Policy); err != nil || n != 8+16+updates || progress.Stages[5].Steps != updates {
		t.Errorf("%d updates went into the policy, want those of two stages and %d, %v", n, updates, err)
	}
	var after []string
	for _, s := range got.Scores {
		after = append(after, s.After)
	}
	if want := "base-text base-text sft sft fine-1 fine-1 fine-2 fine-2"; strings.Join(after, " ") != want {
		t.Errorf("evaluations are after %v", after)
	}
	if details, _ := p.details(); !strings.Contains(details, "| round-1 ✓ | kept ") {
		t.Errorf("the page says\n%s", details)
	}
	p.checkReport(got)
	page, err := p.store.Get(context.Background(), got.Report)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<b>Finished", "Examples from the policy for solved: 4 responses to each problem of math", fmt.Sprintf("Kept %g examples.", second.Metrics[artifact.MetricKept]), "solved of round-2"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

// TestStartsWith: a supervised stage begins with the last policy, with what the run began with, or with an earlier stage's.
func TestStartsWith(t *testing.T) {
	for from, updates := range map[string]int{"": 8 + 16 + 5, "last": 8 + 16 + 5, "base": 5, "base-text": 8 + 5} {
		p := newPlace(t, nil)
		r := expertIteration(t)
		r.Stages = append(r.Stages[:2], r.Stages[3]) // without a collection
		fine := r.Stages[2].SFT
		fine.From, fine.Data, fine.BatchSize = from, "demonstrations", 14
		p.mustRun(r)
		if n, err := p.learner.Updates(context.Background(), p.progress().Policy); err != nil || n != updates {
			t.Errorf("from %q: %d updates went into the policy, want %d, %v", from, n, updates, err)
		}
	}
}

// TestCollectionIsDisturbed: faults of the store and of workers, and executions that are cut, change nothing.
func TestCollectionIsDisturbed(t *testing.T) {
	reference := newPlace(t, nil)
	want := reference.mustRun(expertIteration(t))
	store := objectstore.NewFaults(objectstore.NewMemory(),
		objectstore.Fault{Op: objectstore.OpPut, Nth: 9, Kind: objectstore.LoseAnswer}, objectstore.Fault{Op: objectstore.OpPut, Nth: 40, Kind: objectstore.Fail},
		objectstore.Fault{Op: objectstore.OpCreate, Nth: 11, Kind: objectstore.LoseAnswer}, objectstore.Fault{Op: objectstore.OpGet, Nth: 60, Kind: objectstore.Fail})
	away := &objectstore.TransientError{Op: objectstore.OpGet, Err: errors.New("connection reset")}
	input, err := recipe.Encode(expertIteration(t))
	if err != nil {
		t.Fatal(err)
	}
	var got Result
	var state *State
	executions, completed := 1, map[string]int{}
	for ; executions < 10; executions++ {
		p := newPlace(t, store)
		p.learner.Use(learnertest.Fail(learnertest.OpSample, 1, away))
		p.env.SetCurrentHistoryLength(maxHistoryEvents + 1)
		got, err = p.runJSON(input, state)
		for activity, n := range p.completed {
			completed[activity] += n
		}
		var raw json.RawMessage
		state = nil
		if err == nil || !decodeInput(t, err, &raw, &state) {
			break
		}
		input = raw
	}
	delete(completed, "WriteLedger") // each execution has one
	delete(reference.completed, "WriteLedger")
	if err != nil || executions != len(expertIteration(t).Stages) || !reflect.DeepEqual(completed, reference.completed) {
		t.Errorf("%d executions did %v, want %v: %v", executions, completed, reference.completed, err)
	}
	if got.Checkpoint != want.Checkpoint || !reflect.DeepEqual(got.Scores, want.Scores) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

// TestNothingCollected: what trains on an empty collection is skipped, and the guard does what it is asked to.
func TestNothingCollected(t *testing.T) {
	p := newPlace(t, nil)
	p.learner.Correct = never
	got := p.mustRun(expertIteration(t))
	if text := about(got.Remarks, "round-2", signal.AboutData); !strings.HasPrefix(text, "nothing was kept of 64 responses to 16 problems: no response was correct; raise stages.round-2.samples") {
		t.Errorf("the remark on the collection is %q", text)
	}
	if text := about(got.Remarks, "fine-1", signal.AboutData); !strings.HasPrefix(text, "it was skipped") {
		t.Errorf("the remark on the training is %q", text)
	}
	if n, err := p.learner.Updates(context.Background(), p.progress().Policy); err != nil || n != 8+16 || got.State != StateCompleted {
		t.Errorf("%s with %d updates, %v", got.State, n, err)
	}
	p.checkReport(got)

	p, r := newPlace(t, nil), expertIteration(t)
	p.learner.Correct, r.Guard.Action = never, recipe.GuardFail
	if _, err := p.run(r); err == nil || causeOf(t, err).Type() != activities.NothingLearnedType {
		t.Errorf("with guard fail the run ends with %v", err)
	}

	p, r = newPlace(t, nil), expertIteration(t)
	p.learner.Correct, r.Guard.Action = never, recipe.GuardWait
	var waiting Progress
	p.env.RegisterDelayedCallback(func() { waiting = p.progress(); p.control(UpdateStop, "") }, time.Hour)
	if got := p.mustRun(r); got.State != StateStopped || waiting.State != StatePaused || !strings.HasPrefix(waiting.Reason, "round-1: nothing was kept") {
		t.Errorf("with guard wait the run is %+v, then %s", waiting, got.State)
	}
}

// TestAlternation: RL, then supervised training on demonstrations of what the policy does not solve, then RL again.
func TestAlternation(t *testing.T) {
	p, r := newPlace(t, nil), smoke(t)
	r.Data["math"] = recipe.Dataset{Synthetic: &recipe.Synthetic{Kind: recipe.Problems, Count: 16, Operations: []int{2}, Seed: 5}}
	r.Data["worked"] = recipe.Dataset{Synthetic: &recipe.Synthetic{Kind: recipe.Demonstrations, Count: 16, Operations: []int{2}, Styles: map[recipe.Style]float64{recipe.Concise: 1}, Seed: 5}}
	fine, again := *r.Stages[1].SFT, *r.Stages[2].RL
	fine.Data, fine.Epochs = "hard", 1
	r.Stages = []recipe.Stage{r.Stages[0], r.Stages[2],
		{Name: "unsolved", Kind: recipe.KindCollect, Collect: &recipe.Collect{
			Domain: recipe.DomainMath, Data: "math", Samples: 1, Temperature: 1, MaxResponseTokens: 16, Shards: 1, Keep: recipe.KeepUnsolved, Demonstrations: "worked", Into: "hard"}},
		{Name: "fine", Kind: recipe.KindSFT, SFT: &fine}, {Name: "again", Kind: recipe.KindRL, RL: &again}}
	got := p.mustRun(r)
	m, examples := p.collected("unsolved")
	p.checkCorrect(m, examples) // the demonstrations are right, and of the stage's problems
	unsolved := m.Metrics[artifact.MetricProblems] - m.Metrics[artifact.MetricSolved]
	if len(examples) == 0 || float64(len(examples)) > unsolved || m.Metrics[artifact.MetricUnmatched] != 0 || !strings.HasSuffix(examples[0].ID, "/0") {
		t.Errorf("%d demonstrations of %g unsolved problems, %v", len(examples), unsolved, m.Metrics)
	}
	if n, err := p.learner.Updates(context.Background(), p.progress().Policy); err != nil || n != 8+3+dataset.Updates(len(examples), 8, 1)+3 {
		t.Errorf("%d updates went into the policy, %v", n, err)
	}
	p.checkReport(got)

	p = newPlace(t, nil)
	p.learner.Correct, p.learner.Cut = func(uint64, int) bool { return true }, func(uint64) bool { return false }
	got = p.mustRun(r)
	if text := about(got.Remarks, "unsolved", signal.AboutData); !strings.Contains(text, "every problem was solved; take harder problems in stages.unsolved.data") {
		t.Errorf("the remark is %q", text)
	}
}

// TestReturnConditioned: responses are kept under the label of what they are, and the RL stage and the benchmark ask for the good one.
func TestReturnConditioned(t *testing.T) {
	p, r := newPlace(t, nil), expertIteration(t)
	r.Prompt.Labels = recipe.Labels{Correct: "[ok]", Incorrect: "[x]"}
	r.Stages[2].Collect.Keep = recipe.KeepLabelled
	rl := *smoke(t).Stages[2].RL
	rl.Label, r.Evaluation.Benchmarks[0].Label = recipe.LabelCorrect, recipe.LabelCorrect
	r.Stages = append(r.Stages[:4], recipe.Stage{Name: "math", Kind: recipe.KindRL, RL: &rl})
	p.checkReport(p.mustRun(r))
	m, examples := p.collected("round-1")
	byLabel := map[string][]dataset.Example{}
	for _, e := range examples {
		for _, label := range []string{"[ok]", "[x]"} {
			if prompt, ok := strings.CutSuffix(e.Prompt, label); ok && strings.HasSuffix(prompt, "<think>") {
				e.Prompt = prompt
				byLabel[label] = append(byLabel[label], e)
			}
		}
	}
	if good, bad := len(byLabel["[ok]"]), len(byLabel["[x]"]); good == 0 || bad == 0 || good+bad != len(examples) {
		t.Errorf("%d examples, %d good and %d bad", len(examples), good, bad)
	}
	p.checkCorrect(m, byLabel["[ok]"])
	good, err := p.vocabularyTokens("[ok]")
	if err != nil {
		t.Fatal(err)
	}
	for stage, labelled := range map[string]bool{"round-1": false, "math": true, "after-math-math": true, "after-math-code": false} {
		prompts := p.prompts(stage)
		for _, prompt := range prompts {
			if (len(prompt) > len(good) && slices.Equal(prompt[len(prompt)-len(good):], good)) != labelled {
				t.Errorf("%s samples from %v", stage, prompt)
			}
		}
		if len(prompts) == 0 {
			t.Errorf("%s has sampled nothing", stage)
		}
	}
}

func (p *place) vocabularyTokens(text string) ([]int32, error) {
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		return nil, err
	}
	return tok.Encode(text)
}

// prompts are those of all rollouts of a stage, searches included.
func (p *place) prompts(stage string) [][]int32 {
	p.t.Helper()
	var all [][]int32
	for _, m := range p.manifests() {
		if m.Stage != stage || m.Kind != artifact.KindRollouts && m.Kind != artifact.KindMeasurement {
			continue
		}
		data, err := p.store.Get(context.Background(), m.Outputs["rollouts"])
		if err != nil {
			p.t.Fatal(err)
		}
		rollouts, err := rollout.Decode(data)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, r := range rollouts {
			all = append(all, r.Prompt)
		}
	}
	return all
}
