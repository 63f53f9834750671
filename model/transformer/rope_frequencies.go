package transformer

import (
	"cmp"
	"fmt"
	"math"
)

// RotaryFrequencies are the angles, in radians per position, by which the
// rotary embedding turns the pairs (i, i+HeadSize/2) of a head:
// theta^(-2i/HeadSize), of which RopeScaling keeps a share and divides the rest.
func (c Config) RotaryFrequencies() []float32 {
	frequencies := make([]float32, c.HeadSize()/2)
	for i := range frequencies {
		frequency := math.Pow(c.RopeTheta, -2*float64(i)/float64(c.HeadSize()))
		if r := c.RopeScaling; r != nil {
			kept := r.kept(c, i, frequency)
			frequency = (1-kept)*(frequency/r.Factor) + kept*frequency
		}
		frequencies[i] = float32(frequency)
	}
	return frequencies
}

// kept is the share of a pair's frequency that is not divided.
func (r *RopeScaling) kept(c Config, pair int, frequency float64) float64 {
	switch r.RopeType {
	case RopeLlama3:
		turns := float64(r.OriginalMaxPositionEmbeddings) * frequency / (2 * math.Pi)
		return min(1, max(0, (turns-r.LowFreqFactor)/(r.HighFreqFactor-r.LowFreqFactor)))
	case RopeYarn:
		first, last := r.yarnBlend(c)
		return 1 - min(1, max(0, (float64(pair)-first)/(last-first)))
	default:
		return 0
	}
}

// The turns between which yarn blends, where a config does not say them.
const usualBetaFast, usualBetaSlow = 32.0, 1.0

// yarnBlend is the range of pairs that yarn blends: up to first frequencies are
// left, from last on they are divided. A pair i makes n turns in L tokens where
// i = d·ln(L/2πn) / 2·ln(theta), for heads of d.
func (r *RopeScaling) yarnBlend(c Config) (first, last float64) {
	d := float64(c.HeadSize())
	pair := func(turns float64) float64 {
		return d * math.Log(float64(r.OriginalMaxPositionEmbeddings)/(turns*2*math.Pi)) / (2 * math.Log(c.RopeTheta))
	}
	first, last = pair(cmp.Or(r.BetaFast, usualBetaFast)), pair(cmp.Or(r.BetaSlow, usualBetaSlow))
	if r.Truncate == nil || *r.Truncate {
		first, last = math.Floor(first), math.Ceil(last)
	}
	first, last = max(first, 0), min(last, d-1)
	if first == last {
		last += 0.001 // as in transformers
	}
	return first, last
}

// RotaryScale multiplies the turned queries and keys: 1, but for yarn its
// attention_factor or, where that is not given, m(mscale)/m(mscale_all_dim) with
// m(s) = 0.1·s·ln(factor) + 1 if both are given, else m(1).
func (c Config) RotaryScale() float64 {
	r := c.RopeScaling
	if r == nil || r.RopeType != RopeYarn {
		return 1
	}
	m := func(scale float64) float64 { return 0.1*scale*math.Log(r.Factor) + 1 }
	switch {
	case r.AttentionFactor != 0:
		return r.AttentionFactor
	case r.MScale != 0 && r.MScaleAllDim != 0:
		return m(r.MScale) / m(r.MScaleAllDim)
	default:
		return m(1)
	}
}

func (r *RopeScaling) validateYarn(c Config, names fieldNames) error {
	for _, f := range []struct {
		name  string
		value float64
	}{
		{"attention_factor", r.AttentionFactor}, {"beta_fast", r.BetaFast}, {"beta_slow", r.BetaSlow}, {"mscale", r.MScale}, {"mscale_all_dim", r.MScaleAllDim},
	} {
		if !(f.value >= 0) || math.IsInf(f.value, 0) {
			return fmt.Errorf("%s.%s is %v; it must be positive and finite, or left out", names.scaling, f.name, f.value)
		}
	}
	if fast, slow := cmp.Or(r.BetaFast, usualBetaFast), cmp.Or(r.BetaSlow, usualBetaSlow); fast < slow {
		return fmt.Errorf("%s has beta_fast %v and beta_slow %v; the first must be at least the second", names.scaling, fast, slow)
	}
	if !(c.RopeTheta > 1) {
		return fmt.Errorf("%s is %v; with yarn it must be above 1", names.theta, c.RopeTheta)
	}
	return nil
}
