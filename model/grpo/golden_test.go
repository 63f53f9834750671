package grpo

import (
	"math"
	"strings"
	"testing"

	"temper/model/goldentest"
)

// wantNear compares with a value that the reference computed in fp32.
func wantNear(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if diff := math.Abs(got - want); !(diff <= tolerance) {
		t.Errorf("%s = %v, want %v (off by %g)", what, got, want, diff)
	}
}

// byGroup splits rewards into groups and returns the advantages in batch order.
func byGroup(rewards []float64, groups []int, std string, epsilon float64) []float64 {
	members := map[int][]int{}
	for i, g := range groups {
		members[g] = append(members[g], i)
	}
	out := make([]float64, len(rewards))
	for _, indices := range members {
		var own []float64
		for _, i := range indices {
			own = append(own, rewards[i])
		}
		for j, a := range advantages(own, std, epsilon) {
			out[indices[j]] = a
		}
	}
	return out
}

func TestAdvantagesGolden(t *testing.T) {
	var file struct {
		Cases []struct {
			Name      string
			Rewards   []float64
			Group     []int
			VerlNoStd []float64 `json:"verl_no_std"`
			VerlStd   []float64 `json:"verl_std"`
			TRLNoStd  []float64 `json:"trl_no_std"`
			TRLStd    []float64 `json:"trl_std"`
		}
	}
	goldentest.JSON(t, "grpo/advantages.json", &file)
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			sizes := map[int]int{}
			equal := map[int]bool{}
			for i, g := range c.Group {
				sizes[g]++
				equal[g] = (sizes[g] == 1 || equal[g]) && c.Rewards[i] == c.Rewards[indexOf(c.Group, g)]
			}
			check := func(variant string, want []float64, std string, epsilon float64) {
				if want == nil {
					return
				}
				got := byGroup(c.Rewards, c.Group, std, epsilon)
				for i := range want {
					if equal[c.Group[i]] { // the two documented departures: exactly 0
						wantNear(t, variant, got[i], 0, 0)
						continue
					}
					wantNear(t, variant, got[i], want[i], 2e-6)
				}
			}
			check("verl_no_std", c.VerlNoStd, StdNone, Epsilon)
			check("verl_std", c.VerlStd, StdSample, Epsilon)
			check("trl_no_std", c.TRLNoStd, StdNone, 1e-4)
			check("trl_std", c.TRLStd, StdSample, 1e-4)
		})
	}
}

func indexOf(groups []int, g int) int {
	for i := range groups {
		if groups[i] == g {
			return i
		}
	}
	return -1
}

// TestOverlongGolden checks loss and gradient against veRL with truncated rows
// masked but counted in the group's statistics, new log-probs equal to old. The
// golden's rewards are real-valued, so the weights are built from its advantages.
func TestOverlongGolden(t *testing.T) {
	var file struct {
		Truncated []bool
		LossMask  [][]float64 `json:"loss_mask"`
		Variants  map[string]struct {
			Cases []struct {
				Case, Agg      string
				Loss           float64
				GradNewLogProb [][]float64 `json:"grad_new_logprob"`
			}
			NoStd []float64 `json:"advantages_scalar_no_std"`
			Std   []float64 `json:"advantages_scalar_std"`
		}
	}
	goldentest.JSON(t, "grpo/overlong.json", &file)
	variant := file.Variants["truncated_count_in_group_stats"]
	var rollouts []Rollout
	var groups []*group
	for i, row := range file.LossMask {
		if i%4 == 0 {
			groups = append(groups, &group{})
		}
		tokens := 14 // a truncated row's own length is masked in the golden; any length must do
		if !file.Truncated[i] {
			tokens = int(sum(row))
		}
		rollouts = append(rollouts, Rollout{Group: i / 4, Tokens: tokens, Truncated: file.Truncated[i]})
		groups[i/4].members = append(groups[i/4].members, i)
	}
	var checked int
	for _, c := range variant.Cases {
		if !strings.HasPrefix(c.Case, "on_policy") || c.Agg != "token-mean" {
			continue
		}
		checked++
		batch := Batch{Advantages: variant.Std, TokenWeights: make([]float64, len(rollouts))}
		if strings.HasSuffix(c.Case, "no_std") {
			batch.Advantages = variant.NoStd
		}
		batch.addWeights(rollouts, groups, Settings{LossDenominator: BatchTokens, OverlongFiltering: true})
		wantNear(t, c.Case+" loss", batch.Stats.Loss, c.Loss, 1e-7)
		for i, row := range c.GradNewLogProb {
			for j := range row {
				wantNear(t, c.Case+" gradient", -batch.TokenWeights[i]*file.LossMask[i][j], row[j], 1e-8)
			}
		}
		if batch.Stats.Filtered != 4 {
			t.Errorf("filtered = %d, want 4", batch.Stats.Filtered)
		}
	}
	if checked != 4 {
		t.Errorf("%d cases checked, want 4", checked)
	}
}

func sum(row []float64) float64 {
	var total float64
	for _, x := range row {
		total += x
	}
	return total
}
