package objective

import (
	"cmp"
	"math"
)

// gspo is group sequence policy optimisation (arXiv 2507.18071). Its ratio is
// that of the whole response, to the power of one over its length,
//
//	s = exp(mean over the tokens in the loss of (log pi - log pi_old))
//
// and every token has the clipped surrogate of grpo with s in the place of r. In
// the token form of the paper's section 4.3, which veRL has, the derivative of s
// by a token's log-prob is s, and the token's own advantage multiplies it; where
// a response has one advantage this equals TRL's importance level "sequence".
//
// The paper averages over sequences: sequence_tokens, which is the default here.
// TRL weighs by length unless it is told otherwise.
var gspo = Objective{
	Source: "GSPO, arXiv 2507.18071",
	Uses:   with(policyFields, "clip"),
	Needs:  ofRatio,
	Defaults: func(s *Settings) {
		s.Clip.Low, s.Clip.High = cmp.Or(s.Clip.Low, 3e-4), cmp.Or(s.Clip.High, cmp.Or(s.Clip.Low, 4e-4))
		s.Denominator = cmp.Or(s.Denominator, SequenceTokens)
	},
	Loss: func(s Settings, b Batch) Result { return s.policy(b, s.sequenceRatio) },
}

// sequenceRatio is the ratio that all tokens of a response share; LogRatio bounds
// its logarithm from above.
func (s Settings) sequenceRatio(q *Sequence) ratioOf {
	var sum, n float64
	for t := range q.Tokens {
		if q.in(t) {
			sum, n = sum+s.logRatio(q, t), n+1
		}
	}
	ratio := math.Exp(sum / n)
	slope := ratio
	if s.Clip.LogRatio > 0 && sum/n > s.Clip.LogRatio {
		ratio, slope = math.Exp(s.Clip.LogRatio), 0
	}
	return func(int) (float64, float64) { return ratio, slope }
}
