package math

import (
	"math/big"

	"temper/model/library/latex"
	"temper/model/library/numeric"
)

const (
	// farApart is the ratio, as a power of two, from which a constant beside another term of
	// a sum may get lost in rounding: 7 + 2^-400·π is not 7.
	farApart = 128
	// faithful is how many bits a rational number has at most that is rounded.
	faithful = 300
)

// isLong says whether rounding takes digits from a rational number that tell it from a
// shorter one.
func isLong(r *big.Rat) bool { return r.Num().BitLen() > faithful && r.Denom().BitLen() > faithful }

// isExtreme says whether a constant that is the argument of a function is so small or large
// that rounding makes 1 of its cosine, and π/2 of its arcus tangent.
func isExtreme(n *latex.Node, v numeric.Number) bool {
	size, ok := v.Exponent()
	return ok && (size < -farApart || size > farApart) && len(variables(n)) == 0
}

// keepsSize are functions of which small and large arguments have values that are as special.
var keepsSize = map[string]bool{"root": true, "ln": true, "log": true, "log10": true, "abs": true, "max": true, "min": true, "!": true, "!!": true, "binom": true, "gcd": true, "lcm": true, "mod": true, "conj": true}

// sizes are the smallest and the largest term of a sum.
type sizes struct {
	least, most           int
	leastTerm, mostOfThem *latex.Node
}

func (s *sizes) add(n *latex.Node, v numeric.Number) {
	size, ok := v.Exponent()
	if !ok {
		return
	}
	if s.leastTerm == nil || size < s.least {
		s.least, s.leastTerm = size, n
	}
	if s.mostOfThem == nil || size > s.most {
		s.most, s.mostOfThem = size, n
	}
}

// apart says whether a constant term is so small or large that it, or the other terms, may
// get lost.
func (s *sizes) apart() bool {
	if s.leastTerm == nil || s.most-s.least <= farApart {
		return false
	}
	return s.least < -farApart/2 && len(variables(s.leastTerm)) == 0 || s.most > farApart/2 && len(variables(s.mostOfThem)) == 0
}

// exactOnly is the value of a sum if it is a rational number that rounding keeps.
func (c *comparison) exactOnly(n *latex.Node) numeric.Number {
	if r := c.exact(n); r != nil && max(r.Num().BitLen(), r.Denom().BitLen()) <= 2*farApart {
		return numeric.Rat(r)
	}
	return numeric.Undefined
}
