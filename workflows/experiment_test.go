package workflows

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/experiment"
	"temper/model/order"
)

// twoVariants is an experiment of two variants and two seeds on the smoke recipe, with a shared supervised run.
func twoVariants(t *testing.T) experiment.Experiment {
	t.Helper()
	base := smoke(t)
	return experiment.Experiment{
		Name: "pair", Title: "Two learning rates", Recipe: "smoke", Base: &base, Seeds: []uint64{1, 2}, Benchmark: "math",
		Shared: []experiment.Run{{Name: "sft", Stages: []string{"base-text", "sft"}}},
		Variants: []experiment.Run{
			{Name: "slow", Parent: "sft", Stages: []string{"math"}, X: map[string]float64{"rate": 1}},
			{Name: "fast", Parent: "sft", Stages: []string{"math"}, Set: []string{"stages.math.optimizer.learning_rate=0.01"}, X: map[string]float64{"rate": 2}},
		},
		Claims: []experiment.Claim{{Text: "Faster is better", Source: "nobody", Metric: experiment.MetricAccuracy, More: "fast", Less: "slow"}},
		Sections: []experiment.Section{
			{Kind: experiment.SectionCurve, X: []string{"rate"}}, {Kind: experiment.SectionTraining},
			{Kind: experiment.SectionFLOPs, Pairs: [][]string{{"slow", "fast"}}}, {Kind: experiment.SectionPass, Pairs: [][]string{{"sft", "fast"}}}, {Kind: experiment.SectionFlips, Pairs: [][]string{{"sft", "fast"}}},
			{Kind: experiment.SectionSimilarity, Pairs: [][]string{{"sft", "fast"}}},
		},
	}
}

func (p *place) runExperiment(e experiment.Experiment, state *ExperimentState) (ExperimentResult, error) {
	p.t.Helper()
	data, err := experiment.Encode(e)
	if err != nil {
		p.t.Fatal(err)
	}
	if state != nil {
		p.env.SetContinuedExecutionRunID("an-earlier-execution")
	}
	if state == nil {
		p.env.ExecuteWorkflow("Experiment", json.RawMessage(data))
	} else {
		p.env.ExecuteWorkflow("Experiment", json.RawMessage(data), state)
	}
	return result[ExperimentResult](p)
}

