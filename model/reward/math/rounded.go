package math

import (
	"math/big"
	"strings"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

const (
	// A decimal stands for a value that is no decimal if it has as many significant digits
	// and decimals as these, or significantDigits, and the value rounds to it or is cut to it.
	roundedDigits     = 5
	roundedDecimals   = 4
	significantDigits = 6
	// sharedDecimals is how many decimals two decimals must have that are the same number
	// rounded in two places.
	sharedDecimals = 6
	// A decimal of floatDigits significant digits is what a computer printed, which may be
	// off by a part of floatError.
	floatDigits = 16
	floatError  = 5e-16
)

// decimal is a number written with a point, perhaps times a power of ten: digits·10^-places.
type decimal struct {
	value  *big.Rat
	digits *big.Int
	places int
	// decimals are the digits after the point.
	decimals int
}

// decimalOf reads a decimal; it is not ok for all else.
func (c *comparison) decimalOf(n *latex.Node) (d decimal, ok bool) {
	m, negative := unsigned(n), false
	for k := n; k.Kind == latex.Negative; k = k.Args[0] {
		negative = !negative
	}
	shift := int64(0)
	if m.Kind == latex.Product && len(m.Args) == 2 && m.Args[1].Kind == latex.Power && m.Args[1].Args[0].Kind == latex.Number && m.Args[1].Args[0].Num.RatString() == "10" {
		e := c.exact(m.Args[1].Args[1])
		if e == nil || !e.IsInt() || e.Num().BitLen() > 10 {
			return d, false
		}
		m, shift = m.Args[0], e.Num().Int64()
	}
	if m.Kind != latex.Number || m.Decimals < 1 {
		return d, false
	}
	c.budget.Spend(costRational+m.Decimals, rationalBytes+m.Decimals)
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(m.Decimals)), nil))
	c.payFor(m.Num, scale)
	digits := new(big.Rat).Mul(m.Num, scale)
	d = decimal{value: c.exact(n), digits: new(big.Int).Set(digits.Num()), places: m.Decimals - int(shift), decimals: m.Decimals}
	if negative {
		d.digits.Neg(d.digits)
	}
	return d, digits.IsInt() && d.value != nil
}

// length is how many significant digits a decimal has.
func (d decimal) length() int { return len(strings.TrimLeft(d.digits.String(), "-")) }

// rounded says whether the decimal d stands for the value of n, which is no integer.
func (c *comparison) rounded(d, n *latex.Node) bool {
	literal, ok := c.decimalOf(d)
	if !ok || len(variables(n)) > 0 || literal.length() < roundedDigits || literal.decimals < roundedDecimals && literal.length() < significantDigits {
		return false
	}
	exact := c.exact(n)
	if exact != nil && exact.IsInt() || isOpaque(n) {
		return false
	}
	if literal.length() >= floatDigits && c.asFloat(literal, n) {
		return true
	}
	if m := unsigned(n); m.Kind == latex.Number && m.Decimals >= 0 && (literal.decimals < sharedDecimals || m.Decimals <= literal.decimals) {
		return false
	}
	v := c.value(n, point{})
	if !v.Real() {
		return false
	}
	v = numeric.Mul(v, numeric.Pow(numeric.Int(10), numeric.Int(int64(literal.places))))
	if literal.digits.Sign() < 0 {
		v = numeric.Neg(v)
	}
	want := numeric.Rat(new(big.Rat).SetInt(new(big.Int).Abs(literal.digits)))
	half := numeric.Rat(big.NewRat(1, 2))
	return numeric.Equal(numeric.Floor(numeric.Add(v, half)), want) || numeric.Equal(numeric.Floor(v), want)
}

// isOpaque says whether a function that is not computed is in an expression.
func isOpaque(n *latex.Node) bool {
	return !n.Walk(func(m *latex.Node) bool {
		return m.Kind != latex.Call || isKnown(m.Name) && (!isSeries(m) || !isInfinite(m.Args[2]))
	})
}

// asFloat says whether a decimal of many digits differs from a value by no more than the
// arithmetic of computers does.
func (c *comparison) asFloat(literal decimal, n *latex.Node) bool {
	if m := unsigned(n); m.Kind == latex.Number && len(m.Num.RatString()) >= floatDigits {
		return false // it has as many digits itself
	}
	v := c.value(n, point{})
	if !v.Real() || v.Zero() {
		return false
	}
	off := numeric.Abs(numeric.Sub(numeric.Quo(v, numeric.Rat(literal.value)), numeric.Int(1)))
	order, ok := numeric.Cmp(off, numeric.Float(floatError))
	return ok && order < 0
}
