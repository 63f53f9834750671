package workflows

import (
	"cmp"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/model/signal"
)

// EvaluationInput is a policy and the benchmarks to measure it on.
type EvaluationInput struct {
	Run        artifact.RunID                `json:"run"`
	Seed       uint64                        `json:"seed"`
	Vocabulary artifact.Ref                  `json:"vocabulary"`
	Numerics   recipe.Numerics               `json:"numerics"`
	Benches    []recipe.Benchmark            `json:"benchmarks"`
	Datasets   map[string]activities.Dataset `json:"datasets"`
	// Programs is how programs are judged.
	Programs recipe.Programs `json:"programs,omitzero"`
	// Labels are the texts of the labels that benchmarks may ask for.
	Labels recipe.Labels `json:"labels,omitzero"`
	// After is the stage that made the policy.
	After  string          `json:"after"`
	Policy artifact.Policy `json:"policy"`
	// Sampled is the name under which the policy was evaluated before, as a candidate: what was sampled then is not sampled again.
	Sampled string `json:"sampled,omitempty"`
	// Served is, in place of Policy, a model that a server holds.
	Served *Served `json:"served,omitempty"`
	// Before are the shards of the evaluation before, by benchmark.
	Before map[string]activities.List[activities.ScoredShard] `json:"before,omitempty"`
	// Chain is that of the workflow's records.
	Chain Chain `json:"chain,omitzero"`
}

// EvaluationResult holds one score per benchmark, in the recipe's order.
type EvaluationResult struct {
	Scores []Score `json:"scores"`
	// Shards are what the scores were computed from, by benchmark.
	Shards map[string]activities.List[activities.ScoredShard] `json:"shards,omitempty"`
	// Remarks are about benchmarks.
	Remarks []signal.Remark `json:"remarks,omitempty"`
	Sealed
}

// Evaluation measures avg@k and pass@k of a policy on all benchmarks, side by side.
func Evaluation(ctx workflow.Context, in EvaluationInput) (EvaluationResult, error) {
	return keep(withNumerics(ctx, in.Numerics), in.Run, in.Chain, in.evaluate)
}

func (in EvaluationInput) evaluate(ctx workflow.Context) (EvaluationResult, error) {
	result := EvaluationResult{Shards: map[string]activities.List[activities.ScoredShard]{}}
	figures, parts := make([][]measured, len(in.Benches)), split(len(in.Benches))
	errs := make([]error, len(in.Benches))
	group := workflow.NewWaitGroup(ctx)
	for i, bench := range in.Benches {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			figures[i], errs[i] = in.benchmark(parts.at(ctx, i), bench)
		})
	}
	group.Wait(ctx)
	parts.join(ctx)
	for i, err := range errs {
		if err != nil {
			return EvaluationResult{}, fmt.Errorf("evaluation %s after %s: %w", in.Benches[i].Name, in.After, err)
		}
	}
	for _, some := range figures {
		for _, f := range some {
			result.Scores, result.Shards[f.score.Benchmark] = append(result.Scores, f.score), f.shards
			result.Remarks = append(result.Remarks, signal.OfBenchmark(in.After, f.remarks)...)
		}
	}
	workflow.SetCurrentDetails(ctx, scoreDetails(result.Scores))
	return result, nil
}

// measured is a benchmark's score, with the shards that the next evaluation compares with.
type measured struct {
	score   Score
	shards  activities.List[activities.ScoredShard]
	remarks []string
}

// benchmark measures one benchmark, and where it asks for a second grading, judges the same responses by that too.
func (in EvaluationInput) benchmark(ctx workflow.Context, b recipe.Benchmark) ([]measured, error) {
	if in.Served != nil {
		return in.benchmarkServed(ctx, b)
	}
	data := in.Datasets[b.Data]
	work := rolloutWork{
		Run: in.Run, Seed: recipe.DeriveSeed(in.Seed, "evaluation"), Vocabulary: in.Vocabulary, Domain: b.Domain,
		Dataset: data.Problems, Stage: "after-" + cmp.Or(in.Sampled, in.After) + "-" + b.Name, Samples: b.Samples, Label: in.Labels.Of(b.Label),
		Grading: b.Grading.Rules(), Programs: in.Programs.For(b), Reward: b.Reward, Waiting: workflow.SetCurrentDetails,
		Sampling: activities.Decoding{
			Sampling: rollout.Sampling{Temperature: b.Temperature, TopP: b.TopP, MaxResponseTokens: b.MaxResponseTokens},
			Rows:     in.Numerics.GenerationRows, Backend: in.Numerics.Backend,
		},
	}
	batch, err := work.generateAndScore(ctx, in.Policy, 0, 0, shardsOf(firstProblems(data.NumProblems), b.Shards))
	if err != nil {
		return nil, err
	}
	first, err := in.summarize(ctx, b, batch.shards)
	also, twice := b.Also()
	if err != nil || !twice {
		return []measured{first}, err
	}
	work.Grading, work.Programs = also.Grading.Rules(), in.Programs.For(also)
	shards, err := work.scoreAgain(ctx, batch.shards)
	if err != nil {
		return nil, err
	}
	second, err := in.summarize(ctx, also, shards)
	return []measured{first, second}, err
}

