package sampling

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactExp is e^x with 200 bits: the series for x/1024, squared ten times.
func exactExp(x float64) *big.Float {
	term, sum := big.NewFloat(1).SetPrec(250), big.NewFloat(1).SetPrec(250)
	for n := 1; n < 60; n++ {
		term.Mul(term, big.NewFloat(x/1024))
		term.Quo(term, big.NewFloat(float64(n)))
		sum.Add(sum, term)
	}
	for range 10 {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestExp(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 4000 {
		x := -rng.Float64()
		if i%2 == 0 {
			x *= 700
		}
		got := exp(x)
		ulp := math.Nextafter(got, 2) - got
		difference, _ := new(big.Float).Sub(big.NewFloat(got).SetPrec(250), exactExp(x)).Float64()
		if math.Abs(difference) > ulp {
			t.Fatalf("exp(%v) = %v is off by %v units in the last place", x, got, difference/ulp)
		}
	}
	if exp(0) != 1 || exp(math.Inf(-1)) != 0 || exp(-1e300) != 0 || !math.IsNaN(exp(math.NaN())) {
		t.Error("special values")
	}
}

// The vector form has the bits of the other one, at every length.
func TestExpEach(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for n := range 70 {
		x := make([]float64, n)
		for i := range x {
			x[i] = -rng.ExpFloat64() * 100
			switch rng.IntN(12) {
			case 0:
				x[i] = math.Inf(-1)
			case 1:
				x[i] = math.NaN()
			case 2:
				x[i] = 0
			}
		}
		got := append([]float64{}, x...)
		expEach(got)
		for i := range x {
			if want := exp(x[i]); math.Float64bits(got[i]) != math.Float64bits(want) && !(math.IsNaN(want) && math.IsNaN(got[i])) {
				t.Fatalf("element %d of %d: e^%v = %v, want %v", i, n, x[i], got[i], want)
			}
		}
	}
}
