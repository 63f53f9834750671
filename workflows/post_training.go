// Package workflows is the recipe as durable workflows: PostTraining and its
// children PrepareData, SFT, TemperatureSearch, RLStage, Collect, Curate, Teach and Evaluation.
//
// Workflow code is deterministic and moves only refs and small scalars; what is
// long, large or random happens in activities.
package workflows

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/order"
	"temper/model/recipe"
	"temper/model/signal"
)

// PostTraining runs a whole recipe: data, the stages in order, an evaluation
// after each, and the report. Its one input is the recipe as
// JSON, which is decoded strictly; the workflow ID is the run name. A recipe's
// continue_from makes it go on from what an earlier run has in the store: all
// work is recorded under that run's ID, so what is there is found. state is
// nil but for executions that continue an earlier one in its history.
func PostTraining(ctx workflow.Context, recipeJSON json.RawMessage, state *State) (Result, error) {
	info := workflow.GetInfo(ctx)
	rec, err := recipe.Decode(recipeJSON)
	if err == nil {
		err = recipe.CheckName("workflow ID (the run name)", info.WorkflowExecution.ID)
	}
	if err != nil {
		return Result{}, temporal.NewNonRetryableApplicationError(err.Error(), activities.UserErrorType, nil)
	}
	r := &run{recipeJSON: recipeJSON, links: &links{}, id: artifact.RunID{Name: info.WorkflowExecution.ID, ID: info.FirstRunID}}
	if rec.ContinueFrom != "" {
		r.id.ID = rec.ContinueFrom
	}
	ctx = chained(ctx, r.links)
	rec.ContinueFrom = "" // what it names is the run; the recipe is the same
	r.recipe = rec
	r.begin(state)
	if err := r.handleUpdates(ctx); err != nil {
		return Result{}, err
	}
	if err := workflow.SetQueryHandlerWithOptions(ctx, QueryProgress, func() (Progress, error) { return r.progress(), nil },
		workflow.QueryHandlerOptions{Description: "State, stages, newest figures and scores of the run."}); err != nil {
		return Result{}, fmt.Errorf("register query %s: %w", QueryProgress, err)
	}
	if err := r.handleOrders(ctx); err != nil {
		return Result{}, err
	}
	r.followChildren(ctx)
	r.followScores(ctx)
	r.followExperiment(ctx)
	r.publish(ctx)
	work, cancel := workflow.WithCancel(ctx)
	r.cancelWork = cancel
	result, err := r.train(work)
	return r.ended(ctx, result, err)
}

// State is all that a run carries from one execution to the next.
type State struct {
	// Run is the ID of the run's first execution.
	Run    string   `json:"run,omitempty"`
	State  RunState `json:"state"`
	Reason string   `json:"reason,omitempty"`
	// Held says that the run was paused with the experiment that it belongs to.
	Held bool `json:"held,omitempty"`
	// Continued says what the run goes on from, if it does.
	Continued string `json:"continued,omitempty"`
	// Numerics is the version of the numerics that the run began with, 0 where the recipe names it or nothing is recorded.
	Numerics int `json:"numerics,omitempty"`
	// Remarks are about the base model.
	Remarks  []signal.Remark               `json:"remarks,omitempty"`
	Recipe   artifact.Ref                  `json:"recipe"`
	Datasets map[string]activities.Dataset `json:"datasets"`
	// Base is the policy that the run began with.
	Base       artifact.Policy `json:"base,omitzero"`
	Policy     artifact.Policy `json:"policy"`
	Vocabulary artifact.Ref    `json:"vocabulary"`
	Stages     []StageProgress `json:"stages"`
	Scores     []Score         `json:"scores"`
	Report     artifact.Ref    `json:"report"`
	// EvaluatedBase says that what the run began with has been evaluated.
	EvaluatedBase bool `json:"evaluated_base,omitempty"`
	// Evaluated is the number of stages whose policy has been evaluated.
	Evaluated int `json:"evaluated"`
	// Choice is what the stage that was done last may hand on, until it is chosen; nil if there is nothing to choose.
	Choice *Choice `json:"choice,omitempty"`
	// Rest is what is left of the stage at work, where its child has handed that back.
	Rest *Rest `json:"rest,omitempty"`
	// Sampled is the name under which the newest policy was evaluated as a candidate, "" if it was not.
	Sampled string `json:"sampled,omitempty"`
	// Left are the policies of stages that a later stage begins with, by name.
	Left map[string]artifact.Policy `json:"left,omitempty"`
	// Positions are where RL stages ended in their datasets, by the stages' names, for later ones that go on there.
	Positions map[string]Position `json:"positions,omitempty"`
	// Measured are the shards of the last evaluation, by benchmark: the next is compared with them.
	Measured map[string]activities.List[activities.ScoredShard] `json:"measured,omitempty"`
	// Chain is that of the run's own records; a child stands in it with its last ledger.
	Chain Chain `json:"chain,omitzero"`
	// Orders are what people have ordered, but for what was taken back, and LastOrder is the number of the newest.
	Orders    []order.Order `json:"orders,omitempty"`
	LastOrder int           `json:"last_order,omitempty"`
}

