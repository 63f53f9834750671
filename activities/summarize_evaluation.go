package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/reward"
	"temper/model/rollout"
)

// SummarizeEvaluationInput asks for one benchmark's figures from its scored shards.
type SummarizeEvaluationInput struct {
	Run artifact.RunID `json:"run"`
	// After is the phase or stage whose policy was evaluated.
	After     string        `json:"after"`
	Benchmark string        `json:"benchmark"`
	Samples   int           `json:"samples"`
	Shards    []ScoredShard `json:"shards"`
}

// SummarizeEvaluation computes avg@k and pass@k with their standard errors.
func (a *Activities) SummarizeEvaluation(ctx context.Context, in SummarizeEvaluationInput) (evaluation.Result, error) {
	t := task{artifact.Manifest{Kind: artifact.KindEvaluation, Run: in.Run, Stage: in.After, Name: in.Benchmark}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		return a.summarizeEvaluation(ctx, in, m)
	})
	if err != nil {
		return evaluation.Result{}, classify(ctx, fmt.Sprintf("summarize %s after %s", in.Benchmark, in.After), err)
	}
	return evaluation.Result{
		Benchmark: in.Benchmark, Problems: int(m.Metrics[artifact.MetricProblems]), Samples: int(m.Metrics[artifact.MetricSamples]),
		Avg: m.Metrics[artifact.MetricAvg], AvgSE: m.Metrics[artifact.MetricAvgSE],
		Pass: m.Metrics[artifact.MetricPass], PassSE: m.Metrics[artifact.MetricPassSE],
		PassProblems:   int(m.Metrics[artifact.MetricPassProblems]),
		ResponseLength: m.Metrics[artifact.MetricResponseLength], Truncation: m.Metrics[artifact.MetricTruncation],
		Ungradable: int(m.Metrics[artifact.MetricUngradable]),
	}, nil
}

func (a *Activities) summarizeEvaluation(ctx context.Context, in SummarizeEvaluationInput, m *artifact.Manifest) error {
	m.Inputs = map[string]artifact.Ref{}
	var rollouts []rollout.Rollout
	byProblem := map[int][]reward.Verdict{}
	var order []int
	for i, shard := range in.Shards {
		part, err := a.rollouts(ctx, shard.Rollouts)
		if err != nil {
			return err
		}
		verdicts, err := a.verdicts(ctx, shard.Verdicts)
		if err != nil {
			return err
		}
		if len(verdicts) != len(part) {
			return fmt.Errorf("shard %d has %d rollouts but %d verdicts", i, len(part), len(verdicts))
		}
		for k, r := range part {
			if byProblem[r.Problem] == nil {
				order = append(order, r.Problem)
			}
			byProblem[r.Problem] = append(byProblem[r.Problem], verdicts[k].Verdict)
		}
		rollouts = append(rollouts, part...)
		m.Inputs[fmt.Sprintf("%s-%02d", outputRollouts, i)] = shard.Rollouts
		m.Inputs[fmt.Sprintf("%s-%02d", outputVerdicts, i)] = shard.Verdicts
	}
	matrix := make([][]reward.Verdict, len(order))
	for i, p := range order {
		matrix[i] = byProblem[p]
	}
	result, err := evaluation.Evaluate(in.Benchmark, matrix)
	if err != nil {
		return err
	}
	m.Metrics = rolloutMetrics(rollouts)
	for name, value := range map[string]float64{
		artifact.MetricProblems: float64(result.Problems), artifact.MetricSamples: float64(in.Samples),
		artifact.MetricAvg: result.Avg, artifact.MetricAvgSE: result.AvgSE,
		artifact.MetricPassProblems: float64(result.PassProblems), artifact.MetricUngradable: float64(result.Ungradable),
	} {
		m.Metrics[name] = value
	}
	if result.PassProblems > 0 {
		m.Metrics[artifact.MetricPass], m.Metrics[artifact.MetricPassSE] = result.Pass, result.PassSE
	}
	return nil
}

// verdicts reads a stored shard's verdicts, in the order of its rollouts.
func (a *Activities) verdicts(ctx context.Context, ref artifact.Ref) ([]reward.Result, error) {
	data, err := a.Store.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	return DecodeVerdicts(data)
}

// DecodeVerdicts reads a stored shard of verdicts, one JSON object per line.
func DecodeVerdicts(data []byte) ([]reward.Result, error) {
	var results []reward.Result
	for line := range bytes.Lines(data) {
		var r reward.Result
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("decode verdicts: line %d: %w", len(results)+1, err)
		}
		results = append(results, r)
	}
	return results, nil
}
