package grpo

import (
	"math"
	"testing"

	"temper/model/goldentest"
	"temper/model/reward"
)

// surrogate is one token's term of the general clipped objective (PPO; DAPO's
// asymmetric range), to be minimised, and its derivative by the new log-prob:
//
//	max(-A r, -A clip(r, 1-low, 1+high)),  r = exp(new - old)
//
// The recipe never needs it, because one update per batch keeps r at 1. It is
// here to prove that.
func surrogate(advantage, newLogProb, oldLogProb, low, high float64) (loss, gradient float64) {
	ratio := math.Exp(newLogProb - oldLogProb)
	clipped := math.Min(math.Max(ratio, 1-low), 1+high)
	if -advantage*clipped > -advantage*ratio {
		return -advantage * clipped, 0
	}
	return -advantage * ratio, -advantage * ratio
}

type endToEnd struct {
	ResponseMask [][]float64 `json:"response_mask"`
	Rewards      []float64
	Group        []int
	Cases        []struct {
		Mode        string
		Temperature float64
		NormByStd   bool        `json:"norm_by_std"`
		ClipLow     float64     `json:"clip_low"`
		ClipHigh    float64     `json:"clip_high"`
		Old         [][]float64 `json:"old_log_probs"`
		New         [][]float64 `json:"new_log_probs"`
		Loss        float64     `json:"loss_fp64"`
	}
}

// rollouts of the end-to-end golden, whose rewards are 0 and 1.
func (g endToEnd) rollouts() []Rollout {
	var out []Rollout
	for i, row := range g.ResponseMask {
		verdict := reward.Incorrect
		if g.Rewards[i] == 1 {
			verdict = reward.Correct
		}
		out = append(out, Rollout{Group: g.Group[i], Verdict: verdict, Tokens: int(sum(row))})
	}
	return out
}

// TestOneUpdatePerBatchIsREINFORCE runs Plan on whole batches that veRL was run
// on. On-policy, the clipped surrogate and its gradient are those of the
// weights; off-policy, the weights put into the surrogate give veRL's loss.
func TestOneUpdatePerBatchIsREINFORCE(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		t.Run(m.Name, func(t *testing.T) {
			var golden endToEnd
			goldentest.JSON(t, m.Dir+"/golden/grpo_e2e.json", &golden)
			for _, c := range golden.Cases {
				settings := Settings{AdvantageStd: StdNone, LossDenominator: BatchTokens}
				if c.NormByStd {
					settings.AdvantageStd = StdSample
				}
				batch, err := Plan(golden.rollouts(), settings)
				if err != nil {
					t.Fatal(err)
				}
				var loss float64
				for i, row := range golden.ResponseMask {
					for j, mask := range row {
						if mask == 0 {
							continue
						}
						w := batch.TokenWeights[i]
						term, gradient := surrogate(w, c.New[i][j], c.Old[i][j], c.ClipLow, c.ClipHigh)
						loss += term
						if c.Mode == "on_policy" {
							wantNear(t, "gradient", gradient, -w, 0)
						}
					}
				}
				wantNear(t, c.Mode+" loss", loss, c.Loss, 2e-7)
				if c.Mode == "on_policy" {
					wantNear(t, "stats loss", batch.Stats.Loss, loss, 1e-12)
				}
			}
		})
	}
}

func TestSurrogateClipsAsymmetrically(t *testing.T) {
	for _, c := range []struct{ advantage, ratio, loss, gradient float64 }{
		{1, 1.1, -1.1, -1.1}, // inside the range
		{1, 1.5, -1.28, 0},   // a good token has gone far enough up
		{1, 0.5, -0.5, -0.5}, // a good token that went down is pulled back
		{-1, 0.5, 0.8, 0},    // a bad token has gone far enough down
		{-1, 1.5, 1.5, 1.5},  // a bad token that went up is pulled back
		{-1, 1.25, 1.25, 1.25},
	} {
		loss, gradient := surrogate(c.advantage, math.Log(c.ratio), 0, 0.2, 0.28)
		wantNear(t, "loss", loss, c.loss, 1e-15)
		wantNear(t, "gradient", gradient, c.gradient, 1e-15)
	}
}