// run is a run at work.
type run struct {
	recipe     recipe.Recipe
	recipeJSON json.RawMessage
	// links are those of the records that its chain lacks yet.
	links *links
	id    artifact.RunID
	state State
	// recorded is the report's record.
	recorded activities.Recorded
	// childID is the workflow ID of the child that is at work, childBegun that it has been started.
	childID    string
	childBegun bool
	// passed are the orders that the experiment which the run belongs to passes on.
	passed workflow.ReceiveChannel
	// told is the number of the newest order that the child knows.
	told int
	// cancelWork ends all that the run does, and cancelStage its child; rewinding says that a rollback did.
	cancelWork, cancelStage workflow.CancelFunc
	rewinding               bool
	// gate is what waits for approval.
	gate gate
	// recording counts the orders that are being recorded, and unrecorded is why some could not be.
	recording  int
	unrecorded error
}

// begin takes over an earlier execution's state, or makes the first.
func (r *run) begin(state *State) {
	if state != nil {
		r.state = *state
		r.recipe.Numerics.Version = cmp.Or(r.state.Numerics, r.recipe.Numerics.Version)
	}
	if len(r.state.Stages) > 0 {
		return
	}
	r.state.State = cmp.Or(r.state.State, StateRunning)
	for _, stage := range r.recipe.Stages {
		p := StageProgress{Name: stage.Name, Kind: stage.Kind}
		if stage.RL != nil {
			p.Steps = stage.RL.Steps
		}
		r.state.Stages = append(r.state.Stages, p)
	}
}

// train does what is left of the recipe, in order.
func (r *run) train(ctx workflow.Context) (Result, error) {
	if r.state.Datasets == nil {
		if err := r.prepare(ctx); err != nil {
			return Result{}, err
		}
	}
	if err := r.evaluateBase(ctx); err != nil {
		return Result{}, err
	}
	for i := range r.state.Stages {
		if r.state.Evaluated > i { // by an earlier execution
			continue
		}
		if err := r.stageAndEvaluation(ctx, i); err != nil {
			return Result{}, err
		}
		if r.state.State == StateStopping {
			break
		}
		if i+1 < len(r.state.Stages) && historyIsLong(ctx) {
			return Result{}, r.continueAsNew(ctx)
		}
	}
	return r.finish(ctx)
}

// prepare records the recipe, makes the initial model and, with its vocabulary, the data.
func (r *run) prepare(ctx workflow.Context) error {
	r.state.Chain.Kept = workflow.GetVersion(ctx, "chain", workflow.DefaultVersion, 1) > workflow.DefaultVersion
	if err := r.continueFrom(ctx); err != nil {
		return err
	}
	recorded := workflow.ExecuteActivity(firstOfRun(onControl(ctx, "record the recipe")), acts.RecordRecipe,
		activities.RecordRecipeInput{Run: r.id, Recipe: r.recipe})
	if err := r.checkFiles(ctx); err != nil {
		return err
	}
	on := onControl
	if r.recipe.Model.Served == nil { // else nothing is computed with weights
		on = onGPU
		if err := r.pin(ctx, recorded); err != nil {
			return err
		}
		ctx = withNumerics(ctx, r.recipe.Numerics)
		workflow.SetCurrentDetails(ctx, r.details())
	}
	made := workflow.ExecuteActivity(on(ctx, "initial model and vocabulary"), acts.InitModel, activities.InitModelInput{
		Run: r.id, Parent: r.recipe.Parent, Model: r.recipe.Model, Tokenizer: r.recipe.Tokenizer, End: r.recipe.Prompt.End, Seed: r.recipe.Seed, Sizes: r.recipe.Sizes(),
	})
	// A store that refuses the record fails the run; the model would wait for it. The
	// data wait for both: a store that refuses them has taken the record.
	refused := func() bool { return recorded.IsReady() && recorded.Get(ctx, nil) != nil }
	if err := workflow.Await(ctx, func() bool { return made.IsReady() || refused() }); err != nil {
		return err
	}
	if refused() {
		return recorded.Get(ctx, nil)
	}
	initial, err := get[activities.InitModelResult](ctx, made)
	if err != nil {
		return err
	}
	stored, err := get[activities.RecordedRecipe](ctx, recorded)
	if err != nil {
		return err
	}
	r.state.Recipe = stored.Ref
	data, err := get[PrepareDataResult](ctx, workflow.ExecuteChildWorkflow(child(ctx, "data", "all datasets of the recipe"), PrepareData,
		PrepareDataInput{Run: r.id, Recipe: r.recipe, Vocabulary: initial.Vocabulary, Chain: r.state.Chain.begin()}))
	if err != nil {
		return err
	}
	if err := r.checkData(data); err != nil {
		return err
	}
	for _, text := range initial.Remarks {
		r.state.Remarks = append(r.state.Remarks, signal.Remark{Stage: "model.base", About: text, Text: text})
	}
	r.state.Base, r.state.Policy, r.state.Vocabulary, r.state.Datasets = initial.Policy, initial.Policy, initial.Vocabulary, data.Datasets
	return nil
}

