package objective

import "math"

// estimate is the estimate of a token's divergence from the reference and its
// derivative by log pi, of d = log pi - log pi_ref (Schulman, "Approximating KL
// divergence"; veRL's kl_penalty). veRL's straight-through forms k1+ and k3+ have
// the value of one estimator and the derivative of k2, whose expectation is that
// of the true divergence.
func (k KL) estimate(d float64) (value, derivative float64) {
	clamped := k.ClampDifference > 0 && math.Abs(d) > k.ClampDifference
	x := d
	if clamped {
		x = math.Copysign(k.ClampDifference, d)
	}
	switch k.Estimator {
	case K1:
		value, derivative = x, 1
	case K2:
		value, derivative = x*x/2, x
	case K3:
		value, derivative = math.Exp(-x)+x-1, 1-math.Exp(-x)
	case K1Plus:
		value, derivative = x, d
	case K3Plus:
		value, derivative = math.Exp(-x)+x-1, d
	}
	straight := k.Estimator == K1Plus || k.Estimator == K3Plus
	if k.ClampValue > 0 && math.Abs(value) > k.ClampValue {
		value, clamped = math.Copysign(k.ClampValue, value), true
	}
	if clamped && !straight {
		derivative = 0
	}
	return value, derivative
}

// addShared adds the KL term in the loss and the entropy bonus, aggregated as
// the policy term is.
func (s Settings) addShared(result *Result, b Batch, divisors []float64) {
	if s.KL.Coefficient != 0 && s.KL.In == InLoss {
		before := result.Loss
		for i, t := range b.tokens(divisors) {
			q := &b.Sequences[i]
			value, derivative := s.KL.estimate(q.LogProb[t] - q.Reference[t])
			result.add(i, t, s.KL.Coefficient*value, s.KL.Coefficient*derivative, divisors[i])
		}
		result.Stats.KL = result.Loss - before
	}
	if s.Entropy != 0 {
		before := result.Loss
		result.DEntropy = zeros(b)
		for i, t := range b.tokens(divisors) {
			result.Loss -= s.Entropy * b.Sequences[i].Entropy[t] / divisors[i]
			result.DEntropy[i][t] = -s.Entropy / divisors[i]
		}
		result.Stats.Entropy = result.Loss - before
	}
}
