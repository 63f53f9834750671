package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/recipe"
)

// Served is a model that a server holds, with the messages of each benchmark by its name.
type Served struct {
	recipe.Served
	Messages map[string]ServedMessages `json:"messages"`
}

// ServedMessages are what a benchmark's problems are asked with: see recipe.ServedMessages.
type ServedMessages struct {
	System  string `json:"system,omitempty"`
	User    string `json:"user"`
	Starter string `json:"starter,omitempty"`
}

// served is the model that a server holds, nil if the run has one of its own.
func (r *run) served(benches []recipe.Benchmark) *Served {
	if r.recipe.Model.Served == nil {
		return nil
	}
	s := &Served{Served: *r.recipe.Model.Served, Messages: map[string]ServedMessages{}}
	for _, b := range benches {
		system, user, starter := r.recipe.ServedMessages(b)
		s.Messages[b.Name] = ServedMessages{system, user, starter}
	}
	return s
}

// askServed has the server answer a benchmark and the responses judged, some shards at a time.
func (in EvaluationInput) askServed(ctx workflow.Context, b recipe.Benchmark, stage string) ([]activities.ScoredShard, error) {
	data, messages := in.Datasets[b.Data], in.Served.Messages[b.Name]
	settings := recipe.Teach{
		Domain: b.Domain, Data: b.Data, Endpoint: in.Served.Endpoint, Model: in.Served.Model, Samples: b.Samples, Temperature: b.Temperature, TopP: b.TopP, MaxTokens: b.MaxResponseTokens,
	}
	cut := shardsOf(firstProblems(data.NumProblems), b.ServedShards(data.NumProblems))
	return inTurn(ctx, len(cut), func(ctx workflow.Context, i int) (activities.ScoredShard, error) {
		taught, err := get[activities.Taught](ctx, workflow.ExecuteActivity(onControl(ctx, fmt.Sprintf("%s: %d problems, shard %d of %d", stage, len(cut[i]), i+1, len(cut))), acts.AskTeacher, activities.AskTeacherInput{
			Run: in.Run, Stage: stage, Shard: i, Settings: settings, System: messages.System, User: messages.User, Starter: messages.Starter, Dataset: data.Problems, First: cut[i][0], Count: len(cut[i]),
		}))
		if err != nil {
			return activities.ScoredShard{}, err
		}
		return in.judgeServed(ctx, b, stage, i, activities.ScoredShard{Responses: taught.Responses})
	})
}

// judgeServed judges a shard of a server's responses by a benchmark's grading.
func (in EvaluationInput) judgeServed(ctx workflow.Context, b recipe.Benchmark, stage string, i int, shard activities.ScoredShard) (activities.ScoredShard, error) {
	verdicts, err := get[activities.VerdictSummary](ctx, workflow.ExecuteActivity(forVerdicts(ctx, b.Domain, fmt.Sprintf("%s: verdicts, shard %d", stage, i+1)), acts.JudgeTaught, activities.JudgeTaughtInput{
		Run: in.Run, Stage: stage, Shard: i, Domain: b.Domain, Programs: in.Programs.For(b).By(""), Grading: b.Grading.Rules(), Dataset: in.Datasets[b.Data].Problems, Responses: shard.Responses,
	}))
	return activities.ScoredShard{Responses: shard.Responses, Verdicts: verdicts.Verdicts}, err
}

// benchmarkServed measures a benchmark on the model that a server holds.
func (in EvaluationInput) benchmarkServed(ctx workflow.Context, b recipe.Benchmark) ([]measured, error) {
	stage := "after-" + in.After + "-" + b.Name
	shards, err := in.askServed(ctx, b, stage)
	if err != nil {
		return nil, err
	}
	first, err := in.summarize(ctx, b, shards)
	also, twice := b.Also()
	if err != nil || !twice {
		return []measured{first}, err
	}
	again, err := inTurn(ctx, len(shards), func(ctx workflow.Context, i int) (activities.ScoredShard, error) {
		return in.judgeServed(ctx, also, stage, i, shards[i])
	})
	if err != nil {
		return nil, err
	}
	second, err := in.summarize(ctx, also, again)
	return []measured{first, second}, err
}

// inTurn does shards of work, shardsAtOnce at a time; none is begun after one has failed.
func inTurn[T any](ctx workflow.Context, n int, do func(ctx workflow.Context, i int) (T, error)) ([]T, error) {
	done, parts, underWay := make([]T, n), split(n), 0
	var failed error
	for i := range n {
		if err := workflow.Await(ctx, func() bool { return underWay < shardsAtOnce || failed != nil }); err != nil {
			return nil, err
		}
		if failed != nil {
			break
		}
		underWay++
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer func() { underWay-- }()
			shard, err := do(parts.at(ctx, i), i)
			if err != nil && failed == nil {
				failed = fmt.Errorf("shard %d: %w", i+1, err)
			}
			done[i] = shard
		})
	}
	if err := workflow.Await(ctx, func() bool { return underWay == 0 }); err != nil {
		return nil, err
	}
	parts.join(ctx)
	return done, failed
}