// continueFrom checks what the recipe's continue_from names, if it names anything.
func (r *run) continueFrom(ctx workflow.Context) error {
	if r.id.ID == workflow.GetInfo(ctx).FirstRunID {
		return nil
	}
	var found activities.ContinueRunResult
	err := workflow.ExecuteActivity(firstOfRun(onControl(ctx, "what the run goes on from")), acts.ContinueRun,
		activities.ContinueRunInput{Run: r.id, Recipe: r.recipe}).Get(ctx, &found)
	if err != nil {
		return err
	}
	if r.state.LastOrder == 0 {
		r.state.Orders = found.Orders
		for _, o := range found.Orders {
			r.state.LastOrder = max(r.state.LastOrder, o.Number, slices.Max(append(o.Dropped, 0)))
		}
	}
	r.state.Continued = fmt.Sprintf("goes on from run %s: %s", r.id.ID, found)
	r.publish(ctx)
	return nil
}

// checkData refuses datasets that hold nothing for their use.
func (r *run) checkData(data PrepareDataResult) error {
	refuse := func(name, what string) error {
		return temporal.NewNonRetryableApplicationError(fmt.Sprintf("data.%s holds no %s", name, what), activities.UserErrorType, nil)
	}
	for _, stage := range r.recipe.Stages {
		name := stage.Data()
		switch {
		case r.recipe.Curates(name): // what is left of it is seen then
		case stage.SFT != nil && !r.recipe.Collects(name) && data.Datasets[name].NumExamples == 0:
			return refuse(name, "examples")
		case (stage.RL != nil || stage.Collect != nil || stage.Teach != nil) && data.Datasets[name].NumProblems == 0:
			return refuse(name, "problems")
		case stage.Collect != nil && stage.Collect.Demonstrations != "" && data.Datasets[stage.Collect.Demonstrations].NumExamples == 0:
			return refuse(stage.Collect.Demonstrations, "examples")
		}
	}
	for _, b := range r.recipe.Evaluation.Benchmarks {
		if data.Datasets[b.Data].NumProblems == 0 {
			return refuse(b.Data, "problems")
		}
	}
	return nil
}

// stageAndEvaluation does stage i and measures its policy, as far as that is not done.
func (r *run) stageAndEvaluation(ctx workflow.Context, i int) error {
	if !r.state.Stages[i].Done && r.state.Rest == nil {
		if err := r.approved(ctx, i, recipe.ApprovalBefore); err != nil {
			return err
		}
	}
	if r.state.Rest == nil { // what a stage has handed back is paused and stopped by its child
		if goOn, err := r.proceed(ctx); err != nil || !goOn {
			return err
		}
	}
	if !r.state.Stages[i].Done {
		if err := r.stagePart(ctx, i); err != nil {
			return err
		}
		if r.state.Stages[i].Skipped {
			return nil
		}
		if err := r.handOn(ctx); err != nil {
			return err
		}
		if r.state.Stages[i].Done {
			if err := r.recordLeft(ctx, i); err != nil {
				return err
			}
		}
		if r.recipe.BeginsLater(i) {
			r.leave(r.recipe.Stages[i].Name)
		}
		r.publish(ctx)
	}
	if goOn, err := r.proceed(ctx); err != nil || !goOn {
		return err
	}
	if err := r.evaluate(ctx, i); err != nil {
		return err
	}
	if err := r.approved(ctx, i, recipe.ApprovalAfter); err != nil {
		return err
	}
	r.state.Evaluated = i + 1
	r.publish(ctx)
	return nil
}

