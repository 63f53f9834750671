package workflows

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/experiment"
	"temper/model/recipe"
)

// Experiment does the runs of an experiment, each a PostTraining of its own name, and writes the page
// that compares them. Its one argument is the experiment as JSON, with its recipe; the workflow ID begins the
// names of the runs. A run waits for the one that it begins with, and a few are done at a time. What an earlier
// execution has in the store is gone on with. A run that fails is shown, those that begin with it are left out, and the others are done.
// state is nil but for executions that continue an earlier one in its history.
func Experiment(ctx workflow.Context, experimentJSON json.RawMessage, state *ExperimentState) (ExperimentResult, error) {
	refuse := func(err error) (ExperimentResult, error) {
		return ExperimentResult{}, temporal.NewNonRetryableApplicationError(err.Error(), activities.UserErrorType, nil)
	}
	e, err := experiment.Decode(experimentJSON)
	if err != nil {
		return refuse(err)
	}
	if e.Base == nil {
		return refuse(fmt.Errorf("experiment %s: base is missing; valid: its recipe, as in starter experiment show --json", e.Name))
	}
	plan, err := e.Plan()
	if err != nil {
		return refuse(err)
	}
	info := workflow.GetInfo(ctx)
	x := &experimenting{json: experimentJSON, experiment: e, plan: plan, id: artifact.RunID{Name: info.WorkflowExecution.ID, ID: info.FirstRunID}}
	x.state.Fresh = e.Fresh
	if err := x.begin(state); err != nil {
		return refuse(err)
	}
	if err := workflow.SetQueryHandlerWithOptions(ctx, QueryProgress, func() (ExperimentProgress, error) { return x.progress(), nil },
		workflow.QueryHandlerOptions{Description: "The experiment's runs: which wait, are at work, have ended, with their scores."}); err != nil {
		return ExperimentResult{}, fmt.Errorf("register query %s: %w", QueryProgress, err)
	}
	if err := x.handleUpdates(ctx); err != nil {
		return ExperimentResult{}, err
	}
	x.publish(ctx)
	result, err := x.do(ctx)
	if wasCancelled(ctx, err) { // the runs, which are cancelled too, would be terminated at its end
		rest, cancel := workflow.NewDisconnectedContext(ctx)
		defer cancel()
		if err := workflow.Await(rest, func() bool { return x.running == 0 }); err != nil {
			return result, err
		}
	}
	return result, plain(err)
}

