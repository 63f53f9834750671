package objective

import (
	"math"
	"testing"

	"temper/model/goldentest"
)

func TestNFT(t *testing.T) {
	in := readInputs(t)
	var golden struct {
		Rows    []int
		Correct []float64
		Cases   []struct {
			Name   string
			Config struct {
				NegWeight float64 `json:"neg_weight"`
				RatioType Level   `json:"ratio_type"`
				Clamp     float64 `json:"clamp_negative"`
				Normalize int
			}
			OnPolicy bool `json:"on_policy"`
			Loss     float64
			Grad     matrix `json:"grad_logprob"`
		}
	}
	goldentest.JSON(t, "objectives/nft.json", &golden)
	for _, c := range golden.Cases {
		t.Run(c.Name, func(t *testing.T) {
			o := c.Config
			s := Settings{Kind: "nft", NFT: NFT{Clamp: o.Clamp, Ratio: o.RatioType, NegativeWeight: o.NegWeight, PositiveOnly: o.NegWeight == 0,
				PromptWeight: []Weight{WeightNone, WeightWrong, WeightStd}[o.Normalize]}}
			if o.RatioType == SequenceRatio {
				s.Denominator, s.Constant = Sum, 1
			}
			if !c.OnPolicy {
				s.Updates = twoUpdates
			}
			b := in.batch("mask_plain", "logprob") // groups 1 and 2 are all alike: they add nothing
			for j, i := range golden.Rows {
				b.Sequences[i].Correct = golden.Correct[j] == 1
			}
			result := mustEvaluate(t, s, mustPrepare(t, s, b))
			wantNear(t, "loss", result.Loss, c.Loss, goldenTolerance)
			wantMatrix(t, "gradient", result.DLogProb, c.Grad, goldenTolerance)
		})
	}
	counted(t, "nft.json", len(golden.Cases), 0, 18, 0)
}

func TestUFT(t *testing.T) {
	in := readInputs(t)
	var golden struct {
		PromptIDs [][]int       `json:"prompt_ids"`
		HintMask  matrix        `json:"hint_mask"`
		Logits    [][][]float64 `json:"prompt_logits"`
		Cases     []struct {
			Name   string
			Config struct {
				Hint    float64 `json:"sft_loss_coef"`
				UseKL   bool    `json:"use_kl_loss"`
				KL      float64 `json:"kl_loss_coef"`
				Entropy float64 `json:"entropy_coeff"`
			}
			Loss        float64
			Likelihood  float64       `json:"sft_loss"`
			Grad        matrix        `json:"grad_logprob"`
			GradLogits  [][][]float64 `json:"grad_prompt_logits"`
			GradEntropy matrix        `json:"grad_entropy"`
		}
	}
	goldentest.JSON(t, "objectives/uft.json", &golden)
	for _, c := range golden.Cases {
		t.Run(c.Name, func(t *testing.T) {
			s := Settings{Kind: "uft", Updates: twoUpdates, Entropy: c.Config.Entropy, UFT: UFT{HintCoefficient: c.Config.Hint, HintSteps: 300}}
			if c.Config.UseKL {
				s.KL = KL{Coefficient: c.Config.KL, ClampDifference: 20, ClampValue: 10}
			}
			b := in.batch("mask_plain", "logprob")
			probabilities := make([][][]float64, 24) // of the hint tokens, [rollout][hint token][vocabulary]
			for i := range b.Sequences {
				var hint []float64
				for at, counts := range golden.HintMask[i] {
					if counts == 1 {
						p := softmax(golden.Logits[i][at])
						probabilities[i] = append(probabilities[i], p)
						hint = append(hint, math.Log(p[golden.PromptIDs[i][at+1]]))
					}
				}
				b.Sequences[i] = hinted(b.Sequences[i], hint)
			}
			result := mustEvaluate(t, s, mustPrepare(t, s, b))
			wantNear(t, "loss", result.Loss, c.Loss, goldenTolerance)
			wantNear(t, "likelihood", result.Stats.Likelihood, c.Config.Hint*c.Likelihood, goldenTolerance)
			wantMatrix(t, "gradient", withoutHints(b, result.DLogProb), c.Grad, goldenTolerance)
			if c.Config.Entropy != 0 {
				wantMatrix(t, "gradient by entropy", withoutHints(b, result.DEntropy), c.GradEntropy, goldenTolerance)
			}
			for i := range b.Sequences {
				var k int
				for at, counts := range golden.HintMask[i] {
					for v, want := range c.GradLogits[i][at] {
						var got float64
						if counts == 1 && math.Abs(golden.Logits[i][at][v]) < hintLogit {
							got = -result.DLogProb[i][k] * probabilities[i][k][v]
							if v == golden.PromptIDs[i][at+1] {
								got += result.DLogProb[i][k]
							}
						}
						wantNear(t, "gradient by logits of the prompt", got, want, goldenTolerance)
					}
					k += int(counts)
				}
			}
		})
	}
	counted(t, "uft.json", len(golden.Cases), 0, 3, 0)
}

