package math

import (
	"math/big"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

// point gives values to the variables of an expression.
type point struct {
	values map[string]numeric.Number
	// imaginary allows steps outside of the real numbers.
	imaginary bool
	// inTrig says that the angle of a trigonometric function is computed, where ° is π/180.
	inTrig bool
}

// value computes an expression at a point. It is Undefined where the expression is, where a
// step leaves the real numbers unless that is allowed, and when the budget is spent.
func (c *comparison) value(n *latex.Node, p point) numeric.Number {
	c.budget.Spend(costArithmetic, arithmeticBytes)
	switch n.Kind {
	case latex.Number:
		c.payForNumber(n.Num)
		if isLong(n.Num) {
			return numeric.Undefined
		}
		return numeric.Rat(n.Num)
	case latex.Symbol:
		return p.values[n.Key()]
	case latex.Constant:
		return constant(n.Name, p)
	case latex.Quantity:
		return c.value(n.Args[0], p)
	case latex.Percent:
		if c.reading.scaled {
			return numeric.Quo(c.value(n.Args[0], p), numeric.Int(100))
		}
		return c.value(n.Args[0], p)
	case latex.Degrees:
		if c.reading.scaled || p.inTrig {
			return numeric.Mul(c.value(n.Args[0], p), numeric.Quo(numeric.Pi(), numeric.Int(180)))
		}
		return c.value(n.Args[0], p)
	case latex.Negative:
		return numeric.Neg(c.value(n.Args[0], p))
	case latex.Sum, latex.Product:
		return c.fold(n, p)
	case latex.Quotient:
		return numeric.Quo(c.value(n.Args[0], p), c.value(n.Args[1], p))
	case latex.Power:
		return c.power(n, p)
	case latex.Call:
		return c.call(n, p)
	}
	return numeric.Undefined
}

func constant(name string, p point) numeric.Number {
	switch name {
	case "pi":
		return numeric.Pi()
	case "e":
		return numeric.E()
	case "i":
		if p.imaginary {
			return numeric.I()
		}
	}
	return numeric.Undefined
}

func (c *comparison) fold(n *latex.Node, p point) numeric.Number {
	do, total := numeric.Add, numeric.Int(0)
	if n.Kind == latex.Product {
		do, total = numeric.Mul, numeric.Int(1)
	}
	var size sizes
	for _, a := range n.Args {
		v := c.value(a, p)
		if total = do(total, v); !total.Defined() {
			return total
		}
		if n.Kind == latex.Sum {
			size.add(a, v)
		}
	}
	if size.apart() {
		return c.exactOnly(n)
	}
	return total
}

// power computes a^b. A rational exponent of odd denominator has a real value at negative
// numbers, as the root that it is.
func (c *comparison) power(n *latex.Node, p point) numeric.Number {
	if n.Args[0].Kind == latex.Constant && n.Args[0].Name == "e" {
		c.payForFunction(p)
		e := c.value(n.Args[1], p)
		if isExtreme(n.Args[1], e) {
			return numeric.Undefined
		}
		return numeric.Exp(e)
	}
	base := c.value(n.Args[0], p)
	if e := c.exact(n.Args[1]); e != nil && e.Denom().BitLen() > farApart && e.Sign() != 0 {
		return numeric.Undefined
	} else if e != nil && e.Denom().IsInt64() && e.Num().IsInt64() {
		if !e.IsInt() {
			c.payForFunction(p)
			base = c.root(base, e.Denom().Int64(), p)
		}
		c.payForMultiplications(2*e.Num().BitLen(), p)
		return numeric.Pow(base, numeric.Rat(new(big.Rat).SetInt(e.Num())))
	}
	c.payForFunction(p)
	return c.realOnly(numeric.Pow(base, c.value(n.Args[1], p)), p)
}

func (c *comparison) root(x numeric.Number, degree int64, p point) numeric.Number {
	if degree < 0 {
		return numeric.Quo(numeric.Int(1), c.root(x, -degree, p))
	}
	return c.realOnly(numeric.Root(x, degree), p)
}

func (c *comparison) realOnly(x numeric.Number, p point) numeric.Number {
	if !p.imaginary && !x.Real() {
		return numeric.Undefined
	}
	return x
}

// call computes a function. What the problem defines, as f(x), has a value that depends on
// its name and arguments and is else arbitrary.
func (c *comparison) call(n *latex.Node, p point) numeric.Number {
	if v, ok := p.values[n.Key()]; ok {
		return v
	}
	if isSeries(n) {
		return c.series(n, p)
	}
	if n.OfEvents() {
		return arbitrary(n.Name+eventKey(n), nil)
	}
	if n.Name == "int" || isLimit(n) {
		c.payForFunction(p)
		return c.structure(n, p)
	}
	if e := c.exact(n); e != nil {
		c.payForNumber(e)
		return numeric.Rat(e)
	}
	c.payForFunction(p)
	p.inTrig = trigonometric[n.Name]
	args := make([]numeric.Number, len(n.Args))
	for i, a := range n.Args {
		if args[i] = c.value(a, p); !args[i].Defined() || isKnown(n.Name) && !keepsSize[n.Name] && isExtreme(a, args[i]) {
			return numeric.Undefined
		}
	}
	return c.realOnly(c.apply(n, args, p), p)
}

var trigonometric = map[string]bool{"sin": true, "cos": true, "tan": true, "cot": true, "sec": true, "csc": true, "cis": true}

// apply computes a function of one or two arguments.
func (c *comparison) apply(n *latex.Node, args []numeric.Number, p point) numeric.Number {
	x := args[0]
	if f, ok := elementary[n.Name]; ok && len(args) == 1 {
		return f(x)
	}
	switch n.Name {
	case "root":
		if degree := c.exact(n.Args[1]); degree != nil && degree.IsInt() && degree.Num().IsInt64() {
			return c.root(x, degree.Num().Int64(), p)
		}
		return numeric.Pow(x, numeric.Quo(numeric.Int(1), args[1]))
	case "log", "log10", "ln":
		if len(args) == 2 {
			return numeric.Quo(numeric.Log(x), numeric.Log(args[1]))
		}
		if n.Name == "log10" || n.Name == "log" && !c.reading.natural {
			return numeric.Quo(numeric.Log(x), numeric.Log(numeric.Int(10)))
		}
		return numeric.Log(x)
	case "max", "min":
		return extreme(n.Name, args)
	case "mod":
		if len(args) == 2 {
			return numeric.Sub(x, numeric.Mul(args[1], numeric.Floor(numeric.Quo(x, args[1]))))
		}
	case "!", "!!", "binom", "gcd", "lcm":
		return c.whole(n.Name, args)
	case `\Gamma`:
		if len(args) == 1 {
			return c.gamma(x)
		}
	case `\zeta`:
		if v := zeta(x); len(args) == 1 && v.Defined() {
			return v
		}
	}
	return arbitrary(n.Name, args)
}
