package workflows

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
)

// CurateInput is a stage that leaves rows out of a dataset.
type CurateInput struct {
	Run        artifact.RunID     `json:"run"`
	Seed       uint64             `json:"seed"`
	Vocabulary artifact.Ref       `json:"vocabulary"`
	Stage      recipe.Stage       `json:"stage"`
	Dataset    activities.Dataset `json:"dataset"`
	// Others are the datasets that the stage's rules read beside it.
	Others map[string]activities.Dataset `json:"others,omitempty"`
	// Tallies are those of the teachers' responses that rules ask about, by dataset.
	Tallies map[string]artifact.Ref `json:"tallies,omitempty"`
	Policy  artifact.Policy         `json:"policy"`
	// Sampled are the policies that rules sample, by the word of their from.
	Sampled  map[string]artifact.Policy `json:"sampled,omitempty"`
	Numerics recipe.Numerics            `json:"numerics"`
	// Programs is how programs are judged.
	Programs recipe.Programs `json:"programs,omitzero"`
	Desired  RunState        `json:"desired"`
	// Progress is where the stage stands, and Dataset what its rules have left so far; continue-as-new carries them.
	Progress StageProgress `json:"progress,omitzero"`
	// Chain is that of the workflow's records.
	Chain Chain `json:"chain,omitzero"`
}

// Curate applies the rules of a stage one after the other. The policy stays as it is.
func Curate(ctx workflow.Context, in CurateInput) (StageResult, error) {
	return keep(withNumerics(ctx, in.Numerics), in.Run, in.Chain, in.curate)
}

func (in CurateInput) curate(ctx workflow.Context) (StageResult, error) {
	settings, desired := in.Stage.Curate, newDesired(ctx, in.Desired)
	p := StageProgress{Name: in.Stage.Name, Kind: recipe.KindCurate, Steps: len(settings.Rules)}
	p.Step, p.Curated, p.Tokens = in.Progress.Step, in.Progress.Curated, in.Progress.Tokens
	data := in.Dataset
	for i, rule := range settings.Rules {
		if i < p.Step { // by an earlier execution
			continue
		}
		if i > in.Progress.Step && curateAgain(ctx) {
			in.Dataset, in.Progress, in.Desired = data, p, desired.now()
			var err error
			if in.Chain, err = seal(ctx, in.Run, in.Chain); err != nil {
				return StageResult{}, err
			}
			return StageResult{}, workflow.NewContinueAsNewError(ctx, Curate, in)
		}
		if goOn, err := desired.proceed(); err != nil || !goOn {
			return StageResult{Policy: in.Policy, Progress: p}, err
		}
		p.Activity = fmt.Sprintf("%s of %d rows", rule.Name(), data.NumProblems+data.NumExamples)
		reportTo(ctx, p)
		workflow.SetCurrentDetails(ctx, stageDetails(p))
		others := map[string]activities.Dataset{}
		for _, name := range rule.Others() {
			others[name] = in.Others[name]
		}
		judged, err := in.sample(ctx, rule.PassRate, i, data)
		if err != nil {
			return StageResult{}, err
		}
		tried, err := in.tryPrograms(ctx, rule, i, data)
		if err != nil {
			return StageResult{}, err
		}
		p.Tokens += judged.tokens
		shards, err := listed(ctx, judged.shards, 1)
		if err != nil {
			return StageResult{}, err
		}
		work := activities.CurateDataInput{
			Run: in.Run, Stage: in.Stage.Name, Into: settings.Into, Number: i + 1, Rule: rule, Seed: in.Seed,
			Vocabulary: in.Vocabulary, Dataset: data, Others: others, Shards: shards, Tallies: in.Tallies[rule.Tallies()], Tried: tried,
		}
		var left activities.Curated
		if data.ProblemShards+data.ExampleShards > 0 {
			left, err = curateShards(ctx, work)
		} else {
			left, err = get[activities.Curated](ctx, workflow.ExecuteActivity(onControl(ctx, in.Stage.Name+": "+rule.Name()), acts.CurateData, work))
		}
		if err != nil {
			return StageResult{}, fmt.Errorf("%s: %w", in.Stage.Name, err)
		}
		data, p.Step, p.Curated = left.Dataset, i+1, append(p.Curated, left.Passed)
	}
	p.Done = true
	p.Activity = fmt.Sprintf("%s holds %d problems and %d examples", settings.Into, data.NumProblems, data.NumExamples)
	workflow.SetCurrentDetails(ctx, stageDetails(p))
	return StageResult{Policy: in.Policy, Progress: p, Made: data}, nil
}

