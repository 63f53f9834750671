package rollout

import (
	"math"
	"math/rand/v2"
	"testing"
)

// drawn are rollouts of n problems with g samples each, whose entropy per token differs from problem to
// problem, and within a response hardly at all.
func drawn(random *rand.Rand, n, g, first int) []Rollout {
	var all []Rollout
	for i := range n {
		level := 0.3 + 0.1*random.NormFloat64()
		for sample := range g {
			length := 20 + random.IntN(80)
			all = append(all, Rollout{Problem: first + i, Sample: sample, Response: make([]int32, length), EntropySum: level * float64(length)})
		}
	}
	return all
}

// TestEntropySE: over many samples the means scatter as much as the standard error says, with one response to a
// problem and with several: an error over tokens, or over responses as if they were independent, is too small.
func TestEntropySE(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, g := range []int{1, 4} {
		const times, n = 2000, 40
		var sum, squares, stated float64
		for range times {
			s := EntropyOf(drawn(random, n, g, 0))
			if s.Problems != n {
				t.Fatalf("%d problems", s.Problems)
			}
			sum, squares, stated = sum+s.Mean(), squares+s.Mean()*s.Mean(), stated+s.SE()
		}
		mean := sum / times
		scatter := math.Sqrt(squares/times - mean*mean)
		if ratio := stated / times / scatter; ratio < 0.93 || ratio > 1.07 {
			t.Errorf("%d samples: the standard error is %.4f, the means scatter by %.4f", g, stated/times, scatter)
		}
		if math.Abs(mean-0.3) > 0.002 {
			t.Errorf("%d samples: the mean is %.4f", g, mean)
		}
	}
}

// TestEntropySumsAdd: two sets of problems are together what they are as one, and agree with the summary.
func TestEntropySumsAdd(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	a, b := drawn(random, 7, 2, 0), drawn(random, 5, 2, 7)
	apart, together := EntropyOf(a).Add(EntropyOf(b)), EntropyOf(append(a, b...))
	if apart.Problems != 12 || math.Abs(apart.SE()-together.SE()) > 1e-12 || math.Abs(apart.Mean()-together.Mean()) > 1e-12 {
		t.Errorf("apart %+v, together %+v", apart, together)
	}
	if want := Summarize(append(a, b...)).MeanEntropy; math.Abs(apart.Mean()-want) > 1e-12 {
		t.Errorf("mean %v, the summary's is %v", apart.Mean(), want)
	}
}

func TestEntropySEOfLittle(t *testing.T) {
	one := Rollout{Response: make([]int32, 4), EntropySum: 1}
	for name, s := range map[string]EntropySums{"nothing": {}, "one problem": EntropyOf([]Rollout{one, one}), "no tokens": EntropyOf([]Rollout{{}, {Problem: 1}})} {
		if !math.IsInf(s.SE(), 1) {
			t.Errorf("%s: %v", name, s.SE())
		}
	}
	two := one
	two.Problem = 1
	if s := EntropyOf([]Rollout{one, two}); s.SE() != 0 || s.Mean() != 0.25 {
		t.Errorf("two alike: %v ± %v", s.Mean(), s.SE())
	}
}
