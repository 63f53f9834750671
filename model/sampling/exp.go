package sampling

import "math"

// The exponential is our own, since a vocabulary of 150,000 tokens takes as many
// of them per token: e^x = 2^k·e^r with k = round(x·log2 e), |r| <= ln(2)/2, and
// e^r by its Taylor series to r¹³/13!. With fused multiply-adds throughout, the
// vector form and this one give the same bits, within one unit in the last place
// of the exact value.
const (
	log2e = 1.4426950408889634
	// ln(2) in two parts: the first has zeros where k's bits go.
	ln2High = 6.93147180369123816490e-01
	ln2Low  = 1.90821492927058770002e-10
	// shifter + k, for |k| < 2^51, has k in its low bits.
	shifter = 3 << 51
	// exponentials of what is smaller are 0: not one bit of them shows beside 1.
	smallestExponent = -700
)

// taylor are 1/13!, 1/12! … 1/0!.
var taylor = [14]float64{
	1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
	1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1,
}

// exp is e^x for x <= 0; NaN stays NaN.
func exp(x float64) float64 {
	if x < smallestExponent {
		return 0
	}
	shifted := math.FMA(x, log2e, shifter)
	k := shifted - shifter
	r := math.FMA(k, -ln2Low, math.FMA(k, -ln2High, x))
	p := taylor[0]
	for _, c := range taylor[1:] {
		p = math.FMA(p, r, c)
	}
	return p * math.Float64frombits(math.Float64bits(shifted)<<52+1023<<52)
}

// expEach replaces every x <= 0 by e^x.
func expEach(x []float64) {
	for i := expVectors(x); i < len(x); i++ {
		x[i] = exp(x[i])
	}
}
