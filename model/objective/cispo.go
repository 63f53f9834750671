package objective

import (
	"cmp"
	"math"
)

// cispo clips the importance weight and not the update (MiniMax-M1, arXiv
// 2506.13585): with the weight taken as a constant,
//
//	L = -clip(r, 1-low, 1+high) A log pi
//
// so that no token loses its derivative. The lower side is open by default. veRL
// counts high from 1, as here; TRL's epsilon_high is the bound itself, so that
// its 5 (ScaleRL, arXiv 2510.13786) is the default high of 4.
var cispo = Objective{
	Source: "CISPO, MiniMax-M1, arXiv 2506.13585",
	Uses:   with(policyFields, "clip.low", "clip.high", "clip.log_ratio"),
	Needs:  func(s Settings) Carriers { return Carriers{LogProb: true, Old: !s.OnPolicy()} },
	Defaults: func(s *Settings) {
		s.Clip.Low, s.Clip.High = cmp.Or(s.Clip.Low, 1), cmp.Or(s.Clip.High, 4)
	},
	Loss: func(s Settings, b Batch) Result {
		result := newResult(b)
		divisors := s.divisors(b, isRollout)
		var low, high int
		for i, t := range b.tokens(divisors) {
			q := &b.Sequences[i]
			ratio, _ := s.tokenRatio(q)(t)
			switch {
			case ratio < 1-s.Clip.Low:
				low++
			case ratio > 1+s.Clip.High:
				high++
			}
			weight := q.Advantage[t] * math.Min(math.Max(ratio, 1-s.Clip.Low), 1+s.Clip.High)
			result.add(i, t, -weight*q.LogProb[t], -weight, divisors[i])
			result.Stats.Tokens++
		}
		result.Stats.clipped(low, high)
		s.addShared(&result, b, divisors)
		return result
	},
}
