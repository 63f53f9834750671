package objective

import (
	"math"
	"strings"
	"testing"

	"temper/model/goldentest"
)

// wantWithin compares with a value that the reference computed in fp32.
func wantWithin(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestGroupAdvantagesInFloat32(t *testing.T) {
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
			var b Batch
			rewards := map[int][]float64{}
			for i, g := range c.Group {
				rewards[g] = append(rewards[g], c.Rewards[i])
				b.Sequences = append(b.Sequences, Sequence{Group: g, Score: c.Rewards[i], Graded: true, Tokens: 1})
			}
			check := func(variant string, want []float64, std Divisor, epsilon float64) {
				got := mustPrepare(t, Settings{Advantage: Advantage{Std: std, Epsilon: epsilon}}, b)
				for i := range want {
					if allEqual(rewards[c.Group[i]]) { // the two documented departures: exactly 0
						wantWithin(t, variant, got.Sequences[i].Advantage[0], 0, 0)
						continue
					}
					wantWithin(t, variant, got.Sequences[i].Advantage[0], want[i], 2e-6)
				}
			}
			check("verl_no_std", c.VerlNoStd, NoStd, 0)
			check("verl_std", c.VerlStd, SampleStd, 0)
			check("trl_no_std", c.TRLNoStd, NoStd, 1e-4)
			check("trl_std", c.TRLStd, SampleStd, 1e-4)
		})
	}
}

// Loss and gradient against veRL with truncated rows masked but counted in the
// group's statistics, on-policy, under four aggregations.
func TestOverlongFilteringInFloat32(t *testing.T) {
	var file struct {
		Truncated []bool
		LossMask  [][]float64 `json:"loss_mask"`
		Variants  map[string]struct {
			Cases []struct {
				Case, Agg string
				Loss      float64
				Grad      [][]float64 `json:"grad_new_logprob"`
			}
			NoStd []float64 `json:"advantages_scalar_no_std"`
			Std   []float64 `json:"advantages_scalar_std"`
		}
	}
	goldentest.JSON(t, "grpo/overlong.json", &file)
	variant := file.Variants["truncated_count_in_group_stats"]
	var checked int
	for _, c := range variant.Cases {
		if !strings.HasPrefix(c.Case, "on_policy") {
			continue
		}
		checked++
		advantages := variant.Std
		if strings.HasSuffix(c.Case, "no_std") {
			advantages = variant.NoStd
		}
		// The golden's rewards are not known: its advantages are, and they serve as
		// scores that nothing is subtracted from.
		s := Settings{Overlong: filter, Advantage: Advantage{Baseline: NoBaseline}}
		verlDenominator(&s, c.Agg)
		if s.Denominator == Constant { // veRL 0.6.1 divided by the padded length alone
			s.Denominator, s.Constant, s.MaskedSequences = Sum, 14, ""
		}
		var b Batch
		for i, row := range file.LossMask {
			var tokens float64
			for _, x := range row {
				tokens += x
			}
			if file.Truncated[i] { // its own length is masked in the golden; any length must do
				tokens = 14
			}
			b.Sequences = append(b.Sequences, Sequence{Group: i / 4, Tokens: int(tokens), Truncated: file.Truncated[i], Graded: true, Score: advantages[i]})
		}
		prepared, stats, err := Prepare(s, b)
		if err != nil {
			t.Fatal(err)
		}
		result := mustEvaluate(t, s, prepared)
		wantWithin(t, c.Case+" loss", result.Loss, c.Loss, 1e-7)
		for i, row := range c.Grad {
			for j := range row {
				var got float64
				if j < b.Sequences[i].Tokens {
					got = result.DLogProb[i][j]
				}
				wantWithin(t, c.Case+" gradient", got, row[j], 5e-8)
			}
		}
		if stats.Filtered != 4 {
			t.Errorf("filtered = %d, want 4", stats.Filtered)
		}
	}
	if checked != 16 {
		t.Errorf("%d cases checked, want 16", checked)
	}
}

// Whole batches that veRL was run on through models, on-policy and off-policy.
func TestEndToEndInFloat32(t *testing.T) {
	for _, m := range goldentest.Models(t) {
		t.Run(m.Name, func(t *testing.T) {
			var golden struct {
				Mask    [][]float64 `json:"response_mask"`
				Rewards []float64
				Group   []int
				Cases   []struct {
					Mode      string
					NormByStd bool        `json:"norm_by_std"`
					ClipLow   float64     `json:"clip_low"`
					ClipHigh  float64     `json:"clip_high"`
					Old       [][]float64 `json:"old_log_probs"`
					New       [][]float64 `json:"new_log_probs"`
					Loss      float64     `json:"loss_fp64"`
				}
			}
			goldentest.JSON(t, m.Dir+"/golden/grpo_e2e.json", &golden)
			for _, c := range golden.Cases {
				s := Settings{Advantage: std(NoStd), Clip: Clip{Low: c.ClipLow, High: c.ClipHigh}}
				if c.NormByStd {
					s.Advantage.Std = SampleStd
				}
				if c.Mode != "on_policy" {
					s.Updates = twoUpdates
				}
				var b Batch
				for i, row := range golden.Mask {
					q := Sequence{Group: golden.Group[i], Score: golden.Rewards[i], Graded: true, Tokens: len(row), LogProb: c.New[i], Old: c.Old[i]}
					for _, x := range row {
						q.Mask = append(q.Mask, x == 1)
					}
					b.Sequences = append(b.Sequences, q)
				}
				result := mustEvaluate(t, s, mustPrepare(t, s, b))
				wantWithin(t, c.Mode+" loss", result.Loss, c.Loss, 2e-7)
			}
		})
	}
}

func TestSurrogateClipsAsymmetrically(t *testing.T) {
	c := Clip{Low: 0.2, High: 0.28, Dual: 3}
	for _, c2 := range []struct {
		advantage, ratio, loss, derivative float64
		stops                              bound
	}{
		{1, 1.1, -1.1, -1.1, noBound},    // inside the range
		{1, 1.5, -1.28, 0, upperBound},   // a good token has gone far enough up
		{1, 0.5, -0.5, -0.5, noBound},    // a good token that went down is pulled back
		{-1, 0.5, 0.8, 0, lowerBound},    // a bad token has gone far enough down
		{-1, 1.5, 1.5, 1.5, noBound},     // a bad token that went up is pulled back
		{-1, 1.25, 1.25, 1.25, noBound},  //
		{-2, 3.5, 6, 0, upperBound},      // but not from too far
		{0, 9, 0, 0, noBound},            // nothing to say
		{2, 1.28, -2.56, -2.56, noBound}, // the bound itself is inside
	} {
		loss, derivative, stops := c.surrogate(c2.advantage, c2.ratio, c2.ratio)
		wantWithin(t, "loss", loss, c2.loss, 1e-15)
		wantWithin(t, "derivative", derivative, c2.derivative, 1e-15)
		if stops != c2.stops {
			t.Errorf("A %v, r %v: bound %v", c2.advantage, c2.ratio, stops)
		}
	}
}
