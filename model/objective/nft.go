package objective

import (
	"cmp"
	"math"
)

// nft is negative-aware fine-tuning (arXiv 2505.18116; NVlabs/NFT
// dp_actor.py). In a group of which the share r is correct, with the importance
// ratio R of a token (or of the whole sequence):
//
//	correct  L = -w log R
//	wrong    L = -w negative_weight log max((1 - r R)/(1 - r), clamp)
//
// The maximum is straight-through: its derivative is that of its first argument
// over its value. w is PromptWeight. On-policy the derivative of a token is -w
// where correct and w r/(1-r) where wrong: with weight "wrong" the advantages of
// Dr. GRPO, with "std" those of GRPO with the population's std.
//
// As in the authors' code the logarithm of R is at most 10 and r is kept within
// 0.02 and 0.98, groups that are all correct or all wrong add nothing, and the
// sum is divided by 1000 by default. At the level of sequences a sequence's term
// counts once; their code sums these terms (sum with constant 1) and has no
// prompt weight.
var nft = Objective{
	Source: "NFT, arXiv 2505.18116",
	Uses:   []string{"denominator", "constant", "masked_sequences", "kl", "entropy", "overlong.handling", "nft"},
	Needs:  ofRatio,
	Defaults: func(s *Settings) {
		s.Denominator = cmp.Or(s.Denominator, Sum)
		if s.Denominator == Sum {
			s.Constant = cmp.Or(s.Constant, 1000)
		}
	},
	Loss: func(s Settings, b Batch) Result {
		result := newResult(b)
		divisors := s.divisors(b, isRollout)
		rates := b.rates()
		for i := range b.Sequences {
			q := &b.Sequences[i]
			if divisors[i] == 0 {
				continue
			}
			result.Stats.Tokens += q.inLoss()
			if rate := rates[q.Group]; rate > 0 && rate < 1 {
				s.addNFT(&result, q, i, rate, divisors[i])
			}
		}
		s.addShared(&result, b, divisors)
		return result
	},
}

const (
	nftMostLogRatio          = 10.0
	nftLeastRate, nftTopRate = 0.02, 0.98
)

// rates are the shares of correct rollouts by group.
func (b Batch) rates() map[int]float64 {
	rates := map[int]float64{}
	for _, g := range b.groups(isRollout) {
		var correct float64
		for _, i := range g {
			if b.Sequences[i].Correct {
				correct++
			}
		}
		rates[b.Sequences[g[0]].Group] = correct / float64(len(g))
	}
	return rates
}

// addNFT adds the terms of a sequence: one for each token in the loss, or, for the
// ratio of the whole sequence, one with a derivative by each of their log-probs.
func (s Settings) addNFT(result *Result, q *Sequence, i int, rate, divisor float64) {
	var whole float64
	for t := range q.Tokens {
		if q.in(t) {
			whole += s.logRatio(q, t)
		}
	}
	first := true
	for t := range q.Tokens {
		if !q.in(t) {
			continue
		}
		logRatio := whole
		if s.NFT.Ratio == TokenRatio {
			logRatio = s.logRatio(q, t)
		}
		loss, derivative := s.NFT.term(q.Correct, logRatio, rate)
		if !first && s.NFT.Ratio == SequenceRatio {
			loss = 0
		}
		result.add(i, t, loss, derivative, divisor)
		first = false
	}
}

// term is the loss of a ratio and its derivative by the ratio's logarithm.
func (n NFT) term(correct bool, logRatio, rate float64) (loss, derivative float64) {
	slope := 1.0
	if logRatio > nftMostLogRatio {
		logRatio, slope = nftMostLogRatio, 0
	}
	rate = math.Min(math.Max(rate, nftLeastRate), nftTopRate)
	weight := 1.0
	switch n.PromptWeight {
	case WeightWrong:
		weight = 1 - rate
	case WeightStd:
		weight = math.Sqrt((1 - rate) / rate)
	}
	if correct {
		return -weight * logRatio, -weight * slope
	}
	if n.PositiveOnly {
		return 0, 0
	}
	weight *= n.NegativeWeight
	ratio := math.Exp(logRatio)
	implicit := math.Max((1-rate*ratio)/(1-rate), n.Clamp)
	return -weight * math.Log(implicit), weight * rate / (1 - rate) * ratio / implicit * slope
}