// hinted puts a hint's log-probs before those of a response; the hint's other
// quantities are rubbish that must not count.
func hinted(q Sequence, hint []float64) Sequence {
	before := func(values []float64) []float64 {
		out := make([]float64, len(hint), len(hint)+len(values))
		for i := range out {
			out[i] = 77
		}
		return append(out, values...)
	}
	q.Hint, q.Tokens = len(hint), len(hint)+q.Tokens
	q.Old, q.Reference, q.Entropy = before(q.Old), before(q.Reference), before(q.Entropy)
	q.Value, q.OldValue = before(q.Value), before(q.OldValue)
	q.LogProb = append(append([]float64{}, hint...), q.LogProb...)
	mask := make([]bool, len(hint))
	for i := range mask {
		mask[i] = true
	}
	q.Mask = append(mask, q.Mask...)
	return q
}

func withoutHints(b Batch, values [][]float64) [][]float64 {
	out := make([][]float64, len(values))
	for i, row := range values {
		out[i] = row[b.Sequences[i].Hint:]
	}
	return out
}

// hintLogit is the bound at which the authors clamp the hints' logits; that is
// done here, before the log-probs that temper is given.
const hintLogit = 100

func softmax(logits []float64) []float64 {
	out := make([]float64, len(logits))
	var sum float64
	for i, x := range logits {
		out[i] = math.Exp(min(max(x, -hintLogit), hintLogit))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func TestHints(t *testing.T) {
	var golden struct {
		Probability []struct {
			Step   int
			P      float64
			Length int `json:"length_when_every_draw_is_1"`
		} `json:"hint_probability"`
		Cuts   map[int][]int                           `json:"hint_cuts"`
		Stages map[int][]struct{ Step, Sentences int } `json:"stage_schedule"`
	}
	goldentest.JSON(t, "objectives/uft.json", &golden)
	u := Settings{Kind: "uft", UFT: UFT{HintSteps: 300}}.WithDefaults().UFT
	first := func() float64 { return 0 }
	for _, c := range golden.Probability {
		wantNear(t, "probability", u.Probability(c.Step), c.P, goldenTolerance)
		if got := u.Hint(c.Step, 5, first); got != c.Length {
			t.Errorf("step %d: %d sentences, want %d", c.Step, got, c.Length)
		}
	}
	uniform := u
	uniform.Schedule = ScheduleUniform
	for sentences, cuts := range golden.Cuts {
		for k, want := range cuts {
			below := (float64(k) + 0.5) / float64(len(cuts))
			if got := uniform.Hint(1000, sentences, func() float64 { return below }); got != want {
				t.Errorf("%d of %d sentences, cut %d: %d", want, sentences, k, got)
			}
			var drawn int
			if got := u.Hint(1, sentences, func() float64 {
				drawn++
				if drawn <= k {
					return 0
				}
				return 0.99
			}); got != want || drawn != len(cuts)-1 {
				t.Errorf("%d sentences, %d of %d draws below p: %d, want %d", sentences, k, drawn, got, want)
			}
		}
	}
	staircase := u
	staircase.Schedule = ScheduleStaircase
	for sentences, steps := range golden.Stages {
		for _, c := range steps {
			if got := staircase.Hint(c.Step, sentences, nil); got != c.Sentences {
				t.Errorf("step %d of %d sentences: %d, want %d", c.Step, sentences, got, c.Sentences)
			}
		}
	}
	staircase.HintSteps = 2 // fewer than the stairs: one for each step
	for step, want := range map[int]int{1: 2, 2: 1, 3: 0} {
		if got := staircase.Hint(step, 3, nil); got != want {
			t.Errorf("step %d of a short staircase: %d, want %d", step, got, want)
		}
	}
	if u.Hint(1, 0, first) != 0 {
		t.Error("a hint of nothing")
	}
}

func TestSRFT(t *testing.T) {
	in := readInputs(t)
	var golden struct {
		Demonstrations []int `json:"demonstration_rows"`
		Correct        []float64
		Cases          []struct {
			Name       string
			Loss       float64
			SFT        float64 `json:"sft_loss"`
			Advantages []float64
			Grad       matrix `json:"grad_logprob"`
		}
	}
	goldentest.JSON(t, "objectives/srft.json", &golden)
	for _, c := range golden.Cases {
		t.Run(c.Name, func(t *testing.T) {
			s := Settings{Kind: "srft", Updates: twoUpdates, Denominator: Sum, Constant: 12}
			switch c.Name {
			case "no_reshape":
				s.SRFT.Demonstration = Plain
			case "token_mean":
				s.Denominator, s.Constant = BatchTokens, 0
			case "ratio_for_own":
				s.SRFT.Own = Ratio
			}
			b := in.batch("mask_plain", "logprob")
			for i := range b.Sequences {
				b.Sequences[i].Correct, b.Sequences[i].Score = golden.Correct[i] == 1, golden.Correct[i]
			}
			for _, i := range golden.Demonstrations {
				b.Sequences[i].Demonstration = true
			}
			b = mustPrepare(t, s, b)
			for i, want := range c.Advantages {
				wantNear(t, "advantage", b.Sequences[i].Advantage[0], want, goldenTolerance)
			}
			result := mustEvaluate(t, s, b)
			wantNear(t, "loss", result.Loss, c.Loss, goldenTolerance)
			wantNear(t, "likelihood", result.Stats.Likelihood, c.SFT, goldenTolerance)
			wantMatrix(t, "gradient", result.DLogProb, c.Grad, goldenTolerance)
		})
	}
	counted(t, "srft.json", len(golden.Cases), 0, 4, 0)
}

// ReFT is ppo by its settings. Its code casts KL and values to float32.
func TestReFT(t *testing.T) {
	const tolerance = 1e-7
	in := readInputs(t)
	var golden struct {
		Rewards []float64
		Cases   []struct {
			Name   string
			Config struct {
				KL          float64 `json:"kl_coef"`
				Coefficient float64 `json:"vf_coef"`
				Gamma, Lam  float64
				Clip        float64
				ValueClip   float64 `json:"value_clip"`
			}
			Loss, PG   float64
			VF         float64 `json:"vf_loss"`
			Mask       matrix
			Advantages matrix
			Returns    matrix
			Grad       matrix `json:"grad_logprob"`
			GradValues matrix `json:"grad_values"`
		}
	}
	goldentest.JSON(t, "objectives/reft.json", &golden)
	for _, c := range golden.Cases {
		t.Run(c.Name, func(t *testing.T) {
			o := c.Config
			s := Settings{Kind: "ppo", Updates: twoUpdates, Denominator: SequenceTokens, Clip: Clip{Low: o.Clip},
				Value: Value{Coefficient: o.Coefficient, Clip: o.ValueClip, Gamma: o.Gamma, Lambda: o.Lam}}
			if o.KL != 0 {
				s.KL = KL{Coefficient: o.KL, In: InReward}
			}
			b := in.batch("mask_plain", "logprob")
			for i := range b.Sequences {
				b.Sequences[i].Score = golden.Rewards[i]
			}
			b = mustPrepare(t, s, b)
			result := mustEvaluate(t, s, b)
			wantTokens(t, "advantage", b, func(q *Sequence) []float64 { return q.Advantage }, c.Advantages, tolerance)
			wantTokens(t, "return", b, func(q *Sequence) []float64 { return q.Return }, c.Returns, tolerance)
			wantNear(t, "loss", result.Loss, c.Loss, tolerance)
			wantNear(t, "value loss", result.Stats.Value, o.Coefficient*c.VF, tolerance)
			wantScaled(t, "gradient", result.DLogProb, c.Grad, tolerance)
			wantScaled(t, "gradient by value", result.DValue, c.GradValues, tolerance)
		})
	}
	counted(t, "reft.json", len(golden.Cases), 0, 3, 0)
}
