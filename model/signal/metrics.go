package signal

import (
	"temper/model/artifact"
	"temper/model/objective"
)

// Metrics are the step's figures as a manifest keeps them.
func (s Step) Metrics() map[string]float64 {
	m := map[string]float64{
		artifact.MetricGroups:             float64(s.Groups),
		artifact.MetricZeroVarianceGroups: float64(s.ZeroVariance),
		artifact.MetricRollouts:           float64(s.Rollouts),
		artifact.MetricFiltered:           float64(s.Filtered),
		artifact.MetricUngradable:         float64(s.Ungradable),
		artifact.MetricReward:             s.Reward,
		artifact.MetricTruncation:         s.Truncation,
		artifact.MetricTrainedTokens:      float64(s.TrainedTokens),
		artifact.MetricGradNorm:           s.GradNorm,
		artifact.MetricAdvantageMin:       s.Advantages.Min,
		artifact.MetricAdvantageMax:       s.Advantages.Max,
		artifact.MetricAdvantageStd:       s.Advantages.Std,
		artifact.MetricAdvantageZero:      s.Advantages.Zero,
	}
	for name, value := range map[string]float64{ // absent where the objective has no such term
		artifact.MetricKL: s.Terms.KL, artifact.MetricClippedLow: s.Terms.ClippedLow, artifact.MetricClippedHigh: s.Terms.ClippedHigh,
		artifact.MetricValueLoss: s.Terms.Value, artifact.MetricLikelihood: s.Terms.Likelihood,
	} {
		if value != 0 {
			m[name] = value
		}
	}
	return m
}

// FromMetrics reads what Metrics gave.
func FromMetrics(m map[string]float64) Step {
	return Step{
		Groups: int(m[artifact.MetricGroups]), ZeroVariance: int(m[artifact.MetricZeroVarianceGroups]),
		Rollouts: int(m[artifact.MetricRollouts]), Filtered: int(m[artifact.MetricFiltered]), Ungradable: int(m[artifact.MetricUngradable]),
		Reward: m[artifact.MetricReward], Truncation: m[artifact.MetricTruncation],
		TrainedTokens: int64(m[artifact.MetricTrainedTokens]), GradNorm: m[artifact.MetricGradNorm],
		Advantages: objective.Spread{
			Min: m[artifact.MetricAdvantageMin], Max: m[artifact.MetricAdvantageMax],
			Std: m[artifact.MetricAdvantageStd], Zero: m[artifact.MetricAdvantageZero],
		},
		Terms: objective.ResultStats{
			KL: m[artifact.MetricKL], ClippedLow: m[artifact.MetricClippedLow], ClippedHigh: m[artifact.MetricClippedHigh],
			Value: m[artifact.MetricValueLoss], Likelihood: m[artifact.MetricLikelihood],
		},
	}
}
