package objective

import (
	"math"
)

// ppo is proximal policy optimisation with a value head (arXiv 1707.06347): the
// clipped surrogate of grpo, with advantages of each token from generalised
// advantage estimation, and the loss of the value V,
//
//	coefficient * 1/2 max((V - return)², (clip(V, V_old-c, V_old+c) - return)²)
//
// aggregated as the surrogate is (veRL's compute_value_loss). ReFT (arXiv
// 2401.08967) is ppo with sequence_tokens, value coefficient 5, value clip 0.2,
// lambda 0.95, KL in the reward (0.05 for language, 0.01 for programs) and a
// score of 0.1 for an answer that can be read but is wrong.
var ppo = Objective{
	Source: "PPO, arXiv 1707.06347; GAE, 1506.02438; ReFT, 2401.08967",
	Uses:   with(policyFields[1:], "advantage.baseline", "clip", "value"),
	Needs: func(s Settings) Carriers {
		needs := ofRatio(s)
		needs.Value, needs.OldValue = true, true
		return needs
	},
	Defaults: func(s *Settings) {
		if s.Advantage.Baseline == "" {
			s.Advantage.Baseline = ValueBaseline
		}
	},
	Loss: func(s Settings, b Batch) Result {
		result := s.policy(b, s.tokenRatio)
		s.addValue(&result, b, s.divisors(b, isRollout))
		return result
	},
}

// addValue adds the value loss and its derivative by the values.
func (s Settings) addValue(result *Result, b Batch, divisors []float64) {
	before := result.Loss
	result.DValue = zeros(b)
	for i, t := range b.tokens(divisors) {
		q := &b.Sequences[i]
		loss, derivative := s.Value.loss(q.Value[t], q.OldValue[t], q.Return[t])
		result.Loss += s.Value.Coefficient * loss / divisors[i]
		result.DValue[i][t] = s.Value.Coefficient * derivative / divisors[i]
	}
	result.Stats.Value = result.Loss - before
}

// loss is a value's squared distance from the return, halved; no less than that
// of the clipped value, which has no derivative.
func (v Value) loss(value, old, target float64) (loss, derivative float64) {
	distance := value - target
	if v.Clip > 0 {
		clipped := math.Min(math.Max(value, old-v.Clip), old+v.Clip) - target
		if clipped*clipped > distance*distance {
			return clipped * clipped / 2, 0
		}
	}
	return distance * distance / 2, distance
}
