package objective

import "math"

// chord mixes the clipped surrogate of the rollouts with the likelihood of the
// demonstrations (arXiv 2508.11408; Trinity-RFT chord_policy_loss.py):
//
//	L = (1 - mu) L_grpo + mu * mean over the demonstrations' tokens of -phi log pi
//
// phi is 1 (CHORD-mu) or p(1-p) of the token's probability p, taken as a constant
// (CHORD-phi). The authors lower mu from 0.9 to 0.05 over the first 200 steps;
// their configuration for phi keeps it at 0.1. The KL term and the entropy bonus
// stand outside the mixture.
var chord = Objective{
	Source: "CHORD, arXiv 2508.11408",
	Uses:   with(policyFields, "clip", "chord"),
	Needs:  func(s Settings) Carriers { return Carriers{LogProb: true, Old: !s.OnPolicy()} },
	Loss: func(s Settings, b Batch) Result {
		result := newResult(b)
		divisors := s.divisors(b, isRollout)
		s.addSurrogate(&result, b, divisors, s.tokenRatio)
		result.scale(1 - s.CHORD.Mu)
		s.addShared(&result, b, divisors)
		demonstrations := Settings{Denominator: BatchTokens}.divisors(b, isDemonstration)
		result.addLikelihood(b, demonstrations, func(i, t int) float64 {
			if s.CHORD.TokenWeight == WeightNone {
				return s.CHORD.Mu
			}
			p := math.Exp(b.Sequences[i].LogProb[t])
			return s.CHORD.Mu * p * (1 - p)
		})
		return result
	},
}

// scale multiplies what has been added so far.
func (r *Result) scale(by float64) {
	r.Loss *= by
	for _, row := range r.DLogProb {
		for t := range row {
			row[t] *= by
		}
	}
}