// ExperimentState is all that an experiment carries from one execution to the next.
type ExperimentState struct {
	// Run is the ID of the experiment's first execution.
	Run string `json:"run,omitempty"`
	// Fresh says that no run goes on from what an earlier one of its name has in the store.
	Fresh bool `json:"fresh,omitempty"`
	// State is running, paused or stopping, Reason why it is.
	State    RunState     `json:"state,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	Recorded artifact.Ref `json:"recorded,omitzero"`
	// Runs are those of the plan, in order.
	Runs []ExperimentRun `json:"runs,omitempty"`
}

// ExperimentRun is how one run of an experiment stands.
type ExperimentRun struct {
	activities.RunOfExperiment
	// Checkpoint is what the run has left, Made the datasets that its stages have made, by name.
	Checkpoint artifact.Ref                  `json:"checkpoint,omitzero"`
	Made       map[string]activities.Dataset `json:"made,omitempty"`
	// Score is the last of the experiment's benchmark.
	Score Score `json:"score,omitzero"`
}

// The states of an experiment's run beside those of runs.
const (
	StateWaiting RunState = "waiting" // for its turn, or for the run that it begins with
	StateFailed  RunState = "failed"
	StateLeftOut RunState = "left out" // since the run that it begins with has not completed, or the experiment was stopped
)

// ExperimentProgress answers the query "progress" of an experiment.
type ExperimentProgress struct {
	Name      string `json:"name"`
	Benchmark string `json:"benchmark"`
	// State is that of the experiment as a whole, Reason why it is paused, stopping or stopped.
	State  RunState        `json:"state"`
	Reason string          `json:"reason,omitempty"`
	Runs   []ExperimentRun `json:"runs"`
}

// ExperimentResult is what Experiment returns.
type ExperimentResult struct {
	Run artifact.RunID `json:"run"`
	// State is completed, also where runs have failed, or stopped; Reason is why it was stopped.
	State  RunState        `json:"state"`
	Reason string          `json:"reason,omitempty"`
	Runs   []ExperimentRun `json:"runs"`
	// Page is the HTML page.
	Page artifact.Ref `json:"page"`
}

// Failed are the runs that have not completed.
func (r ExperimentResult) Failed() (failed []ExperimentRun) {
	for _, run := range r.Runs {
		if run.State != string(StateCompleted) {
			failed = append(failed, run)
		}
	}
	return failed
}

// experimenting is an experiment at work.
type experimenting struct {
	json       json.RawMessage
	experiment experiment.Experiment
	plan       []experiment.Planned
	id         artifact.RunID
	state      ExperimentState
	running    int
	// begun says of each run whether this execution has started it, so that it can be told something.
	begun []bool
}

// begin takes over an earlier execution's state, or makes the first.
func (x *experimenting) begin(state *ExperimentState) error {
	if state != nil {
		x.state = *state
	}
	if x.state.State == "" {
		x.state.State = StateRunning
	}
	x.begun = make([]bool, len(x.plan))
	if len(x.state.Runs) > 0 {
		return nil
	}
	for _, p := range x.plan {
		name := x.id.Name + "-" + p.Label
		if err := recipe.CheckName("the run name", name); err != nil {
			return fmt.Errorf("experiment %s: %w; choose a shorter name", x.id.Name, err)
		}
		x.state.Runs = append(x.state.Runs, ExperimentRun{RunOfExperiment: activities.RunOfExperiment{
			Variant: p.Name, Seed: p.Seed, Run: artifact.RunID{Name: name}, State: string(StateWaiting),
		}})
	}
	return nil
}

// do does what is left of the plan.
func (x *experimenting) do(ctx workflow.Context) (ExperimentResult, error) {
	if x.state.Recorded.IsZero() {
		err := workflow.ExecuteActivity(firstOfRun(onControl(ctx, "record the experiment")), acts.RecordExperiment,
			activities.RecordExperimentInput{Run: x.id, Experiment: x.json}).Get(ctx, &x.state.Recorded)
		if err != nil {
			return ExperimentResult{}, err
		}
	}
	for {
		free := func() bool { return x.running < x.experiment.Concurrency() && x.state.State != StatePaused }
		if err := workflow.Await(ctx, free); err != nil {
			return ExperimentResult{}, err
		}
		i, found := x.next()
		if !found && x.running == 0 {
			return x.finish(ctx)
		}
		wait := x.running
		if found && !historyIsLong(ctx) {
			x.start(ctx, i)
			continue
		}
		// Children do not outlive a continue-as-new: those at work come to their end first.
		if err := workflow.Await(ctx, func() bool { return x.running < wait || x.running == 0 }); err != nil {
			return ExperimentResult{}, err
		}
		if found && x.running == 0 {
			if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
				return ExperimentResult{}, err
			}
			x.state.Run = x.id.ID
			return ExperimentResult{}, again(ctx, Experiment, x.json, &x.state)
		}
	}
}

// next is the first run that can begin. Those that never can are left out.
func (x *experimenting) next() (int, bool) {
	for i := range x.state.Runs {
		r := &x.state.Runs[i]
		if r.State != string(StateWaiting) {
			continue
		}
		if x.state.State == StateStopping {
			r.State, r.Why = string(StateLeftOut), "the experiment was stopped"
			continue
		}
		needs := x.plan[i].Needs
		if needs < 0 {
			return i, true
		}
		switch parent := x.state.Runs[needs]; RunState(parent.State) {
		case StateCompleted:
			return i, true
		case StateFailed, StateStopped, StateCancelled, StateLeftOut:
			r.State, r.Why = string(StateLeftOut), fmt.Sprintf("%s, which it begins with, is %s", parent.Run.Name, parent.State)
		}
	}
	return 0, false
}

// start does run i in a coroutine of its own.
func (x *experimenting) start(ctx workflow.Context, i int) {
	x.running++
	x.state.Runs[i].State = string(StateRunning)
	x.publish(ctx)
	workflow.Go(ctx, func(ctx workflow.Context) {
		if err := x.run(ctx, i); err != nil {
			x.state.Runs[i].State, x.state.Runs[i].Why = string(StateFailed), reasonOf(err)
			if temporal.IsCanceledError(err) {
				x.state.Runs[i].State = string(StateCancelled)
			}
		}
		x.running--
		x.publish(ctx)
	})
}

// run does run i as a child.
func (x *experimenting) run(ctx workflow.Context, i int) error {
	planned, r := x.plan[i], &x.state.Runs[i]
	rec := planned.Recipe
	if planned.Needs >= 0 {
		parent := x.state.Runs[planned.Needs]
		rec.Parent = &recipe.Parent{Run: parent.Run.Name, ID: parent.Run.ID, Stage: experiment.LastTrained(x.plan[planned.Needs].Recipe), Checkpoint: parent.Checkpoint.SHA256}
	}
	if err := x.takeOver(i, &rec); err != nil {
		return err
	}
	if !x.state.Fresh {
		var found activities.FindRunResult
		err := workflow.ExecuteActivity(onControl(ctx, "what "+r.Run.Name+" goes on from"), acts.FindRun,
			activities.FindRunInput{Name: r.Run.Name, Recipe: rec}).Get(ctx, &found)
		if err != nil {
			return err
		}
		rec.ContinueFrom = found.ID
	}
	if goOn, err := x.proceed(ctx); err != nil || !goOn {
		r.State = string(StateWaiting)
		return err
	}
	future := workflow.ExecuteChildWorkflow(runOf(ctx, r.Run.Name, fmt.Sprintf("%s with seed %d", r.Variant, r.Seed)), "PostTraining", rec)
	var execution workflow.Execution
	if err := future.GetChildWorkflowExecution().Get(ctx, &execution); err != nil {
		return err
	}
	r.Run.ID = cmp.Or(rec.ContinueFrom, execution.RunID)
	x.passState(ctx, i)
	var result Result
	if err := future.Get(ctx, &result); err != nil {
		return err
	}
	r.Run, r.State, r.Checkpoint, r.Made = result.Run, string(result.State), result.Checkpoint, result.Made
	for _, s := range result.Scores {
		if s.Benchmark == x.experiment.Benchmark {
			r.Score = s
		}
	}
	return nil
}

// takeOver names in a run's recipe the datasets that runs with the same seed have made for it.
func (x *experimenting) takeOver(i int, rec *recipe.Recipe) error {
	planned := x.plan[i]
	if len(planned.Data) > 0 { // which the plan's recipes of all seeds share
		rec.Data = maps.Clone(rec.Data)
	}
	for _, name := range planned.Data {
		by := x.experiment.MadeBy(planned.Run, name)
		for j, p := range x.plan {
			if p.Name != by || p.Seed != planned.Seed {
				continue
			}
			made, ok := x.state.Runs[j].Made[name]
			if !ok {
				return temporal.NewNonRetryableApplicationError(fmt.Sprintf("%s has not made %s", x.state.Runs[j].Run.Name, name), activities.UserErrorType, nil)
			}
			run := x.state.Runs[j].Run
			rec.Data[name] = recipe.Dataset{Made: &recipe.Made{Run: run.Name, ID: run.ID, Data: name, SHA256: made.Digest()}}
		}
	}
	return nil
}

// runOf is for a run of its own name, as one that a person starts.
func runOf(ctx workflow.Context, name, summary string) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: name, TaskQueue: ControlQueue, StaticSummary: summary, WaitForCancellation: true,
		// An experiment that was started over meets the runs of the one it replaced, which the server ends a moment later.
		//lint:ignore SA1019 children have no conflict policy, which replaces it for clients
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING,
	})
}

// compareActivations has pairs of runs compared where a section asks for it. A comparison that fails is shown with the second run.
func (x *experimenting) compareActivations(ctx workflow.Context) {
	for _, s := range x.experiment.Sections {
		for _, pair := range s.Pairs {
			if s.Kind != experiment.SectionSimilarity {
				continue
			}
			for i := range x.state.Runs {
				for j := range x.state.Runs {
					before, after := &x.state.Runs[i], &x.state.Runs[j]
					if before.Variant != pair[0] || after.Variant != pair[1] || before.Seed != after.Seed || before.State != string(StateCompleted) || after.State != string(StateCompleted) {
						continue
					}
					err := workflow.ExecuteActivity(onGPU(withNumerics(ctx, recipe.Numerics{AnyVersion: true}), fmt.Sprintf("activations of %s and %s, seed %d", pair[0], pair[1], after.Seed)), acts.CompareActivations, activities.CompareActivationsInput{
						Run: x.id, Before: before.Variant, After: after.Variant, Seed: after.Seed, Policies: [2]artifact.Ref{before.Checkpoint, after.Checkpoint},
						PromptsOf: after.Run, Benchmark: cmp.Or(s.Benchmark, x.experiment.Benchmark), Numerics: x.plan[j].Recipe.Numerics,
					}).Get(ctx, nil)
					if err != nil {
						after.Why = reasonOf(err)
					}
				}
			}
		}
	}
}

// finish writes the page.
func (x *experimenting) finish(ctx workflow.Context) (ExperimentResult, error) {
	x.compareActivations(ctx)
	end := StateCompleted
	if x.state.State == StateStopping {
		end = StateStopped
	}
	in := activities.WriteExperimentPageInput{Run: x.id, Experiment: x.state.Recorded}
	if end == StateStopped {
		in.Stopped = cmp.Or(x.state.Reason, "no reason is given")
	}
	for _, r := range x.state.Runs {
		in.Runs = append(in.Runs, r.RunOfExperiment)
	}
	result := ExperimentResult{Run: x.id, State: end, Reason: x.state.Reason, Runs: x.state.Runs}
	err := workflow.ExecuteActivity(onControl(ctx, "the page of the experiment"), acts.WriteExperimentPage, in).Get(ctx, &result.Page)
	if err == nil && end == StateStopped {
		x.state.State = end
		x.publish(ctx)
	}
	return result, err
}
