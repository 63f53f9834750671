package objective

import (
	"cmp"
	"math"
)

// srft is supervised reinforcement fine-tuning (arXiv 2506.19767), in one step
// on demonstrations and rollouts. With the mean entropy H of a sequence's tokens,
// taken as a constant, p the probability of a token and A the advantage of its
// sequence in the group that holds demonstration and rollouts:
//
//	demonstrations  sft_weight exp(±H) * mean over their tokens of -log pi
//	and, over all tokens together,
//	demonstrations  -A p/(p+0.1), or -A p
//	own, correct    -rl_weight exp(±H) log pi
//	own, wrong      log pi
//
// The authors' code could not be had. This follows HPT's reimplementation
// (TsinghuaC3I/Unify-Post-Training mix_actor.py), which has -H for the likelihood
// and +H for own rollouts; other readers of the paper have other signs, so both
// are fields. HPT divides the second part by the padded length: sum with that
// constant. Advantages have no std by default; Graded demonstrations take part.
var srft = Objective{
	Source:         "SRFT, arXiv 2506.19767, by HPT's reimplementation",
	Demonstrations: Matched,
	Uses:           with([]string{"advantage", "denominator", "constant", "masked_sequences", "entropy", "overlong"}, "srft"),
	Needs: func(s Settings) Carriers {
		return Carriers{LogProb: true, Entropy: true, Old: s.SRFT.Own == Ratio && !s.OnPolicy()}
	},
	Defaults: func(s *Settings) { s.Advantage.Std = cmp.Or(s.Advantage.Std, NoStd) },
	Loss: func(s Settings, b Batch) Result {
		result := newResult(b)
		demonstrations := Settings{Denominator: BatchTokens}.divisors(b, isDemonstration)
		weights := make([]float64, len(b.Sequences))
		for i := range b.Sequences {
			q := &b.Sequences[i]
			if q.Demonstration {
				weights[i] = s.SRFT.SFTWeight * entropyWeight(q, s.SRFT.SFTSign)
			} else {
				weights[i] = s.SRFT.RLWeight * entropyWeight(q, s.SRFT.RLSign)
			}
		}
		result.addLikelihood(b, demonstrations, func(i, _ int) float64 { return weights[i] })
		divisors := s.divisors(b, func(q *Sequence) bool { return q.Graded })
		for i, t := range b.tokens(divisors) {
			loss, derivative := s.srftTerm(&b.Sequences[i], t, weights[i])
			result.add(i, t, loss, derivative, divisors[i])
			result.Stats.Tokens++
		}
		s.addShared(&result, b, divisors)
		return result
	},
}

// shaping is LUFFY's constant (arXiv 2504.14945), which HPT keeps.
const shaping = 0.1

// srftTerm is a token's term of the reinforcement part and its derivative.
func (s Settings) srftTerm(q *Sequence, t int, weight float64) (loss, derivative float64) {
	if q.Demonstration {
		p := math.Exp(q.LogProb[t])
		if s.SRFT.Demonstration == Plain {
			return -q.Advantage[t] * p, -q.Advantage[t] * p
		}
		f := p / (p + shaping)
		return -q.Advantage[t] * f, -q.Advantage[t] * f * (1 - f)
	}
	if !q.Correct {
		weight = -1
	}
	if s.SRFT.Own == Ratio {
		r := math.Exp(s.logRatio(q, t))
		return -weight * r, -weight * r
	}
	return -weight * q.LogProb[t], -weight
}

// entropyWeight is exp(±H) with the mean entropy of a sequence's tokens in the loss.
func entropyWeight(q *Sequence, sign Sign) float64 {
	var sum, n float64
	for t := range q.Tokens {
		if q.in(t) {
			sum, n = sum+q.Entropy[t], n+1
		}
	}
	if n == 0 {
		return 0
	}
	if sign == Minus {
		sum = -sum
	}
	return math.Exp(sum / n)
}
