package workflows

import (
	"cmp"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/signal"
)

// CollectInput is a stage that keeps some of what a policy says as a dataset.
type CollectInput struct {
	Run        artifact.RunID     `json:"run"`
	Seed       uint64             `json:"seed"`
	Vocabulary artifact.Ref       `json:"vocabulary"`
	Numerics   recipe.Numerics    `json:"numerics"`
	Stage      recipe.Stage       `json:"stage"`
	Guard      recipe.Guard       `json:"guard,omitzero"`
	Labels     recipe.Labels      `json:"labels,omitzero"`
	Programs   recipe.Programs    `json:"programs,omitzero"`
	Dataset    activities.Dataset `json:"dataset"`
	Policy     artifact.Policy    `json:"policy"`
	Desired    RunState           `json:"desired"`
	// Demonstrations are the examples that unsolved problems take theirs from.
	Demonstrations artifact.Ref `json:"demonstrations,omitzero"`
	// Before are the examples that the dataset has held so far, for a stage that adds to them.
	Before artifact.Ref `json:"before,omitzero"`
	// MaxExampleTokens is the longest example that the stages that train on the dataset take; 0 if none does.
	MaxExampleTokens int `json:"max_example_tokens"`
	// Chain is that of the workflow's records.
	Chain Chain `json:"chain,omitzero"`
}

// Collect samples and scores all problems of a stage at once, and keeps some of the
// responses as a dataset. The policy stays as it is.
func Collect(ctx workflow.Context, in CollectInput) (StageResult, error) {
	return keep(withNumerics(ctx, in.Numerics), in.Run, in.Chain, in.collect)
}

func (in CollectInput) collect(ctx workflow.Context) (StageResult, error) {
	settings, p := in.Stage.Collect, StageProgress{Name: in.Stage.Name, Kind: recipe.KindCollect}
	if goOn, err := newDesired(ctx, in.Desired).proceed(); err != nil || !goOn {
		return StageResult{Policy: in.Policy, Progress: p}, err
	}
	problems := firstProblems(settings.Problems(in.Dataset.NumProblems))
	show := func(activity string) {
		p.Activity = activity
		reportTo(ctx, p)
		workflow.SetCurrentDetails(ctx, stageDetails(p))
	}
	sampling := fmt.Sprintf("sampling %d responses to each of %d problems", settings.Samples, len(problems))
	p.Temperature = settings.Temperature
	show(sampling)
	began := workflow.Now(ctx)
	work := rolloutWork{
		Run: in.Run, Seed: in.Seed, Vocabulary: in.Vocabulary, Domain: settings.Domain,
		Dataset: in.Dataset.Problems, Stage: in.Stage.Name, Samples: settings.Samples, Label: in.Labels.Of(settings.Label),
		Sampling: samplingOf(in.Numerics, settings.Temperature, settings.MaxResponseTokens), Programs: in.Programs, Reward: settings.Reward,
		Waiting: func(ctx workflow.Context, why string) { show(cmp.Or(why, sampling)) },
	}
	batch, err := work.generateAndScore(ctx, in.Policy, 0, 0, shardsOf(problems, settings.Shards))
	if err != nil {
		return StageResult{}, err
	}
	shards, err := listed(ctx, batch.shards, 1)
	if err != nil {
		return StageResult{}, err
	}
	kept, err := get[activities.Collected](ctx, workflow.ExecuteActivity(onControl(ctx, in.Stage.Name+": examples for "+settings.Into), acts.CollectExamples, activities.CollectExamplesInput{
		Run: in.Run, Stage: in.Stage.Name, Settings: *settings, Labels: in.Labels, Vocabulary: in.Vocabulary, Dataset: in.Dataset.Problems, Shards: shards,
		Demonstrations: in.Demonstrations, Before: in.Before, MaxExampleTokens: in.MaxExampleTokens,
	}))
	if err != nil {
		return StageResult{}, fmt.Errorf("%s: %w", in.Stage.Name, err)
	}
	p.Collected, p.Done, p.Tokens = kept.Stats, true, batch.tokens
	p.Activity = fmt.Sprintf("%s holds %d examples", settings.Into, kept.Dataset.NumExamples)
	if seconds := workflow.Now(ctx).Sub(began).Seconds(); seconds > 0 {
		p.TokensPerSecond = float64(batch.tokens) / seconds
	}
	if remark, empty := signal.OfCollection(p.Name, p.Collected); empty {
		err = guardEmpty(in.Guard, &p, remark)
	}
	workflow.SetCurrentDetails(ctx, stageDetails(p))
	return StageResult{Policy: in.Policy, Progress: p, Made: kept.Dataset}, err
}

// guardEmpty remarks on a stage that has kept nothing, and does what the recipe wants then.
func guardEmpty(guard recipe.Guard, p *StageProgress, remark signal.Remark) error {
	p.Remarks = signal.Add(p.Remarks, remark)
	switch guard.Action {
	case recipe.GuardWait:
		p.Waiting = remark.Text
	case recipe.GuardFail:
		return failed(remark)
	}
	return nil
}

// collect is stage i's child.
func (r *run) collect(ctx workflow.Context, stage recipe.Stage) workflow.ChildWorkflowFuture {
	into := stage.Collect.Into
	in := CollectInput{
		Run: r.id, Seed: r.recipe.Seed, Vocabulary: r.state.Vocabulary, Numerics: r.recipe.Numerics, Stage: stage, Guard: r.recipe.Guard, Labels: r.recipe.Prompt.Labels, Programs: r.recipe.Programs,
		Dataset: r.state.Datasets[stage.Data()], Policy: r.state.Policy, Desired: r.state.State,
		Demonstrations: r.state.Datasets[stage.Collect.Demonstrations].Examples, MaxExampleTokens: maxExampleTokens(r.recipe, into), Chain: r.state.Chain.begin(),
	}
	if stage.Collect.AddTo {
		in.Before = r.state.Datasets[into].Examples
	}
	return workflow.ExecuteChildWorkflow(child(ctx, stage.Name, "examples for "+into+" from the policy"), Collect, in)
}

// policyOf is the policy that "from" of a stage means.
func (r *run) policyOf(from string) artifact.Policy {
	switch from {
	case "", recipe.FromLast:
		return r.state.Policy
	case recipe.FromBase:
		return r.state.Base
	}
	return r.state.Left[from]
}

// skipped does without a supervised stage whose dataset, which an earlier stage collects, is
// empty: the policy stays as it is. It is remarked; that nothing was collected is what guard acts on.
func (r *run) skipped(i int) bool {
	stage := r.recipe.Stages[i]
	if stage.SFT == nil || !r.recipe.Collects(stage.SFT.Data) || r.state.Datasets[stage.SFT.Data].NumExamples > 0 {
		return false
	}
	p := &r.state.Stages[i]
	p.Done = true
	p.Remarks = signal.Add(p.Remarks, signal.OfEmptyDataset(p.Name, stage.SFT.Data))
	return true
}

// leave notes the policy that a stage has left, for a later stage.
func (r *run) leave(stage string) {
	if r.state.Left == nil {
		r.state.Left = map[string]artifact.Policy{}
	}
	r.state.Left[stage] = r.state.Policy
}
