package workflows

import (
	"cmp"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
)

// rolloutWork is what all rollouts of a stage have in common.
type rolloutWork struct {
	Run        artifact.RunID
	Seed       uint64
	Vocabulary artifact.Ref
	Domain     recipe.Domain
	Dataset    artifact.Ref
	// Stage is the key of the random streams and of the manifests.
	Stage    string
	Sampling activities.Decoding
	Samples  int
	// Label is put at the end of every prompt.
	Label string
	// Hints, if any, are what responses begin from.
	Hints *activities.Hints
	// Weights are published weights of the policy, if there are any.
	Weights artifact.Ref
	// Grading is the rules of a benchmark; "" for rewards.
	Grading recipe.Grading
	// Programs is how programs are judged.
	Programs recipe.Programs
	// Grader is the version that the stage is pinned to, "" for none yet.
	Grader string
	// Reward is the user's activity that judges in the domain "activity".
	Reward *recipe.Reward
	// Waiting, if not nil, is told what the verdicts wait for, "" when they do not any more.
	Waiting func(ctx workflow.Context, why string)
}

// waiting tells whoever wants to know what the verdicts wait for.
func (w rolloutWork) waiting(ctx workflow.Context, why string) {
	if w.Waiting != nil {
		w.Waiting(ctx, why)
	}
}

// generate samples one shard.
func (w rolloutWork) generate(ctx workflow.Context, policy artifact.Policy, step, shard int, problems []int) (activities.RolloutSummary, error) {
	summary := fmt.Sprintf("%s step %d: %d rollouts, shard %d", w.Stage, step+1, len(problems)*w.Samples, shard+1)
	return get[activities.RolloutSummary](ctx, workflow.ExecuteActivity(toSample(ctx, summary), acts.GenerateRollouts, activities.GenerateRolloutsInput{
		Run: w.Run, Stage: w.Stage, Step: step, Shard: shard, Seed: w.Seed, Vocabulary: w.Vocabulary,
		Policy: policy, Dataset: w.Dataset, Problems: problems, Samples: w.Samples, Label: w.Label, Sampling: w.Sampling, Hints: w.Hints, Weights: w.Weights,
	}))
}

// score judges one shard.
func (w rolloutWork) score(ctx workflow.Context, rollouts artifact.Ref, step, shard int) (activities.VerdictSummary, error) {
	summary := fmt.Sprintf("%s step %d: verdicts, shard %d", w.Stage, step+1, shard+1)
	in := activities.ScoreRolloutsInput{
		Run: w.Run, Stage: w.Stage, Step: step, Shard: shard, Domain: w.Domain, Vocabulary: w.Vocabulary,
		Dataset: w.Dataset, Rollouts: rollouts, Grading: w.Grading, Programs: w.Programs.By(w.Grader), Reward: w.Reward,
	}
	if w.Domain == recipe.DomainActivity {
		return w.askReward(ctx, in, summary)
	}
	return get[activities.VerdictSummary](ctx, workflow.ExecuteActivity(forVerdicts(ctx, w.Domain, summary), acts.ScoreRollouts, in))
}

// scored is a step's rollouts with their verdicts, shard by shard.
type scored struct {
	shards   []activities.ScoredShard
	problems []int
	tokens   int64
	// informative is the number of groups whose scores are not all equal.
	informative int
	// grader is the version of what judged the first shard.
	grader string
}

// add adds a further batch of the same step.
func (s *scored) add(batch scored) {
	s.shards, s.tokens, s.informative = append(s.shards, batch.shards...), s.tokens+batch.tokens, s.informative+batch.informative
	s.grader = cmp.Or(s.grader, batch.grader)
	s.problems = append(s.problems, batch.problems...)
}

// generateAndScore does shards of a step side by side, numbered from first on; the scoring of a shard starts when that shard is done.
func (w rolloutWork) generateAndScore(ctx workflow.Context, policy artifact.Policy, step, first int, shards [][]int) (scored, error) {
	out := scored{shards: make([]activities.ScoredShard, len(shards))}
	errs, parts := make([]error, len(shards)), split(len(shards))
	group := workflow.NewWaitGroup(ctx)
	for i, problems := range shards {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			ctx = parts.at(ctx, i)
			rollouts, err := w.generate(ctx, policy, step, first+i, problems)
			if err != nil {
				errs[i] = err
				return
			}
			verdicts, err := w.score(ctx, rollouts.Rollouts, step, first+i)
			errs[i] = err
			out.shards[i] = activities.ScoredShard{Rollouts: rollouts.Rollouts, Verdicts: verdicts.Verdicts}
			out.tokens += rollouts.ResponseTokens
			out.informative += verdicts.Informative
			if i == 0 {
				out.grader = verdicts.Grader
			}
		})
	}
	group.Wait(ctx)
	parts.join(ctx)
	for i, err := range errs {
		if err != nil {
			return scored{}, fmt.Errorf("%s step %d shard %d: %w", w.Stage, step+1, first+i+1, err)
		}
	}
	return out, nil
}

// scoreAgain judges rollouts that there are, side by side.
func (w rolloutWork) scoreAgain(ctx workflow.Context, rollouts []activities.ScoredShard) ([]activities.ScoredShard, error) {
	shards, errs, parts := make([]activities.ScoredShard, len(rollouts)), make([]error, len(rollouts)), split(len(rollouts))
	group := workflow.NewWaitGroup(ctx)
	for i, shard := range rollouts {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			ctx = parts.at(ctx, i)
			verdicts, err := w.score(ctx, shard.Rollouts, 0, i)
			shards[i], errs[i] = activities.ScoredShard{Rollouts: shard.Rollouts, Verdicts: verdicts.Verdicts}, err
		})
	}
	group.Wait(ctx)
	parts.join(ctx)
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%s shard %d: %w", w.Stage, i+1, err)
		}
	}
	return shards, nil
}

// shardsOf cuts problems into n consecutive parts that differ in size by one at most.
func shardsOf(problems []int, n int) [][]int {
	n = max(1, min(n, len(problems)))
	shards := make([][]int, n)
	for i := range n {
		shards[i] = problems[i*len(problems)/n : (i+1)*len(problems)/n]
	}
	return shards
}

// firstProblems is 0, 1, … n-1.
func firstProblems(n int) []int {
	problems := make([]int, n)
	for i := range problems {
		problems[i] = i
	}
	return problems
}

// samplingOf is how a stage's rollouts are drawn: from the whole tempered distribution, so that the update's log-probabilities are the sampler's.
func samplingOf(r recipe.Numerics, temperature float64, maxResponseTokens int) activities.Decoding {
	return activities.Decoding{Sampling: rollout.Sampling{Temperature: temperature, TopP: 1, MaxResponseTokens: maxResponseTokens}, Rows: r.GenerationRows, Backend: r.Backend}
}
