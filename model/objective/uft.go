package objective

import "math"

// uft is unified fine-tuning (arXiv 2505.16984; liumy2010/UFT). Rollouts begin
// from a hint, a prefix of a reference solution, whose length is annealed; the
// clipped surrogate of grpo over the sampled tokens gains the likelihood of the
// hint:
//
//	L = L_grpo + hint_coefficient * mean over all hint tokens of -log pi
//
// The authors run it with the KL term in the loss and an entropy bonus, 0.001
// each. Their code clamps the hint's logits to ±100, which is not done here.
var uft = Objective{
	Source:         "UFT, arXiv 2505.16984",
	Demonstrations: Hints,
	Uses:           with(policyFields, "clip", "uft"),
	Needs: func(s Settings) Carriers {
		needs := ofRatio(s)
		needs.LogProb = needs.LogProb || s.UFT.HintCoefficient != 0
		return needs
	},
	Loss: func(s Settings, b Batch) Result {
		result := s.policy(b, s.tokenRatio)
		s.addHints(&result, b)
		return result
	},
}

// addHints adds the likelihood of the hints of all graded rollouts.
func (s Settings) addHints(result *Result, b Batch) {
	var tokens float64
	for i := range b.Sequences {
		if isRollout(&b.Sequences[i]) {
			tokens += float64(b.Sequences[i].Hint)
		}
	}
	if s.UFT.HintCoefficient == 0 || tokens == 0 {
		return
	}
	before := result.Loss
	for i := range b.Sequences {
		q := &b.Sequences[i]
		for t := 0; t < q.Hint && isRollout(q); t++ {
			result.add(i, t, -s.UFT.HintCoefficient*q.LogProb[t], -s.UFT.HintCoefficient, tokens)
		}
	}
	result.Stats.Likelihood = result.Loss - before
}

// Probability is that of each piece of a hint at a policy step, counted from 1,
// by the cosine schedule; 0 after HintSteps.
func (u UFT) Probability(step int) float64 {
	if step > u.HintSteps {
		return 0
	}
	return u.Last + (u.First-u.Last)/2*(1+math.Cos(math.Pi*float64(step)/float64(u.HintSteps)))
}

// Hint is the number of sentences of a solution that the hint holds at a policy
// step, counted from 1. The solution is cut into at most Pieces pieces; the
// number of pieces is drawn from Binomial(pieces, Probability) under cosine,
// from 0 to pieces evenly under uniform, and falls by one at even distances under
// staircase. draw gives numbers in [0, 1). The settings have their defaults.
func (u UFT) Hint(step, sentences int, draw func() float64) int {
	pieces := min(u.Pieces, sentences)
	if pieces == 0 {
		return 0
	}
	var k int
	switch u.Schedule {
	case ScheduleCosine:
		for range pieces {
			if draw() < u.Probability(step) {
				k++
			}
		}
	case ScheduleUniform:
		k = int(draw() * float64(pieces+1))
	case ScheduleStaircase:
		k = max(0, pieces-step/max(1, u.HintSteps/(pieces+1)))
	}
	return int(math.RoundToEven(float64(k*sentences) / float64(pieces)))
}
