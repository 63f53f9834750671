package objective

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomBatch has groups of rollouts, some truncated, some ungradable, with
// masks, hints and demonstrations, and every carrier.
func randomBatch(random *rand.Rand) Batch {
	b := Batch{Budget: 12}
	values := func(n int, scale, shift float64) (out []float64) {
		for range n {
			out = append(out, scale*random.NormFloat64()+shift)
		}
		return out
	}
	for group := range 4 {
		for i := range 4 {
			n := 1 + random.IntN(11)
			q := Sequence{Group: group, Tokens: n, Hint: random.IntN(n), Graded: true, Correct: i == 0 || random.IntN(2) == 0, Truncated: random.IntN(5) == 0}
			if i == 1 { // no group is all correct
				q.Correct = false
			}
			q.Demonstration = i == 0 && group%2 == 0
			if q.Demonstration {
				q.Hint = 0
			}
			q.Score = random.Float64()
			q.Old = values(n, 0.5, -2)
			q.LogProb = slices.Clone(q.Old)
			for t := range n {
				q.LogProb[t] += 0.3 * random.NormFloat64()
				q.Mask = append(q.Mask, random.IntN(8) > 0)
			}
			q.Reference, q.Entropy = values(n, 0.5, -2), values(n, 0.1, 0.7)
			q.Value, q.OldValue = values(n, 0.3, 0.5), values(n, 0.3, 0.5)
			b.Sequences = append(b.Sequences, q)
		}
	}
	b.Sequences[7].Graded = false
	return b
}

// near brings the ratios nearer to 1.
func near(b Batch, by float64) {
	for i := range b.Sequences {
		q := &b.Sequences[i]
		for t := range q.Old {
			q.LogProb[t] = q.Old[t] + by*(q.LogProb[t]-q.Old[t])
		}
	}
}

// differentiable are settings whose derivatives are those of the loss itself:
// nothing in them is taken as a constant.
func differentiable() map[string]Settings {
	all := map[string]Settings{
		"grpo": {}, "grpo dual": {Clip: Clip{Dual: 1.5, LogRatio: 0.6}}, "gspo": {Kind: "gspo", Clip: Clip{Low: 0.05, High: 0.08, LogRatio: 0.1}},
		"ppo":   {Kind: "ppo", Value: Value{Coefficient: 0.7, Clip: 0.2, Gamma: 0.9, Lambda: 0.8}},
		"nft":   {Kind: "nft", NFT: NFT{Clamp: 1e-9, PromptWeight: WeightStd, NegativeWeight: 0.5}},
		"nft 1": {Kind: "nft", NFT: NFT{Clamp: 1e-9, Ratio: SequenceRatio}},
		"sft":   {Kind: "sft"}, "uft": {Kind: "uft", UFT: UFT{HintCoefficient: 0.3, HintSteps: 9}},
		"srft": {Kind: "srft"}, "srft plain ratio": {Kind: "srft", SRFT: SRFT{Demonstration: Plain, Own: Ratio, SFTSign: Plus, RLSign: Minus}},
		"chord": {Kind: "chord", CHORD: CHORD{Mu: 0.3}},
	}
	for _, estimator := range []Estimator{K1, K2, K3} {
		all["kl "+string(estimator)] = Settings{KL: KL{Coefficient: 0.2, Estimator: estimator, ClampDifference: 1.1, ClampValue: 0.8}, Entropy: 0.1}
	}
	for _, d := range []Denominator{GroupTokens, SequenceTokens, Sequences, Constant, Sum} {
		s := Settings{Denominator: d, Overlong: Overlong{Handling: Filter}}
		if d == Constant || d == Sum {
			s.Constant = 7
		}
		all[string(d)] = s
	}
	for name, s := range all {
		if s.Kind != "sft" {
			s.Updates = twoUpdates
		}
		all[name] = s
	}
	return all
}

// Every derivative is that of the loss, by finite differences.
func TestDerivativesByFiniteDifferences(t *testing.T) {
	const h = 1e-6
	for name, s := range differentiable() {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(3, 4))
			for range 2 {
				b := randomBatch(random)
				if s.Kind == "nft" { // where the implicit ratio is positive, it is differentiable
					near(b, 0.1)
				}
				b = mustPrepare(t, s, b)
				result := mustEvaluate(t, s, b)
				for _, c := range []struct {
					what string
					of   func(*Sequence) []float64
					got  [][]float64
				}{
					{"log-prob", func(q *Sequence) []float64 { return q.LogProb }, result.DLogProb},
					{"value", func(q *Sequence) []float64 { return q.Value }, result.DValue},
					{"entropy", func(q *Sequence) []float64 { return q.Entropy }, result.DEntropy},
				} {
					if c.got == nil || c.what == "entropy" && s.Kind == "srft" {
						continue
					}
					for i := range b.Sequences {
						x := c.of(&b.Sequences[i])
						for at := range x {
							before := x[at]
							x[at] = before + h
							above := mustEvaluate(t, s, b).Loss
							x[at] = before - h
							below := mustEvaluate(t, s, b).Loss
							x[at] = before
							want := (above - below) / (2 * h)
							if got := c.got[i][at]; math.Abs(got-want) > 1e-7*max(1, math.Abs(want)) {
								t.Errorf("by %s [%d][%d]: %v, differences give %v", c.what, i, at, got, want)
							}
						}
					}
				}
			}
		})
	}
}

