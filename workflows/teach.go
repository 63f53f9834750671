package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/signal"
	"temper/model/teacher"
)

// TeachInput is a stage that has a teacher answer problems.
type TeachInput struct {
	Run        artifact.RunID `json:"run"`
	Vocabulary artifact.Ref   `json:"vocabulary"`
	Stage      recipe.Stage   `json:"stage"`
	// System, User and Starter are the messages: see recipe.TeacherTexts.
	System  string             `json:"system,omitempty"`
	User    string             `json:"user"`
	Starter string             `json:"starter,omitempty"`
	Guard   recipe.Guard       `json:"guard,omitzero"`
	Dataset activities.Dataset `json:"dataset"`
	Policy  artifact.Policy    `json:"policy"`
	// Programs is how programs are judged.
	Programs recipe.Programs `json:"programs,omitzero"`
	Desired  RunState        `json:"desired"`
	// Before are the examples that the dataset has held so far, for a stage that adds to them.
	Before artifact.Ref `json:"before,omitzero"`
	// Seed is that of the draws of how many responses a problem has, 0 where all have as many.
	Seed uint64 `json:"seed,omitempty"`
	// Tally has the responses to each problem counted, for rules of curation; BeforeTallies are those of Before.
	Tally         bool         `json:"tally,omitempty"`
	BeforeTallies artifact.Ref `json:"before_tallies,omitzero"`
	// MaxExampleTokens is the longest example that the stages that train on the dataset take; 0 if none does.
	MaxExampleTokens int `json:"max_example_tokens"`
	// Chain is that of the workflow's records.
	Chain Chain `json:"chain,omitzero"`
}

// shardsAtOnce is how many shards of a teacher's responses are under way at a time: a pause
// holds when these are done. How many requests are, the workers' configuration says.
const shardsAtOnce = 8

// Teach has a teacher answer a stage's problems, shard by shard, and keeps the responses as a
// dataset of examples. The policy stays as it is.
func Teach(ctx workflow.Context, in TeachInput) (StageResult, error) {
	return keep(ctx, in.Run, in.Chain, in.teach)
}

func (in TeachInput) teach(ctx workflow.Context) (StageResult, error) {
	settings, desired := in.Stage.Teach, newDesired(ctx, in.Desired)
	shards := shardsOf(firstProblems(settings.Problems(in.Dataset.NumProblems)), settings.Shards)
	p := StageProgress{Name: in.Stage.Name, Kind: recipe.KindTeach, Steps: len(shards)}
	p.Activity = fmt.Sprintf("%g responses of %s to each of %d problems", settings.Mean(), settings.Model, settings.Problems(in.Dataset.NumProblems))
	show := func() {
		reportTo(ctx, p)
		workflow.SetCurrentDetails(ctx, stageDetails(p))
	}
	show()
	taught, parts, underWay, goOn := make([]activities.TaughtShard, len(shards)), split(len(shards)), 0, true
	var failed error
	for i, problems := range shards {
		err := workflow.Await(ctx, func() bool { return underWay < shardsAtOnce || failed != nil })
		if err == nil {
			goOn, err = desired.proceed()
		}
		if err != nil {
			return StageResult{}, err
		}
		if !goOn || failed != nil {
			break
		}
		underWay++
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer func() { underWay-- }()
			shard, stats, err := in.shard(parts.at(ctx, i), i, problems)
			if err != nil {
				failed = fmt.Errorf("%s shard %d: %w", in.Stage.Name, i+1, err)
				return
			}
			taught[i], p.Taught, p.Step = shard, p.Taught.Plus(stats), p.Step+1
			show()
		})
	}
	if err := workflow.Await(ctx, func() bool { return underWay == 0 }); err != nil {
		return StageResult{}, err
	}
	if failed != nil {
		return StageResult{}, failed
	}
	parts.join(ctx)
	if !goOn {
		return StageResult{Policy: in.Policy, Progress: p}, nil
	}
	return in.keep(ctx, p, taught)
}