// TestExperiment: the supervised part is trained once for each seed, every run is recorded as any run is, and the page compares them.
func TestExperiment(t *testing.T) {
	alone := newPlace(t, nil)
	short, _ := upTo(smoke(t), 2)
	alone.mustRun(short)

	p := newPlace(t, nil)
	got, err := p.runExperiment(twoVariants(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Runs) != 6 || len(got.Failed()) != 0 {
		t.Fatalf("the runs are %+v", got.Runs)
	}
	if n, once := p.learner.Calls("train"), alone.learner.Calls("train"); n != 2*once {
		t.Errorf("%d supervised segments, of one run %d: each seed trains them once", n, once)
	}
	for _, r := range got.Runs {
		manifests, _, err := records.All(t.Context(), p.store, r.Run)
		if err != nil || len(manifests) == 0 || !strings.HasPrefix(r.Run.Name, testRunName+"-"+r.Variant+"-s") {
			t.Errorf("%s has %d records, error %v", r.Run.Name, len(manifests), err)
		}
	}
	if got.Runs[1].Checkpoint == got.Runs[2].Checkpoint || got.Runs[1].Checkpoint == got.Runs[4].Checkpoint {
		t.Error("variants or seeds end with the same checkpoint")
	}
	page, err := p.store.Get(t.Context(), got.Page)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Two learning rates", "Faster is better (nobody)", "over the benchmark&#39;s problems, 2 seeds", "Accuracy over rate", "sft → fast", "To equal accuracy", "Linear CKA", "sft → fast, seed 2, layer 1"} {
		if !strings.Contains(string(page), text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	if strings.Contains(string(page), "not measured yet") || strings.Contains(string(page), "<td>–</td></tr>") || regexp.MustCompile(`<th scope="row">slow</th>(<td>[^<–]+</td>){8}</tr>`).Find(page) == nil {
		t.Errorf("something is not measured: %s", regexp.MustCompile(`<th scope="row">slow</th>.*`).Find(page))
	}
	if keys, err := p.store.List(t.Context(), artifact.ExperimentRoot+testRunName+"/"); err != nil || len(keys) != 4 {
		t.Errorf("the experiment has recorded %v, error %v", keys, err)
	}
}

// TestExperimentWithAFailure: a run that fails is shown, those that begin with it are left out, the others are done; once more,
// the experiment does what is missing and nothing else.
func TestExperimentWithAFailure(t *testing.T) {
	store := objectstore.NewMemory()
	failing := newPlace(t, store)
	e := twoVariants(t)
	e.AtOnce = 1 // so that the first call is that of the first seed
	failing.learner.Use(learnertest.Fail(learnertest.OpTrain, 1, errors.Join(objectstore.ErrBadKey, errors.New("injected"))))
	got, err := failing.runExperiment(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, r := range got.Runs {
		states = append(states, r.State)
	}
	if want := "failed, left out, left out, completed, completed, completed"; strings.Join(states, ", ") != want {
		t.Errorf("the runs are %v, want %s", states, want)
	}
	if !strings.Contains(got.Runs[0].Why, "injected") || !strings.Contains(got.Runs[1].Why, "test-run-sft-s1, which it begins with, is failed") {
		t.Errorf("why: %q, %q", got.Runs[0].Why, got.Runs[1].Why)
	}
	page, err := store.Get(t.Context(), got.Page)
	if err != nil || !strings.Contains(string(page), "3 of 6 runs have not completed") || !strings.Contains(string(page), "injected") {
		t.Errorf("the page does not say it, error %v", err)
	}

	again := newPlace(t, store)
	again.firstRunID = "another-run-id"
	healed, err := again.runExperiment(e, nil)
	if err != nil || len(healed.Failed()) != 0 {
		t.Fatalf("%+v, error %v", healed.Runs, err)
	}
	undisturbed := newPlace(t, nil)
	want, err := undisturbed.runExperiment(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range healed.Runs {
		if r.Checkpoint != want.Runs[i].Checkpoint {
			t.Errorf("%s ends with %s, undisturbed with %s", r.Run.Name, r.Checkpoint.Short(), want.Runs[i].Checkpoint.Short())
		}
	}
	for _, op := range []learnertest.Op{learnertest.OpTrain, learnertest.OpSample, learnertest.OpAdvance} {
		all, once := failing.learner.Calls(op)+again.learner.Calls(op), undisturbed.learner.Calls(op)
		if op == learnertest.OpTrain {
			once++ // the one that failed
		}
		if all != once {
			t.Errorf("%s was done %d times, undisturbed %d", op, all, once)
		}
	}
}

// TestExperimentContinuesAsNew: with a history that is long after each run, an experiment comes to the same end, execution by execution.
func TestExperimentContinuesAsNew(t *testing.T) {
	want, err := newPlace(t, nil).runExperiment(twoVariants(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	store := objectstore.NewMemory()
	var state *ExperimentState
	for executions := 1; executions < 20; executions++ {
		p := newPlace(t, store)
		p.after("WriteReport", 1, func() { p.env.SetContinueAsNewSuggested(true) })
		got, err := p.runExperiment(twoVariants(t), state)
		if err == nil {
			if executions < 3 {
				t.Fatalf("it ended with execution %d", executions)
			}
			for i, r := range got.Runs {
				if r.Checkpoint != want.Runs[i].Checkpoint || r.State != string(StateCompleted) {
					t.Errorf("%s is %s with %s, want %s", r.Run.Name, r.State, r.Checkpoint.Short(), want.Runs[i].Checkpoint.Short())
				}
			}
			return
		}
		var in json.RawMessage
		state = &ExperimentState{}
		if !decodeInput(t, err, &in, state) {
			t.Fatal(err)
		}
	}
	t.Fatal("the experiment does not end")
}

func TestExperimentsThatAreRefused(t *testing.T) {
	for says, change := range map[string]func(*experiment.Experiment){
		"base is missing":                        func(e *experiment.Experiment) { e.Base = nil },
		"did you mean math?":                     func(e *experiment.Experiment) { e.Variants[0].Stages = []string{"maths"} },
		"stages[0].steps is 0; valid: at least":  func(e *experiment.Experiment) { e.Variants[0].Set = []string{"stages.math.steps=0"} },
		"choose a shorter name":                  func(e *experiment.Experiment) { e.Variants[0].Name = strings.Repeat("x", 60) },
		`has the parent "stf"; did you mean sft`: func(e *experiment.Experiment) { e.Variants[0].Parent = "stf" },
	} {
		e := twoVariants(t)
		change(&e)
		e.Claims, e.Sections = nil, nil
		p := newPlace(t, nil)
		_, err := p.runExperiment(e, nil)
		checkUserError(t, err, says)
	}
}

// TestExperimentIsPausedAndResumed: nothing is done while an experiment is paused, the runs at work wait with it, and it ends as if
// it had not been. A run that a person has paused before is not resumed with it.
func TestExperimentIsPausedAndResumed(t *testing.T) {
	want, err := newPlace(t, nil).runExperiment(twoVariants(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, moment := range []trigger{{"RecordExperiment", 1}, {"TrainSFT", 1}, {"FindRun", 3}, {"UpdatePolicy", 2}} {
		t.Run(moment.activity, func(t *testing.T) {
			p := newPlace(t, nil)
			var before, after [3]int
			var paused, resumed ExperimentProgress
			p.after(moment.activity, moment.nth, func() {
				p.control(UpdatePause, "maintenance")
				p.env.RegisterDelayedCallback(func() { before, paused = p.work(), p.experimentProgress() }, 10*time.Hour)
				p.env.RegisterDelayedCallback(func() {
					after = p.work()
					p.control(UpdateResume, "done")
				}, 20*time.Hour)
				p.env.RegisterDelayedCallback(func() { resumed = p.experimentProgress() }, 20*time.Hour+time.Second)
			})
			got, err := p.runExperiment(twoVariants(t), nil)
			if err != nil || len(got.Failed()) != 0 || got.State != StateCompleted {
				t.Fatalf("%s, %+v, error %v", got.State, got.Failed(), err)
			}
			if paused.State != StatePaused || paused.Reason != "maintenance" || before != after || before == p.work() {
				t.Errorf("paused: %s (%s), work %v, then %v, in all %v", paused.State, paused.Reason, before, after, p.work())
			}
			if resumed.State == StatePaused || resumed.Reason != "" {
				t.Errorf("after the resume it is %s (%s)", resumed.State, resumed.Reason)
			}
			for i, r := range got.Runs {
				if r.Checkpoint != want.Runs[i].Checkpoint {
					t.Errorf("%s ends with %s, undisturbed with %s", r.Run.Name, r.Checkpoint.Short(), want.Runs[i].Checkpoint.Short())
				}
			}
		})
	}
}

// TestExperimentIsStopped: runs at work end with a checkpoint and a report, others do not begin, the page says why; the same
// experiment goes on from there later and does nothing twice.
func TestExperimentIsStopped(t *testing.T) {
	want := newPlace(t, nil)
	undisturbed, err := want.runExperiment(twoVariants(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, moment := range []trigger{{"RecordExperiment", 1}, {"TrainSFT", 1}, {"FindRun", 3}, {"UpdatePolicy", 2}} {
		t.Run(moment.activity, func(t *testing.T) {
			store := objectstore.NewMemory()
			p := newPlace(t, store)
			p.after(moment.activity, moment.nth, func() {
				p.control(UpdatePause, "let me see")
				p.env.RegisterDelayedCallback(func() { p.control(UpdateStop, "enough") }, time.Hour)
			})
			got, err := p.runExperiment(twoVariants(t), nil)
			if err != nil || got.State != StateStopped || got.Reason != "enough" || len(got.Failed()) < 2 {
				t.Fatalf("%s (%s), %d runs have not completed, error %v", got.State, got.Reason, len(got.Failed()), err)
			}
			for _, r := range got.Runs {
				if s := RunState(r.State); s != StateCompleted && s != StateStopped && s != StateLeftOut {
					t.Errorf("%s is %s", r.Run.Name, r.State)
				}
			}
			page, err := store.Get(t.Context(), got.Page)
			if err != nil || !strings.Contains(string(page), "The experiment was stopped: enough.") {
				t.Errorf("the page does not say it, error %v", err)
			}
			again := newPlace(t, store)
			again.firstRunID = "another-run-id"
			whole, err := again.runExperiment(twoVariants(t), nil)
			if err != nil || len(whole.Failed()) != 0 {
				t.Fatalf("%+v, error %v", whole.Failed(), err)
			}
			for i, r := range whole.Runs {
				if r.Checkpoint != undisturbed.Runs[i].Checkpoint {
					t.Errorf("%s ends with %s, undisturbed with %s", r.Run.Name, r.Checkpoint.Short(), undisturbed.Runs[i].Checkpoint.Short())
				}
			}
			once := want.work()
			for i, n := range again.work() {
				if all := n + p.work()[i]; all > once[i] {
					t.Errorf("work of kind %d was done %d times, undisturbed %d", i, all, once[i])
				}
			}
		})
	}
}

// TestRunOfAnExperimentObeys: a run takes its experiment's orders, but one that a person has paused stays so.
func TestRunOfAnExperimentObeys(t *testing.T) {
	ordered := func(update string) func(*place) {
		return func(p *place) {
			p.env.SignalWorkflow(signalOrder, passed{update, order.Control{Said: order.Said{Reason: "ordered"}}})
		}
	}
	person := func(update string) func(*place) { return func(p *place) { p.control(update, "looked at") } }
	for _, test := range []struct {
		name   string
		orders []func(*place) // one an hour, the first after the first segment
		states []RunState     // half an hour after each
		end    RunState
	}{
		{"paused and resumed", []func(*place){ordered(UpdatePause), ordered(UpdateResume)}, []RunState{StatePaused, StateCompleted}, StateCompleted},
		{"resumed by a person", []func(*place){ordered(UpdatePause), person(UpdateResume)}, []RunState{StatePaused, StateCompleted}, StateCompleted},
		{"paused by a person", []func(*place){person(UpdatePause), ordered(UpdateResume), ordered(UpdatePause), ordered(UpdateResume), person(UpdateResume)},
			[]RunState{StatePaused, StatePaused, StatePaused, StatePaused, StateCompleted}, StateCompleted},
		{"stopped while paused", []func(*place){ordered(UpdatePause), ordered(UpdateStop)}, []RunState{StatePaused, StateStopped}, StateStopped},
		{"stopped", []func(*place){ordered(UpdateStop)}, nil, StateStopped},
		{"resumed for nothing", []func(*place){ordered(UpdateResume)}, nil, StateCompleted},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			var states []RunState
			p.after("TrainSFT", 1, func() {
				for i, do := range test.orders {
					if i == 0 {
						do(p)
					} else {
						p.env.RegisterDelayedCallback(func() { do(p) }, time.Duration(i)*time.Hour)
					}
					p.env.RegisterDelayedCallback(func() { states = append(states, p.progress().State) }, time.Duration(i)*time.Hour+30*time.Minute)
				}
			})
			got := p.mustRun(smoke(t))
			if got.State != test.end {
				t.Errorf("it ended %s, want %s", got.State, test.end)
			}
			for i, state := range states { // those after its end are not asked for
				if state != test.states[i] {
					t.Errorf("after order %d it is %s, want %s", i+1, state, test.states[i])
				}
			}
			if least := len(test.states) - 1; len(states) < least {
				t.Errorf("it was asked %d times, want at least %d", len(states), least)
			}
		})
	}
}

// experimentProgress asks the experiment.
func (p *place) experimentProgress() (progress ExperimentProgress) {
	p.t.Helper()
	value, err := p.env.QueryWorkflow(QueryProgress)
	if err == nil {
		err = value.Get(&progress)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return progress
}
