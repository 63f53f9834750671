package math

import (
	"math/big"

	"temper/model/library/latex"
)

const (
	// maxBits bounds the numerator and the denominator of a rational number that is computed.
	maxBits = 1 << 15
	// maxFactorial bounds n in n! and in binomial coefficients.
	maxFactorial = 3000
)

// reading is one way to read what notation leaves open.
type reading struct {
	scaled  bool // 50% is 1/2 and 180° is π; else both signs are left out
	natural bool // log is the natural logarithm, else that to base 10
}

// exact is the value of an expression of rational numbers, nil if it has none, is not
// rational for all that can be seen, or is too large.
func (c *comparison) exact(n *latex.Node) *big.Rat {
	c.budget.Spend(costSame, 0)
	switch n.Kind {
	case latex.Number:
		return n.Num
	case latex.Quantity:
		return c.exact(n.Args[0])
	case latex.Percent:
		r := c.exact(n.Args[0])
		if r != nil && c.reading.scaled {
			r = new(big.Rat).Quo(r, big.NewRat(100, 1))
		}
		return r
	case latex.Degrees:
		if c.reading.scaled {
			return nil
		}
		return c.exact(n.Args[0])
	case latex.Negative:
		if r := c.exact(n.Args[0]); r != nil {
			return new(big.Rat).Neg(r)
		}
		return nil
	case latex.Sum, latex.Product, latex.Quotient, latex.Power, latex.Call:
		if isSeries(n) {
			return c.exactSeries(n)
		}
		return c.exactOf(n)
	}
	return nil
}

// exactOf computes an operation of exact arguments.
func (c *comparison) exactOf(n *latex.Node) *big.Rat {
	args := make([]*big.Rat, len(n.Args))
	for i, a := range n.Args {
		if args[i] = c.exact(a); args[i] == nil {
			return nil
		}
	}
	var r *big.Rat
	switch n.Kind {
	case latex.Sum:
		r = new(big.Rat)
		for _, a := range args {
			if c.payFor(r, a); r == nil {
				return nil
			}
			r = notLarge(new(big.Rat).Add(r, a))
		}
	case latex.Product:
		r = big.NewRat(1, 1)
		for _, a := range args {
			if c.payFor(r, a); r == nil {
				return nil
			}
			r = notLarge(new(big.Rat).Mul(r, a))
		}
	case latex.Quotient:
		if args[1].Sign() == 0 {
			return nil
		}
		c.payFor(args[0], args[1])
		r = new(big.Rat).Quo(args[0], args[1])
	case latex.Power:
		r = c.exactPower(args[0], args[1])
	case latex.Call:
		c.payForCall(args)
		r = exactCall(n.Name, args)
	}
	return notLarge(r)
}

// notLarge gives nil for a number that is too large.
func notLarge(r *big.Rat) *big.Rat {
	if r == nil || max(r.Num().BitLen(), r.Denom().BitLen()) > maxBits {
		return nil
	}
	return r
}

// exactPower is base^exponent for an integer exponent.
func (c *comparison) exactPower(base, exponent *big.Rat) *big.Rat {
	if !exponent.IsInt() || !exponent.Num().IsInt64() {
		return nil
	}
	e := exponent.Num().Int64()
	size := max(base.Num().BitLen(), base.Denom().BitLen())
	one := base.Num().CmpAbs(big.NewInt(1)) <= 0 && base.IsInt()
	if base.Sign() == 0 && e <= 0 || !one && (e > maxBits || e < -maxBits || int64(size)*max(e, -e) > 2*maxBits) {
		return nil
	}
	if one {
		e %= 2
		if base.Sign() != 0 && e == 0 {
			return big.NewRat(1, 1)
		}
		return base
	}
	c.payForPower(base, int(max(e, -e)))
	k := big.NewInt(max(e, -e))
	r := new(big.Rat).SetFrac(new(big.Int).Exp(base.Num(), k, nil), new(big.Int).Exp(base.Denom(), k, nil))
	if e < 0 {
		r.Inv(r)
	}
	return r
}

// exactCall computes the functions whose values at rational numbers are rational.
func exactCall(name string, args []*big.Rat) *big.Rat {
	x := args[0]
	switch {
	case name == "abs" && len(args) == 1:
		return new(big.Rat).Abs(x)
	case name == "floor" && len(args) == 1:
		return floor(x)
	case name == "ceil" && len(args) == 1:
		r := floor(new(big.Rat).Neg(x))
		return r.Neg(r)
	case name == "max" || name == "min":
		for _, a := range args[1:] {
			if a.Cmp(x) > 0 == (name == "max") {
				x = a
			}
		}
		return x
	case name == "mod" && len(args) == 2 && args[1].Sign() != 0:
		q := floor(new(big.Rat).Quo(x, args[1]))
		return new(big.Rat).Sub(x, q.Mul(q, args[1]))
	}
	for _, a := range args {
		if !a.IsInt() || a.Sign() < 0 || !a.Num().IsInt64() {
			return nil
		}
	}
	return wholeCall(name, args)
}

func floor(x *big.Rat) *big.Rat {
	q := new(big.Int)
	q.Div(x.Num(), x.Denom()) // towards -∞, as the denominator is positive
	return new(big.Rat).SetInt(q)
}

// wholeCall computes functions of whole numbers that are not negative.
func wholeCall(name string, args []*big.Rat) *big.Rat {
	n, r := args[0].Num().Int64(), new(big.Int)
	switch {
	case name == "!" && n <= maxFactorial:
		r.MulRange(1, n)
	case name == "!!" && n <= maxFactorial:
		r.SetInt64(1)
		for ; n > 1; n -= 2 {
			r.Mul(r, big.NewInt(n))
		}
	case name == "binom" && len(args) == 2 && n <= maxFactorial:
		r.Binomial(n, args[1].Num().Int64())
	case name == "gcd" || name == "lcm":
		r.Set(args[0].Num())
		for _, a := range args[1:] {
			g := new(big.Int).GCD(nil, nil, r, a.Num())
			if name == "lcm" && g.Sign() != 0 {
				g.Mul(g.Quo(r, g), a.Num())
			}
			r = g
		}
	default:
		return nil
	}
	return new(big.Rat).SetInt(r)
}
