package math

import (
	"hash/fnv"
	"math/big"

	"temper/model/library/numeric"
)

// elementary are the functions of one argument.
var elementary = map[string]func(numeric.Number) numeric.Number{
	"sin": numeric.Sin, "cos": numeric.Cos, "asin": numeric.Asin, "acos": numeric.Acos, "atan": numeric.Atan, "exp": numeric.Exp, "abs": numeric.Abs, "floor": numeric.Floor,
	"tan":  func(x numeric.Number) numeric.Number { return numeric.Quo(numeric.Sin(x), numeric.Cos(x)) },
	"cot":  func(x numeric.Number) numeric.Number { return numeric.Quo(numeric.Cos(x), numeric.Sin(x)) },
	"sec":  func(x numeric.Number) numeric.Number { return numeric.Quo(numeric.Int(1), numeric.Cos(x)) },
	"csc":  func(x numeric.Number) numeric.Number { return numeric.Quo(numeric.Int(1), numeric.Sin(x)) },
	"conj": numeric.Conj,
	"cis":  func(x numeric.Number) numeric.Number { return numeric.Exp(numeric.Mul(numeric.I(), x)) },
	"arccot": func(x numeric.Number) numeric.Number {
		return numeric.Sub(numeric.Quo(numeric.Pi(), numeric.Int(2)), numeric.Atan(x))
	},
	"asec": func(x numeric.Number) numeric.Number { return numeric.Acos(numeric.Quo(numeric.Int(1), x)) },
	"acsc": func(x numeric.Number) numeric.Number { return numeric.Asin(numeric.Quo(numeric.Int(1), x)) },
	"sech": func(x numeric.Number) numeric.Number {
		return numeric.Quo(numeric.Int(1), hyperbolic(x, numeric.Add))
	},
	"csch": func(x numeric.Number) numeric.Number {
		return numeric.Quo(numeric.Int(1), hyperbolic(x, numeric.Sub))
	},
	"coth": func(x numeric.Number) numeric.Number {
		if y := numeric.Quo(hyperbolic(x, numeric.Add), hyperbolic(x, numeric.Sub)); !numeric.Equal(numeric.Abs(y), numeric.Int(1)) {
			return y
		}
		return numeric.Undefined
	},
	"asinh": func(x numeric.Number) numeric.Number { // ln(x + √(x²+1))
		return numeric.Log(numeric.Add(x, numeric.Sqrt(numeric.Add(numeric.Mul(x, x), numeric.Int(1)))))
	},
	"acosh": func(x numeric.Number) numeric.Number { // ln(x + √(x-1)√(x+1))
		return numeric.Log(numeric.Add(x, numeric.Mul(numeric.Sqrt(numeric.Sub(x, numeric.Int(1))), numeric.Sqrt(numeric.Add(x, numeric.Int(1))))))
	},
	"atanh": areaTangent,
	"acoth": func(x numeric.Number) numeric.Number { return areaTangent(numeric.Quo(numeric.Int(1), x)) },
	"asech": func(x numeric.Number) numeric.Number { // arcosh 1/x
		y := numeric.Quo(numeric.Int(1), x)
		return numeric.Log(numeric.Add(y, numeric.Mul(numeric.Sqrt(numeric.Sub(y, numeric.Int(1))), numeric.Sqrt(numeric.Add(y, numeric.Int(1))))))
	},
	"acsch": func(x numeric.Number) numeric.Number { // arsinh 1/x
		y := numeric.Quo(numeric.Int(1), x)
		return numeric.Log(numeric.Add(y, numeric.Sqrt(numeric.Add(numeric.Mul(y, y), numeric.Int(1)))))
	},
	"sinh": func(x numeric.Number) numeric.Number { return hyperbolic(x, numeric.Sub) },
	"cosh": func(x numeric.Number) numeric.Number { return hyperbolic(x, numeric.Add) },
	"tanh": func(x numeric.Number) numeric.Number { // it is never 1
		if y := numeric.Quo(hyperbolic(x, numeric.Sub), hyperbolic(x, numeric.Add)); !numeric.Equal(numeric.Abs(y), numeric.Int(1)) {
			return y
		}
		return numeric.Undefined
	},
	"ceil": func(x numeric.Number) numeric.Number { return numeric.Neg(numeric.Floor(numeric.Neg(x))) },
}

// isKnown says whether a function is one that is computed, rather than one of the problem's.
func isKnown(name string) bool {
	switch name {
	case "root", "log", "log10", "ln", "max", "min", "mod", "!", "!!", "binom", "gcd", "lcm", "sum", "prod":
		return true
	}
	return elementary[name] != nil
}

// areaTangent is artanh x = ln((1+x)/(1-x))/2.
func areaTangent(x numeric.Number) numeric.Number {
	one := numeric.Int(1)
	return numeric.Quo(numeric.Log(numeric.Quo(numeric.Add(one, x), numeric.Sub(one, x))), numeric.Int(2))
}

// hyperbolic is (e^x ± e^-x)/2.
func hyperbolic(x numeric.Number, join func(a, b numeric.Number) numeric.Number) numeric.Number {
	return numeric.Quo(join(numeric.Exp(x), numeric.Exp(numeric.Neg(x))), numeric.Int(2))
}

func extreme(name string, args []numeric.Number) numeric.Number {
	best := args[0]
	for _, a := range args[1:] {
		order, ok := numeric.Cmp(a, best)
		if !ok {
			return numeric.Undefined
		}
		if order > 0 == (name == "max") {
			best = a
		}
	}
	return best
}

// whole computes functions of whole numbers.
func (c *comparison) whole(name string, args []numeric.Number) numeric.Number {
	exact := make([]*big.Rat, len(args))
	for i, a := range args {
		f := a.Float64()
		if !a.Real() || f < 0 || f > maxFactorial || !numeric.Equal(a, numeric.Int(int64(f))) && !a.Zero() {
			return numeric.Undefined
		}
		exact[i] = big.NewRat(int64(f), 1)
	}
	c.payForCall(exact)
	r := notLarge(wholeCall(name, exact))
	if r == nil {
		return numeric.Undefined
	}
	c.payForNumber(r)
	return numeric.Rat(r)
}

// arbitrary is a value between 1 and 3 for a function that is not known, by its name and
// the first 60 digits of its arguments.
func arbitrary(name string, args []numeric.Number) numeric.Number {
	h := fnv.New64a()
	h.Write([]byte(name))
	for _, a := range args {
		h.Write([]byte(a.Text()))
	}
	return numeric.Float(1 + float64(h.Sum64()>>11)/(1<<52))
}
