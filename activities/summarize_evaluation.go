package activities

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/reward"
	"temper/model/rollout"
)

// SummarizeEvaluationInput asks for one benchmark's figures from its scored shards.
type SummarizeEvaluationInput struct {
	Run artifact.RunID `json:"run"`
	// After is the stage whose policy was evaluated.
	After     string        `json:"after"`
	Benchmark string        `json:"benchmark"`
	Samples   int           `json:"samples"`
	Shards    []ScoredShard `json:"shards"`
	// Vote says that answers are counted for maj@k.
	Vote bool `json:"vote,omitempty"`
	// Before are the shards of the evaluation before, to compare with; empty if there is none.
	Before []ScoredShard `json:"before,omitempty"`
}

// SummarizeEvaluation computes avg@k and pass@k with their standard errors, and
// the difference from the evaluation before.
func (a *Activities) SummarizeEvaluation(ctx context.Context, in SummarizeEvaluationInput) (evaluation.Result, error) {
	t := task{artifact.Manifest{Kind: artifact.KindEvaluation, Run: in.Run, Stage: in.After, Name: in.Benchmark}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		return a.summarizeEvaluation(ctx, in, m)
	})
	if err != nil {
		return evaluation.Result{}, classify(ctx, fmt.Sprintf("summarize %s after %s", in.Benchmark, in.After), err)
	}
	return evaluation.FromMetrics(in.Benchmark, m.Metrics), nil
}

func (a *Activities) summarizeEvaluation(ctx context.Context, in SummarizeEvaluationInput, m *artifact.Manifest) error {
	measured, err := a.judged(ctx, in.Shards)
	if err != nil {
		return err
	}
	result, err := evaluation.Evaluate(in.Benchmark, measured.matrix(measured.order))
	if err != nil {
		return err
	}
	result.Samples = in.Samples
	if in.Vote {
		result.Vote = evaluation.Majority(measured.answers())
	}
	curve, err := evaluation.PassCurve(measured.matrix(measured.order))
	if err != nil {
		return err
	}
	if len(curve) > 0 {
		m.Series = map[string][]float64{artifact.MetricPass: curve}
	}
	m.Inputs = map[string]artifact.Ref{}
	addShards(m.Inputs, "", in.Shards)
	if result.Gain, err = a.compare(ctx, in.Before, measured, m); err != nil {
		return err
	}
	m.Metrics = result.Metrics()
	maps.Copy(m.Metrics, rolloutMetrics(measured.rollouts))
	return nil
}

// compare is the gain over the evaluation before, if there was one and both judged some problem.
func (a *Activities) compare(ctx context.Context, shards []ScoredShard, after judged, m *artifact.Manifest) (evaluation.Comparison, error) {
	if len(shards) == 0 {
		return evaluation.Comparison{}, nil
	}
	before, err := a.judged(ctx, shards)
	if err != nil {
		return evaluation.Comparison{}, fmt.Errorf("the evaluation before: %w", err)
	}
	gain, err := evaluation.Compare(before.matrix(after.order), after.matrix(after.order))
	if errors.Is(err, evaluation.ErrNothingGraded) {
		return evaluation.Comparison{}, nil
	}
	if err != nil {
		return evaluation.Comparison{}, err
	}
	addShards(m.Inputs, "before-", shards)
	return gain, nil
}

// addShards names scored shards as inputs.
func addShards(inputs map[string]artifact.Ref, prefix string, shards []ScoredShard) {
	for i, shard := range shards {
		inputs[fmt.Sprintf("%s%s-%02d", prefix, artifact.OutputRollouts, i)] = shard.Rollouts
		inputs[fmt.Sprintf("%s%s-%02d", prefix, artifact.OutputVerdicts, i)] = shard.Verdicts
	}
}

// judged is an evaluation's rollouts with the verdicts of each problem, problems in order.
type judged struct {
	rollouts  []rollout.Rollout
	verdicts  []reward.Record // one for each rollout
	byProblem map[int][]reward.Verdict
	order     []int
}

// answers are those of each problem.
func (j judged) answers() [][]evaluation.Answer {
	of := map[int][]evaluation.Answer{}
	for i, r := range j.rollouts {
		of[r.Problem] = append(of[r.Problem], evaluation.Answer{Text: j.verdicts[i].Extracted, Verdict: j.verdicts[i].Verdict})
	}
	all := make([][]evaluation.Answer, len(j.order))
	for i, p := range j.order {
		all[i] = of[p]
	}
	return all
}

// matrix has the verdicts of the given problems, none for a problem that was not judged.
func (j judged) matrix(problems []int) [][]reward.Verdict {
	matrix := make([][]reward.Verdict, len(problems))
	for i, p := range problems {
		matrix[i] = j.byProblem[p]
	}
	return matrix
}

// judged reads scored shards.
func (a *Activities) judged(ctx context.Context, shards []ScoredShard) (judged, error) {
	j := judged{byProblem: map[int][]reward.Verdict{}}
	for i, shard := range shards {
		part, err := a.rollouts(ctx, shard.Rollouts)
		if err != nil {
			return j, err
		}
		verdicts, err := a.verdicts(ctx, shard.Verdicts)
		if err != nil {
			return j, err
		}
		if len(verdicts) != len(part) {
			return j, fmt.Errorf("shard %d has %d rollouts but %d verdicts", i, len(part), len(verdicts))
		}
		for k, r := range part {
			if j.byProblem[r.Problem] == nil {
				j.order = append(j.order, r.Problem)
			}
			j.byProblem[r.Problem] = append(j.byProblem[r.Problem], verdicts[k].Verdict)
		}
		j.rollouts, j.verdicts = append(j.rollouts, part...), append(j.verdicts, verdicts...)
	}
	return j, nil
}