// curateAgain says whether the stage continues as new between two rules.
func curateAgain(ctx workflow.Context) bool {
	return historyIsLong(ctx) && workflow.GetVersion(ctx, "curation continues as new", workflow.DefaultVersion, 1) == 1
}

// sample has responses to all problems judged, if the rule asks for it.
func (in CurateInput) sample(ctx workflow.Context, rule *recipe.PassRate, number int, data activities.Dataset) (scored, error) {
	if rule == nil || data.NumProblems == 0 {
		return scored{}, nil
	}
	work := rolloutWork{
		Run: in.Run, Seed: in.Seed, Vocabulary: in.Vocabulary, Domain: rule.Domain, Dataset: data.Problems, Stage: in.Stage.Name,
		Samples: rule.Samples, Sampling: samplingOf(in.Numerics, rule.Temperature, rule.MaxResponseTokens), Programs: in.Programs, Reward: rule.Reward,
	}
	return work.generateAndScore(ctx, in.Sampled[rule.From], number, 0, shardsOf(firstProblems(data.NumProblems), rule.Shards))
}

// tryPrograms has the programs that a rule tries judged, shards of problems side by side.
func (in CurateInput) tryPrograms(ctx workflow.Context, rule recipe.Rule, number int, data activities.Dataset) (all activities.List[artifact.Ref], err error) {
	parts, runs := rule.RunsPrograms()
	if !runs || data.NumProblems == 0 {
		return all, nil
	}
	shards := shardsOf(firstProblems(data.NumProblems), parts)
	futures, tried := make([]workflow.Future, len(shards)), make([]artifact.Ref, len(shards))
	for i, problems := range shards {
		summary := fmt.Sprintf("%s: %s of %d problems, shard %d", in.Stage.Name, rule.Name(), len(problems), i+1)
		futures[i] = workflow.ExecuteActivity(forVerdicts(ctx, recipe.DomainCode, summary), acts.TryPrograms, activities.TryProgramsInput{
			Run: in.Run, Stage: in.Stage.Name, Number: number + 1, Shard: i, Rule: rule, Programs: in.Programs.By(""), Dataset: data.Problems, First: problems[0], Count: len(problems),
		})
	}
	for i, future := range futures {
		verdicts, err := get[activities.VerdictSummary](ctx, future)
		if err != nil {
			return all, fmt.Errorf("%s shard %d: %w", in.Stage.Name, i+1, err)
		}
		tried[i] = verdicts.Verdicts
	}
	return listed(ctx, tried, 1)
}

// curate is stage i's child.
func (r *run) curate(ctx workflow.Context, stage recipe.Stage) workflow.ChildWorkflowFuture {
	others := map[string]activities.Dataset{}
	for _, rule := range stage.Curate.Rules {
		for _, name := range rule.Others() {
			others[name] = r.state.Datasets[name]
		}
	}
	tallies := map[string]artifact.Ref{}
	for _, rule := range stage.Curate.Rules {
		if name := rule.Tallies(); name != "" {
			tallies[name] = r.state.Datasets[name].Tallies
		}
	}
	sampled := map[string]artifact.Policy{}
	for _, rule := range stage.Curate.PassRates() {
		sampled[rule.From] = r.policyOf(rule.From)
	}
	data := r.state.Datasets[stage.Data()]
	if data.NumExamples > 0 && r.recipe.DomainOf(r.recipe.Origin(stage.Data())) == "" { // nobody uses its problems
		data.Problems, data.NumProblems, data.ProblemShards = artifact.Ref{}, 0, 0
	}
	return workflow.ExecuteChildWorkflow(child(ctx, stage.Name, stage.Curate.Into+" of "+stage.Curate.Data), Curate, CurateInput{
		Run: r.id, Seed: r.recipe.Seed, Vocabulary: r.state.Vocabulary, Stage: stage, Dataset: data,
		Others: others, Tallies: tallies, Policy: r.state.Policy, Sampled: sampled, Numerics: r.recipe.Numerics, Programs: r.recipe.Programs, Desired: r.state.State, Chain: r.state.Chain.begin(),
	})
}

// checkCurated refuses a stage whose curated dataset has nothing for its use left.
func (r *run) checkCurated(stage recipe.Stage) error {
	name := stage.Data()
	if !r.recipe.Curates(name) {
		return nil
	}
	data, what := r.state.Datasets[name], ""
	switch {
	case stage.SFT != nil && data.NumExamples == 0:
		what = "examples"
	case (stage.RL != nil || stage.Collect != nil || stage.Teach != nil) && data.NumProblems == 0:
		what = "problems"
	default:
		return nil
	}
	return temporal.NewNonRetryableApplicationError(fmt.Sprintf("stages.%s.data: curation leaves no %s in %s", stage.Name, what, name), activities.UserErrorType, nil)
}
