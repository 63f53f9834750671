package numeric

import (
	"math"
	"math/big"
	"sync"
)

// pi is computed once, with Machin's formula π = 16·arctan(1/5) − 4·arctan(1/239).
var pi = sync.OnceValue(func() *big.Float {
	const guard = 64
	one := new(big.Int).Lsh(big.NewInt(1), precision+guard)
	arctanInverse := func(n int64) *big.Int { // arctan(1/n), scaled
		sum, power := new(big.Int), new(big.Int).Quo(one, big.NewInt(n))
		for k := int64(1); power.Sign() != 0; k += 2 {
			term := new(big.Int).Quo(power, big.NewInt(k))
			if k%4 == 1 {
				sum.Add(sum, term)
			} else {
				sum.Sub(sum, term)
			}
			power.Quo(power, big.NewInt(n*n))
		}
		return sum
	}
	x := arctanInverse(5)
	x.Mul(x, big.NewInt(16)).Sub(x, new(big.Int).Mul(big.NewInt(4), arctanInverse(239)))
	return float().SetMantExp(float().SetInt(x), -precision-guard)
})

var ln2 = sync.OnceValue(func() *big.Float { // ln 2 = Σ 1/(k·2^k)
	sum, power := float(), float().SetInt64(1)
	for k := int64(1); k < precision+16; k++ {
		power.Quo(power, float().SetInt64(2))
		sum.Add(sum, float().Quo(power, float().SetInt64(k)))
	}
	return sum
})

// maxTerms bounds the terms of a series.
const maxTerms = 300

// reciprocals are 1/n: to multiply by one takes less time and memory than to divide.
var reciprocals = sync.OnceValue(func() []*big.Float {
	list := make([]*big.Float, maxTerms)
	for n := 1; n < maxTerms; n++ {
		list[n] = float().Quo(float().SetInt64(1), float().SetInt64(int64(n)))
	}
	return list
})

// Pi is π.
func Pi() Number { return Number{re: float().Set(pi())} }

// E is the base of the natural logarithm.
func E() Number { return Number{re: float().Set(euler().re)} }

var euler = sync.OnceValue(func() Number { return Exp(Int(1)) })

// exp is e^x; ok is false if it is out of bounds.
func exp(x *big.Float) (*big.Float, bool) {
	if x.Sign() == 0 {
		return float().SetInt64(1), true
	}
	if x.MantExp(nil) > 17 {
		return nil, false
	}
	k, _ := float().Quo(x, ln2()).Int64()
	r := float().Sub(x, float().Mul(float().SetInt64(k), ln2()))
	const halvings = 12
	r.SetMantExp(r, -halvings)
	sum, term, spare := float().SetInt64(1), float().SetInt64(1), float()
	for n := 1; n < maxTerms; n++ {
		spare.Mul(term, r)
		term.Mul(spare, reciprocals()[n])
		if term.Sign() == 0 || term.MantExp(nil) < -precision-8 {
			break
		}
		sum.Add(sum, term)
	}
	for range halvings {
		spare.Mul(sum, sum)
		sum, spare = spare, sum
	}
	return sum.SetMantExp(sum, int(k)), true
}

// log is the natural logarithm of x > 0: an iteration of third order on e^y = x, from the
// 53 bits of a float64 to 159 and to more than there are.
func log(x *big.Float) *big.Float {
	m := float()
	k := x.MantExp(m)
	f, _ := m.Float64()
	y := float().SetFloat64(math.Log(f))
	for range 2 {
		e, _ := exp(y) // y is in [-ln 2, 0]
		d := float().Quo(float().Sub(m, e), float().Add(m, e))
		y.Add(y, d.Add(d, d))
	}
	part := float().Mul(float().SetInt64(int64(k)), ln2())
	return without(float().Add(y, part), y, part)
}

// sincos gives sin x and cos x; ok is false if x is too large to know its period.
func sincos(x *big.Float) (sin, cos *big.Float, ok bool) {
	if x.MantExp(nil) > 64 {
		return nil, nil, false
	}
	half := float().Quo(pi(), float().SetInt64(2))
	quarter := floor(float().Add(float().Quo(x, half), float().SetFloat64(0.5)))
	part := float().Mul(float().SetInt(quarter), half)
	r := without(float().Sub(x, part), x, part) // in [-π/4, π/4]
	square := float().Mul(r, r)
	sin, cos = series(r, square, 1), series(float().SetInt64(1), square, 0)
	switch new(big.Int).And(quarter, big.NewInt(3)).Int64() {
	case 1:
		sin, cos = cos, sin.Neg(sin)
	case 2:
		sin, cos = sin.Neg(sin), cos.Neg(cos)
	case 3:
		sin, cos = cos.Neg(cos), sin
	}
	return sin, cos, true
}

// series sums first − first·x²/((n+1)(n+2)) + …
func series(first, square *big.Float, n int) *big.Float {
	sum, term, spare := float().Set(first), float().Set(first), float()
	for ; n < maxTerms-2; n += 2 {
		spare.Mul(term, square)
		term.Mul(spare, reciprocals()[n+1])
		spare.Mul(term, reciprocals()[n+2])
		term, spare = spare, term
		if term.Sign() == 0 || term.MantExp(nil) < -precision-8 {
			break
		}
		sum.Add(sum, term.Neg(term))
	}
	return sum
}

// atan2 is the angle of the point (x, y), which is not the origin.
func atan2(y, x *big.Float) *big.Float {
	norm := float().Sqrt(float().Add(float().Mul(x, x), float().Mul(y, y)))
	s, c := float().Quo(y, norm), float().Quo(x, norm)
	fs, _ := s.Float64()
	fc, _ := c.Float64()
	angle := float().SetFloat64(math.Atan2(fs, fc))
	for range 2 { // the sine of what is left of the angle; its arcsine, to an error of fifth order
		sin, cos, _ := sincos(angle)
		d := float().Sub(float().Mul(s, cos), float().Mul(c, sin))
		cube := float().Mul(d, float().Mul(d, d))
		angle.Add(angle, d.Add(d, cube.Quo(cube, float().SetInt64(6))))
	}
	return angle
}
