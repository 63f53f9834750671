package math

import (
	"math/big"

	"temper/model/library/numeric"
)

// maxGamma bounds the arguments from which Γ is traced back to those between 1 and 2.
const maxGamma = 60

// gamma is Γ(x): a factorial at integers, a multiple of √π at their halves. Elsewhere only
// Γ(x+1) = x·Γ(x) is known, and Γ between 1 and 2 is arbitrary.
func (c *comparison) gamma(x numeric.Number) numeric.Number {
	f := x.Float64()
	if !x.Real() || f > maxGamma || f < -maxGamma {
		if x.Real() && isInteger(x) && f > 0 {
			return c.whole("!", []numeric.Number{numeric.Sub(x, numeric.Int(1))})
		}
		return arbitrary("Γ", []numeric.Number{x})
	}
	if isInteger(x) && f < 0.5 {
		return numeric.Undefined
	}
	one, factor := numeric.Int(1), numeric.Int(1)
	for x.Float64() >= 2 {
		c.budget.Spend(2*costArithmetic, 2*arithmeticBytes)
		x = numeric.Sub(x, one)
		factor = numeric.Mul(factor, x)
	}
	for x.Float64() < 1 {
		c.budget.Spend(2*costArithmetic, 2*arithmeticBytes)
		factor = numeric.Quo(factor, x)
		x = numeric.Add(x, one)
	}
	switch {
	case isInteger(x):
		return factor
	case numeric.Equal(x, numeric.Float(1.5)):
		return numeric.Mul(factor, numeric.Quo(numeric.Sqrt(numeric.Pi()), numeric.Int(2)))
	}
	return numeric.Mul(factor, arbitrary("Γ", []numeric.Number{x}))
}

// evenZeta are ζ(2k)/π^2k for k from 1, and oddZeta ζ(1-2k).
var (
	evenZeta = []*big.Rat{big.NewRat(1, 6), big.NewRat(1, 90), big.NewRat(1, 945), big.NewRat(1, 9450), big.NewRat(1, 93555), big.NewRat(691, 638512875)}
	oddZeta  = []*big.Rat{big.NewRat(-1, 12), big.NewRat(1, 120), big.NewRat(-1, 252), big.NewRat(1, 240), big.NewRat(-1, 132)}
)

// zeta is ζ(x) at even and at negative integers, where it is known, else Undefined.
func zeta(x numeric.Number) numeric.Number {
	if !x.Real() || !isInteger(x) {
		return numeric.Undefined
	}
	switch k := int(x.Float64()); {
	case k == 0:
		return numeric.Float(-0.5)
	case k > 0 && k%2 == 0 && k/2 <= len(evenZeta):
		return numeric.Mul(numeric.Rat(evenZeta[k/2-1]), numeric.Pow(numeric.Pi(), numeric.Int(int64(k))))
	case k < 0 && k%2 == 0:
		return numeric.Int(0)
	case k < 0 && (1-k)/2 <= len(oddZeta):
		return numeric.Rat(oddZeta[(1-k)/2-1])
	}
	return numeric.Undefined
}