// stage runs stage i as a child, from its beginning or from what is left of it; one that only evaluates is done at once.
func (r *run) stage(ctx workflow.Context, i int) error {
	stage, p := r.recipe.Stages[i], r.state.Stages[i]
	if _, skipped := r.ordered(order.Skip, p.Name); skipped {
		r.leftOut(i)
		return nil
	}
	if stage.Kind == recipe.KindEvaluate {
		r.state.Stages[i].Done = true
		return nil
	}
	if r.skipped(i) {
		return nil
	}
	if err := r.checkCurated(stage); err != nil {
		return err
	}
	r.childID = r.id.Name + "/" + p.Name
	defer func() { r.childID, r.childBegun = "", false }()
	ctx, r.cancelStage = workflow.WithCancel(ctx)
	desired := r.state.State
	r.told = r.state.LastOrder
	var future workflow.ChildWorkflowFuture
	switch stage.Kind {
	case recipe.KindSFT:
		future = workflow.ExecuteChildWorkflow(child(ctx, p.Name, "supervised stage "+p.Name), SFT, r.sftInput(stage, p))
	case recipe.KindRL:
		future = workflow.ExecuteChildWorkflow(child(ctx, p.Name, "RL stage "+p.Name), RLStage, r.rlInput(i))
	case recipe.KindCollect:
		future = r.collect(ctx, stage)
	case recipe.KindCurate:
		future = r.curate(ctx, stage)
	case recipe.KindTeach:
		future = r.teach(ctx, stage)
	}
	if err := future.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		if r.skippedAtWork(ctx, i, err) {
			return nil
		}
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	r.childBegun = true
	r.tellOrders(ctx)
	if r.state.State != desired { // the operator changed it while the child was being started
		r.tellChild(ctx)
	}
	result, err := get[StageResult](ctx, future)
	if err != nil {
		if r.skippedAtWork(ctx, i, err) {
			return nil
		}
		r.partOf(i, err)
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	r.state.Stages[i], r.state.Rest = result.Progress, result.Rest
	r.obeyed(result.Progress)
	if result.Rest == nil {
		r.tooLate(p.Name)
	}
	if stage.SFT == nil || result.Progress.Step > 0 { // one that was stopped before its first update leaves the policy as it was
		r.state.Policy = result.Policy
	}
	if r.recipe.PositionCarried(i) {
		r.keepPosition(p.Name, result.Position)
	}
	if len(result.Candidates) > 0 && result.Progress.Done {
		h := stage.HandOn()
		r.state.Choice = &Choice{Stage: p.Name, Policy: h.Policy, Benchmark: h.Benchmark, Candidates: result.Candidates}
	}
	if into := stage.Into(); into != "" && result.Progress.Done {
		r.state.Datasets[into] = result.Made
	}
	if waiting := result.Progress.Waiting; waiting != "" { // after its last step
		r.waitFor(p.Name, waiting)
		r.state.Stages[i].Waiting = ""
	}
	return nil
}

// finish writes the report and ends the run.
func (r *run) finish(ctx workflow.Context) (Result, error) {
	if _, err := r.proceed(ctx); err != nil {
		return Result{}, err
	}
	if err := r.writeReport(ctx); err != nil {
		return Result{}, err
	}
	end := StateCompleted
	if r.state.State == StateStopping {
		end = StateStopped
	}
	r.state.State = end
	r.publish(ctx)
	return r.result(), nil
}

// writeReport writes the page of what is recorded, and where the chain of it ends.
func (r *run) writeReport(ctx workflow.Context) error {
	if err := r.settled(ctx); err != nil { // what is recorded after it is in no chain
		return err
	}
	var err error
	if r.state.Chain, err = seal(ctx, r.id, r.state.Chain); err != nil {
		return err
	}
	written, err := get[activities.RecordedRef](ctx, workflow.ExecuteActivity(onControl(ctx, "report"), acts.WriteReport, activities.WriteReportInput{
		Run: r.id, Recipe: r.state.Recipe, Final: r.state.Policy, Seal: r.state.Chain.Seal,
	}))
	r.state.Report, r.recorded = written.Ref, written.Recorded
	return err
}

// result is what the run returns as it stands.
func (r *run) result() Result {
	return Result{
		Run: r.id, State: r.state.State, Checkpoint: r.state.Policy.Checkpoint, Report: r.state.Report, Scores: r.state.Scores, Made: r.made(), Remarks: r.remarks(),
		Seal: r.state.Chain.Seal, Recorded: r.recorded,
	}
}

// made are the datasets that stages have made.
func (r *run) made() map[string]activities.Dataset {
	made := map[string]activities.Dataset{}
	for _, s := range r.recipe.Stages {
		if d, ok := r.state.Datasets[s.Into()]; ok && s.Into() != "" {
			made[s.Into()] = d
		}
	}
	return made
}

// continueAsNew begins a fresh history with the run's state, once no update is half done.
func (r *run) continueAsNew(ctx workflow.Context) error {
	if err := r.settled(ctx); err != nil {
		return err
	}
	var err error
	if r.state.Chain, err = seal(ctx, r.id, r.state.Chain); err != nil {
		return err
	}
	if err := r.settled(ctx); err != nil {
		return err
	}
	r.takeOrders(ctx)
	r.state.Run = workflow.GetInfo(ctx).FirstRunID
	return again(ctx, PostTraining, r.recipeJSON, &r.state)
}
