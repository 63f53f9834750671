package numeric

import (
	"math/big"
	"testing"
)

func TestIdentities(t *testing.T) {
	q := func(a, b int64) Number { return Rat(big.NewRat(a, b)) }
	for name, pair := range map[string][2]Number{
		"rational root":    {Quo(Int(1), Sqrt(Int(2))), Quo(Sqrt(Int(2)), Int(2))},
		"nested root":      {Sqrt(Add(Int(3), Mul(Int(2), Sqrt(Int(2))))), Add(Int(1), Sqrt(Int(2)))},
		"cube root":        {Root(Int(-8), 3), Int(-2)},
		"ln e":             {Log(E()), Int(1)},
		"log of power":     {Quo(Log(Int(8)), Log(Int(2))), Int(3)},
		"large log":        {Log(Pow(Int(7), Int(500))), Mul(Int(500), Log(Int(7)))},
		"exp of log":       {Exp(Log(q(22, 7))), q(22, 7)},
		"sine":             {Sin(Quo(Pi(), Int(6))), q(1, 2)},
		"cosine 2":         {Cos(Int(2)), Sub(Mul(Int(2), Mul(Cos(Int(1)), Cos(Int(1)))), Int(1))},
		"sine of 100":      {Mul(Sin(Int(100)), Sin(Int(100))), Sub(Int(1), Mul(Cos(Int(100)), Cos(Int(100))))},
		"sine of zero":     {Sin(Pi()), Int(0)},
		"Machin":           {Sub(Mul(Int(16), Atan(q(1, 5))), Mul(Int(4), Atan(q(1, 239)))), Pi()},
		"arcsine":          {Asin(q(-1, 2)), Neg(Quo(Pi(), Int(6)))},
		"arcsine of one":   {Asin(Int(1)), Quo(Pi(), Int(2))},
		"arccosine":        {Acos(Int(-1)), Pi()},
		"Euler":            {Exp(Mul(I(), Pi())), Int(-1)},
		"square of i":      {Mul(I(), I()), Int(-1)},
		"root of -1":       {Sqrt(Int(-1)), I()},
		"root of i":        {Mul(Sqrt(I()), Sqrt(I())), I()},
		"complex sine":     {Add(Mul(Sin(I()), Sin(I())), Mul(Cos(I()), Cos(I()))), Int(1)},
		"complex quotient": {Quo(Add(Int(1), I()), Sub(Int(1), I())), I()},
		"floor":            {Floor(q(-7, 2)), Int(-4)},
		"floor of root":    {Floor(Mul(Sqrt(Int(3)), Sqrt(Int(3)))), Int(3)},
		"negative power":   {Pow(Int(2), Int(-3)), q(1, 8)},
		"rational power":   {Pow(Int(8), q(2, 3)), Int(4)},
	} {
		if !Equal(pair[0], pair[1]) {
			t.Errorf("%s: %v and %v", name, pair[0].re, pair[1].re)
		}
	}
}

func TestNearMisses(t *testing.T) {
	big1 := Sqrt(Add(Pow(Int(10), Int(40)), Int(1)))
	for name, pair := range map[string][2]Number{
		"root near 10^20": {big1, Pow(Int(10), Int(20))},
		"Ramanujan":       {Exp(Mul(Pi(), Sqrt(Int(163)))), Add(Pow(Int(640320), Int(3)), Int(744))},
		"22/7":            {Pi(), Rat(big.NewRat(22, 7))},
		"small":           {Exp(Int(-300)), Exp(Int(-301))},
		"smaller":         {Exp(Int(-300)), Int(0)},
		"undefined":       {Undefined, Undefined},
	} {
		if Equal(pair[0], pair[1]) {
			t.Errorf("%s: equal", name)
		}
	}
	for name, n := range map[string]Number{
		"1/0": Quo(Int(1), Int(0)), "log 0": Log(Int(0)), "huge": Pow(Int(2), Int(1<<31)), "huge e": Exp(Int(1 << 40)), "arcsine": Asin(Int(2)),
		"power of power": Pow(Int(9), Pow(Int(9), Pow(Int(9), Int(9)))), "sine of huge": Sin(Pow(Int(2), Int(70))), "0^0": Pow(Int(0), Int(0)),
	} {
		if n.Defined() {
			t.Errorf("%s is defined: %v", name, n.re)
		}
	}
}

// TestZero: what is left where terms cancel is zero, and a small number is not.
func TestZero(t *testing.T) {
	third := Rat(big.NewRat(1, 3))
	for name, n := range map[string]Number{
		"cancelled": Sub(Mul(Sqrt(Int(2)), Sqrt(Int(2))), Int(2)), "thirds": Sub(Add(third, Add(third, third)), Int(1)), "sine": Sin(Mul(Int(7), Pi())), "cosine": Cos(Quo(Pi(), Int(2))),
		"logarithm": Log(Mul(Sqrt(third), Sqrt(Int(3)))), "imaginary": Sub(Exp(Mul(I(), Pi())), Int(-1)),
	} {
		if !n.Zero() {
			t.Errorf("%s: %s is not zero", name, n.Text())
		}
	}
	for name, n := range map[string]Number{"exponential": Exp(Int(-1000)), "power": Pow(Int(10), Int(-300)), "sine": Sin(Pow(Int(10), Int(-200)))} {
		if n.Zero() || Equal(n, Int(0)) {
			t.Errorf("%s is zero", name)
		}
	}
}

func TestExponent(t *testing.T) {
	for want, n := range map[int]Number{1: Int(1), 4: Int(-8), -1: Rat(big.NewRat(1, 4)), 11: Mul(Int(1024), I())} {
		if got, ok := n.Exponent(); !ok || got != want {
			t.Errorf("exponent of %s: %d, %v, want %d", n.Text(), got, ok, want)
		}
	}
	if _, ok := Int(0).Exponent(); ok {
		t.Error("zero has an exponent")
	}
}

func BenchmarkFunctions(b *testing.B) {
	x := Rat(big.NewRat(22, 7))
	for name, f := range map[string]func(Number) Number{"Sqrt": Sqrt, "Exp": Exp, "Log": Log, "Sin": Sin, "Atan": Atan, "Neg": Neg} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f(x)
			}
		})
	}
}
