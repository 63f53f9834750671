// Package numeric computes with real and complex numbers of 448 bits: enough to tell an
// identity from a near miss after the cancellation that answers contain.
//
// An operation without a value (a division by zero, the logarithm of zero, a result beyond
// 2^±65536) gives Undefined, and so does whatever is computed from that.
package numeric

import "math/big"

const (
	// precision is the number of bits of a mantissa.
	precision = 448
	// same is the relative difference, as a power of two, below which two numbers are equal.
	same = -320
	// nothing is the size, as a power of two, below which what is left of a sum is the
	// rounding errors of its terms.
	nothing = -352
	// largest bounds the binary exponent of a number, so that no operation takes long.
	largest = 1 << 16
)

// Number is a real or complex number, or Undefined (its zero value). Numbers do not change.
type Number struct{ re, im *big.Float } // im is nil for a real number

// Undefined is the result of an operation that has none.
var Undefined = Number{}

func float() *big.Float { return new(big.Float).SetPrec(precision) }

// Int is the number i.
func Int(i int64) Number { return Number{re: float().SetInt64(i)} }

// Float is the number f, which is finite.
func Float(f float64) Number { return Number{re: float().SetFloat64(f)} }

// Rat is the number r, rounded.
func Rat(r *big.Rat) Number { return realOf(float().SetRat(r)) }

// I is the imaginary unit.
func I() Number { return Number{re: float(), im: float().SetInt64(1)} }

// realOf makes a number, Undefined if it is too large or too small.
func realOf(x *big.Float) Number {
	if x.IsInf() || x.Sign() != 0 && (x.MantExp(nil) > largest || x.MantExp(nil) < -largest) {
		return Undefined
	}
	return Number{re: x}
}

func complexOf(re, im *big.Float) Number {
	x, y := realOf(re), realOf(im)
	if x.re == nil || y.re == nil {
		return Undefined
	}
	return Number{re: without(re, im, im), im: without(im, re, re)}
}

// without is x, or zero if x is what rounding errors leave of numbers as large as a and b.
func without(x, a, b *big.Float) *big.Float {
	for _, n := range [...]*big.Float{a, b} {
		if x.Sign() != 0 && n.Sign() != 0 && x.MantExp(nil) < n.MantExp(nil)+nothing {
			return float()
		}
	}
	return x
}

// Exponent is the size of n as a power of two; it is not ok for zero.
func (n Number) Exponent() (exponent int, ok bool) {
	if n.re == nil || n.Zero() {
		return 0, false
	}
	exponent = n.re.MantExp(nil)
	if n.im != nil && n.im.Sign() != 0 && (n.re.Sign() == 0 || n.im.MantExp(nil) > exponent) {
		exponent = n.im.MantExp(nil)
	}
	return exponent, true
}

// Defined says whether n is a number.
func (n Number) Defined() bool { return n.re != nil }

// Real says whether n is a real number; an imaginary part of nothing but rounding errors
// does not count.
func (n Number) Real() bool {
	return n.re != nil && (n.im == nil || tiny(n.im))
}

func tiny(x *big.Float) bool { return x.Sign() == 0 || x.MantExp(nil) < nothing }

// Zero says whether n is zero.
func (n Number) Zero() bool {
	return n.re != nil && n.re.Sign() == 0 && (n.im == nil || n.im.Sign() == 0)
}

// Float64 is the real part, rounded.
func (n Number) Float64() float64 {
	if n.re == nil {
		return 0
	}
	f, _ := n.re.Float64()
	return f
}

// Text writes n with 60 digits: the same for numbers that differ by rounding errors only.
func (n Number) Text() string {
	if n.re == nil {
		return ""
	}
	s := decimal(n.re)
	if n.im != nil && !tiny(n.im) {
		s += " " + decimal(n.im) + "i"
	}
	return s
}

func decimal(x *big.Float) string {
	if x.Sign() == 0 {
		return "0"
	}
	return x.Text('e', 60)
}

// imag is the imaginary part.
func (n Number) imag() *big.Float {
	if n.im == nil {
		return float()
	}
	return n.im
}

