package rollout

import (
	"math"

	"temper/model/artifact"
)

// EntropySums are what the mean entropy of rollouts and its standard error are made of. They
// add up: those of two sets of problems together are the sums of both.
//
// The mean is a ratio, sum_i E_i / sum_i L_i, over problems i with E_i nats of entropy in L_i response tokens.
// The tokens of a response depend on each other, and so do the responses to one problem, so
// problems are the unit: with the residuals d_i = E_i - mean*L_i and n problems the standard error is
// sqrt(n/(n-1) * sum_i d_i^2) / sum_i L_i (the usual one of a ratio estimator; Cochran, Sampling Techniques, §6).
type EntropySums struct {
	Problems int `json:"problems"`
	// Tokens is the sum of L, Entropy that of E.
	Tokens  float64 `json:"tokens"`
	Entropy float64 `json:"entropy"`
	// The sums of L^2, L*E and E^2.
	TokensSquared  float64 `json:"tokens_squared"`
	TokensEntropy  float64 `json:"tokens_entropy"`
	EntropySquared float64 `json:"entropy_squared"`
}

// EntropyOf sums over rollouts, which hold all the rollouts of their problems.
func EntropyOf(rollouts []Rollout) EntropySums {
	var s EntropySums
	var order []int // a fixed order, since sums of floating-point numbers depend on it
	tokens, entropy := map[int]float64{}, map[int]float64{}
	for _, r := range rollouts {
		if _, seen := tokens[r.Problem]; !seen {
			order = append(order, r.Problem)
		}
		tokens[r.Problem] += float64(len(r.Response))
		entropy[r.Problem] += r.EntropySum
	}
	for _, problem := range order {
		l, e := tokens[problem], entropy[problem]
		s = s.Add(EntropySums{1, l, e, l * l, l * e, e * e})
	}
	return s
}

// Add is the sums of both; they must be of different problems.
func (s EntropySums) Add(o EntropySums) EntropySums {
	return EntropySums{
		s.Problems + o.Problems, s.Tokens + o.Tokens, s.Entropy + o.Entropy,
		s.TokensSquared + o.TokensSquared, s.TokensEntropy + o.TokensEntropy, s.EntropySquared + o.EntropySquared,
	}
}

// Mean is the entropy in nats per response token; 0 without a token.
func (s EntropySums) Mean() float64 {
	if s.Tokens == 0 {
		return 0
	}
	return s.Entropy / s.Tokens
}

// SE is the standard error of Mean over problems; infinite with fewer than two, which say
// nothing about it.
func (s EntropySums) SE() float64 {
	if s.Problems < 2 || s.Tokens == 0 {
		return math.Inf(1)
	}
	h, n := s.Mean(), float64(s.Problems)
	squares := s.EntropySquared - 2*h*s.TokensEntropy + h*h*s.TokensSquared
	return math.Sqrt(n/(n-1)*max(squares, 0)) / s.Tokens
}

// Metrics are the sums as a manifest keeps them, beside the response tokens and the mean entropy
// that every set of rollouts has.
func (s EntropySums) Metrics() map[string]float64 {
	m := map[string]float64{
		artifact.MetricProblems:       float64(s.Problems),
		artifact.MetricTokensSquared:  s.TokensSquared,
		artifact.MetricTokensEntropy:  s.TokensEntropy,
		artifact.MetricEntropySquared: s.EntropySquared,
	}
	if se := s.SE(); !math.IsInf(se, 0) && !math.IsNaN(se) {
		m[artifact.MetricEntropySE] = se
	}
	return m
}

// EntropySumsFrom reads the sums from a manifest's metrics; zero where it has none.
func EntropySumsFrom(m map[string]float64) EntropySums {
	tokens := m[artifact.MetricResponseTokens]
	return EntropySums{
		Problems: int(m[artifact.MetricProblems]), Tokens: tokens, Entropy: tokens * m[artifact.MetricEntropy],
		TokensSquared: m[artifact.MetricTokensSquared], TokensEntropy: m[artifact.MetricTokensEntropy], EntropySquared: m[artifact.MetricEntropySquared],
	}
}