// summarize computes a benchmark's figures from its shards.
func (in EvaluationInput) summarize(ctx workflow.Context, b recipe.Benchmark, shards []activities.ScoredShard) (measured, error) {
	list, err := listed(ctx, shards, len(in.Benches))
	if err != nil {
		return measured{}, err
	}
	model := ""
	if in.Served != nil {
		model = in.Served.Model
	}
	r, err := get[activities.EvaluationSummary](ctx, workflow.ExecuteActivity(onControl(ctx, "summarize "+b.Name), acts.SummarizeEvaluation, activities.SummarizeEvaluationInput{
		Run: in.Run, After: in.After, Benchmark: b.Name, Samples: b.Samples, Shards: list, Before: in.Before[b.Name],
		Vocabulary: in.Vocabulary, Grading: b.Grading.Rules(), Model: model, Vote: b.Domain == recipe.DomainMath,
	}))
	return measured{Score{
		After: in.After, Benchmark: b.Name, Samples: b.Samples, Problems: r.Problems + r.UngradableProblems, Avg: r.Avg, AvgSE: r.AvgSE, Pass: r.Pass, PassProblems: r.PassProblems,
		AvgSamplingSE: r.AvgSamplingSE, Vote: r.Vote, Shape: r.Shape, Gain: r.Gain.Difference, GainSE: r.Gain.SE, GainProblems: r.Gain.Problems,
	}, list, r.Remarks}, err
}

// evaluate measures the newest policy, that of stage i.
func (r *run) evaluate(ctx workflow.Context, i int) error {
	if len(r.recipe.Evaluation.Benchmarks) == 0 || r.recipe.Stages[i].Into() != "" { // which leaves the policy as it was
		return nil
	}
	result, err := r.evaluateAs(ctx, r.state.Stages[i].Name, "evaluation-after-"+r.state.Stages[i].Name)
	if err != nil {
		return err
	}
	for _, remark := range result.Remarks {
		r.state.Stages[i].Remarks = signal.Add(r.state.Stages[i].Remarks, remark)
	}
	return r.guardAccuracy(i, result.Scores)
}

// evaluateBase measures what the run begins with, if the recipe says so and it is not done.
func (r *run) evaluateBase(ctx workflow.Context) error {
	if !r.recipe.Evaluation.Before || r.state.EvaluatedBase {
		return nil
	}
	if goOn, err := r.proceed(ctx); err != nil || !goOn {
		return err
	}
	result, err := r.evaluateAs(ctx, recipe.FromBase, "evaluation-before")
	r.state.Remarks = append(r.state.Remarks, result.Remarks...)
	r.state.EvaluatedBase = err == nil
	r.publish(ctx)
	return err
}

// evaluateAs measures the newest policy under the name of what it is the policy after.
func (r *run) evaluateAs(ctx workflow.Context, after, id string) (EvaluationResult, error) {
	in := r.evaluation(r.recipe.Evaluation.Benchmarks)
	in.Datasets, in.After, in.Policy, in.Sampled, in.Before = r.state.Datasets, after, r.state.Policy, r.state.Sampled, r.state.Measured
	result, err := get[EvaluationResult](ctx, workflow.ExecuteChildWorkflow(child(ctx, id, "evaluation after "+after), Evaluation, in))
	if err != nil {
		return EvaluationResult{}, err
	}
	r.addScores(result.Scores)
	r.state.Measured, r.state.Sampled = result.Shards, ""
	return result, nil
}

// evaluation is what all of the run's evaluations on some benchmarks have in common.
func (r *run) evaluation(benches []recipe.Benchmark) EvaluationInput {
	return EvaluationInput{
		Run: r.id, Seed: r.recipe.Seed, Vocabulary: r.state.Vocabulary, Numerics: r.recipe.Numerics,
		Benches: benches, Labels: r.recipe.Prompt.Labels, Programs: r.recipe.Programs, Served: r.served(benches), Chain: r.state.Chain.begin(),
	}
}
