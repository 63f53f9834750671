package grpo

import (
	"fmt"
	"math"
)

// The divisors of the advantage of recipe.RLStage.AdvantageStd. The paper's
// formula says std; veRL, which its authors ran, takes the sample's (n-1).
const (
	StdSample     = "sample"
	StdPopulation = "population"
	StdNone       = "none"
)

// Epsilon is added to the group's standard deviation (veRL's value).
const Epsilon = 1e-6

// Advantages compares each reward of one group with the others:
//
//	A_i = (r_i - mean) / (std + Epsilon)
//
// or without the divisor under StdNone. It departs from veRL in two corner
// cases. Where all rewards are equal the advantages are exactly 0; veRL
// subtracts a rounded mean and divides the rest by Epsilon, which can leave as
// much as 0.03 in fp32. A group of one has nothing to compare with and gets 0;
// veRL takes mean 0 and std 1 there, which makes the reward its own advantage.
func Advantages(rewards []float64, std string) ([]float64, error) {
	if err := checkStd(std); err != nil {
		return nil, err
	}
	return advantages(rewards, std, Epsilon), nil
}

func checkStd(std string) error {
	switch std {
	case StdSample, StdPopulation, StdNone:
		return nil
	}
	return fmt.Errorf("grpo: advantage_std is %q; valid: %q, %q, %q", std, StdSample, StdPopulation, StdNone)
}

func advantages(rewards []float64, std string, epsilon float64) []float64 {
	out := make([]float64, len(rewards))
	if allEqual(rewards) {
		return out
	}
	n := float64(len(rewards))
	var sum float64
	for _, r := range rewards {
		sum += r
	}
	mean := sum / n
	var squares float64
	for i, r := range rewards {
		out[i] = r - mean
		squares += out[i] * out[i]
	}
	if std == StdNone {
		return out
	}
	if std == StdSample {
		n-- // at least 1: a group of one is all equal
	}
	divisor := math.Sqrt(squares/n) + epsilon
	for i := range out {
		out[i] /= divisor
	}
	return out
}

// allEqual reports whether no reward differs from the first; a group of one is all equal.
func allEqual(rewards []float64) bool {
	for _, r := range rewards {
		if r != rewards[0] {
			return false
		}
	}
	return true
}