// Add is a + b.
func Add(a, b Number) Number {
	switch {
	case a.re == nil || b.re == nil:
		return Undefined
	case a.im == nil && b.im == nil:
		return realOf(without(float().Add(a.re, b.re), a.re, b.re))
	}
	return complexOf(without(float().Add(a.re, b.re), a.re, b.re), without(float().Add(a.imag(), b.imag()), a.imag(), b.imag()))
}

// Neg is -a.
func Neg(a Number) Number {
	switch {
	case a.re == nil:
		return Undefined
	case a.im == nil:
		return Number{re: float().Neg(a.re)}
	}
	return Number{re: float().Neg(a.re), im: float().Neg(a.im)}
}

// Conj is the complex conjugate of a.
func Conj(a Number) Number {
	if a.im == nil {
		return a
	}
	return Number{re: a.re, im: float().Neg(a.im)}
}

// Sub is a - b.
func Sub(a, b Number) Number { return Add(a, Neg(b)) }

// Mul is a·b.
func Mul(a, b Number) Number {
	switch {
	case a.re == nil || b.re == nil:
		return Undefined
	case a.im == nil && b.im == nil:
		return realOf(float().Mul(a.re, b.re))
	}
	x, y := a.imag(), b.imag()
	re := float().Sub(float().Mul(a.re, b.re), float().Mul(x, y))
	return complexOf(re, float().Add(float().Mul(a.re, y), float().Mul(x, b.re)))
}

// Quo is a/b.
func Quo(a, b Number) Number {
	switch {
	case a.re == nil || b.re == nil || b.Zero():
		return Undefined
	case a.im == nil && b.im == nil:
		return realOf(float().Quo(a.re, b.re))
	}
	y := b.imag()
	norm := float().Add(float().Mul(b.re, b.re), float().Mul(y, y))
	if norm.Sign() == 0 {
		return Undefined
	}
	n := Mul(a, Number{re: b.re, im: float().Neg(y)})
	if n.re == nil {
		return Undefined
	}
	return complexOf(float().Quo(n.re, norm), float().Quo(n.imag(), norm))
}

// Abs is |a|.
func Abs(a Number) Number {
	switch {
	case a.re == nil:
		return Undefined
	case a.im == nil:
		return Number{re: float().Abs(a.re)}
	}
	return realOf(float().Sqrt(float().Add(float().Mul(a.re, a.re), float().Mul(a.im, a.im))))
}

// Equal says whether a and b are the same number, up to rounding errors.
func Equal(a, b Number) bool {
	if a.re == nil || b.re == nil {
		return false
	}
	d, size := Abs(Sub(a, b)), Abs(a)
	if other := Abs(b); other.re != nil && size.re != nil && other.re.Cmp(size.re) > 0 {
		size = other
	}
	if d.re == nil || size.re == nil {
		return false
	}
	if d.re.Sign() == 0 {
		return true
	}
	if a.Zero() || b.Zero() {
		return false
	}
	return d.re.MantExp(nil)-size.re.MantExp(nil) <= same
}

// Cmp compares real numbers, as -1, 0 or +1; it is not ok if either is not real.
func Cmp(a, b Number) (order int, ok bool) {
	if !a.Real() || !b.Real() {
		return 0, false
	}
	if Equal(Number{re: a.re}, Number{re: b.re}) || Sub(Number{re: a.re}, Number{re: b.re}).Zero() {
		return 0, true
	}
	return a.re.Cmp(b.re), true
}

// Floor is the largest integer that is not above a, Undefined if a is not real. A number
// that is an integer up to rounding errors is that integer.
func Floor(a Number) Number {
	if !a.Real() {
		return Undefined
	}
	if a.re.MantExp(nil) > precision/2 {
		return Undefined
	}
	half := float().SetFloat64(0.5)
	near := float().Add(a.re, half)
	whole := floor(near)
	if n := realOf(float().SetInt(whole)); Sub(n, Number{re: a.re}).Zero() {
		return n
	}
	return realOf(float().SetInt(floor(a.re)))
}

func floor(x *big.Float) *big.Int {
	i, accuracy := x.Int(nil)
	if x.Sign() < 0 && accuracy != big.Exact {
		i.Sub(i, big.NewInt(1))
	}
	return i
}
