package objective

import "math"

// chord mixes the clipped surrogate of the rollouts with the likelihood of the
// demonstrations (arXiv 2508.11408; Trinity-RFT chord_policy_loss.py):
//
//	L = (1 - mu) L_grpo + mu * mean over the demonstrations' tokens of -phi log pi
//
// phi is 1 (CHORD-mu) or p(1-p) of the token's probability p, taken as a constant
// (CHORD-phi). The authors let mu fall from 0.9 to 0.05 for the first and keep it
// at 0.1 for the second; their warm-up of mu is not here. The KL term and the
// entropy bonus stand outside the mixture.
var chord = Objective{
	Source:         "CHORD, arXiv 2508.11408",
	Demonstrations: Drawn,
	Uses:           with(policyFields, "clip", "chord"),
	Needs:          func(s Settings) Carriers { return Carriers{LogProb: true, Old: !s.OnPolicy()} },
	Loss: func(s Settings, b Batch) Result {
		result := newResult(b)
		divisors := s.divisors(b, isRollout)
		s.addSurrogate(&result, b, divisors, s.tokenRatio)
		mu := s.CHORD.at(b.Step)
		result.scale(1 - mu)
		s.addShared(&result, b, divisors)
		demonstrations := Settings{Denominator: BatchTokens}.divisors(b, isDemonstration)
		result.addLikelihood(b, demonstrations, func(i, t int) float64 {
			if s.CHORD.TokenWeight == WeightNone {
				return mu
			}
			p := math.Exp(b.Sequences[i].LogProb[t])
			return mu * p * (1 - p)
		})
		return result
	},
}

// at is mu at a policy step.
func (c CHORD) at(step int) float64 {
	switch {
	case c.MuSteps == 0:
		return c.Mu
	case step >= c.MuSteps:
		return c.LastMu
	}
	return c.LastMu + (c.Mu-c.LastMu)/2*(1+math.Cos(math.Pi*float64(step)/float64(c.MuSteps)))
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