// cispo takes the ratio as a constant: moving both log-probs keeps it one.
func TestCISPOByFiniteDifferences(t *testing.T) {
	const h = 1e-6
	s := Settings{Kind: "cispo", Updates: twoUpdates, Clip: Clip{Low: 0.2, High: 0.3}}
	b := mustPrepare(t, s, randomBatch(rand.New(rand.NewPCG(5, 6))))
	result := mustEvaluate(t, s, b)
	if result.Stats.ClippedLow == 0 || result.Stats.ClippedHigh == 0 {
		t.Errorf("no bound acts: %+v", result.Stats)
	}
	for i := range b.Sequences {
		q := &b.Sequences[i]
		for at := range q.LogProb {
			before, old := q.LogProb[at], q.Old[at]
			q.LogProb[at], q.Old[at] = before+h, old+h
			above := mustEvaluate(t, s, b).Loss
			q.LogProb[at], q.Old[at] = before, old
			wantWithin(t, fmt.Sprintf("[%d][%d]", i, at), result.DLogProb[i][at], (above-result.Loss)/h, 1e-7)
		}
	}
}

// Weights that are taken as constants stand in the derivative and nowhere else.
func TestWeightsOfCHORD(t *testing.T) {
	s := Settings{Kind: "chord", CHORD: CHORD{Mu: 0.25, TokenWeight: WeightUncertain}}
	b := mustPrepare(t, s, randomBatch(rand.New(rand.NewPCG(7, 8))))
	result := mustEvaluate(t, s, b)
	plain := mustEvaluate(t, Settings{}, b)
	var tokens, likelihood float64
	for i := range b.Sequences {
		if q := &b.Sequences[i]; q.Demonstration {
			tokens += float64(q.inLoss())
		}
	}
	for i, row := range result.DLogProb {
		q := &b.Sequences[i]
		for at, got := range row {
			want := 0.75 * plain.DLogProb[i][at]
			if q.Demonstration && q.in(at) {
				p := math.Exp(q.LogProb[at])
				want -= 0.25 * p * (1 - p) / tokens
				likelihood -= 0.25 * p * (1 - p) * q.LogProb[at] / tokens
			}
			wantWithin(t, "derivative", got, want, 1e-15)
		}
	}
	wantWithin(t, "loss", result.Loss, 0.75*plain.Loss+likelihood, 1e-14)
	wantWithin(t, "likelihood", result.Stats.Likelihood, likelihood, 1e-14)
}

func TestMuFalls(t *testing.T) {
	c := CHORD{Mu: 0.9, LastMu: 0.1, MuSteps: 200}
	for step, want := range map[int]float64{0: 0.9, 50: 0.5 + 0.4*math.Sqrt2/2, 100: 0.5, 200: 0.1, 300: 0.1} {
		wantNear(t, "mu", c.at(step), want, 1e-12)
	}
	b := randomBatch(rand.New(rand.NewPCG(21, 22)))
	falling, constant := Settings{Kind: "chord", CHORD: c}, Settings{Kind: "chord", CHORD: CHORD{Mu: 0.5}}
	b.Step = 100
	b = mustPrepare(t, falling, b)
	part := []int{3, 0, 1, 2, 4, 9}
	got, want := mustEvaluate(t, falling, b.Select(part)), mustEvaluate(t, constant, b.Select(part))
	wantNear(t, "loss", got.Loss, want.Loss, 1e-12)
	if b.Select(part).Budget != b.Budget {
		t.Error("a part has another budget")
	}
}

// Tokens that are not in the loss have no effect, whatever stands there, and no derivative.
func TestTokensOutsideTheLossHaveNoEffect(t *testing.T) {
	for name, s := range differentiable() {
		t.Run(name, func(t *testing.T) {
			b := randomBatch(rand.New(rand.NewPCG(9, 10)))
			want := mustEvaluate(t, s, mustPrepare(t, s, b))
			for i := range b.Sequences {
				q := &b.Sequences[i]
				for at := range q.Tokens {
					hint := s.Kind == "uft" && at < q.Hint && isRollout(q)
					if (q.in(at) || hint) && (q.Graded || q.Demonstration) {
						continue
					}
					if want.DLogProb[i][at] != 0 {
						t.Errorf("[%d][%d] has the derivative %v", i, at, want.DLogProb[i][at])
					}
					for _, x := range [][]float64{q.LogProb, q.Old, q.Reference, q.Entropy, q.Value, q.OldValue} {
						x[at] = 55
					}
				}
			}
			if got := mustEvaluate(t, s, mustPrepare(t, s, b)); got.Loss != want.Loss {
				t.Errorf("loss %v, want %v", got.Loss, want.Loss)
			}
		})
	}
}