// shard has the teacher answer a shard, and its responses judged if the recipe wants that.
func (in TeachInput) shard(ctx workflow.Context, i int, problems []int) (activities.TaughtShard, teacher.Stats, error) {
	summary := fmt.Sprintf("%s: %d problems, shard %d", in.Stage.Name, len(problems), i+1)
	ask := activities.AskTeacherInput{
		Run: in.Run, Stage: in.Stage.Name, Shard: i, Settings: *in.Stage.Teach, System: in.System, User: in.User, Starter: in.Starter, Dataset: in.Dataset.Problems, Count: len(problems), Seed: in.Seed,
	}
	if len(problems) > 0 {
		ask.First = problems[0]
	}
	taught, err := get[activities.Taught](ctx, workflow.ExecuteActivity(onControl(ctx, summary), acts.AskTeacher, ask))
	if err != nil || !in.Stage.Teach.Judges() {
		return activities.TaughtShard{Responses: taught.Responses}, taught.Stats, err
	}
	domain := in.Stage.Teach.Domain
	verdicts, err := get[activities.VerdictSummary](ctx, workflow.ExecuteActivity(forVerdicts(ctx, domain, fmt.Sprintf("%s: verdicts, shard %d", in.Stage.Name, i+1)), acts.JudgeTaught, activities.JudgeTaughtInput{
		Run: in.Run, Stage: in.Stage.Name, Shard: i, Domain: domain, Programs: in.Programs.By(""), Dataset: in.Dataset.Problems, Responses: taught.Responses,
	}))
	return activities.TaughtShard{Responses: taught.Responses, Verdicts: verdicts.Verdicts}, taught.Stats, err
}

// keep makes the dataset.
func (in TeachInput) keep(ctx workflow.Context, p StageProgress, shards []activities.TaughtShard) (StageResult, error) {
	settings := in.Stage.Teach
	list, err := listed(ctx, shards, 1)
	if err != nil {
		return StageResult{}, err
	}
	kept, err := get[activities.KeptTaught](ctx, workflow.ExecuteActivity(onControl(ctx, in.Stage.Name+": examples for "+settings.Into), acts.KeepTaught, activities.KeepTaughtInput{
		Run: in.Run, Stage: in.Stage.Name, Settings: *settings, Vocabulary: in.Vocabulary, Dataset: in.Dataset.Problems, Shards: list, Before: in.Before, Tally: in.Tally, BeforeTallies: in.BeforeTallies, MaxExampleTokens: in.MaxExampleTokens,
	}))
	if err != nil {
		return StageResult{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	p.Taught, p.Done = kept.Stats, true
	p.Activity = fmt.Sprintf("%s holds %d examples", settings.Into, kept.Dataset.NumExamples)
	if remark, empty := signal.OfTaught(p.Name, p.Taught); empty {
		err = guardEmpty(in.Guard, &p, remark)
	}
	workflow.SetCurrentDetails(ctx, stageDetails(p))
	return StageResult{Policy: in.Policy, Progress: p, Made: kept.Dataset}, err
}

// teach is stage i's child.
func (r *run) teach(ctx workflow.Context, stage recipe.Stage) workflow.ChildWorkflowFuture {
	system, user, starter := r.recipe.TeacherTexts(*stage.Teach)
	in := TeachInput{
		Run: r.id, Vocabulary: r.state.Vocabulary, Stage: stage, System: system, User: user, Starter: starter, Guard: r.recipe.Guard, Dataset: r.state.Datasets[stage.Data()],
		Policy: r.state.Policy, Programs: r.recipe.Programs, Desired: r.state.State, MaxExampleTokens: maxExampleTokens(r.recipe, stage.Teach.Into),
		Tally: r.recipe.Tallied(stage.Teach.Into), Chain: r.state.Chain.begin(),
	}
	if stage.Teach.MeanSamples > 0 {
		in.Seed = r.recipe.Seed
	}
	if stage.Teach.AddTo {
		in.Before, in.BeforeTallies = r.state.Datasets[stage.Teach.Into].Examples, r.state.Datasets[stage.Teach.Into].Tallies
	}
	return workflow.ExecuteChildWorkflow(child(ctx, stage.Name, "examples for "+stage.Teach.Into+" from "+stage.Teach.Model), Teach, in)
}
