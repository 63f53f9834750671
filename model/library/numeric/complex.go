package numeric

import "math/big"

// Exp is e^a.
func Exp(a Number) Number {
	if a.re == nil {
		return Undefined
	}
	size, ok := exp(a.re)
	if !ok {
		return Undefined
	}
	if a.im == nil {
		return realOf(size)
	}
	sin, cos, ok := sincos(a.im)
	if !ok {
		return Undefined
	}
	return complexOf(cos.Mul(cos, size), sin.Mul(sin, size))
}

// Log is the principal natural logarithm.
func Log(a Number) Number {
	switch {
	case a.re == nil || a.Zero():
		return Undefined
	case a.im == nil && a.re.Sign() > 0:
		return realOf(log(a.re))
	}
	return complexOf(log(Abs(a).re), atan2(a.imag(), a.re))
}

// Sqrt is the principal square root.
func Sqrt(a Number) Number {
	switch {
	case a.re == nil:
		return Undefined
	case a.im == nil && a.re.Sign() >= 0:
		return realOf(float().Sqrt(a.re))
	case a.im == nil:
		return complexOf(float(), float().Sqrt(float().Neg(a.re)))
	}
	return Pow(a, Rat(big.NewRat(1, 2)))
}

// Pow is a^b: by multiplication for an integer b, else e^(b·log a).
func Pow(a, b Number) Number {
	if a.re == nil || b.re == nil {
		return Undefined
	}
	if b.im == nil && b.re.IsInt() && b.re.MantExp(nil) <= 32 {
		n, _ := b.re.Int64()
		return power(a, n)
	}
	if a.Zero() {
		if b.im == nil && b.re.Sign() > 0 {
			return Int(0)
		}
		return Undefined
	}
	return Exp(Mul(b, Log(a)))
}

func power(a Number, n int64) Number {
	if n < 0 {
		return Quo(Int(1), power(a, -n))
	}
	if n == 0 && a.Zero() {
		return Undefined
	}
	result := Int(1)
	for ; n > 0 && result.Defined(); n >>= 1 {
		if n&1 == 1 {
			result = Mul(result, a)
		}
		if n > 1 {
			a = Mul(a, a)
		}
	}
	return result
}

// Root is the n-th root: of a negative real number for odd n the real one, else the principal one.
func Root(a Number, n int64) Number {
	if n == 2 {
		return Sqrt(a)
	}
	if a.re == nil || n == 0 {
		return Undefined
	}
	if a.im == nil && a.re.Sign() < 0 && n%2 != 0 {
		return Neg(Root(Neg(a), n))
	}
	return Pow(a, Quo(Int(1), Int(n)))
}

// Sin is sin a.
func Sin(a Number) Number {
	sin, _ := sinCos(a)
	return sin
}

// Cos is cos a.
func Cos(a Number) Number {
	_, cos := sinCos(a)
	return cos
}

// sinCos gives sine and cosine, of a complex number from e^(±ia).
func sinCos(a Number) (sine, cosine Number) {
	if a.re == nil {
		return Undefined, Undefined
	}
	if a.im == nil {
		sin, cos, ok := sincos(a.re)
		if !ok {
			return Undefined, Undefined
		}
		return realOf(sin), realOf(cos)
	}
	up, down := Exp(Mul(I(), a)), Exp(Neg(Mul(I(), a)))
	return Quo(Sub(up, down), Mul(Int(2), I())), Quo(Add(up, down), Int(2))
}

// Atan is arctan a for a real a.
func Atan(a Number) Number {
	if !a.Real() {
		return Undefined
	}
	return realOf(atan2(a.re, float().SetInt64(1)))
}

// Asin is arcsin a for a in [-1, 1].
func Asin(a Number) Number {
	if !a.Real() {
		return Undefined
	}
	other := float().Sub(float().SetInt64(1), float().Mul(a.re, a.re))
	if other.Sign() < 0 {
		if !tiny(other) {
			return Undefined
		}
		other.SetInt64(0)
	}
	return realOf(atan2(a.re, other.Sqrt(other)))
}

// Acos is arccos a for a in [-1, 1].
func Acos(a Number) Number {
	s := Asin(a)
	return Sub(Quo(Pi(), Int(2)), s)
}
