package math

import "math/big"

// What operations take from the budget, in steps and bytes.
const (
	costSame       = 20
	costRational   = 50
	costArithmetic = 60
	costFunction   = 4000
	costValue      = 20 // a variable that gets a value
	costBreak      = 60 // an end of an interval that a number is compared with

	arithmeticBytes = 400
	functionBytes   = 20000
	breakBytes      = 600
	rationalBytes   = 400
	valueBytes      = 180
)

// payForFunction takes what an elementary function needs from the budget: of a complex
// number several of real ones.
func (c *comparison) payForFunction(p point) {
	parts := 1
	if p.imaginary {
		parts = 3
	}
	c.budget.Spend(parts*costFunction, parts*functionBytes)
}

// payForMultiplications takes those of an integer power from the budget.
func (c *comparison) payForMultiplications(n int, p point) {
	if p.imaginary {
		n *= 3
	}
	c.budget.Spend(n*costArithmetic/4, n*arithmeticBytes/4)
}

// payForBreaks takes the comparison of a number with ends of intervals from the budget.
func (c *comparison) payForBreaks(n int) { c.budget.Spend(costBreak*n, breakBytes*n) }

// payForPoints takes points that give values to variables from the budget.
func (c *comparison) payForPoints(points int, names []string) {
	c.budget.Spend(points*costValue*(len(names)+4), points*valueBytes*(len(names)+4))
}

// payFor takes an operation of two rational numbers from the budget. Common factors of
// numerator and denominator are looked for, which takes most of the time.
func (c *comparison) payFor(x, y *big.Rat) {
	if x == nil || y == nil {
		return
	}
	a, b := words(x.Num()), words(y.Num())
	size := a + b
	steps := costRational + size + a*b/32
	if !x.IsInt() || !y.IsInt() {
		a, b = a+words(x.Denom()), b+words(y.Denom())
		size = a + b
		steps = costRational + 10*size + 3*a*b
	}
	c.budget.Spend(steps, rationalBytes+100*size)
}

// payForPower is the same for an integer power.
func (c *comparison) payForPower(base *big.Rat, e int) {
	over, under := 1+base.Num().BitLen()*e/64, 0
	if !base.IsInt() {
		under = 1 + base.Denom().BitLen()*e/64
	}
	c.budget.Spend(costRational+(over*over+under*under)/32+3*over*under, rationalBytes+64*(over+under))
}

// payForCall is the same for a function of whole numbers, as a factorial.
func (c *comparison) payForCall(args []*big.Rat) {
	total, largest := 0, 0
	for _, a := range args {
		size := words(a.Num()) + words(a.Denom())
		total, largest = total+size, max(largest, size)
	}
	steps, bytes := costRational+4*total*largest, rationalBytes+100*total
	if n := args[0].Num(); args[0].IsInt() && n.IsInt64() && n.Int64() > 0 && n.Int64() <= maxFactorial {
		square := int(n.Int64() * n.Int64())
		steps, bytes = steps+square/200, bytes+square/3
	}
	c.budget.Spend(steps, bytes)
}

// payForNumber takes the rounding of a rational number from the budget.
func (c *comparison) payForNumber(r *big.Rat) {
	size := words(r.Num()) + words(r.Denom())
	c.budget.Spend(costRational+size, rationalBytes+20*size)
}

func words(x *big.Int) int { return 1 + x.BitLen()/64 }
