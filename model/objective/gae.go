package objective

import "math"

// addEstimates fills Advantage and Return of every rollout from the values when
// sampled: generalised advantage estimation (arXiv 1506.02438; veRL's
// compute_gae_advantage_return). From the last token in the loss backwards,
//
//	delta_t = r_t + gamma V_t+1 - V_t
//	A_t     = delta_t + gamma lambda A_t+1
//	return  = A_t + V_t
//
// with V and A of 0 after the end, where r_t is the reward of a token: the score
// (and the penalty for length) at the last, and at each, where it is in the
// reward, the KL penalty. Tokens that the mask leaves out are passed over, as if
// they were not there. A truncated response is not continued by its last value.
// Then, unless Whiten is none, the advantages get mean 0 and variance 1 over all
// tokens in the loss; the returns do not.
func (s Settings) addEstimates(b Batch) {
	for i := range b.Sequences {
		q := &b.Sequences[i]
		if !isRollout(q) {
			continue
		}
		q.Advantage, q.Return = make([]float64, q.Tokens), make([]float64, q.Tokens)
		var nextValue, nextAdvantage float64
		reward := q.Score + s.Overlong.penalty(q.Tokens-q.Hint, b.Budget)
		for t := q.Tokens - 1; t >= q.Hint; t-- {
			if !q.in(t) {
				continue
			}
			if s.KL.In == InReward {
				reward -= s.KL.ofSampled(q, t)
			}
			delta := reward + s.Value.Gamma*nextValue - q.OldValue[t]
			nextAdvantage = delta + s.Value.Gamma*s.Value.Lambda*nextAdvantage
			nextValue = q.OldValue[t]
			q.Advantage[t], q.Return[t] = nextAdvantage, nextAdvantage+nextValue
			reward = 0
		}
	}
	if s.Value.Whiten == WhitenBatch {
		b.whiten()
	}
}

// advantagesInLoss are the advantages of all rollouts' tokens in the loss.
func (b Batch) advantagesInLoss() (all []float64) {
	for i := range b.Sequences {
		q := &b.Sequences[i]
		for t := range q.Tokens {
			if isRollout(q) && q.in(t) {
				all = append(all, q.Advantage[t])
			}
		}
	}
	return all
}

// whiten gives the advantages mean 0 and variance 1 (n-1) over the tokens in the
// loss; 1e-8 is added to the variance (veRL's masked_whiten).
func (b Batch) whiten() {
	all := b.advantagesInLoss()
	if len(all) == 0 {
		return
	}
	mean, squares := moments(all)
	scale := 1 / math.Sqrt(squares/max(1, float64(len(all)-1))+1e-8)
	for i := range b.Sequences {
		q := &b.Sequences[i]
		for t := range q.Tokens {
			if isRollout(q) && q.in(t) {
				q.Advantage[t] = (q.Advantage[t] - mean) * scale
			}
		}
	}
}
