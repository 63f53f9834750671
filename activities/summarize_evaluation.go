package activities

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/model/recipe"
)

// SummarizeEvaluationInput asks for one benchmark's figures from its scored shards.
type SummarizeEvaluationInput struct {
	Run artifact.RunID `json:"run"`
	// After is the stage whose policy was evaluated.
	After     string            `json:"after"`
	Benchmark string            `json:"benchmark"`
	Samples   int               `json:"samples"`
	Shards    List[ScoredShard] `json:"shards"`
	// Vocabulary is what the rollouts are read by; without it nobody knows which have a </think>.
	Vocabulary artifact.Ref `json:"vocabulary,omitzero"`
	// Grading is the rules of the verdicts, and Model what the endpoint was asked for, if a server holds the model.
	Grading recipe.Grading `json:"grading,omitempty"`
	Model   string         `json:"model,omitempty"`
	// Vote says that answers are counted for maj@k.
	Vote bool `json:"vote,omitempty"`
	// Before are the shards of the evaluation before, to compare with; empty if there is none.
	Before List[ScoredShard] `json:"before,omitzero"`
}

// EvaluationSummary is what one benchmark measured, and what is to be said of it.
type EvaluationSummary struct {
	evaluation.Result
	Remarks []string `json:"remarks,omitempty"`
	Recorded
}

// SummarizeEvaluation computes avg@k and pass@k with their standard errors, and
// the difference from the evaluation before.
func (a *Activities) SummarizeEvaluation(ctx context.Context, in SummarizeEvaluationInput) (EvaluationSummary, error) {
	t := task{artifact.Manifest{Kind: artifact.KindEvaluation, Run: in.Run, Stage: in.After, Name: in.Benchmark}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		return a.summarizeEvaluation(ctx, in, m)
	})
	if err != nil {
		return EvaluationSummary{}, classify(ctx, fmt.Sprintf("summarize %s after %s", in.Benchmark, in.After), err)
	}
	return EvaluationSummary{evaluation.FromMetrics(in.Benchmark, m.Metrics), m.Remarks, Recorded{m.Link}}, nil
}

func (a *Activities) summarizeEvaluation(ctx context.Context, in SummarizeEvaluationInput, m *artifact.Manifest) error {
	shards, err := whole(ctx, a.Store, in.Shards)
	if err != nil {
		return err
	}
	before, err := whole(ctx, a.Store, in.Before)
	if err != nil {
		return err
	}
	measured, err := a.judged(ctx, in.Vocabulary, shards)
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
	curve, errs, err := evaluation.PassCurve(measured.matrix(measured.order))
	if err != nil {
		return err
	}
	if len(curve) > 0 {
		m.Series = map[string][]float64{artifact.MetricPass: curve, artifact.MetricPassSE: errs}
	}
	m.Inputs = map[string]artifact.Ref{}
	addShards(m.Inputs, "", shards)
	if result.Gain, err = a.compare(ctx, before, measured, m); err != nil {
		return err
	}
	result.Shape = evaluation.ShapeOf(measured.said)
	m.Metrics = result.Metrics()
	maps.Copy(m.Metrics, measured.metrics())
	if in.Vocabulary.IsZero() {
		delete(m.Metrics, artifact.MetricNoReasoningEnd)
	} else if why := withoutReasoning(in.Grading, result.Shape); why != "" {
		m.Remarks = append(m.Remarks, in.Benchmark+": "+why)
	}
	m.Remarks = append(m.Remarks, otherModels(in.Model, measured.served)...)
	return nil
}

// compare is the gain over the evaluation before, if there was one and both judged some problem.
func (a *Activities) compare(ctx context.Context, shards []ScoredShard, after judged, m *artifact.Manifest) (evaluation.Comparison, error) {
	if len(shards) == 0 {
		return evaluation.Comparison{}, nil
	}
	before, err := a.judged(ctx, artifact.Ref{}, shards)
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
		if shard.Responses.IsZero() {
			inputs[fmt.Sprintf("%s%s-%02d", prefix, artifact.OutputRollouts, i)] = shard.Rollouts
		} else {
			inputs[fmt.Sprintf("%s%s-%02d", prefix, artifact.OutputResponses, i)] = shard.Responses
		}
		inputs[fmt.Sprintf("%s%s-%02d", prefix, artifact.OutputVerdicts, i)] = shard.Verdicts
	}
}

// mostUnreasoned is the share of responses without </think>, of those that the budget did not
// cut, above which strict grading is remarked on: it finds no answer in them.
const mostUnreasoned = 0.5

// withoutReasoning says that a model seems not to reason, "" otherwise.
func withoutReasoning(g recipe.Grading, s evaluation.Shape) string {
	if g.Rules() != "" || s.NoReasoningEnd-s.Truncation <= mostUnreasoned*(1-s.Truncation) {
		return ""
	}
	return fmt.Sprintf("%.0f %% of the responses have no </think>, and strict grading looks for answers after it; for a model that does not reason: grading: lenient for math, programs.without_reasoning for programs",
		100*s.NoReasoningEnd)
}
