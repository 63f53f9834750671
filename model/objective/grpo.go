package objective

import (
	"math"
	"slices"
)

// grpo is the clipped surrogate of PPO with advantages from groups. Of a token
// with advantage A and importance ratio r = exp(log pi - log pi_old):
//
//	L = max(-A r, -A clip(r, 1-low, 1+high));  with dual c, where A < 0: min(L, -c A)
//
// By its settings it is GRPO (arXiv 2402.03300), DAPO (2503.14476: high above
// low, batch_tokens), Dr. GRPO (2503.20783: no std, constant) and the objective
// of AceReason-Nemotron 1.1 (one update per batch: r is 1 and no bound acts).
// Dual clip is veRL's vanilla loss (compute_policy_loss_vanilla) and TRL's delta.
var grpo = Objective{
	Source: "GRPO, arXiv 2402.03300; DAPO, 2503.14476; Dr. GRPO, 2503.20783",
	Uses:   with(policyFields, "clip"),
	Needs:  ofRatio,
	Loss:   func(s Settings, b Batch) Result { return s.policy(b, s.tokenRatio) },
}

// policyFields are those of every objective that compares scores.
var policyFields = []string{"advantage", "denominator", "constant", "masked_sequences", "kl", "entropy", "overlong"}

// with is a list of fields with more of them.
func with(fields []string, more ...string) []string { return append(slices.Clone(fields), more...) }

// ratioOf gives a token's importance ratio and its derivative by the token's
// log-prob: the ratio itself, or 0 where a clamp acts.
type ratioOf func(t int) (ratio, slope float64)

// tokenRatio is exp(log pi - log pi_old), with the logarithm clamped.
func (s Settings) tokenRatio(q *Sequence) ratioOf {
	return func(t int) (float64, float64) {
		d := s.logRatio(q, t)
		if limit := s.Clip.LogRatio; limit > 0 && math.Abs(d) > limit {
			return math.Exp(math.Copysign(limit, d)), 0
		}
		r := math.Exp(d)
		return r, r
	}
}

// logRatio is log pi - log pi_old: exactly 0 where they are the same policy, even
// if trainer and sampler computed them apart.
func (s Settings) logRatio(q *Sequence, t int) float64 {
	if s.OnPolicy() {
		return 0
	}
	return q.LogProb[t] - q.Old[t]
}

// policy is the clipped surrogate over the rollouts, with the terms that all
// objectives of this family share.
func (s Settings) policy(b Batch, ratios func(*Sequence) ratioOf) Result {
	result := newResult(b)
	divisors := s.divisors(b, isRollout)
	s.addSurrogate(&result, b, divisors, ratios)
	s.addShared(&result, b, divisors)
	return result
}

// addSurrogate adds the clipped surrogate.
func (s Settings) addSurrogate(result *Result, b Batch, divisors []float64, ratios func(*Sequence) ratioOf) {
	var low, high int
	var ratio ratioOf
	last := -1
	for i, t := range b.tokens(divisors) {
		if i != last {
			ratio, last = ratios(&b.Sequences[i]), i
		}
		r, slope := ratio(t)
		advantage := b.Sequences[i].Advantage[t]
		loss, derivative, bound := s.Clip.surrogate(advantage, r, slope)
		result.add(i, t, loss, derivative, divisors[i])
		result.Stats.Tokens++
		switch bound {
		case lowerBound:
			low++
		case upperBound:
			high++
		}
	}
	result.Stats.clipped(low, high)
}

// clipped sets the shares of clipped tokens.
func (r *ResultStats) clipped(low, high int) {
	if n := float64(r.Tokens); n > 0 {
		r.ClippedLow, r.ClippedHigh = float64(low)/n, float64(high)/n
	}
}

// bound is the end of the clip range that stops a token's derivative.
type bound int

const (
	noBound bound = iota
	lowerBound
	upperBound
)

// surrogate is a token's term and its derivative, given the ratio and its slope.
func (c Clip) surrogate(advantage, ratio, slope float64) (loss, derivative float64, stops bound) {
	switch {
	case advantage == 0:
		return 0, 0, noBound
	case advantage > 0 && ratio > 1+c.High:
		return -advantage * (1 + c.High), 0, upperBound
	case advantage < 0 && ratio < 1-c.Low:
		return -advantage * (1 - c.Low), 0, lowerBound
	case advantage < 0 && c.Dual > 0 && ratio > c.Dual:
		return -advantage * c.Dual, 0, upperBound
	}
	return -advantage * ratio, -advantage * slope, noBound
}
